using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>The mean over height and width.</summary>
internal sealed record GlobalPool : Layer
{
    public override string Kind => GlobalPoolDefinition.Name;

    // With an output of 1 x 1.
    public override string TorchName => "AdaptiveAvgPool2d";

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => false;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ValueRange Range(ValueRange input) => input;

    public override bool IsMeanOverMap(Shape input) => true;

    public override string Call(CallSite site) => $"{Emitted.Ops}GlobalAvgPool2d({site.Input})";

    public override Kernel? Kernel(Shape input) => new(KernelKind.GlobalPool);

    public override string Onnx(IOnnxGraph graph, string input) => graph.Node("GlobalAveragePool", [input]);
}

internal sealed class GlobalPoolDefinition : LayerDefinition
{
    public const string Name = "GlobalAvgPool2d";

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context) =>
        context.RequireMap() ? (new GlobalPool(), Shape.Map(context.Input.Channels, Extent.Always(1), Extent.Always(1))) : null;
}
