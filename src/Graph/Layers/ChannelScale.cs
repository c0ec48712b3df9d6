using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>A learned factor for each channel of a map.</summary>
internal sealed record ChannelScale(Amount Channels, double Init) : Layer
{
    public override string Kind => ChannelScaleDefinition.Name;

    public override Amount Parameters => Channels;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => true;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    // torch.nn has none: networks have a parameter of their own, under the layer's key itself.
    public override ModuleCode Module => new("LearnedScale", $"LearnedScale({Channels.Code}, {Emitted.Real(Init)})", Emitted.Frozen, Origin: ModuleOrigin.Runtime);

    public override string TorchName => Kind;

    public override long? MultiplyAddsPerPixel => Channels.Constant;

    public override IEnumerable<string> Words => Init.Equals(ChannelScaleDefinition.Init) ? [] : [$"init={Emitted.Real(Init)}"];

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override string Call(CallSite site) => $"{site.Module}.call({site.Input})";

    /// <summary>A batch norm of a scale alone.</summary>
    public override Kernel? Kernel(Shape input) => new(KernelKind.Affine) { WeightShape = new[] { (int)Channels.Constant! }.ToEquatableArray() };

    public override string Onnx(IOnnxGraph graph, string input) => graph.Node("Mul", [input, graph.State("")]);
}

internal sealed class ChannelScaleDefinition : LayerDefinition
{
    public const string Name = "Scale";

    public static readonly double Init = new ScaleAttribute().Init;

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => true;

    public override (Layer, Shape)? Resolve(LayerContext context) =>
        context.RequireMap() && context.Real(nameof(ScaleAttribute.Init), Init, "a finite number", static value => !double.IsNaN(value) && !double.IsInfinity(value)) is { } init
            ? (new ChannelScale(context.Input.Channels, init), context.Input)
            : null;
}
