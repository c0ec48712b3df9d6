using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>One of a declaration's results, as its [Output] attributes say it.</summary>
/// <param name="Value">The name of the value; null for the running value at the end.</param>
/// <param name="IsTrainingOnly">Whether it is there in training alone.</param>
/// <param name="Place">Where it is named.</param>
public sealed record DeclaredResult(string? Value, bool IsTrainingOnly, Place Place)
{
    /// <summary>The attribute's name.</summary>
    public const string Attribute = "Output";

    /// <summary>What the running value is called beside others.</summary>
    private const string Running = "Result";

    /// <summary>What C# keeps a tuple's elements from being called.</summary>
    private static readonly ImmutableHashSet<string> KeptNames = ImmutableHashSet.Create("ToString", "Rest", "CompareTo", "Deconstruct", "Equals", "GetHashCode", "GetType");

    /// <summary>Its name in the tuple.</summary>
    public string Element { get; } = Value is null || Value.Length == 0 ? Running : char.ToUpperInvariant(Value[0]) + Value.Substring(1);

    /// <summary>Whether a tuple's element may have the name.</summary>
    public bool HasGoodName => CodeNames.IsIdentifier(Element) && Element != "_" && !KeptNames.Contains(Element) && !(Element.StartsWith("Item", StringComparison.Ordinal) && Element.Length > 4 && Element.Skip(4).All(char.IsDigit));

    /// <summary>Of a declaration: first those that are named by [Output]s in their order, and before them the running value where none of them is always there.</summary>
    internal static ImmutableArray<DeclaredResult> Of(IEnumerable<Step> steps)
    {
        var named = steps.Where(static step => step.Kind == Attribute).SelectMany(static step => step.List(nameof(OutputAttribute.Values))
            .Select((value, i) => new DeclaredResult((value as Value.Text)?.Content ?? "", step.Flag(nameof(OutputAttribute.TrainingOnly)) ?? false, step.PlaceOf(nameof(OutputAttribute.Values), i)))).ToImmutableArray();
        return named.Any(static result => !result.IsTrainingOnly) ? named : named.Insert(0, new(null, false, Place.Class));
    }
}
