using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.AdaptiveAvgPool2d and torch.nn.AdaptiveMaxPool2d: windows that make a map of one size of a map of any.</summary>
/// <param name="Size">The height and width that come out.</param>
internal sealed record AdaptivePool(bool IsMax, Pair Size) : Layer
{
    public override string Kind => IsMax ? AdaptivePoolDefinition.MaxName : AdaptivePoolDefinition.AvgName;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => false;

    public override bool IsPool => true;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override IEnumerable<Amount> NumbersOfCall => [Size.Height, Size.Width];

    public override IEnumerable<string> Words => [$"output={Size.Height}x{Size.Width}"];

    public override string Describe() => $"{Kind}, {Size}";

    public override ValueRange Range(ValueRange input) => input;

    public override bool IsMeanOverMap(Shape input) => !IsMax && Size.Equals(Pair.One);

    public override string Call(CallSite site) => $"{Emitted.Ops}{Kind}({site.Input}, {site.Pair(Size)})";

    /// <summary>That of a mean over the map, where it is one.</summary>
    public override Kernel? Kernel(Shape input) => new(IsMeanOverMap(input) ? KernelKind.GlobalPool : IsMax ? KernelKind.AdaptiveMaxPool : KernelKind.AdaptiveAvgPool);

    public override Resizing? Resizing(Shape input) => new(0, 0, (int)Size.Height.Constant!, (int)Size.Width.Constant!);

    public override string Onnx(IOnnxGraph graph, string input) => Size.Equals(Pair.One)
        ? graph.Node(IsMax ? "GlobalMaxPool" : "GlobalAveragePool", [input])
        : graph.Node(IsMax ? OnnxPools.AdaptiveMax : OnnxPools.AdaptiveMean, [input], (OnnxPools.OutputSize, WindowArithmetic.Longs(Size)));
}

internal sealed class AdaptivePoolDefinition(bool isMax) : LayerDefinition
{
    public const string AvgName = "AdaptiveAvgPool2d";
    public const string MaxName = "AdaptiveMaxPool2d";

    public override string Kind => isMax ? MaxName : AvgName;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        const string Output = nameof(AdaptiveAvgPool2dAttribute.OutputSize);
        if (!context.RequireMap() || context.Pair(Output, Pair.One) is not { } size)
            return null;
        return context.Map(Output, context.Input.Channels, Extent.Always(size.Height), Extent.Always(size.Width)) is { } output ? (new AdaptivePool(isMax, size), output) : null;
    }
}
