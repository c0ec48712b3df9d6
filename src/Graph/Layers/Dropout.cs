using System.Globalization;

namespace Blockwright.Graph;

/// <summary>torch.nn.Dropout.</summary>
public sealed record Dropout(double P) : Layer
{
    public override string Kind => "Dropout";

    public override string Describe() => $"{Kind}, p = {P.ToString("R", CultureInfo.InvariantCulture)}";
}

internal sealed class DropoutDefinition : LayerDefinition
{
    public override string Kind => "Dropout";

    public override (Layer, Shape)? Resolve(LayerContext context) =>
        context.Real("P", 0.5, "a number from 0, below 1", static value => value is >= 0 and < 1) is { } p ? (new Dropout(p), context.Input) : null;
}
