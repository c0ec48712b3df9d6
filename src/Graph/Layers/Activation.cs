namespace Blockwright.Graph;

/// <summary>A function of each element by itself.</summary>
/// <param name="NegativeSlope">Of LeakyReLU; else zero.</param>
public sealed record Activation(string Attribute, double NegativeSlope) : Layer
{
    public override string Kind => Attribute;

    /// <summary>Whether torch can compute the gradient from the result alone, so that training may overwrite the input.</summary>
    public bool IsInPlaceInTraining => Attribute is "ReLU" or "ReLU6" || (Attribute == "LeakyReLU" && NegativeSlope >= 0);
}

internal sealed class ActivationDefinition(string kind) : LayerDefinition
{
    public override string Kind => kind;

    public override (Layer, Shape)? Resolve(LayerContext context) =>
        context.Real("NegativeSlope", kind == "LeakyReLU" ? 0.01 : 0, "a finite number", static value => !double.IsNaN(value) && !double.IsInfinity(value)) is { } slope
            ? (new Activation(kind, slope), context.Input)
            : null;
}
