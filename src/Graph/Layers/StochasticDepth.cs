namespace Blockwright.Graph;

/// <summary>torchvision.ops.StochasticDepth.</summary>
/// <param name="P">The probability, or, with a depth, that of the deepest layer.</param>
/// <param name="OfBatch">Whether all images share one lot.</param>
/// <param name="Depth">The part of the probability that this layer has; null for all of it.</param>
internal sealed record StochasticDepth(double P, bool OfBatch, Fraction? Depth) : Layer
{
    public override string Kind => StochasticDepthDefinition.Name;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => true;

    public override Overwriting Overwriting => Overwriting.Never;

    // In evaluation its input itself comes out.
    public override Overwriting Yields => Overwriting.Never;

    public override bool IsOnlyForTraining => true;

    public override bool IsView => true;

    public override IEnumerable<string> Words => [$"p={Emitted.Real(P)}{(Depth is var (layer, layers) ? $"*{layer.Text}/{layers.Text}" : "")}", OfBatch ? StochasticDepthDefinition.Batch : StochasticDepthDefinition.Row];

    public override IEnumerable<Amount> NumbersOfCall => Depth is var (layer, layers) ? [layer, layers] : [];

    public override string Describe() => $"{Kind}, p = {Emitted.Real(P)}{(OfBatch ? " of the batch" : "")}{(Depth is var (layer, layers) ? $", layer {layer} of {layers}" : "")}";

    /// <summary>Training zeroes some and scales the others.</summary>
    public override ValueRange Range(ValueRange input)
    {
        var most = Depth is { Numerator.Constant: { } layer, Denominator.Constant: { } layers } ? P * layer / layers : P;
        return input.Times(new(1, 1 / (1 - most))).OrZero();
    }

    public override string Call(CallSite site)
    {
        var depth = Depth is var (layer, layers) ? $" * {site.Number(layer)} / {site.Number(layers)}" : "";
        return $"{Emitted.Ops}StochasticDepth({site.Input}, {Emitted.Real(P)}{depth}, {Emitted.Bool(OfBatch)}, base.training)";
    }

    public override Func<int, int> Renaming(Shape input) => static channel => channel;

    public override string Onnx(IOnnxGraph graph, string input) => input;
}

internal sealed class StochasticDepthDefinition : LayerDefinition
{
    public const string Name = "StochasticDepth";
    public const string Row = "row";
    public const string Batch = "batch";

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        const string Mode = nameof(StochasticDepthAttribute.Mode);
        if (context.Real(nameof(StochasticDepthAttribute.P), 0, "a number from 0, below 1", static value => value is >= 0 and < 1) is not { } p)
            return null;
        var mode = context.Step.Text(Mode) ?? Row;
        if (mode is not (Row or Batch))
        {
            context.Report(ProblemIds.InvalidArgument, Mode, Mode, $"\"{Row}\" or \"{Batch}\"", $"\"{mode}\"");
            return null;
        }
        return Depth(context) is var (isOk, depth) && isOk ? (new StochasticDepth(p, mode == Batch, depth), context.Input) : null;
    }

    /// <summary>Which layer of how many it is; not ok after a report.</summary>
    private static (bool IsOk, Fraction? Depth) Depth(LayerContext context)
    {
        const string Layer = nameof(StochasticDepthAttribute.Layer);
        const string Layers = nameof(StochasticDepthAttribute.Layers);
        string[] said = new[] { Layer, Layers }.Where(name => context.Step[name] is not null).ToArray();
        if (said is [var only])
            context.Report(ProblemIds.InvalidArgument, only, only, $"{(only == Layer ? Layers : Layer)} beside it", "none");
        return said.Length == 0 ? (true, null)
            : said.Length == 2 && context.Number(Layer, Amount.Zero, least: 0) is { } layer && context.Number(Layers, Amount.One) is { } layers && context.RequireAtMost(layer, layers, Layer) ? (true, new(layer, layers))
            : (false, null);
    }
}
