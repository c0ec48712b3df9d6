using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>
/// The members by which people reach layers: one for each name that keys of the class begin with and that is free. A key that is all of its name is a layer's own member; those that go on behind it share a group.
/// </summary>
internal sealed class LayerMembers
{
    private readonly Declaration _declaration;
    private readonly LayerMember _root = new("");
    private readonly Dictionary<int, List<LayerMember>> _groups = [];

    /// <param name="unique">Makes a name that nothing else in the class has.</param>
    public LayerMembers(BlockGraph graph, Func<string, string> unique)
    {
        _declaration = graph.Declaration;
        foreach (var node in graph.Nodes)
        {
            switch (node)
            {
                case LayerNode { Key: { } key, Layer: var layer }: Add(node, key, TypeOf(layer.Module!), $"{layer.Describe()}, {node.Shape}", layer.Module!.Origin == ModuleOrigin.User); break;
                case ApplyNode apply: Add(node, apply.Key, TypeOf(apply.Use.Block), $"{apply.Use.Block.Name}, {node.Shape}", isOfUser: false); break;
                case StageNode stage: Add(stage); break;
            }
        }
        _root.NameClasses(_declaration, unique);
    }

    /// <summary>What makes the groups that a layer is the first in; it has to stand before the layer is registered. Plain groups in groups are the runtime's to make.</summary>
    public IEnumerable<string> Making(Node node) => _groups.TryGetValue(node.Id, out var groups)
        ? groups.Where(static group => !group.IsPlain).Select(static group => group.Making(group.Key) + ";")
        : [];

    /// <param name="members">What else the class has.</param>
    public void Write(CodeWriter writer, Members members) =>
        new LayerMembersWriter(writer, _declaration).Write(_root, members.IsFree, member => Code(member, members));

    private static string Code(LayerMember member, Members members) =>
        member.IsConditional ? LayerMembersWriter.CodeOf(member)
        : member.Node is ApplyNode ? $"({member.Type}){members.Of(member.Node)}"
        : members.Of(member.Node!);

    /// <param name="isOfUser">Whether it is a module of the user's own.</param>
    private void Add(Node node, string key, string? type, string text, bool isOfUser)
    {
        var dot = key.LastIndexOf('.');
        GroupOf(node, dot < 0 ? "" : key.Substring(0, dot), key).Add(key.Substring(dot + 1), node, type, text, isOfUser);
    }

    private void Add(StageNode stage)
    {
        var text = $"{stage.Units} units, {stage.First.Block.Name}{(stage.Rest is { } other && other.Block.Name != stage.First.Block.Name ? $" and then {other.Block.Name}" : "")}, {stage.Shape}";
        GroupOf(stage, stage.Keys.Stage, null, text).AddNumbered(TypeOf(stage.First.Block), stage.Rest is { } rest ? TypeOf(rest.Block) : null, stage.Keys.Before.Contains('.') || stage.Keys.After.Contains('.'));
    }

    /// <summary>The group of a key.</summary>
    /// <param name="key">The key of what is in it, which it and those around it list; null where that is <paramref name="text"/>.</param>
    private LayerMember GroupOf(Node node, string group, string? key, string text = "")
    {
        var found = _root;
        foreach (var part in group.Length == 0 ? [] : group.Split('.'))
        {
            (found, var isNew) = found.Within(part, node);
            found.List(key is null ? text : key.Substring(found.Key.Length + 1));
            if (!isNew)
                continue;
            if (!_groups.TryGetValue(node.Id, out var made))
                _groups.Add(node.Id, made = []);
            made.Add(found);
        }
        return found;
    }

    /// <summary>A layer's class; null of what is no module. A class of the user's own, where a public member of the declared one may give it.</summary>
    private string? TypeOf(ModuleCode module) => module.Origin switch
    {
        ModuleOrigin.Torch => module.TypeCode,
        ModuleOrigin.Runtime => null,
        _ => TypeOfModule(_declaration, module.TypeCode, module.Visibility),
    };

    public static string TypeOfModule(Declaration declaration, string type, Visibility visibility) => IsSeen(declaration, visibility) ? type : LayerMember.AnyLayer;

    /// <summary>A block's class, where a public member of the declared one may give it.</summary>
    private string TypeOf(Declaration block) => TypeOf(_declaration, block);

    public static string TypeOf(Declaration declaration, Declaration? block) => block is null ? LayerMember.AnyBlock : IsSeen(declaration, block) ? block.FullName : new ResultType(block).Base;

    private static bool IsSeen(Declaration declaration, Declaration block) => IsSeen(declaration, block is { Visibility: Visibility.Assembly, IsExternal: true } ? Visibility.Few : block.Visibility);

    private static bool IsSeen(Declaration declaration, Visibility visibility) => visibility == Visibility.Everybody || (visibility == Visibility.Assembly && declaration.Visibility != Visibility.Everybody);
}
