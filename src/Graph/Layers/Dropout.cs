using System.Globalization;

namespace Blockwright.Graph;

/// <summary>torch.nn.Dropout.</summary>
internal sealed record Dropout(double P) : Layer
{
    public override string Kind => DropoutDefinition.Name;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => true;

    public override Overwriting Overwriting => Overwriting.Never;

    // In evaluation torch gives the input itself.
    public override Overwriting Yields => Overwriting.Never;

    public override bool IsOnlyForTraining => true;

    public override bool IsView => true;

    public override IEnumerable<string> Words => [$"p={Emitted.Real(P)}"];

    public override string Describe() => $"{Kind}, p = {P.ToString("R", CultureInfo.InvariantCulture)}";

    /// <summary>Training zeroes some and scales the others.</summary>
    public override ValueRange Range(ValueRange input) => input.Times(new(1, 1 / (1 - P))).OrZero();

    public override string Call(CallSite site) => $"{Emitted.Torch}nn.functional.dropout({site.Input}, {Emitted.Real(P)}, base.training)";

    public override Func<int, int> Renaming(Shape input) => static channel => channel;

    public override string Onnx(IOnnxGraph graph, string input) => input;
}

internal sealed class DropoutDefinition : LayerDefinition
{
    public const string Name = "Dropout";

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context) =>
        context.Real(nameof(DropoutAttribute.P), new DropoutAttribute().P, "a number from 0, below 1", static value => value is >= 0 and < 1) is { } p ? (new Dropout(p), context.Input) : null;
}
