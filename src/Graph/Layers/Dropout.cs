using System.Globalization;

namespace Blockwright.Graph;

/// <summary>torch.nn.Dropout and torch.nn.Dropout2d.</summary>
/// <param name="OfChannels">Whether whole channels are zeroed.</param>
internal sealed record Dropout(bool OfChannels, double P) : Layer
{
    public override string Kind => OfChannels ? DropoutDefinition.ChannelsName : DropoutDefinition.ElementsName;

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

    public override string Call(CallSite site) => $"{Emitted.Torch}nn.functional.{(OfChannels ? "dropout2d" : "dropout")}({site.Input}, {Emitted.Real(P)}, base.training)";

    public override Func<int, int> Renaming(Shape input) => static channel => channel;

    public override string Onnx(IOnnxGraph graph, string input) => input;
}

internal sealed class DropoutDefinition(bool ofChannels) : LayerDefinition
{
    public const string ElementsName = "Dropout";
    public const string ChannelsName = "Dropout2d";

    public override string Kind => ofChannels ? ChannelsName : ElementsName;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context) =>
        (!ofChannels || context.RequireMap())
        && context.Real(nameof(DropoutAttribute.P), new DropoutAttribute().P, "a number from 0, below 1", static value => value is >= 0 and < 1) is { } p ? (new Dropout(ofChannels, p), context.Input) : null;
}
