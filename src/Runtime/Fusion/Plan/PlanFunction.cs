using System.Collections.Immutable;
using System.ComponentModel;

namespace Blockwright.Plans;

/// <summary>A function of each element by itself, by its name in torch.nn.</summary>
/// <param name="Name">The name; empty for none.</param>
/// <param name="Parameters">In the order of torch's arguments.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record PlanFunction(string Name, ImmutableArray<double> Parameters)
{
    /// <summary>No function: each element stays as it is.</summary>
    public static PlanFunction None { get; } = new("", ImmutableArray<double>.Empty);

    /// <summary>Whether each element stays as it is.</summary>
    public bool IsNone => Name.Length == 0;

    /// <inheritdoc />
    public bool Equals(PlanFunction? other) => other is not null && Name == other.Name && Parameters.SequenceEqual(other.Parameters);

    /// <inheritdoc />
    public override int GetHashCode() => Name.GetHashCode();
}
