using System.Globalization;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>
/// What one part of a key leads to: a layer's or block's own member, or a group of those whose keys go on behind it. A declared class is as a group that has no key.
/// </summary>
/// <param name="key">The key, from the class on.</param>
internal sealed class LayerMember(string key)
{
    private const int MostListed = 12;
    private const int MostCharacters = 64; // of a key in the name of its class
    private const string Tensor = Emitted.Torch + "Tensor";
    public const string AnyLayer = $"{Emitted.Torch}nn.Module<{Tensor}, {Tensor}>";
    public const string AnyBlock = Emitted.Runtime + "BlockModule";
    private const string Group = Emitted.Runtime + "LayerGroup";

    /// <summary>A group within a group, where it has no class of its own.</summary>
    private const string InnerGroup = $"{Group}<{AnyLayer}>";

    private readonly List<LayerMember> _inner = [];
    private readonly Dictionary<string, LayerMember> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);
    private readonly List<string> _listed = [];
    private string? _type;
    private string _text = "";
    private (string First, string Others)? _stage;
    private bool _hasModules; // of the user's own in it, which are no blocks

    public string Key => key;

    public string Name { get; } = key.Substring(key.LastIndexOf('.') + 1);

    /// <summary>The first node that registers it; null where the declaration has no graph.</summary>
    public Node? Node { get; private set; }

    public bool IsGroup { get; private set; }

    /// <summary>Whether a layer may not be there, or another may be there in its place.</summary>
    public bool IsConditional { get; private set; }

    /// <summary>What is in it, in the order of the declaration; not the units of a stage.</summary>
    public IReadOnlyList<LayerMember> Inner => _inner;

    public IEnumerable<LayerMember> Groups => _inner.Where(static inner => inner.IsGroup);

    /// <summary>The class of a group that has members, within the declared one; else null.</summary>
    public string? Class { get; private set; }

    /// <summary>The base class of <see cref="Class"/>.</summary>
    public string Base => $"{Group}<{Element}>";

    /// <summary>Its type; null for what is no module.</summary>
    public string? Type => !IsGroup ? _type : Class ?? (_stage is var (first, rest) ? $"{Emitted.Runtime}LayerStage<{first}, {rest}>" : Base);

    public string Text => !IsGroup ? _text
        : $"Layers under the key {key}: {string.Join("; ", _listed.Take(MostListed))}{(_listed.Count > MostListed ? string.Format(CultureInfo.InvariantCulture, "; and {0} more", _listed.Count - MostListed) : "")}";

    /// <summary>What all in a group are.</summary>
    private string Element
    {
        get
        {
            var types = new HashSet<string>(_others.Concat(_inner.Select(static inner => inner.Type).OfType<string>()), StringComparer.Ordinal);
            if (types.Count > 0 && _others.All(static type => type == InnerGroup) && _inner.TrueForAll(static inner => inner.IsGroup))
                return types.Count == 1 ? types.First() : InnerGroup;
            return types.Count == 0 || IsInner ? AnyLayer
                : types.Count == 1 ? types.First()
                : !_hasModules && types.All(static type => type.StartsWith("global::", StringComparison.Ordinal) || type == AnyBlock) ? AnyBlock
                : AnyLayer;
        }
    }

    private bool IsInner => key.Contains('.');

    /// <summary>Whether the group is what the runtime makes of a key's dots.</summary>
    public bool IsPlain => IsInner && Type == InnerGroup;

    /// <summary>What makes a group in a module, or finds it there.</summary>
    /// <param name="within">Its key from that module on.</param>
    public string Making(string within) =>
        Class is not null ? $"{Group}.Of(this, \"{within}\", static key => new {Class}(key))"
        : _stage is var (first, rest) ? $"{Group}.StageOf<{first}, {rest}>(this, \"{within}\")"
        : $"{Group}.Of<{Element}>(this, \"{within}\")";

    /// <summary>The group of a part of the keys in it, and whether that is new.</summary>
    public (LayerMember Group, bool IsNew) Within(string name, Node? node)
    {
        if (_byName.TryGetValue(name, out var known) && known.IsGroup)
        {
            known._stage = null;
            return (known, false);
        }
        var group = new LayerMember(key.Length == 0 ? name : $"{key}.{name}") { IsGroup = true, Node = node };
        // While somebody types, a layer may have the key that others lead through.
        if (known is not null)
            _inner.Remove(known);
        _byName[name] = group;
        _inner.Add(group);
        return (group, true);
    }

    /// <summary>A layer or block in it.</summary>
    /// <param name="name">The last part of its key.</param>
    /// <param name="type">Its type; null for what is no module.</param>
    /// <param name="text">What people read of it.</param>
    /// <param name="isOfUser">Whether it is a module of the user's own.</param>
    public void Add(string name, Node? node, string? type, string text, bool isOfUser = false)
    {
        _hasModules |= isOfUser;
        var condition = node is { When: { Known: null } when } ? $"; null unless {when}" : "";
        if (!_byName.TryGetValue(name, out var other))
        {
            _byName[name] = other = new(key.Length == 0 ? name : $"{key}.{name}") { Node = node, _type = type, _text = text + condition, IsConditional = condition.Length > 0 };
            _inner.Add(other);
        }
        else if (other._type is not null)
        {
            (other._type, other._text) = (type == other._type ? type : AnyLayer, $"{other._text}; or {text}{condition}"); // under the same key, where the one is not there
        }
    }

    /// <summary>Says of a group what is in it.</summary>
    public void List(string text) => _listed.Add(text);

    /// <summary>What is reached by its number: a stage's units.</summary>
    /// <param name="first">The first one's type.</param>
    /// <param name="rest">That of those behind it; null where there are none.</param>
    /// <param name="isNested">Whether their keys have more parts than one.</param>
    /// <param name="isOfUser">Whether they are modules of the user's own.</param>
    public void AddNumbered(string first, string? rest, bool isNested, bool isOfUser = false)
    {
        _hasModules |= isOfUser;
        if (!IsInner && !isNested && _inner.Count == 0 && _others.Count == 0 && rest is not null && rest != first)
            _stage = (first, rest);
        else
            _stage = null;
        _others.Add(isNested ? InnerGroup : first);
        if (rest is not null && !isNested)
            _others.Add(rest);
    }

    /// <summary>Gives each group in it that has something to reach by a name a class of its own, whose members they are.</summary>
    /// <param name="unique">Makes a name that nothing else in the declared class has.</param>
    public void NameClasses(Declaration declaration, Func<string, string> unique)
    {
        foreach (var group in Groups)
        {
            if (group.Members(declaration).Any())
                group.Class = unique($"_{CodeNames.Part(group.Key.Length > MostCharacters ? group.Key.Substring(0, MostCharacters) : group.Key)}_Group");
            group.NameClasses(declaration, unique);
        }
    }

    /// <summary>What a group's class has members for.</summary>
    public IEnumerable<LayerMember> Members(Declaration declaration) => _inner.Where(inner => inner.Type is not null && inner.Name != Class && OwnMembers.IsOpenInGroup(declaration, inner.Name));
}
