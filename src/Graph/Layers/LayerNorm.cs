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

    /// <summary>None: torch computes it.</summary>
    public override Kernel? Kernel(Shape input) => null;

    // LayerNormalization is of opset 17, and over the last dimensions.
    public override string Onnx(IOnnxGraph graph, string input) => NormNumbers.Affine(graph, NormNumbers.Normalized(graph, input, Eps, 1));
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
