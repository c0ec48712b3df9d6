using System.Collections.Immutable;

namespace Blockwright.Graph;

public enum RequirementKind
{
    /// <summary>Left divides Right.</summary>
    Divides,

    /// <summary>Left is at least Right.</summary>
    AtLeast,

    /// <summary>Left equals Right.</summary>
    Equal,
}

/// <summary>What must hold for a block's channels and parameters and cannot be known before they are: its constructor checks it.</summary>
/// <param name="What">Whose requirement it is, for the exception: <c>Split: the channels</c>.</param>
public sealed record Requirement(RequirementKind Kind, Amount Left, Amount Right, string What)
{
    /// <summary>Where it must hold; elsewhere it need not.</summary>
    public Condition When { get; init; } = Condition.Always;

    public static Requirement Divides(Amount divisor, Amount value, string what) => new(RequirementKind.Divides, divisor, value, what);

    public static Requirement AtLeast(Amount value, long least, string what) => new(RequirementKind.AtLeast, value, Amount.Of(least), what);

    public static Requirement Equal(Amount a, Amount b, string what) => new(RequirementKind.Equal, a, b, what);

    /// <summary>Whether it holds whatever the channels and parameters are.</summary>
    public bool IsTrivial => Kind switch
    {
        RequirementKind.Divides => Left.Equals(Right) || Left.Equals(Amount.One),
        RequirementKind.Equal => Left.Equals(Right),
        _ => Left.Constant >= Right.Constant,
    };
}

/// <summary>What a constructor checks. Of several requirements that ask the same the first is said.</summary>
internal sealed class RequirementList
{
    private readonly List<Requirement> _all = [];
    private readonly HashSet<(RequirementKind, Amount, Amount, Condition?)> _known = [];

    /// <summary>When the step that is read is taken: what it requires must hold then.</summary>
    public Condition When { get; set; } = Condition.Always;

    /// <summary>The step that is read, for people, where what it requires does not say it: a network's, which has many.</summary>
    public string? Step { get; set; }

    public void Add(Requirement requirement)
    {
        if (!requirement.IsTrivial && !IsMet(requirement) && !_known.Contains(Key(requirement, Condition.Always)) && _known.Add(Key(requirement, When)))
            _all.Add(requirement with { When = When, What = Said(requirement.What) });
    }

    private string Said(string what) => Step is null || what.StartsWith(Step + ":", StringComparison.Ordinal) ? what : $"{Step}: {what}";

    private bool IsMet(Requirement requirement) => requirement.Kind == RequirementKind.Equal && When.MakesZero(requirement.Left - requirement.Right, where: true);

    private static (RequirementKind, Amount, Amount, Condition?) Key(Requirement requirement, Condition when) => (requirement.Kind, requirement.Left, requirement.Right, when);

    public ImmutableArray<Requirement> ToImmutableArray() => _all.ToImmutableArray();
}
