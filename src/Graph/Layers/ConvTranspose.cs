using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.ConvTranspose2d.</summary>
internal sealed record ConvTranspose(Amount In, Amount Out, Pair Size, Pair Stride, Pair Padding, Pair OutputPadding, Pair Dilation, Amount Groups, bool HasBias) : Layer
{
    public override string Kind => ConvTransposeDefinition.Name;

    public override Amount Parameters
    {
        get
        {
            var weights = Size.Height * Size.Width * In * Out.DividedBy(Groups);
            return HasBias ? weights + Out : weights;
        }
    }

    public override bool KeepsChannelsApart => Groups.Equals(In) && Groups.Equals(Out);

    public override bool IsElementwise => false;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ModuleCode Module => new(Kind, ConvolutionText.Factory(Kind, In, Out, Size, Stride, Padding, OutputPadding, Dilation, Groups, HasBias), "FoldedConvTranspose", TakesNorm: true);

    public override string Describe() => ConvolutionText.Describe(Kind, In, Out, Size, Stride, Dilation, Groups, HasBias);

    public override bool CountsPixelsThatComeIn => true;

    public override long? MultiplyAddsPerPixel => checked(Size.Height.Constant * Size.Width.Constant * In.Constant * (Out.Constant / Groups.Constant));

    public override IEnumerable<string> Words
    {
        get
        {
            yield return WindowArithmetic.Text(Size, Stride, WindowPadding.Of(Padding), Dilation);
            if (!OutputPadding.Equals(Pair.Zero))
                yield return $"output_padding={OutputPadding.Height}x{OutputPadding.Width}";
            if (!Groups.Equals(Amount.One))
                yield return $"groups={Groups}";
            if (HasBias)
                yield return "bias";
        }
    }

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override IEnumerable<Amount> NumbersOfCall => LeavesSome ? [] : Sizes;

    // TorchSharp's module takes the output padding's height for both sides.
    public override string Call(CallSite site)
    {
        var input = LeavesSome ? site.Input : $"{Emitted.Ops}Leaving({site.Input}, new {Emitted.Plans}Resizing({string.Join(", ", Sizes.Select(site.Number))}), \"{site.Where}\")";
        return OutputPadding.IsSquare ? $"{site.Module}.call({input})" : $"{Emitted.Ops}ConvTranspose({site.Module}, {input})";
    }

    /// <summary>Whether some of any map is left: of one pixel already.</summary>
    private bool LeavesSome => (Stride.Height + MoreHeight).Constant >= 1 && (Stride.Width + MoreWidth).Constant >= 1;

    /// <summary>In the order of <see cref="Plans.Resizing"/>.</summary>
    private IEnumerable<Amount> Sizes => [Stride.Height, Stride.Width, MoreHeight, MoreWidth];

    private Amount MoreHeight => More(Size.Height, Stride.Height, Padding.Height, OutputPadding.Height, Dilation.Height);

    private Amount MoreWidth => More(Size.Width, Stride.Width, Padding.Width, OutputPadding.Width, Dilation.Width);

    public override Kernel? Kernel(Shape input)
    {
        var window = new Window(Int(Size.Height), Int(Size.Width), Int(Stride.Height), Int(Stride.Width), Int(Padding.Height), Int(Padding.Width), Int(Dilation.Height), Int(Dilation.Width));
        return new(KernelKind.ConvTranspose)
        {
            Window = window,
            Halo = Math.Max(Reach(window.ReachHeight, window.PaddingHeight, OutputPadding.Height) / window.StrideHeight, Reach(window.ReachWidth, window.PaddingWidth, OutputPadding.Width) / window.StrideWidth),
            Groups = Int(Groups),
            WeightShape = new[] { Int(In), Int(Out) / Int(Groups), window.KernelHeight, window.KernelWidth }.ToEquatableArray(),
            HasBias = HasBias,
        };

        // How far beyond the map the first pixel's last tap lies, or the last pixel's first one, in pixels of the result.
        static int Reach(int kernel, int padding, Amount outputPadding) => Math.Max(0, kernel - 1 + Int(outputPadding) - padding);
    }

    public override Resizing? Resizing(Shape input) => new(Int(Stride.Height), Int(Stride.Width), Int(MoreHeight), Int(MoreWidth));

    private static int Int(Amount amount) => (int)amount.Constant!;

    /// <summary>What the height or the width becomes beside <c>stride</c> times as large.</summary>
    public static Amount More(Amount kernel, Amount stride, Amount padding, Amount outputPadding, Amount dilation) =>
        (dilation * (kernel - Amount.One)) + Amount.One + outputPadding - stride - (padding + padding);

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var (stride, padding, more) = (WindowArithmetic.Longs(Stride), WindowArithmetic.Longs(Padding), WindowArithmetic.Longs(OutputPadding));
        if (more[0] < stride[0] && more[1] < stride[1])
            return Node(padding, more, HasBias);
        // ONNX Runtime takes no more than the stride: fewer of the last rows and columns are left out, and those beyond the kernel's reach hold the bias alone.
        var taken = padding.Zip(more, Math.Min).ToArray();
        var rest = more.Zip(taken, static (all, part) => all - part).ToArray();
        var result = Node(padding.Zip(taken, static (all, part) => all - part).ToArray(), [0, 0], hasBias: false);
        if (rest.Any(static side => side > 0))
            result = graph.Node("Pad", [result, graph.Integers(0, 0, 0, 0, 0, 0, rest[0], rest[1]), graph.Scalar(0)]);
        return HasBias ? graph.Node("Add", [result, graph.Node("Reshape", [graph.State("bias"), graph.Integers(1, -1, 1, 1)])]) : result;

        string Node(long[] last, long[] added, bool hasBias) => graph.Node(
            "ConvTranspose",
            hasBias ? [input, graph.State("weight"), graph.State("bias")] : [input, graph.State("weight")],
            ("kernel_shape", WindowArithmetic.Longs(Size)),
            ("strides", stride),
            ("pads", padding.Concat(last).ToArray()),
            ("output_padding", added),
            ("dilations", WindowArithmetic.Longs(Dilation)),
            ("group", Groups.Constant!.Value));
    }
}

internal sealed class ConvTransposeDefinition : LayerDefinition
{
    public const string Name = "ConvTranspose2d";

    public override string Kind => Name;

    public override bool KeepsChannels => false;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => true;

    public override int OutChannelsAt(int positional) => 0;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (!context.RequireMap())
            return null;
        var input = context.Input;
        var channels = context.Number(nameof(ConvTranspose2dAttribute.OutChannels), input.Channels);
        var kernel = context.Pair(nameof(ConvTranspose2dAttribute.KernelSize), Pair.One);
        var stride = context.Pair(nameof(ConvTranspose2dAttribute.Stride), Pair.One);
        var dilation = context.Pair(nameof(ConvTranspose2dAttribute.Dilation), Pair.One);
        var groups = context.Number(nameof(ConvTranspose2dAttribute.Groups), Amount.One);
        if (channels is null || kernel is null || stride is null || dilation is null || groups is null)
            return null;
        if (!context.RequireDivides(groups, input.Channels, ProblemIds.GroupsDoNotDivide, nameof(ConvTranspose2dAttribute.Groups), "input channels")
            || !context.RequireDivides(groups, channels, ProblemIds.GroupsDoNotDivide, nameof(ConvTranspose2dAttribute.Groups), "output channels"))
            return null;
        if (Paddings(context, kernel, stride, dilation) is not var (padding, more))
            return null;
        var height = Larger(input.Height, kernel.Height, stride.Height, padding.Height, more.Height, dilation.Height);
        var width = Larger(input.Width, kernel.Width, stride.Width, padding.Width, more.Width, dilation.Width);
        if (height.Size < 1 || width.Size < 1)
        {
            var whole = $"{Larger(input.Height, kernel.Height, stride.Height, Amount.Zero, more.Height, dilation.Height)} x {Larger(input.Width, kernel.Width, stride.Width, Amount.Zero, more.Width, dilation.Width)}";
            context.Report(ProblemIds.InvalidArgument, nameof(ConvTranspose2dAttribute.Padding), nameof(ConvTranspose2dAttribute.Padding), $"one that leaves something of {whole}", padding.ToString());
            return null;
        }
        if (context.Bias() is not { } bias)
            return null;
        return context.Map(nameof(ConvTranspose2dAttribute.KernelSize), channels, height, width) is { } output
            ? (new ConvTranspose(input.Channels, channels, kernel, stride, padding, more, dilation, groups, bias), output)
            : null;
    }

    private static Extent Larger(Extent size, Amount kernel, Amount stride, Amount padding, Amount outputPadding, Amount dilation) =>
        size.Times(stride).Plus(ConvTranspose.More(kernel, stride, padding, outputPadding, dilation));

    /// <summary>The two paddings: those that are said, or those with which the map becomes as many times as large as the stride is. Null after a report.</summary>
    private static (Pair Padding, Pair Output)? Paddings(LayerContext context, Pair kernel, Pair stride, Pair dilation)
    {
        const string Padding = nameof(ConvTranspose2dAttribute.Padding), Output = nameof(ConvTranspose2dAttribute.OutputPadding);
        var isSaid = context.Step[Padding] is not null || context.Step[Output] is not null;
        if (context.Pair(Padding, Pair.Zero, least: 0) is not { } padding || context.Pair(Output, Pair.Zero, least: 0) is not { } output)
            return null;
        if (!isSaid)
        {
            var (height, width) = (Exact(kernel.Height, stride.Height, dilation.Height), Exact(kernel.Width, stride.Width, dilation.Width));
            (padding, output) = (new(height.Padding, width.Padding), new(height.Output, width.Output));
        }
        if (!padding.Height.FitsInt || !padding.Width.FitsInt)
        {
            context.Report(ProblemIds.NotACount, nameof(ConvTranspose2dAttribute.KernelSize), $"a padding of at most {int.MaxValue}", padding.ToString());
            return null;
        }
        if (context.RequireBelow(output.Height, stride.Height, dilation.Height) && context.RequireBelow(output.Width, stride.Width, dilation.Width))
            return (padding, output);
        if (isSaid)
            context.Report(ProblemIds.InvalidArgument, Output, Output, $"less than the stride, {stride}, or the dilation, {dilation}", output.ToString());
        else
            context.Report(ProblemIds.NotACount, nameof(ConvTranspose2dAttribute.KernelSize), $"a {Padding}, since none keeps the size under an even kernel", WindowArithmetic.NoHalf(WindowArithmetic.Reach(kernel, dilation)));
        return null;
    }

    /// <summary>The smallest paddings with which one side becomes <paramref name="stride"/> times as large: what the kernel reaches over is taken away in halves, and a rest added again.</summary>
    private static (Amount Padding, Amount Output) Exact(Amount kernel, Amount stride, Amount dilation)
    {
        var excess = (dilation * (kernel - Amount.One)) + Amount.One - stride;
        var padding = excess.Constant is { } number ? Amount.Of(Math.Max(0, (number + 1) / 2)) : Amount.Of(new Atom($"ceil(({excess})/2)", $"global::System.Math.Max(0, ({excess.Code} + 1) / 2)"));
        return (padding, padding + padding - excess);
    }
}
