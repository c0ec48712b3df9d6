using System.Globalization;
using Blockwright.Generator.Plan;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>A field.</summary>
internal sealed record Field(string Type, string Name, string Comment);

/// <summary>The fields of a module and what its constructor makes of them: one for each layer with a state, and one for each number that forward needs and only the constructor knows.</summary>
internal sealed class Members
{
    private const string Modules = "global::TorchSharp.Modules.";
    private const string Factory = "global::TorchSharp.torch.nn.";

    private readonly Dictionary<int, string> _byNode = [];
    private readonly Dictionary<string, string> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names;
    private readonly List<Field> _fields = [];
    private readonly List<string> _assignments = [];
    private readonly string _register;
    private readonly string _index;

    public Members(BlockGraph graph)
    {
        // A field that a parameter of the constructor hides could not be assigned there, and none may have its class's name.
        _names = new(Signature.Names(graph.Declaration), StringComparer.Ordinal) { graph.Declaration.Name };
        _register = Signature.Member(graph.Declaration, "Register");
        _index = Signature.Local(graph.Declaration, "i");
        foreach (var node in graph.Nodes)
        {
            switch (node)
            {
                case LayerNode { Key: { } key } layer: AddLayer(layer, key); break;
                case ApplyNode apply: AddApply(apply); break;
                case StageNode stage: AddStage(stage); break;
            }
        }
        foreach (var amount in graph.Nodes.SelectMany(NumbersOfForward))
            AddNumber(amount);
    }

    public IReadOnlyList<Field> Fields => _fields;

    public IReadOnlyList<string> Assignments => _assignments;

    /// <summary>The field of a node's layer or blocks.</summary>
    public string Of(Node node) => _byNode[node.Id];

    /// <summary>A number in forward: a literal, or a field that the constructor has set.</summary>
    public string Number(Amount amount) => amount.Constant is not null ? amount.Code : _numbers[amount.Text];

    public string Number(Pair pair) => $"({Number(pair.Height)}, {Number(pair.Width)})";

    /// <summary>The fields of a snapshot, each with what it takes from its source.</summary>
    public IEnumerable<(Field Field, string Value)> SnapshotParts(ForwardPlan plan)
    {
        foreach (var operation in plan.Operations)
        {
            if (!_byNode.TryGetValue(operation.First.Id, out var name))
                continue;
            var (type, value) = operation.First switch
            {
                LayerNode { Layer: Convolution } => ("FoldedConvolution", FoldedConvolution(operation)),
                LayerNode { Layer: BatchNorm } => ("ChannelAffine", $"new global::Blockwright.ChannelAffine(source.{name})"),
                LayerNode { Layer: Linear } => ("FoldedLinear", $"new global::Blockwright.FoldedLinear(source.{name})"),
                StageNode => ("FusedModule[]", $"source.{name}"),
                _ => ("FusedModule", $"source.{name}.Fuse()"),
            };
            yield return (new($"global::Blockwright.{type}", name, operation.Nodes.Length > 1 ? $"with {Of(operation.Last)} folded in" : ""), $"Own({value})");
        }
        foreach (var number in _numbers.Values)
            yield return (new("int", number, ""), $"source.{number}");
    }

    private string FoldedConvolution(Operation operation)
    {
        var norm = operation.Nodes.Length > 1 ? $"source.{Of(operation.Last)}" : "null";
        return $"new global::Blockwright.FoldedConvolution(source.{Of(operation.First)}, {norm})";
    }

    /// <summary>The numbers that a forward names beside those its modules keep.</summary>
    private static IEnumerable<Amount> NumbersOfForward(Node node) => node switch
    {
        SliceNode slice => [slice.Start, slice.Shape.Channels],
        LayerNode { Layer: Pool pool } => Both(pool.Kernel).Concat(Both(pool.Stride)).Concat(Both(pool.Padding)),
        LayerNode { Layer: ChannelShuffle shuffle } => [shuffle.Groups],
        _ => [],
    };

    private static IEnumerable<Amount> Both(Pair pair) => [pair.Height, pair.Width];

    private void AddLayer(LayerNode node, string key)
    {
        var (type, code) = node.Layer switch
        {
            Convolution convolution => ("Conv2d", ConvolutionCode(convolution)),
            BatchNorm norm => ("BatchNorm2d", $"BatchNorm2d({norm.Channels.Code}, eps: {Real(norm.Eps)}, momentum: {Real(norm.Momentum)})"),
            Linear linear => ("Linear", $"Linear({linear.In.Code}, {linear.Out.Code}, hasBias: {Bool(linear.HasBias)})"),
            var other => throw new InvalidOperationException($"{other.Kind} has no state."),
        };
        var name = AddField(node, Modules + type, key, "");
        _assignments.Add($"{name} = {_register}(\"{key}\", {Factory}{code});");
    }

    private static string ConvolutionCode(Convolution convolution)
    {
        var code = $"Conv2d({convolution.In.Code}, {convolution.Out.Code}, {Tuple(convolution.Kernel)}";
        if (!convolution.Stride.Equals(Pair.One))
            code += $", stride: {Tuple(convolution.Stride)}";
        if (!convolution.Padding.Equals(new Pair(Amount.Zero, Amount.Zero)))
            code += $", padding: {Tuple(convolution.Padding)}";
        if (!convolution.Dilation.Equals(Pair.One))
            code += $", dilation: {Tuple(convolution.Dilation)}";
        if (!convolution.Groups.Equals(Amount.One))
            code += $", groups: {convolution.Groups.Code}";
        return $"{code}, bias: {Bool(convolution.HasBias)})";

        static string Tuple(Pair pair) => $"({pair.Height.Code}, {pair.Width.Code})";
    }

    private void AddApply(ApplyNode node)
    {
        var name = AddField(node, node.Use.Block.FullName, node.Key, "");
        _assignments.Add($"{name} = {_register}(\"{node.Key}\", new {node.Use.Block.FullName}({Signature.Arguments(node.Use)}));");
    }

    private void AddStage(StageNode node)
    {
        var name = AddField(node, "global::Blockwright.BlockModule[]", node.Keys.Stage, "");
        _assignments.Add($"{name} = new global::Blockwright.BlockModule[{node.Units.Code}];");
        _assignments.Add($"{name}[0] = {_register}(\"{node.Keys.Key(0)}\", new {node.First.Block.FullName}({Signature.Arguments(node.First)}));");
        if (node.Rest is not { } rest)
            return;
        var same = node.Known.Skip(1).All(unit => unit.In.Equals(rest.In)) && (node.Known.Length > 0 || rest.In.Equals(rest.Graph.Result.Channels));
        var channels = same ? null : $"{name}[{_index} - 1].OutChannels";
        var number = node.Keys.First == 0 ? $"{{{_index}}}" : $"{{{_index} + {node.Keys.First.ToString(CultureInfo.InvariantCulture)}}}";
        _assignments.Add($"for (var {_index} = 1; {_index} < {name}.Length; {_index}++)");
        _assignments.Add($"    {name}[{_index}] = {_register}($\"{node.Keys.Stage}.{node.Keys.Before}{number}{node.Keys.After}\", new {rest.Block.FullName}({Signature.Arguments(rest, channels)}));");
    }

    private void AddNumber(Amount amount)
    {
        if (amount.Constant is not null || _numbers.ContainsKey(amount.Text))
            return;
        var name = Unique("_number" + (_numbers.Count + 1).ToString(CultureInfo.InvariantCulture));
        _numbers.Add(amount.Text, name);
        _fields.Add(new("int", name, amount.Text));
        _assignments.Add($"{name} = {amount.Code};");
    }

    private string AddField(Node node, string type, string key, string comment)
    {
        var name = Unique("_" + key.Replace('.', '_'));
        _byNode.Add(node.Id, name);
        _fields.Add(new(type, name, comment));
        return name;
    }

    private string Unique(string name)
    {
        var unique = name;
        for (var i = 2; !_names.Add(unique); i++)
            unique = name + "_" + i.ToString(CultureInfo.InvariantCulture);
        return unique;
    }

    private static string Real(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Bool(bool value) => value ? "true" : "false";
}
