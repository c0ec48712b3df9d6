using System.Globalization;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>
/// Writes the class of what torch computes of a network between kernels. It keeps of each layer what a snapshot of torch's operations keeps; numbers and keys are those of the whole network, whose blocks are opened.
/// </summary>
/// <param name="name">The class's name.</param>
/// <param name="local">How a variable is declared.</param>
internal sealed class IslandsWriter(CodeWriter writer, string name, string local)
{
    private const string Tensor = Emitted.Torch + "Tensor";
    private const string Inputs = "inputs";

    private int _variables;

    /// <param name="islands">What it computes, by their numbers.</param>
    public void Write(Islands islands)
    {
        var kept = islands.All.SelectMany(static island => island.Nodes).Where(static node => node.Layer is { HasState: true }).GroupBy(static node => node.Id).Select(static group => group.First()).ToList();
        var fields = kept.Select((node, i) => (node, Name: "_" + Text(i + 1))).ToDictionary(static each => each.node.Id, static each => each.Name);
        writer.Line();
        writer.Open($"private sealed class {name} : {Emitted.Runtime}NetworkIslands");
        foreach (var node in kept)
            writer.Line($"private readonly {Emitted.Runtime}{node.Layer!.Module!.Snapshot} {fields[node.Id]};");
        if (kept.Count > 0)
            writer.Line();
        writer.Open($"public {name}({Emitted.Runtime}INetworkModule source) : base(source)");
        foreach (var node in kept)
            writer.Line($"{fields[node.Id]} = {Kept(node)};");
        writer.Close();
        writer.Line();
        writer.Open($"protected override {Tensor} Compute(int island, {Tensor}[] {Inputs})");
        writer.Open("switch (island)");
        for (var i = 0; i < islands.All.Length; i++)
            WriteIsland(i, islands.All[i], fields);
        writer.Line("default: throw Unknown(island);");
        writer.Close();
        writer.Close();
        writer.Close();
    }

    private static string Kept(FlatNode node)
    {
        var (module, key) = (node.Layer!.Module!, ModuleWriter.Literal(node.Key));
        return Members.Kept(module, module.Origin == ModuleOrigin.User ? key : $"Layer<{module.TypeCode}>({key})");
    }

    private void WriteIsland(int number, NodeChain island, Dictionary<int, string> fields)
    {
        _variables = 0;
        writer.Open($"case {Text(number)}: // {island.Placed}, {island.Result.Shape}");
        // What a kernel made comes as a map, of one pixel where it is features.
        var variables = island.Inputs.Select((input, i) => Declare($"{Inputs}[{Text(i)}]{(input.Shape.IsFlat ? ".flatten(1)" : "")}")).ToList();
        foreach (var node in island.Nodes)
            variables = [Declare(Code(node, variables, fields))];
        writer.Line($"return {variables[0]};");
        writer.Close();
    }

    private string Declare(string code)
    {
        var variable = "x" + Text(++_variables);
        writer.Line($"{local} {variable} = {code};");
        return variable;
    }

    private string Code(FlatNode node, List<string> inputs, Dictionary<int, string> fields) => node.Join is { } join
        ? OperationWriter.JoinCode(join, inputs, overwritten: -1)
        : node.Layer!.Call(new CallSite(inputs[0], fields.TryGetValue(node.Id, out var field) ? field : "", IsInPlace: false, static amount => amount.Code)
        {
            Where = OperationWriter.Where(node.Use.Graph.Declaration, (LayerNode)node.Origin),
        });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
