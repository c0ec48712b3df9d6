using Blockwright.Generator.Plan;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>Writes a plan as statements: a line for each operation, with a comment that says what the call does not, and the shape where it changes.</summary>
/// <param name="local">How a variable is declared.</param>
internal sealed class OperationWriter(CodeWriter writer, BlockGraph graph, Members members, string local)
{
    /// <summary>Writes the statements and gives the expression of the result: a tensor of its own, even where nothing is computed, or a tuple of such.</summary>
    /// <param name="plan">What to write.</param>
    /// <param name="isCommented">Whether each operation is explained; the second time it need not be.</param>
    public string Write(ForwardPlan plan, bool isCommented)
    {
        var returned = new HashSet<string>(plan.Inputs.Select(static input => input.Variable), StringComparer.Ordinal);
        var results = plan.Results.Select(result => (Result: result, Code: returned.Add(result.Value) ? result.Value : result.Value + ".alias()")).ToList();
        var training = results.Where(static each => each.Result is { IsTrainingOnly: true, Value.Length: > 0 }).ToList();
        var operations = plan.Operations.AsSpan();
        foreach (var input in plan.Inputs)
            WriteNames(input.Names.Select(name => (name, input.Variable)));
        if (training.Count > 0)
        {
            var first = plan.Operations.Select(static operation => operation.IsTrainingOnly).ToList().IndexOf(true);
            var before = first < 0 ? operations.Length : first;
            var inside = plan.Operations.Count(static operation => operation.IsTrainingOnly);
            WriteOperations(operations.Slice(0, before), isCommented);
            foreach (var (result, _) in training)
                writer.Line($"{Emitted.Torch}Tensor? {result.Holder} = null;");
            writer.Open("if (base.training)");
            WriteOperations(operations.Slice(before, inside), isCommented);
            foreach (var (result, code) in training)
                writer.Line($"{result.Holder} = {code};");
            writer.Close();
            operations = operations.Slice(before + inside);
        }
        WriteOperations(operations, isCommented);
        var codes = results.Select(static each => !each.Result.IsTrainingOnly ? each.Code : each.Result.Value.Length > 0 ? each.Result.Holder : "null").ToList();
        return codes.Count == 1 ? codes[0] : $"({string.Join(", ", codes)})";
    }

    private void WriteOperations(ReadOnlySpan<Operation> operations, bool isCommented)
    {
        foreach (var operation in operations)
        {
            var statement = Statement(operation);
            var releases = string.Concat(operation.Releases.Select(static variable => $" {variable}.Dispose();"));
            var comment = isCommented ? Comment(operation) : "";
            writer.Line(statement + releases + (comment.Length > 0 ? " // " + comment : ""));
            WriteNames(operation.Named);
        }
    }

    /// <summary>Lets values be asked for by their names.</summary>
    private void WriteNames(IEnumerable<(string Name, string Variable)> names)
    {
        foreach (var (name, variable) in names)
            writer.Line($"{Emitted.Ops}Named({ModuleWriter.Literal(name)}, {variable});");
    }

    private string Statement(Operation operation)
    {
        var (code, when) = (Code(operation), members.Flag(operation.First));
        if (operation.Overwrites >= 0)
            return when is null ? $"{code};" : $"if ({when}) {code};";
        if (!operation.Others.IsEmpty)
            return $"({string.Join(", ", operation.Others.Prepend(operation.Result).Select(variable => $"{local} {variable}"))}) = {code};";
        return $"{local} {operation.Result} = {(when is null ? code : $"{when} ? {code} : {operation.Inputs[0]}.alias()")};";
    }

    private string Comment(Operation operation)
    {
        var parts = operation.Nodes.Select(Describe).Where(static text => text.Length > 0).ToList();
        if (operation.First.When.Known is null)
            parts.Add("if " + operation.First.When);
        var shape = operation.Last is ApplyNode { Use: { HasResults: true } use } ? use.Graph.ResultText : operation.Last.Shape.ToString();
        if (operation.First.Inputs.Any(input => graph.Nodes[input].Shape.ToString() != shape))
            parts.Add(shape);
        return string.Join(", ", parts);
    }

    /// <summary>What a field's call does not say.</summary>
    private static string Describe(Node node) => node switch
    {
        // Of a module that has but one form its field's type says all.
        LayerNode { Layer: { Module: { } module } layer } when layer.Describe() != module.Type => layer.Describe(),
        SliceNode => "Split",
        StageNode stage => $"{stage.Units} units",
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
            StageNode stage => $"{Emitted.Ops}{(stage.IsCollecting ? "ChainAll" : "Chain")}({members.Of(stage)}, {input})",
            LayerNode node => node.Layer.Call(Site(operation)),
            var other => throw new InvalidOperationException(other.ToString()),
        };
    }

    private string JoinCode(Operation operation, JoinNode join)
    {
        if (operation.Nodes.Length > 1)
            return ((LayerNode)operation.Last).Layer.CallOverConcat(Site(operation), string.Join(", ", operation.Inputs));
        return JoinCode(join.Kind, operation.Inputs, operation.Overwrites);
    }

    /// <summary>A join of variables.</summary>
    /// <param name="overwritten">The number of the one that it is written over, or -1.</param>
    public static string JoinCode(JoinKind kind, IReadOnlyList<string> inputs, int overwritten)
    {
        if (kind == JoinKind.Concat)
            return $"{Emitted.Ops}Concat({string.Join(", ", inputs)})";
        if (kind == JoinKind.Multiply && overwritten < 0)
            return string.Join(" * ", inputs);
        // The first stays as it is where none may be written over.
        var (target, ending) = overwritten < 0 ? (0, "") : (overwritten, "_");
        var others = inputs.Where((_, i) => i != target);
        return inputs[target] + string.Concat(others.Select(other => kind == JoinKind.Add ? $".add{ending}({other}, {Emitted.One})" : $".mul_({other})"));
    }

    private CallSite Site(Operation operation) =>
        new(operation.Inputs[0], operation.First is LayerNode { Layer.HasState: true } ? members.Of(operation.First) : "", operation.Overwrites >= 0, members.Number)
        {
            Where = operation.First is LayerNode layer ? Where(graph.Declaration, layer) : "",
            Like = operation.First is LayerNode { Like: not null } ? operation.Inputs[1] : "",
            Function = members.Function,
        };

    /// <summary>Where a layer stands, for messages: the declaration and its key there, or what it is.</summary>
    public static string Where(Declaration declaration, LayerNode layer) => $"{declaration.Name.TrimStart('@')}: {layer.Key ?? layer.Layer.Describe()}";
}
