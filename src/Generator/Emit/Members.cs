using System.Collections.Immutable;
using System.Globalization;
using Blockwright.Generator.Plan;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>A field.</summary>
internal sealed record Field(string Type, string Name, string Comment);

/// <summary>The fields of a module and what is made of them: one for each layer with a state, and one for each number that forward needs and only a module's maker knows.</summary>
internal sealed class Members
{
    private readonly Dictionary<int, string> _byNode = [];
    private readonly Dictionary<string, string> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _flags = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names;
    private readonly ImmutableArray<string> _parameters;
    private readonly List<Field> _fields = [];
    private readonly List<string> _assignments = [];
    private readonly string _register;
    private readonly string _index;

    public Members(BlockGraph graph)
    {
        // A field that a parameter hides could not be assigned where the layers are made, and none may have its class's name or one of the user's own.
        _parameters = graph.Declaration.ConstructorParameters;
        _names = new(_parameters.Concat(graph.Declaration.Form.TakenNames).Concat(graph.Declaration.Form.ClosedNames), StringComparer.Ordinal) { graph.Declaration.Name.TrimStart('@') };
        // Within the class, and in its attributes, a nested class hides one that the user calls so.
        Snapshot = Unique("Bw_Snapshot");
        Plans = Unique("Bw_Plans");
        Islands = Unique("Bw_Islands");
        Build = Unique("Bw_Build");
        _register = Signature.Member(graph.Declaration, "Register");
        _index = Signature.Local(graph.Declaration, "i");
        Layers = new LayerMembers(graph, Unique);
        foreach (var node in graph.Nodes)
            AddFlag(node.When);
        foreach (var node in graph.Nodes)
        {
            // A group is there whatever layers are in it.
            _assignments.AddRange(Layers.Making(node));
            var first = _assignments.Count;
            switch (node)
            {
                case LayerNode { Key: { } key } layer: AddLayer(layer, key); break;
                case ApplyNode apply: AddApply(apply); break;
                case StageNode stage: AddStage(stage); break;
            }
            Guard(first, Flag(node));
        }
        foreach (var uses in graph.Nodes.SelectMany(static node => NumbersOfForward(node).Select(amount => (Amount: amount, Node: node))).ToLookup(static use => use.Amount))
        {
            var first = _assignments.Count;
            AddNumber(uses.Key);
            Guard(first, uses.Select(use => Flag(use.Node)).Distinct().ToList() is [var only] ? only : null);
        }
        foreach (var parameter in graph.Nodes.Select(static node => (node as LayerNode)?.Layer.FunctionOfCall).OfType<string>().Distinct())
            AddFunction(parameter);
    }

    /// <summary>The nested class of snapshots.</summary>
    public string Snapshot { get; }

    /// <summary>The nested class of a network's plans.</summary>
    public string Plans { get; }

    /// <summary>The nested class of what torch computes of a network between kernels.</summary>
    public string Islands { get; }

    /// <summary>The method that makes the layers.</summary>
    public string Build { get; }

    public IReadOnlyList<Field> Fields => _fields;

    public IReadOnlyList<string> Assignments => _assignments;

    /// <summary>The members by which people reach the layers.</summary>
    public LayerMembers Layers { get; }

    /// <summary>Whether no member that is written here has the name.</summary>
    public bool IsFree(string name) => _parameters.Contains(name) || !_names.Contains(name);

    /// <summary>The field of a node's layer or blocks.</summary>
    public string Of(Node node) => _byNode[node.Id];

    /// <summary>The field that says whether a node is there; null where it always is.</summary>
    public string? Flag(Node node) => node.When.Known is null ? _flags[node.When.Text] : null;

    /// <summary>The field of a function that the constructor was given.</summary>
    public string Function(string parameter) => _functions[parameter];

    /// <summary>A number in forward: a literal, or a field.</summary>
    public string Number(Amount amount) => amount.Constant is not null ? amount.Code : _numbers[amount.Text];

    /// <summary>The fields of a snapshot, each with what it takes from its source, and the field that says whether it does; null where it always does.</summary>
    public IEnumerable<(Field Field, string Value, string? When)> SnapshotParts(ForwardPlan plan)
    {
        foreach (var flag in plan.Operations.Select(operation => Flag(operation.First)).OfType<string>().Distinct())
            yield return (new("bool", flag, ""), $"source.{flag}", null);
        foreach (var operation in plan.Operations)
        {
            if (!_byNode.TryGetValue(operation.First.Id, out var name))
                continue;
            var (type, value) = operation.First switch
            {
                LayerNode { Layer.Module: { } module } => (Emitted.Runtime + module.Snapshot, Kept(module, module.Origin == ModuleOrigin.User ? $"source, source.{name}" : $"source.{name}", operation.Nodes.Length > 1 ? $"source.{Of(operation.Last)}" : "null")),
                StageNode => (Emitted.Runtime + "FusedModule[]", $"Fold(source.{name})"),
                ApplyNode apply => (new ResultType(apply.Use.Block).FusedModule, $"Fold(source.{name})"),
                var other => throw new InvalidOperationException(other.ToString()),
            };
            yield return (new(type, name, ""), value, Flag(operation.First));
        }
        foreach (var number in _numbers.Values)
            yield return (new("int", number, ""), $"source.{number}", null);
        foreach (var function in _functions.Values)
            yield return (new(Signature.Function, function, ""), $"source.{function}", null);
    }

    /// <summary>What a snapshot keeps of a layer.</summary>
    /// <param name="layer">The layer; of a module of the user's own what finds it.</param>
    /// <param name="norm">The batch norm that folds into it.</param>
    public static string Kept(ModuleCode module, string layer, string norm = "null") =>
        module.Origin == ModuleOrigin.User ? $"Copy({layer})" : $"Fold({layer}{(module.TakesNorm ? ", " + norm : "")})";

    /// <summary>The numbers that a forward names beside those its modules keep.</summary>
    private static IEnumerable<Amount> NumbersOfForward(Node node) => node switch
    {
        SliceNode slice => [slice.Start, slice.Shape.Channels],
        LayerNode layer => layer.Layer.NumbersOfCall,
        _ => [],
    };

    private void AddFunction(string parameter)
    {
        var name = Unique("_" + parameter.TrimStart('@'));
        _functions.Add(parameter, name);
        _fields.Add(new(Signature.Function, name, ""));
        _assignments.Add($"{name} = {parameter};");
    }

    private void AddFlag(Condition when)
    {
        if (when.Known is not null || _flags.ContainsKey(when.Text))
            return;
        var name = Unique("_if" + (_flags.Count + 1).ToString(CultureInfo.InvariantCulture));
        _flags.Add(when.Text, name);
        _fields.Add(new("bool", name, when.Text));
        _assignments.Add($"{name} = {when.Code};");
    }

    /// <summary>What was assigned from a line on is assigned only where a field says so.</summary>
    private void Guard(int first, string? flag)
    {
        if (flag is null || first == _assignments.Count)
            return;
        if (first + 1 == _assignments.Count)
        {
            _assignments[first] = $"if ({flag}) {_assignments[first]}";
            return;
        }
        for (var i = first; i < _assignments.Count; i++)
            _assignments[i] = "    " + _assignments[i];
        _assignments.Insert(first, "{");
        _assignments.Insert(first, $"if ({flag})");
        _assignments.Add("}");
    }

    private void AddLayer(LayerNode node, string key)
    {
        var module = node.Layer.Module!;
        var name = AddField(node, module.TypeCode, key, "");
        // A snapshot makes a module of the user's own again, with the numbers that only the constructor knows.
        var factory = module.Origin == ModuleOrigin.User ? $"() => {module.FactoryCode}" : module.FactoryCode;
        _assignments.Add($"{name} = {_register}({node.KeyCode ?? $"\"{key}\""}, {factory});");
    }

    private void AddApply(ApplyNode node)
    {
        var name = AddField(node, new ResultType(node.Use.Block).Base, node.Key, "");
        _assignments.Add($"{name} = {_register}({node.KeyCode ?? $"\"{node.Key}\""}, new {node.Use.Block.FullName}({Signature.Arguments(node.Use)}));");
    }

    private void AddStage(StageNode node)
    {
        var name = AddField(node, Emitted.Runtime + "BlockModule[]", node.Keys.Stage, "");
        _assignments.Add($"{name} = new {Emitted.Runtime}BlockModule[{node.Units.Code}];");
        _assignments.Add($"{name}[0] = {_register}(\"{node.Keys.Key(0)}\", new {node.First.Block.FullName}({Signature.Arguments(node.First)}));");
        if (node.Rest is not { } rest)
            return;
        var same = node.Known.Skip(1).All(unit => unit.In.Equals(rest.In)) && (node.Known.Length > 0 || rest.In.Equals(rest.Graph.Result.Channels));
        // No parameter has the word's name where it is the unit's number.
        var (index, given) = node.ArgumentsByUnit.IsEmpty ? (_index, rest) : (Names.Unit, rest with { Arguments = node.ArgumentsByUnit });
        var channels = same ? null : $"{name}[{index} - 1].OutChannels";
        var number = node.Keys.First == 0 ? $"{{{index}}}" : $"{{{index} + {node.Keys.First.ToString(CultureInfo.InvariantCulture)}}}";
        _assignments.Add($"for (int {index} = 1; {index} < {name}.Length; {index}++)");
        _assignments.Add($"    {name}[{index}] = {_register}($\"{node.Keys.Stage}.{node.Keys.Before}{number}{node.Keys.After}\", new {rest.Block.FullName}({Signature.Arguments(given, channels)}));");
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
        var name = Unique("_" + CodeNames.Part(key));
        _byNode.Add(node.Id, name);
        _fields.Add(new(type, name, comment));
        return name;
    }

    private string Unique(string name) => Unique(_names, name);

    /// <summary>A name that is not among those that are taken, and is from then on.</summary>
    public static string Unique(HashSet<string> taken, string name)
    {
        var unique = name;
        for (var i = 2; !taken.Add(unique); i++)
            unique = name + "_" + i.ToString(CultureInfo.InvariantCulture);
        return unique;
    }
}
