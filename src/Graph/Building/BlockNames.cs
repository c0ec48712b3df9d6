namespace Blockwright.Graph;

/// <summary>What the names in a block's expressions mean; the later meaning of two. They are few: who looks one up looks at each.</summary>
internal sealed class BlockNames
{
    private readonly List<(string Name, Amount Value)> _all = [];

    public IReadOnlyList<(string Name, Amount Value)> All => _all;

    /// <summary>Where a name that is none here is one.</summary>
    public static string Elsewhere(string name) => name switch
    {
        Names.Unit => $"; '{name}' is the unit's number in a Stage's arguments alone",
        Names.Channels => $"; '{name}' is the channels that come in where a Module is given something, and in a Split's Channels",
        _ => "",
    };

    public void Add(string name, Amount value)
    {
        var known = _all.FindIndex(each => each.Name == name);
        if (known >= 0)
            _all[known] = (name, value);
        else
            _all.Add((name, value));
    }

    /// <summary>The activations among the block's parameters.</summary>
    public Dictionary<string, ActivationChoice> Activations { get; } = new(StringComparer.Ordinal);

    /// <summary>All of them, with how a person reads what they mean.</summary>
    public IEnumerable<string> Meanings => _all.Select(static each => $"{each.Name} = {each.Value}").Concat(Activations.Select(static each => $"{each.Key} = {each.Value.Text}"));

    /// <summary>These names and one more.</summary>
    public BlockNames And(string name, Amount value)
    {
        var names = new BlockNames();
        foreach (var each in _all)
            names.Add(each.Name, each.Value);
        foreach (var each in Activations)
            names.Activations.Add(each.Key, each.Value);
        names.Add(name, value);
        return names;
    }

    public Amount? Find(string name)
    {
        foreach (var each in _all)
        {
            if (each.Name == name)
                return each.Value;
        }
        return null;
    }
}
