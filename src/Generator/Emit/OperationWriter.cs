using Blockwright.Generator.Plan;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>Writes a plan as statements, each with a comment that says what it is and its shapes.</summary>
internal sealed class OperationWriter(CodeWriter writer, BlockGraph graph, Members members)
{
    /// <summary>Writes the statements and gives the expression of the result: a tensor of its own, even where nothing is computed.</summary>
    public string Write(ForwardPlan plan)
    {
        foreach (var operation in plan.Operations)
        {
            writer.Line($"// {Describe(operation)}");
            writer.Line(operation.Overwrites >= 0 ? $"{Code(operation)};" : $"var {operation.Result} = {Code(operation)};");
            if (operation.Releases.Length > 0)
                writer.Line(string.Join(" ", operation.Releases.Select(static variable => $"{variable}.Dispose();")));
        }
        return plan.Result == ForwardPlan.Input ? "input.alias()" : plan.Result;
    }

    private string Describe(Operation operation)
    {
        var what = string.Join(", ", operation.Nodes.Select(Describe));
        var from = string.Join(" and ", operation.First.Inputs.Select(input => graph.Nodes[input].Shape.ToString()).Distinct());
        var to = operation.Last.Shape.ToString();
        return $"{what}{(from == to ? "" : $": {from} -> {to}")}{(operation.Overwrites >= 0 ? ", in place" : "")}";
    }

    private static string Describe(Node node) => node switch
    {
        LayerNode { Key: { } key } layer => $"{key}: {layer.Layer.Describe()}",
        LayerNode layer => layer.Layer.Describe(),
        SliceNode => "Split (a view)",
        JoinNode join => join.Kind.ToString(),
        ApplyNode apply => $"{apply.Key}: {apply.Use.Block.Name}",
        StageNode stage => $"{stage.Keys.Stage}: {stage.Units} units",
        _ => "",
    };

    private string Code(Operation operation)
    {
        var input = operation.Inputs[0];
        return operation.First switch
        {
            SliceNode slice => $"{input}.narrow(1, {members.Number(slice.Start)}, {members.Number(slice.Shape.Channels)})",
            JoinNode join => JoinCode(operation, join),
            ApplyNode apply => $"{members.Of(apply)}.call({input})",
            StageNode stage => $"{Emitted.Ops}Chain({members.Of(stage)}, {input})",
            LayerNode node => node.Layer.Call(Site(operation)),
            var other => throw new InvalidOperationException(other.ToString()),
        };
    }

    private string JoinCode(Operation operation, JoinNode join)
    {
        var inputs = string.Join(", ", operation.Inputs);
        if (operation.Nodes.Length > 1)
            return ((LayerNode)operation.Last).Layer.CallOverConcat(Site(operation), inputs);
        if (join.Kind == JoinKind.Concat)
            return $"{Emitted.Ops}Concat({inputs})";
        var symbol = join.Kind == JoinKind.Add ? " + " : " * ";
        if (operation.Overwrites < 0)
            return string.Join(symbol, operation.Inputs);
        var others = operation.Inputs.Where((_, i) => i != operation.Overwrites);
        return operation.Inputs[operation.Overwrites] + string.Concat(others.Select(other => join.Kind == JoinKind.Add ? $".add_({other})" : $".mul_({other})"));
    }

    private CallSite Site(Operation operation) =>
        new(operation.Inputs[0], operation.First is LayerNode { Layer.HasState: true } ? members.Of(operation.First) : "", operation.Overwrites >= 0, members.Number);
}
