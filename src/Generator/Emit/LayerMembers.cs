using System.Globalization;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>
/// The members by which people reach layers: one for each name that keys of the class begin with and that is free. A key that is all of its name is a layer's own member; those that go on behind it share a group.
/// </summary>
internal sealed class LayerMembers
{
    private const int MostListed = 12;
    private const string Tensor = Emitted.Torch + "Tensor";
    public const string AnyLayer = $"{Emitted.Torch}nn.Module<{Tensor}, {Tensor}>";
    private const string AnyBlock = Emitted.Runtime + "BlockModule";
    private const string Group = Emitted.Runtime + "LayerGroup";
    public const string InnerGroup = $"{Group}<{AnyLayer}>";
    public const string GroupOfGroups = $"{Group}<{InnerGroup}>";

    private readonly Declaration _declaration;
    private readonly Dictionary<string, Member> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Member> _groups = [];
    private readonly List<Member> _all = [];

    public LayerMembers(BlockGraph graph)
    {
        _declaration = graph.Declaration;
        foreach (var node in graph.Nodes)
        {
            switch (node)
            {
                case LayerNode { Key: { } key, Layer: var layer }: Add(node, key, layer.Module!.IsOfTorch ? layer.Module.TypeCode : null, $"{layer.Describe()}, {node.Shape}"); break;
                case ApplyNode apply: Add(node, apply.Key, TypeOf(apply.Use.Block), $"{apply.Use.Block.Name}, {node.Shape}"); break;
                case StageNode stage: Add(stage); break;
            }
        }
    }

    /// <summary>What makes a layer's group, where it is the first in it; it has to stand before the layer is registered.</summary>
    public string? Making(Node node) => _groups.TryGetValue(node.Id, out var group) ? group.Code + ";" : null;

    /// <param name="members">What else the class has.</param>
    public void Write(CodeWriter writer, Members members)
    {
        foreach (var member in _all.Where(member => member.Type is not null && OwnMembers.IsOpen(_declaration, member.Name) && members.IsFree(member.Name)))
        {
            writer.Line($"/// <summary>{Documentation.Escaped(member.Text)}.</summary>");
            writer.Line($"public {member.Type}{(member.IsConditional ? "?" : "")} {CodeNames.Escape(member.Name)} => {Code(member, members)};");
            writer.Line();
        }
        if (_all.Count == 0 || !OwnMembers.CanIndex(_declaration))
            return;
        writer.Line("/// <summary>The layer or block of a key, a text or a number; the message lists what there is where there is none.</summary>");
        writer.Line($"public {AnyLayer} this[{Emitted.Runtime}LayerKey key] => {Emitted.Runtime}LayerKeys.Layer(this, key);");
        writer.Line();
    }

    private static string Code(Member member, Members members) =>
        member.IsGroup ? member.Code
        : member.IsConditional ? $"({member.Type}?){Emitted.Runtime}LayerKeys.Member(this, \"{member.Name}\")"
        : member.Node is ApplyNode ? $"({member.Type}){members.Of(member.Node)}"
        : members.Of(member.Node);

    /// <param name="node">Who registers it.</param>
    /// <param name="key">Its key.</param>
    /// <param name="type">Its type; null for what is no module.</param>
    /// <param name="text">What people read of it.</param>
    private void Add(Node node, string key, string? type, string text)
    {
        var dot = key.IndexOf('.');
        if (dot < 0)
        {
            var condition = node.When.Known is null ? $"; null unless {node.When}" : "";
            if (_all.FirstOrDefault(each => each.Name == key) is not { } other)
                _all.Add(new(key, node) { Type = type, Text = text + condition, IsConditional = condition.Length > 0 });
            else if (other.Type is not null)
                (other.Type, other.Text) = (type == other.Type ? type : AnyLayer, $"{other.Text}; or {text}{condition}"); // under the same key, where the one is not there
            return;
        }
        var rest = key.Substring(dot + 1);
        GroupOf(node, key.Substring(0, dot)).Add(rest, rest.Contains('.') ? InnerGroup : type);
    }

    private void Add(StageNode stage)
    {
        var (first, rest) = (TypeOf(stage.First.Block), stage.Rest is { } each ? TypeOf(each.Block) : null);
        var isOnlyPart = stage.Keys.Stage.IndexOf('.') < 0;
        var name = isOnlyPart ? stage.Keys.Stage : stage.Keys.Stage.Substring(0, stage.Keys.Stage.IndexOf('.'));
        var group = GroupOf(stage, name);
        if (isOnlyPart && group.Types.Count == 0 && rest is not null && rest != first)
            group.Stage = (first, rest);
        else
            group.Stage = null;
        var isNested = !isOnlyPart || stage.Keys.Before.Contains('.') || stage.Keys.After.Contains('.');
        group.Add($"{stage.Units} units, {stage.First.Block.Name}{(stage.Rest is { } other && other.Block.Name != stage.First.Block.Name ? $" and then {other.Block.Name}" : "")}, {stage.Shape}", isNested ? InnerGroup : first);
        if (rest is not null && !isNested)
            group.Types.Add(rest);
    }

    private Member GroupOf(Node node, string name)
    {
        if (_byName.TryGetValue(name, out var known))
        {
            known.Stage = null;
            return known;
        }
        var group = new Member(name, node) { IsGroup = true };
        _byName.Add(name, group);
        _groups.Add(node.Id, group);
        _all.Add(group);
        return group;
    }

    /// <summary>A block's class, where a public member of the declared one may give it.</summary>
    private string TypeOf(Declaration block) => TypeOf(_declaration, block);

    public static string TypeOf(Declaration declaration, Declaration? block) => block is not null && IsSeen(declaration, block) ? block.FullName : AnyBlock;

    public static string StageOf(string first, string rest) => first == rest ? $"{Group}<{first}>" : $"{Emitted.Runtime}LayerStage<{first}, {rest}>";

    private static bool IsSeen(Declaration declaration, Declaration block) => block.Visibility == Visibility.Everybody || (block is { Visibility: Visibility.Assembly, IsExternal: false } && declaration.Visibility != Visibility.Everybody);

    private sealed class Member(string name, Node node)
    {
        private readonly List<string> _listed = [];
        private string? _text;
        private string? _type;

        public string Name => name;

        /// <summary>The first that registers it, or in it.</summary>
        public Node Node => node;

        public bool IsGroup { get; set; }

        /// <summary>Whether a layer may not be there, or another may be there in its place.</summary>
        public bool IsConditional { get; set; }

        /// <summary>The types of what is in a group.</summary>
        public HashSet<string> Types { get; } = new(StringComparer.Ordinal);

        /// <summary>The two blocks of a group that is one stage of two.</summary>
        public (string First, string Others)? Stage { get; set; }

        public string? Type
        {
            get => !IsGroup ? _type : Stage is var (first, rest) ? StageOf(first, rest) : $"{Group}<{Element}>";
            set => _type = value;
        }

        public string Text
        {
            get => _text ?? $"Layers under the key {name}: {string.Join("; ", _listed.Take(MostListed))}{(_listed.Count > MostListed ? string.Format(CultureInfo.InvariantCulture, "; and {0} more", _listed.Count - MostListed) : "")}";
            set => _text = value;
        }

        public string Code => Stage is var (first, rest) ? $"{Group}.StageOf<{first}, {rest}>(this, \"{name}\")" : $"{Group}.Of<{Element}>(this, \"{name}\")";

        private string Element => Types.Count switch
        {
            1 => Types.First(),
            0 => AnyLayer,
            _ => Types.All(static type => type.StartsWith("global::", StringComparison.Ordinal) || type == AnyBlock) ? AnyBlock : AnyLayer,
        };

        /// <param name="text">What it is, or its key within the group.</param>
        /// <param name="type">Its type; null for what is no module.</param>
        public void Add(string text, string? type)
        {
            _listed.Add(text);
            if (type is not null)
                Types.Add(type);
        }
    }
}
