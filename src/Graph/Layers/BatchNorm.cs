using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.BatchNorm2d.</summary>
internal sealed record BatchNorm(Amount Channels, double Eps, double Momentum) : Layer
{
    public override string Kind => BatchNormDefinition.Name;

    public override Amount Parameters => Channels + Channels;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => true;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ModuleCode Module => new(
        "BatchNorm2d", $"BatchNorm2d({Channels.Code}{Named("eps", Eps, BatchNormDefinition.Eps)}{Named("momentum", Momentum, BatchNormDefinition.Momentum)})", "ChannelAffine", IsNorm: true);

    private static string Named(string name, double value, double otherwise) => value.Equals(otherwise) ? "" : $", {name}: {Emitted.Real(value)}";

    public override IEnumerable<string> Words
    {
        get
        {
            if (!Eps.Equals(BatchNormDefinition.Eps))
                yield return $"eps={Emitted.Real(Eps)}";
            if (!Momentum.Equals(BatchNormDefinition.Momentum))
                yield return $"momentum={Emitted.Real(Momentum)}";
        }
    }

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override string Call(CallSite site) => $"{site.Module}.call({site.Input})";

    public override Kernel? Kernel(Shape input) => new(KernelKind.Affine) { Eps = Eps, WeightShape = new[] { (int)Channels.Constant! }.ToEquatableArray() };

    public override string Onnx(IOnnxGraph graph, string input) =>
        graph.Node("BatchNormalization", [input, graph.State("weight"), graph.State("bias"), graph.State("running_mean"), graph.State("running_var")], ("epsilon", Eps));
}

internal sealed class BatchNormDefinition : LayerDefinition
{
    public const string Name = "BatchNorm2d";

    // The attribute's defaults, which are torch's.
    public static readonly double Eps = new BatchNorm2dAttribute().Eps;
    public static readonly double Momentum = new BatchNorm2dAttribute().Momentum;

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => true;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (!context.RequireMap()
            || context.Real(nameof(BatchNorm2dAttribute.Eps), Eps, "a number above 0", static value => value > 0) is not { } eps
            || context.Real(nameof(BatchNorm2dAttribute.Momentum), Momentum, "a number from 0 to 1", static value => value is >= 0 and <= 1) is not { } momentum)
            return null;
        return (new BatchNorm(context.Input.Channels, eps, momentum), context.Input);
    }
}
