using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.LayerNorm over the channels of each pixel, as torchvision's LayerNorm2d.</summary>
internal sealed record LayerNorm(Amount Channels, double Eps) : Layer
{
    public override string Kind => LayerNormDefinition.Name;

    public override Amount Parameters => Channels + Channels;

    public override bool KeepsChannelsApart => false;

    public override bool IsElementwise => false;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ModuleCode Module => new("LayerNorm", $"LayerNorm({Channels.Code}{NormNumbers.Code(Eps)})", Emitted.Frozen);

    public override string TorchName => Kind;

    public override IEnumerable<string> Words => NormNumbers.Words(Eps);

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override string Call(CallSite site) => $"{Emitted.Ops}OverChannels({site.Module}, {site.Input})";

    public override Kernel? Kernel(Shape input) => NormNumbers.Kernel(KernelKind.LayerNorm, Channels, Eps, isAffine: true);

    public override string Onnx(IOnnxGraph graph, string input)
    {
        // It is over the last dimensions.
        var last = graph.Node("Transpose", [input], ("perm", new long[] { 0, 2, 3, 1 }));
        var normal = graph.Node("LayerNormalization", [last, graph.State("weight"), graph.State("bias")], ("axis", -1L), ("epsilon", Eps));
        return graph.Node("Transpose", [normal], ("perm", new long[] { 0, 3, 1, 2 }));
    }
}

internal sealed class LayerNormDefinition : LayerDefinition
{
    public const string Name = "LayerNorm2d";

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => true;

    public override (Layer, Shape)? Resolve(LayerContext context) =>
        context.RequireMap() && NormNumbers.Eps(context) is { } eps ? (new LayerNorm(context.Input.Channels, eps), context.Input) : null;
}
