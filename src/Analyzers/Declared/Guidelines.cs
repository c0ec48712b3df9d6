using System.Collections.Immutable;
using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using static System.FormattableString;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// Asks every rule about every node whose attribute stands in one class. A block is judged for each use; what is said of one attribute is one
/// diagnostic, with the figures of the worst use and the names of the others.
/// </summary>
internal static class Guidelines
{
    private const int NamedUses = 4;

    public static ImmutableArray<DeclaredRule> Rules { get; } = ImmutableArray.Create<DeclaredRule>(
        new UnequalChannelsRule(),
        new ChannelWidthRule(),
        new GroupsRule(),
        new FragmentsRule(),
        new ElementwisePassRule(),
        new ShortcutRule(),
        new IdleLayerRule(),
        new KernelRule());

    public static ImmutableArray<DiagnosticDescriptor> Descriptors { get; } = Rules.SelectMany(static rule => new[] { rule.Descriptor, rule.Faded }).Distinct().ToImmutableArray();

    public static IEnumerable<Diagnostic> Judge(INamedTypeSymbol type, IEnumerable<DeclaredNode> nodes, RuleOptions options, CancellationToken cancellation) =>
        Judge(Rules, type, nodes, options, cancellation);

    public static IEnumerable<Diagnostic> Judge(IEnumerable<DeclaredRule> rules, INamedTypeSymbol type, IEnumerable<DeclaredNode> nodes, RuleOptions options, CancellationToken cancellation)
    {
        var judged = nodes.ToList();
        var uses = judged.GroupBy(static node => node.Place).ToDictionary(static same => same.Key, static same => same.Count());
        return rules.SelectMany(rule => JudgeBy(rule, type, judged, uses, options, cancellation));
    }

    private static IReadOnlyList<Diagnostic> JudgeBy(
        DeclaredRule rule, INamedTypeSymbol type, List<DeclaredNode> judged, Dictionary<Place, int> uses, RuleOptions options, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            var found =
                from node in judged.Until(cancellation)
                let finding = rule.Judge(node.Network, node.Node, options, cancellation)
                where finding is not null
                group (Node: node, Finding: finding) by node.Place into same
                orderby same.Key.Attribute
                select same.ToList();
            return found.Select(same => Report(rule, type, same, uses[same[0].Node.Place], cancellation)).ToList();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A rule that throws would silence all the others, and the errors.
            var problem = Problem.InClass(ProblemIds.Internal, DeclarationReader.FullNameOf(type), "judge", type.Name, InternalError.Describe(e));
            return [DeclarationRules.Report(problem, PlaceResolver.Resolve(type, problem.Place, cancellation))];
        }
    }

    private static Diagnostic Report(DeclaredRule rule, INamedTypeSymbol type, List<(DeclaredNode Node, Finding Finding)> same, int uses, CancellationToken cancellation)
    {
        // OrderByDescending is stable: of equals the first use is quoted.
        var (node, worst) = same.OrderByDescending(static each => each.Finding.Severity).ThenByDescending(static each => each.Finding.Weight).First();
        var place = worst.Argument is { } argument && node.IsOwn ? new Place(node.Place.Attribute, argument) : node.Place;
        // A fix changes every use, so it must be wanted at every one, and the same.
        var replacements = same.Select(static each => each.Finding.Replacement).Distinct().ToList();
        var properties = node.IsOwn && same.Count == uses && replacements is [{ } only] ? ImmutableDictionary<string, string?>.Empty.Add(Analyzers.Descriptors.Replacement, only) : null;
        object[] arguments = [.. worst.Figures, Uses(node, same.Select(static each => each.Node))];
        return Diagnostic.Create(properties is not null && worst.Replacement is { Length: 0 } ? rule.Faded : rule.Descriptor, PlaceResolver.Resolve(type, place, cancellation), worst.Severity, additionalLocations: null, properties, arguments);
    }

    /// <summary>" (in MobileNetV2: features.3; also features.2, features.5, features.6 and 12 more)"; nothing where a network's own attribute is meant.</summary>
    private static string Uses(DeclaredNode worst, IEnumerable<DeclaredNode> all)
    {
        if (worst.IsOwn && worst.Node.Use.Outer is null && worst.Node.Origin.Owner == worst.Network.Declaration.FullName)
            return "";
        var others = all.Select(static node => node.UseText).Distinct().Where(text => text != worst.UseText).ToList();
        var network = worst.Network.Declaration.Name + ": ";
        var named = others.Take(NamedUses - 1).Select(text => text.StartsWith(network, StringComparison.Ordinal) ? text.Substring(network.Length) : text).ToList();
        var more = others.Count > named.Count ? Invariant($" and {others.Count - named.Count} more") : "";
        return named.Count == 0 ? $" (in {worst.UseText})" : $" (in {worst.UseText}; also {string.Join(", ", named)}{more})";
    }
}

/// <summary>A node of a network and the place in this compilation that answers for it.</summary>
/// <param name="Owner">The full name of the class.</param>
/// <param name="IsOwn">Whether the place is the node's attribute itself, not the use of a block of another assembly.</param>
internal sealed record DeclaredNode(DeclaredNetwork Network, FlatNode Node, string Owner, Place Place, bool IsOwn)
{
    /// <summary>Where the block is used: <c>MobileNetV2: features.3</c>.</summary>
    public string UseText => Node.Use.Path.Length == 0 ? Network.Declaration.Name : $"{Network.Declaration.Name}: {Node.Use.Path}";

    public static DeclaredNode Of(DeclaredNetwork network, FlatNode node, Func<string, bool> isOwn)
    {
        if (isOwn(node.Origin.Owner))
            return new(network, node, node.Origin.Owner, node.Origin.Place, IsOwn: true);
        for (var use = node.Use; use.Site is { } site; use = use.Outer!)
        {
            if (isOwn(site.Owner))
                return new(network, node, site.Owner, site.Place, IsOwn: false);
        }
        return new(network, node, network.Declaration.FullName, Place.Class, IsOwn: false);
    }
}
