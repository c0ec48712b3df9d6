using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.Conv2d.</summary>
internal sealed record Convolution(string Attribute, Amount In, Amount Out, Pair Size, Pair Stride, WindowPadding Padding, Pair Dilation, Amount Groups, bool HasBias) : Layer
{
    public override string Kind => Attribute;

    public override Amount Parameters
    {
        get
        {
            var weights = Size.Height * Size.Width * Out * In.DividedBy(Groups);
            return HasBias ? weights + Out : weights;
        }
    }

    public override ConvolutionNumbers Numbers => new(In, Out, Size, Groups);

    public override bool KeepsChannelsApart => Numbers.IsDepthwise;

    public override Layer? WithOutput(Amount channels) => KeepsChannelsApart ? null : this with { Out = channels };

    public override bool IsElementwise => false;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ModuleCode Module => new("Conv2d", ConvolutionText.Factory("Conv2d", In, Out, Size, Stride, Padding.Both, Pair.Zero, Dilation, Groups, HasBias), "FoldedConvolution", TakesNorm: true);

    public override string Describe() => ConvolutionText.Describe(Kind, In, Out, Numbers.IsPointwise ? null : Size, Stride, Dilation, Numbers.IsDepthwise ? null : Groups, HasBias) + (Padding.IsEven ? "" : $", padding {Padding}");

    public override IEnumerable<Amount> NumbersOfCall => Padding.IsEven ? [] : Padding.Beyond.All;

    public override long? MultiplyAddsPerPixel => checked(Size.Height.Constant * Size.Width.Constant * Out.Constant * (In.Constant / Groups.Constant));

    public override IEnumerable<string> Words
    {
        get
        {
            yield return WindowArithmetic.Text(Size, Stride, Padding, Dilation);
            if (!Groups.Equals(Amount.One))
                yield return $"groups={Groups}";
            if (HasBias)
                yield return "bias";
        }
    }

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override string Call(CallSite site) => Padding.IsEven ? $"{site.Module}.call({site.Input})" : $"{Emitted.Ops}Surrounded({site.Module}, {site.Input}, {site.Sides(Padding.Beyond)})";

    public override Kernel? Kernel(Shape input)
    {
        var window = WindowArithmetic.Window(Size, Stride, Padding, Dilation);
        return new(Numbers.IsDepthwise ? KernelKind.Depthwise : KernelKind.Convolution)
        {
            Window = window,
            Groups = (int)Groups.Constant!,
            WeightShape = new[] { (int)Out.Constant!, (int)(In.Constant! / Groups.Constant!), window.KernelHeight, window.KernelWidth }.ToEquatableArray(),
            HasBias = HasBias,
        };
    }

    public override string Onnx(IOnnxGraph graph, string input)
    {
        string[] inputs = HasBias ? [input, graph.State("weight"), graph.State("bias")] : [input, graph.State("weight")];
        return graph.Node(
            "Conv",
            inputs,
            ("kernel_shape", WindowArithmetic.Longs(Size)),
            ("strides", WindowArithmetic.Longs(Stride)),
            ("pads", WindowArithmetic.Pads(Padding)),
            ("dilations", WindowArithmetic.Longs(Dilation)),
            ("group", Groups.Constant!.Value));
    }
}

internal sealed class ConvolutionDefinition : LayerDefinition
{
    private const string Same = "same";
    private const string Valid = "valid";

    private readonly Form _form;

    private ConvolutionDefinition(string kind, Form form) => (Kind, _form) = (kind, form);

    private enum Form
    {
        Any,
        Pointwise,
        Depthwise,
    }

    public static IEnumerable<ConvolutionDefinition> All => [new("Conv2d", Form.Any), new("Conv1x1", Form.Pointwise), new("DepthwiseConv2d", Form.Depthwise)];

    public override string Kind { get; }

    // Left out, the channels are the input's.
    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => _form == Form.Depthwise;

    public override bool HasState => true;

    public override int OutChannelsAt(int positional) => (_form, positional) is (Form.Any, 2) or (Form.Pointwise, 1) ? 0 : -1;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (!context.RequireMap())
            return null;
        var input = context.Input;
        var kernel = context.Pair(nameof(Conv2dAttribute.KernelSize), Pair.One);
        var stride = context.Pair(nameof(ConvolutionAttribute.Stride), Pair.One);
        var dilation = context.Pair(nameof(ConvolutionAttribute.Dilation), Pair.One);
        var channels = context.Number(nameof(Conv2dAttribute.OutChannels), input.Channels);
        var groups = _form == Form.Depthwise ? input.Channels : context.Number(nameof(Conv2dAttribute.Groups), Amount.One);
        if (kernel is null || stride is null || dilation is null || channels is null || groups is null)
            return null;
        if (Padding(context, kernel, stride, dilation) is not { } padding)
            return null;
        if (!context.RequireDivides(groups, input.Channels, ProblemIds.GroupsDoNotDivide, nameof(Conv2dAttribute.Groups), "input channels")
            || !context.RequireDivides(groups, channels, ProblemIds.GroupsDoNotDivide, nameof(Conv2dAttribute.Groups), "output channels"))
            return null;
        if (WindowArithmetic.Slide(context, kernel, stride, padding, dilation, ceilMode: false) is not var (height, width))
            return null;
        if (context.Bias() is not { } bias)
            return null;
        return (new Convolution(Kind, input.Channels, channels, kernel, stride, padding, dilation, groups, bias), Shape.Map(channels, height, width));
    }

    /// <summary>
    /// Left out, it keeps the size; that of an even kernel would lose or add a row, and has to be said. "same", which torch has for stride 1 alone, keeps it there, too, by a row more below; "valid" is none.
    /// </summary>
    private static WindowPadding? Padding(LayerContext context, Pair kernel, Pair stride, Pair dilation)
    {
        const string Name = nameof(ConvolutionAttribute.Padding);
        var same = WindowArithmetic.SamePadding(kernel, dilation);
        var word = context.WordOf(Name);
        var isOne = stride.Equals(Pair.One);
        if (word == Valid)
            return WindowPadding.None;
        if (word == Same && !isOne)
        {
            context.Report(ProblemIds.InvalidArgument, Name, Name, $"a number beside a stride, as torch does (left out it is {same})", $"\"{Same}\"");
            return null;
        }
        if (word != Same && context.Step[Name] is not null)
            return context.Padding(Name, same);
        var reach = WindowArithmetic.Reach(kernel, dilation);
        if (word == Same)
            return new(same, new(Amount.Zero, reach.Width - same.Width - same.Width, Amount.Zero, reach.Height - same.Height - same.Height));
        // What is too large is said where the window slides.
        if (!same.Height.FitsInt || !same.Width.FitsInt)
            return WindowPadding.Of(same);
        if (context.RequireEven(reach.Height) && context.RequireEven(reach.Width))
            return WindowPadding.Of(same);
        var more = new Pair(same.Height + Rest(reach.Height), same.Width + Rest(reach.Width));
        context.Report(
            ProblemIds.NotACount,
            nameof(Conv2dAttribute.KernelSize),
            $"a {Name}, since none keeps the size under an even kernel: {Choice(same)}, {Choice(more)}{(isOne ? $"; {Name} = \"{Same}\" keeps it with one more on the right or at the bottom" : "")}",
            WindowArithmetic.NoHalf(reach));
        return null;

        static Amount Rest(Amount reach) => Amount.Of((reach.Constant ?? 0) % 2);

        string Choice(Pair padding)
        {
            var text = padding.IsSquare ? padding.Height.ToString() : $"new[] {{ {padding.Height}, {padding.Width} }}";
            return $"{Name} = {text}{(WindowArithmetic.SizeText(context.Input, kernel, stride, WindowPadding.Of(padding), dilation) is { } size ? " gives " + size : "")}";
        }
    }
}
