using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.GroupNorm.</summary>
internal sealed record GroupNorm(Amount Groups, Amount Channels, double Eps) : Layer
{
    public override string Kind => GroupNormDefinition.Name;

    public override Amount Parameters => Channels + Channels;

    public override bool KeepsChannelsApart => false;

    public override bool IsElementwise => false;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ModuleCode Module => new("GroupNorm", $"GroupNorm({Groups.Code}, {Channels.Code}{NormNumbers.Code(Eps)})", Emitted.Frozen);

    public override string Describe() => $"{Kind}, {Groups} groups";

    public override IEnumerable<string> Words => NormNumbers.Words(Eps).Prepend($"groups={Groups}");

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override string Call(CallSite site) => $"{site.Module}.call({site.Input})";

    public override Kernel? Kernel(Shape input) => NormNumbers.Kernel(KernelKind.GroupNorm, Channels, Eps, isAffine: true) with { Groups = (int)Groups.Constant! };

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var groups = Groups.Constant!.Value;
        // A group as one row, which stands for a channel.
        var rows = graph.Node("Reshape", [input, graph.Integers(0, groups, -1)]);
        var (one, none) = NormNumbers.Plain(graph, Groups);
        var normal = graph.Node("InstanceNormalization", [rows, one, none], ("epsilon", Eps));
        return NormNumbers.Affine(graph, graph.Node("Reshape", [normal, graph.InputShape()]));
    }
}

internal sealed class GroupNormDefinition : LayerDefinition
{
    public const string Name = "GroupNorm";

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => true;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        const string Groups = nameof(GroupNormAttribute.NumGroups);
        if (!context.RequireMap() || context.Number(Groups, Amount.One) is not { } groups || NormNumbers.Eps(context) is not { } eps
            || !context.RequireDivides(groups, context.Input.Channels, ProblemIds.GroupsDoNotDivide, Groups, "channels"))
            return null;
        if (context.Input.IsPoint && groups.Equals(context.Input.Channels))
        {
            // One value has no variance: what comes out would be the shift, whatever comes in.
            context.Report(ProblemIds.InvalidArgument, Groups, Groups, "groups of more than one value", $"{groups} groups of {context.Input}");
            return null;
        }
        return (new GroupNorm(groups, context.Input.Channels, eps), context.Input);
    }
}
