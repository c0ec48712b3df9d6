using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.MaxPool2d and torch.nn.AvgPool2d.</summary>
internal sealed record Pool(bool IsMax, Pair Size, Pair Stride, WindowPadding Padding, bool CeilMode, bool CountIncludePad) : Layer
{
    public override string Kind => IsMax ? PoolDefinition.MaxName : PoolDefinition.AvgName;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => false;

    public override bool IsPool => true;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override IEnumerable<Amount> NumbersOfCall => [Size.Height, Size.Width, Stride.Height, Stride.Width, Padding.Both.Height, Padding.Both.Width, .. Padding.IsEven ? [] : Padding.Beyond.All];

    public override string Describe() => $"{Kind}, {Size}, stride {(Stride.IsSquare ? Stride.Height.Text : Stride.ToString())}{(CeilMode ? ", ceil mode" : "")}{(Padding.IsEven ? "" : $", padding {Padding}")}";

    public override IEnumerable<string> Words
    {
        get
        {
            yield return WindowArithmetic.Text(Size, Stride, Padding, Pair.One);
            if (CeilMode)
                yield return "ceil";
            if (!IsMax && !CountIncludePad)
                yield return "exclude_padding";
        }
    }

    /// <summary>The border's zeros may be part of a mean.</summary>
    public override ValueRange Range(ValueRange input) => IsMax ? input : input.OrZero();

    /// <summary>One window, which covers all of the map and nothing beside.</summary>
    public override bool IsMeanOverMap(Shape input) =>
        !IsMax && Padding.Equals(WindowPadding.None) && Size.Height.Constant == input.Height.Size && Size.Width.Constant == input.Width.Size;

    public override string Call(CallSite site)
    {
        var window = $"{site.Input}, {site.Pair(Size)}, {site.Pair(Stride)}, {site.Pair(Padding.Both)}, {(Padding.IsEven ? Emitted.Bool(CeilMode) : $"({site.Sides(Padding.Beyond)})")}";
        return IsMax ? $"{Emitted.Ops}MaxPool2d({window})" : $"{Emitted.Ops}AvgPool2d({window}, {Emitted.Bool(CountIncludePad)})";
    }

    public override Kernel? Kernel(Shape input) => new(IsMax ? KernelKind.MaxPool : KernelKind.AvgPool)
    {
        Window = WindowArithmetic.Window(Size, Stride, Padding, Pair.One),
        CeilMode = CeilMode,
        CountIncludePad = CountIncludePad,
    };

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var attributes = new List<(string, object)>
        {
            ("kernel_shape", WindowArithmetic.Longs(Size)),
            ("strides", WindowArithmetic.Longs(Stride)),
            ("pads", WindowArithmetic.Pads(Padding)),
            ("ceil_mode", CeilMode ? 1L : 0L),
        };
        if (!IsMax)
            attributes.Add(("count_include_pad", CountIncludePad ? 1L : 0L));
        return graph.Node(IsMax ? "MaxPool" : "AveragePool", [input], [.. attributes]);
    }
}

internal sealed class PoolDefinition(bool isMax) : LayerDefinition
{
    public const string MaxName = "MaxPool2d";
    public const string AvgName = "AvgPool2d";

    public override string Kind => isMax ? MaxName : AvgName;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (!context.RequireMap() || context.Pair(nameof(PoolAttribute.KernelSize), Pair.One) is not { } kernel)
            return null;
        var stride = context.Pair(nameof(PoolAttribute.Stride), kernel);
        var padding = context.Padding(nameof(PoolAttribute.Padding), WindowArithmetic.SamePadding(kernel, Pair.One));
        if (stride is null || padding is null)
            return null;
        var sides = padding.Sides;
        if (IsTooWide(sides.Top, kernel.Height) || IsTooWide(sides.Bottom, kernel.Height) || IsTooWide(sides.Left, kernel.Width) || IsTooWide(sides.Right, kernel.Width))
        {
            context.Report(ProblemIds.InvalidArgument, nameof(PoolAttribute.Padding), nameof(PoolAttribute.Padding), $"at most half of the window of {kernel}", padding.ToString());
            return null;
        }
        var ceilMode = context.Step.Flag(nameof(PoolAttribute.CeilMode)) ?? new AvgPool2dAttribute(1).CeilMode;
        if (ceilMode && !padding.IsEven)
        {
            // What is laid round the map before would count as a part of it: a window might start there.
            context.Report(ProblemIds.InvalidArgument, nameof(PoolAttribute.CeilMode), nameof(PoolAttribute.CeilMode), "false beside a padding that is another on two sides", "true");
            return null;
        }
        if (WindowArithmetic.Slide(context, kernel, stride, padding, Pair.One, ceilMode) is not var (height, width))
            return null;
        var countIncludePad = context.Step.Flag(nameof(AvgPool2dAttribute.CountIncludePad)) ?? new AvgPool2dAttribute(1).CountIncludePad;
        return (new Pool(isMax, kernel, stride, padding, ceilMode, countIncludePad), Shape.Map(context.Input.Channels, height, width));
    }

    private static bool IsTooWide(Amount padding, Amount kernel) => padding.Constant * 2 > kernel.Constant;
}
