using System.Collections.Immutable;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// Every declaration of one compilation, built. A mistake may show only at the width of one use, so the diagnostics need the
/// networks; they are built once, when the first class asks, and only as far as the compilation before had others.
/// </summary>
internal sealed class DeclaredWorld(Compilation compilation)
{
    private readonly SemaphoreSlim _building = new(1);
    private Findings? _findings;

    /// <summary>What is wrong in a class's declaration: by itself, or since a block that it uses cannot serve it.</summary>
    public IEnumerable<PlacedProblem> ProblemsOf(INamedTypeSymbol type, CancellationToken cancellation) => Find(cancellation).Problems[DeclarationReader.FullNameOf(type)];

    /// <summary>What the networks of this compilation make of a class's attributes.</summary>
    public IEnumerable<DeclaredNode> NodesOf(INamedTypeSymbol type, CancellationToken cancellation) => Find(cancellation).Nodes[DeclarationReader.FullNameOf(type)];

    /// <summary>What a class costs above its budget.</summary>
    public IEnumerable<Diagnostic> OverBudget(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var findings = Find(cancellation);
        if (!findings.Budgets.TryGetValue(DeclarationReader.FullNameOf(type), out var budget))
            return [];
        try
        {
            return BudgetRule.Judge(type, budget, findings.Networks, cancellation).ToList();
        }
        catch (OverflowException)
        {
            // What 64 bits do not hold cannot be said to the unit; every network of it is refused elsewhere, or will be when it runs.
            return [];
        }
    }

    private Findings Find(CancellationToken cancellation)
    {
        // Nobody can be called away from a lock.
        _building.Wait(cancellation);
        try
        {
            // Not a Lazy: that would keep a cancellation for all who ask later.
            return _findings ??= FindAll(cancellation);
        }
        finally
        {
            _building.Release();
        }
    }

    private Findings FindAll(CancellationToken cancellation)
    {
        var own = new Dictionary<string, Declaration>(StringComparer.Ordinal);
        foreach (var declaration in DeclarationIndex.Of(compilation, cancellation).All)
            own[declaration.FullName] = declaration;
        var last = BuiltWorlds.Last(compilation);
        var stale = Stale(own, last.Declarations);
        if (stale.Count == 0 && last.Findings is not null)
            return last.Findings;
        var world = new Dictionary<string, Declaration>(own, StringComparer.Ordinal);
        foreach (var external in own.Values.SelectMany(static declaration => declaration.External))
            world[external.FullName] = external;
        var built = own.ToDictionary(
            static each => each.Key,
            each => !stale.Contains(each.Key) && last.Built.TryGetValue(each.Key, out var known) ? known : BuildOne(each.Value, own, world, cancellation),
            StringComparer.Ordinal);
        var problems = new Blame(own, world, cancellation).Place(built.Values.SelectMany(static one => one.Problems)).ToLookup(static placed => placed.Owner, StringComparer.Ordinal);
        var findings = new Findings(
            problems,
            built.Values.SelectMany(static one => one.Nodes).Until(cancellation).ToLookup(static node => node.Owner, StringComparer.Ordinal),
            own.Values.Where(static each => each.Budget is not null).ToDictionary(static each => each.FullName, static each => each.Budget!, StringComparer.Ordinal),
            built.Values.Select(static one => one.Network).OfType<DeclaredNetwork>().OrderBy(static network => network.Declaration.FullName, StringComparer.Ordinal).ToImmutableArray());
        BuiltWorlds.Keep(compilation, new(own, built, findings));
        return findings;
    }

    /// <summary>The declarations that differ from the last time, those that are gone, and all that reach one of them.</summary>
    private static HashSet<string> Stale(Dictionary<string, Declaration> now, IReadOnlyDictionary<string, Declaration> before)
    {
        var stale = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(now.Where(each => !before.TryGetValue(each.Key, out var same) || !same.Equals(each.Value)).Select(static each => each.Key)
            .Concat(before.Keys.Where(name => !now.ContainsKey(name))));
        var users = now.Values.SelectMany(static user => user.Uses.Select(use => (Used: use.FullName, User: user.FullName))).ToLookup(static each => each.Used, static each => each.User, StringComparer.Ordinal);
        while (open.Count > 0)
        {
            var name = open.Pop();
            if (!stale.Add(name))
                continue;
            foreach (var user in users[name])
                open.Push(user);
        }
        return stale;
    }

    private static Built BuildOne(Declaration declaration, Dictionary<string, Declaration> own, Dictionary<string, Declaration> world, CancellationToken cancellation)
    {
        var result = Build(declaration, world, cancellation);
        if (result.Opened is not { } opened)
            return new(result.Problems, ImmutableArray<DeclaredNode>.Empty);
        try
        {
            var network = DeclaredNetwork.Of(declaration, opened, cancellation);
            return new(result.Problems, network.Graph.Made.Until(cancellation).Select(node => DeclaredNode.Of(network, node, own.ContainsKey)).ToImmutableArray(), network);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // An analyzer that throws is asked no more, and the errors of all other classes would be lost.
            return new(result.Problems.Add(Problem.InClass(ProblemIds.Internal, declaration.FullName, "judge", declaration.Name, InternalError.Describe(e))), ImmutableArray<DeclaredNode>.Empty);
        }
    }

    private static BuildResult Build(Declaration declaration, Dictionary<string, Declaration> world, CancellationToken cancellation)
    {
        try
        {
            return GraphBuilder.Build(declaration, world, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The generator builds it too, and reports that it cannot write the class (BW0099). A class that it does not write at all has one of these problems.
            return new(null, declaration.ClassProblems.ToImmutableArray());
        }
    }
}

/// <summary>What all declarations of a compilation come to, by the class that answers for it.</summary>
/// <param name="Budgets">The budgets, by class.</param>
/// <param name="Networks">Every network that can be judged.</param>
internal sealed record Findings(ILookup<string, PlacedProblem> Problems, ILookup<string, DeclaredNode> Nodes, IReadOnlyDictionary<string, Step> Budgets, ImmutableArray<DeclaredNetwork> Networks);

/// <summary>What one declaration comes to.</summary>
/// <param name="Network">A network's, that can be judged.</param>
internal sealed record Built(ImmutableArray<Problem> Problems, ImmutableArray<DeclaredNode> Nodes, DeclaredNetwork? Network = null);
