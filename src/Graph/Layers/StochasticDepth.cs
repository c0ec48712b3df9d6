namespace Blockwright.Graph;

/// <summary>torchvision.ops.StochasticDepth.</summary>
/// <param name="OfBatch">Whether all images share one lot.</param>
internal sealed record StochasticDepth(double P, bool OfBatch) : Layer
{
    public override string Kind => StochasticDepthDefinition.Name;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => true;

    public override Overwriting Overwriting => Overwriting.Never;

    // In evaluation its input itself comes out.
    public override Overwriting Yields => Overwriting.Never;

    public override bool IsOnlyForTraining => true;

    public override bool IsView => true;

    public override IEnumerable<string> Words => [$"p={Emitted.Real(P)}", OfBatch ? StochasticDepthDefinition.Batch : StochasticDepthDefinition.Row];

    public override string Describe() => $"{Kind}, p = {Emitted.Real(P)}{(OfBatch ? " of the batch" : "")}";

    /// <summary>Training zeroes some and scales the others.</summary>
    public override ValueRange Range(ValueRange input) => input.Times(new(1, 1 / (1 - P))).OrZero();

    public override string Call(CallSite site) => $"{Emitted.Ops}StochasticDepth({site.Input}, {Emitted.Real(P)}, {Emitted.Bool(OfBatch)}, base.training)";

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
        if (mode is Row or Batch)
            return (new StochasticDepth(p, mode == Batch), context.Input);
        context.Report(ProblemIds.InvalidArgument, Mode, Mode, $"\"{Row}\" or \"{Batch}\"", $"\"{mode}\"");
        return null;
    }
}
