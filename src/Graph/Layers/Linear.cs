namespace Blockwright.Graph;

/// <summary>torch.nn.Linear on N x F.</summary>
/// <param name="FlattensInput">Whether an N x F x 1 x 1 comes in.</param>
public sealed record Linear(Amount In, Amount Out, bool HasBias, bool FlattensInput) : Layer
{
    public override string Kind => "Linear";

    public override bool HasState => true;

    public override Amount Parameters => HasBias ? (In * Out) + Out : In * Out;

    public override string Describe() => $"{Kind} {In} -> {Out}";

    public override long? MultiplyAdds(Shape input, Shape output) => checked(In.Constant * Out.Constant);
}

internal sealed class LinearDefinition : LayerDefinition
{
    public override string Kind => "Linear";

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        var input = context.Input;
        if (!input.IsFlat && !input.IsPoint)
        {
            context.Report(ProblemIds.WrongRank, null, Kind, "N x F or N x F x 1 x 1 (put GlobalAvgPool2d or Flatten before it)", input.ToString());
            return null;
        }
        if (context.Number("OutFeatures", input.Channels) is not { } features)
            return null;
        return (new Linear(input.Channels, features, context.Step.Flag("Bias") ?? true, !input.IsFlat), Shape.Flat(features));
    }
}

/// <summary>torch.nn.Flatten.</summary>
public sealed record Flatten : Layer
{
    public override string Kind => "Flatten";
}

internal sealed class FlattenDefinition : LayerDefinition
{
    public override string Kind => "Flatten";

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        var input = context.Input;
        if (input.Height.Size is { } height && input.Width.Size is { } width)
            return (new Flatten(), Shape.Flat(input.Channels * Amount.Of(checked(height * width))));
        context.Report(ProblemIds.WrongRank, null, Kind, "a map of known size (in a block: after GlobalAvgPool2d; else flatten in the network)", input.ToString());
        return null;
    }
}
