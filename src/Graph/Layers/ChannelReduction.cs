using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>The mean or the maximum over the channels of each pixel, which leaves one channel: what spatial attention (CBAM) looks at.</summary>
internal sealed record ChannelReduction(bool IsMax) : Layer
{
    public override string Kind => IsMax ? ChannelReductionDefinition.Max : ChannelReductionDefinition.Mean;

    public override bool KeepsChannelsApart => false;

    public override bool IsElementwise => false;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ValueRange Range(ValueRange input) => input;

    public override string Call(CallSite site) => $"{Emitted.Ops}{Kind}({site.Input})";

    public override Kernel? Kernel(Shape input) => new(IsMax ? KernelKind.ChannelMax : KernelKind.ChannelMean);

    public override string Onnx(IOnnxGraph graph, string input) => graph.Node(IsMax ? "ReduceMax" : "ReduceMean", [input], ("axes", new long[] { 1 }));
}

internal sealed class ChannelReductionDefinition(bool isMax) : LayerDefinition
{
    public const string Mean = "ChannelMean";
    public const string Max = "ChannelMax";

    public override string Kind => isMax ? Max : Mean;

    public override bool KeepsChannels => false;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context) =>
        context.RequireMap() ? (new ChannelReduction(isMax), context.Input with { Channels = Amount.One }) : null;
}
