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
    private ILookup<string, Problem>? _problems;

    /// <summary>What is wrong in a class's declaration, by itself or at a use of it.</summary>
    public IEnumerable<Problem> ProblemsOf(INamedTypeSymbol type, CancellationToken cancellation)
    {
        lock (_lock)
        {
            // Not a Lazy: that would keep a cancellation for all who ask later.
            _problems ??= FindProblems(cancellation);
            return _problems[DeclarationReader.FullNameOf(type)];
        }
    }

    private ILookup<string, Problem> FindProblems(CancellationToken cancellation)
    {
        var own = new Dictionary<string, Declaration>(StringComparer.Ordinal);
        foreach (var type in DeclaredTypes(compilation.Assembly.GlobalNamespace, cancellation))
            own[DeclarationReader.FullNameOf(type)] = DeclarationReader.Read(type, cancellation);
        var world = new Dictionary<string, Declaration>(own, StringComparer.Ordinal);
        foreach (var external in own.Values.SelectMany(static declaration => declaration.External))
            world[external.FullName] = external;
        return own.Values
            .SelectMany(declaration => Build(declaration, world, cancellation))
            .Select(problem => AtHome(problem, own))
            .GroupBy(static problem => (problem.Id, problem.Owner, problem.Place))
            .Select(static same => same.OrderBy(static problem => problem.Uses.Count).First())
            .ToLookup(static problem => problem.Owner, StringComparer.Ordinal);
    }

    private static IEnumerable<Problem> Build(Declaration declaration, Dictionary<string, Declaration> world, CancellationToken cancellation)
    {
        try
        {
            return GraphBuilder.Build(declaration, world, cancellation).Problems;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return [Problem.InClass(ProblemIds.Internal, declaration.FullName, declaration.Name, $"{e.GetType().Name}: {e.Message}")];
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
}
