using System.Collections.Immutable;
using System.Globalization;
using Blockwright.Graph;
using Blockwright.Plans;
using Microsoft.CodeAnalysis;
using static System.FormattableString;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// BW5001: a network that costs more than its [Budget] allows, or a block at some use in a network of this compilation; the use that exceeds most is quoted. A block that no network uses has no size, and is not judged.
/// </summary>
internal static class BudgetRule
{
    private const int Named = 3;

    private static readonly Measure OneByOne = new("multiply-adds", 1, "#,0.#", static cost => cost.MultiplyAdds);

    private static readonly ImmutableDictionary<string, Measure> Measures = ImmutableDictionary.CreateRange(StringComparer.Ordinal, new Dictionary<string, Measure>
    {
        [nameof(BudgetAttribute.MFlops)] = new("million multiply-adds", 1e6, "#,0.###", static cost => cost.MultiplyAdds),
        [nameof(BudgetAttribute.Parameters)] = new("parameters", 1, "#,0", static cost => cost.Parameters),
        [nameof(BudgetAttribute.ActivationBytes)] = new("bytes of activations", 1, "#,0", static cost => (double)cost.Written * OperationCost.BytesPerValue),
        [nameof(BudgetAttribute.MemoryAccessBytes)] = new("bytes of memory access", 1, "#,0", static cost => cost.Bytes),
    });

    public static IEnumerable<Diagnostic> Judge(INamedTypeSymbol type, Step budget, IEnumerable<DeclaredNetwork> networks, CancellationToken cancellation)
    {
        var uses = Uses(DeclarationReader.FullNameOf(type), networks, cancellation);
        foreach (var limit in Budget.Limits(budget))
        {
            if (!Measures.TryGetValue(limit.Name, out var measure))
                continue;
            var exceeding = uses.Select(use => (Use: use, Taken: use.Nodes.Sum(node => measure.Of(node.Cost)))).Where(each => each.Taken / measure.Unit > limit.Most).OrderByDescending(static each => each.Taken).ToList();
            if (exceeding.Count > 0)
                yield return Report(type, limit, measure, exceeding.Select(static each => each.Use).ToList(), exceeding[0].Taken, cancellation);
        }
    }

    private static Diagnostic Report(INamedTypeSymbol type, BudgetLimit limit, Measure measure, List<Spending> exceeding, double taken, CancellationToken cancellation)
    {
        var most = limit.Most * measure.Unit;
        // What the unit's digits do not show is counted one by one.
        if (measure.Text(taken - most) == measure.Text(0))
            measure = OneByOne;
        var heaviest = exceeding[0].Nodes.Where(node => measure.Of(node.Cost) > 0).OrderByDescending(node => measure.Of(node.Cost)).Take(Named)
            .Select(node => $"{NameOf(node.Node)} ({measure.Text(measure.Of(node.Cost))})");
        return Diagnostic.Create(
            Descriptors.OverBudget,
            PlaceResolver.Resolve(type, limit.Place, cancellation),
            type.Name,
            measure.Text(taken),
            measure.Name,
            measure.Text(taken - most),
            ((taken / most) - 1).ToString("P1", CultureInfo.InvariantCulture),
            measure.Text(most),
            string.Join(", ", heaviest),
            exceeding[0].Where + (exceeding.Count > 1 ? Invariant($" and {exceeding.Count - 1} more {(exceeding.Count == 2 ? "use" : "uses")}") : ""));
    }

    /// <summary>The network itself, or each use of the block, with the nodes in it.</summary>
    private static List<Spending> Uses(string name, IEnumerable<DeclaredNetwork> networks, CancellationToken cancellation)
    {
        var uses = new Dictionary<FlatUse, Spending>(SameUse.Instance);
        foreach (var network in networks)
        {
            foreach (var node in network.Graph.Nodes.Until(cancellation))
            {
                for (var use = node.Use; use is not null; use = use.Outer)
                {
                    if (use.Graph.Declaration.FullName != name)
                        continue;
                    if (!uses.TryGetValue(use, out var spending))
                        uses.Add(use, spending = new(use.Outer is null ? "" : $" in {network.Declaration.Name}: {use.Path}", []));
                    spending.Nodes.Add((node, Cost.Of(network.Graph, node)));
                }
            }
        }
        return uses.Values.ToList();
    }

    private static string NameOf(FlatNode node)
    {
        var kind = node.Layer?.Describe() ?? node.Join.ToString();
        var path = node.Key.Length > 0 ? node.Key : node.Use.Path;
        return path.Length == 0 ? kind : $"{path}: {kind}";
    }

    /// <summary>What a limit is of.</summary>
    /// <param name="Name">What it counts, for people.</param>
    /// <param name="Unit">What the attribute counts in.</param>
    private sealed record Measure(string Name, double Unit, string Format, Func<OperationCost, double> Of)
    {
        public string Text(double taken) => (taken / Unit).ToString(Format, CultureInfo.InvariantCulture);
    }

    private sealed record Spending(string Where, List<(FlatNode Node, OperationCost Cost)> Nodes);

    /// <summary>Equal uses at two places are two.</summary>
    private sealed class SameUse : IEqualityComparer<FlatUse>
    {
        public static readonly SameUse Instance = new();

        public bool Equals(FlatUse? one, FlatUse? other) => ReferenceEquals(one, other);

        public int GetHashCode(FlatUse use) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(use);
    }
}
