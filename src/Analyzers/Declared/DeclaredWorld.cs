using System.Collections.Immutable;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// Every declaration of one compilation, built. A mistake in a block may show only at the width of one use, so a block's diagnostics need the
/// networks; they are built once, when the first class asks.
/// </summary>
internal sealed class DeclaredWorld(Compilation compilation)
{
    private readonly object _lock = new();
    private Findings? _findings;

    /// <summary>What is wrong in a class's declaration, by itself or at a use of it.</summary>
    public IEnumerable<Problem> ProblemsOf(INamedTypeSymbol type, CancellationToken cancellation) => Find(cancellation).Problems[DeclarationReader.FullNameOf(type)];

    /// <summary>What the networks of this compilation make of a class's attributes.</summary>
    public IEnumerable<DeclaredNode> NodesOf(INamedTypeSymbol type, CancellationToken cancellation) => Find(cancellation).Nodes[DeclarationReader.FullNameOf(type)];

    private Findings Find(CancellationToken cancellation)
    {
        lock (_lock)
        {
            // Not a Lazy: that would keep a cancellation for all who ask later.
            return _findings ??= FindAll(cancellation);
        }
    }

    private Findings FindAll(CancellationToken cancellation)
    {
        var own = new Dictionary<string, Declaration>(StringComparer.Ordinal);
        foreach (var type in DeclaredTypes(compilation.Assembly.GlobalNamespace, cancellation))
            own[DeclarationReader.FullNameOf(type)] = DeclarationReader.Read(type, cancellation);
        var world = new Dictionary<string, Declaration>(own, StringComparer.Ordinal);
        foreach (var external in own.Values.SelectMany(static declaration => declaration.External))
            world[external.FullName] = external;
        var built = own.Values.Select(declaration => Build(declaration, world, cancellation)).ToList();
        var problems = built
            .SelectMany(static result => result.Problems)
            .Select(problem => AtHome(problem, own))
            .GroupBy(static problem => (problem.Id, problem.Owner, problem.Place))
            .Select(static same => same.OrderBy(static problem => problem.Uses.Count).First())
            .ToLookup(static problem => problem.Owner, StringComparer.Ordinal);
        var nodes = built
            .Where(static result => result.Graph?.Declaration.Kind == DeclarationKind.Network)
            .Select(static result => DeclaredNetwork.Of(result.Graph!))
            .OfType<DeclaredNetwork>()
            .SelectMany(network => network.Graph.Nodes.Skip(1).Select(node => DeclaredNode.Of(network, node, own.ContainsKey)))
            .ToLookup(static node => node.Owner, StringComparer.Ordinal);
        return new(problems, nodes);
    }

    private static BuildResult Build(Declaration declaration, Dictionary<string, Declaration> world, CancellationToken cancellation)
    {
        try
        {
            return GraphBuilder.Build(declaration, world, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new(null, ImmutableArray.Create(Problem.InClass(ProblemIds.Internal, declaration.FullName, declaration.Name, $"{e.GetType().Name}: {e.Message}")));
        }
    }

    /// <summary>A mistake inside a referenced assembly's block is said at the use of it that stands in this compilation.</summary>
    private static Problem AtHome(Problem problem, Dictionary<string, Declaration> own)
    {
        if (own.ContainsKey(problem.Owner))
            return problem;
        var use = problem.Uses.Last(use => own.ContainsKey(use.Owner));
        return problem with { Owner = use.Owner, Place = use.Place };
    }

    private static IEnumerable<INamedTypeSymbol> DeclaredTypes(INamespaceOrTypeSymbol container, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        foreach (var member in container.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            if (member is INamedTypeSymbol type && HasAttributeLists(type, cancellation) && DeclarationReader.IsDeclared(type))
                yield return type;
            foreach (var inner in DeclaredTypes(member, cancellation))
                yield return inner;
        }
    }

    /// <summary>A look at the syntax saves binding the attributes of every class.</summary>
    private static bool HasAttributeLists(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellation) is TypeDeclarationSyntax { AttributeLists.Count: > 0 });

    private sealed record Findings(ILookup<string, Problem> Problems, ILookup<string, DeclaredNode> Nodes);
}
