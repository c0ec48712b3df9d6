namespace Blockwright.Graph;

/// <summary>torch.nn.ChannelShuffle: channel i * C / groups + j goes to j * groups + i.</summary>
internal sealed record ChannelShuffle(Amount Groups, Amount Channels) : Layer
{
    public override string Kind => ChannelShuffleDefinition.Name;

    // A channel comes from another's place, but never from two.
    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => true;

    public override Overwriting Overwriting => Overwriting.Never;

    // torch may give a view.
    public override Overwriting Yields => Overwriting.Never;

    public override IEnumerable<Amount> NumbersOfCall => [Groups];

    public override IEnumerable<string> Words => [$"groups={Groups}"];

    public override string Describe() => $"{Kind}, {Groups} groups";

    public override ValueRange Range(ValueRange input) => input;

    public override string Call(CallSite site) => $"{site.Input}.channel_shuffle({site.Number(Groups)})";

    public override bool CoversConcat => true;

    public override string CallOverConcat(CallSite site, string parts) => $"{Emitted.Ops}ConcatShuffle({site.Number(Groups)}, {parts})";

    public override Func<int, int> Renaming(Shape input)
    {
        var (groups, perGroup) = ((int)Groups.Constant!, (int)(Channels.Constant! / Groups.Constant!));
        return to => (to % groups * perGroup) + (to / groups);
    }

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var (groups, channels) = (Groups.Constant!.Value, Channels.Constant!.Value);
        // N x C x H x W -> N x g x C/g x HW -> N x C/g x g x HW -> N x C x H x W. In a Reshape 0 keeps a size and -1 takes the rest.
        var split = graph.Node("Reshape", [input, graph.Integers(0, groups, channels / groups, -1)]);
        var turned = graph.Node("Transpose", [split], ("perm", new long[] { 0, 2, 1, 3 }));
        return graph.Node("Reshape", [turned, graph.InputShape()]);
    }
}

internal sealed class ChannelShuffleDefinition : LayerDefinition
{
    public const string Name = "ChannelShuffle";

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context) =>
        context.RequireMap()
        && context.Number(nameof(ChannelShuffleAttribute.Groups), Amount.One) is { } groups
        && context.RequireDivides(groups, context.Input.Channels, ProblemIds.ShuffleDoesNotDivide, nameof(ChannelShuffleAttribute.Groups), "channels")
            ? (new ChannelShuffle(groups, context.Input.Channels), context.Input)
            : null;
}
