namespace Blockwright.Graph;

/// <summary>torch.nn.ChannelShuffle: channel i * C / groups + j goes to j * groups + i.</summary>
public sealed record ChannelShuffle(Amount Groups) : Layer
{
    public override string Kind => "ChannelShuffle";

    public override string Describe() => $"{Kind}, {Groups} groups";
}

internal sealed class ChannelShuffleDefinition : LayerDefinition
{
    public override string Kind => "ChannelShuffle";

    public override (Layer, Shape)? Resolve(LayerContext context) =>
        context.RequireMap()
        && context.Number("Groups", Amount.One) is { } groups
        && context.RequireDivides(groups, context.Input.Channels, ProblemIds.ShuffleDoesNotDivide, "Groups", "channels")
            ? (new ChannelShuffle(groups), context.Input)
            : null;
}
