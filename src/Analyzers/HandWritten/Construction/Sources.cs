using System.Collections.Concurrent;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>The code of the project's methods, in whichever file it stands; what is bound for one question is kept for the next about the same compilation.</summary>
internal sealed class Sources(Compilation compilation)
{
    private static readonly WeakMemory<Compilation, Sources> Known = new();

    private readonly ConcurrentDictionary<SyntaxTree, SemanticModel> _models = new();

    /// <summary>Those of the model's compilation; the model itself is asked about its own file.</summary>
    public static Sources Of(SemanticModel model)
    {
        var sources = Known.Of(model.Compilation, static each => new(each));
        if (!model.IsSpeculativeSemanticModel)
            sources._models.TryAdd(model.SyntaxTree, model);
        return sources;
    }

    /// <summary>The one model of the file that all questions about the compilation share; the model itself where its file is none of the compilation's.</summary>
    public static SemanticModel OneOf(SemanticModel model) => Of(model).ModelOf(model.SyntaxTree) ?? model;

    public SemanticModel? ModelOf(SyntaxTree tree) =>
        compilation.ContainsSyntaxTree(tree) ? _models.GetOrAdd(tree, each => compilation.GetSemanticModel(each)) : null;

    /// <summary>What the syntax means, or null where it is nobody's.</summary>
    public IOperation? OperationOf(SyntaxNode syntax, CancellationToken cancellation) => ModelOf(syntax.SyntaxTree)?.GetOperation(syntax, cancellation);

    /// <summary>The code of a method that is written once.</summary>
    public IOperation? BodyOf(IMethodSymbol method, CancellationToken cancellation) => method.DeclaringSyntaxReferences.Length == 1
        ? OperationOf(method.DeclaringSyntaxReferences[0].GetSyntax(cancellation), cancellation)
        : null;

    /// <summary>The fields and automatic properties of a type that are initialized where they are declared, in order.</summary>
    public IEnumerable<(ISymbol Member, IOperation Value)> InitializersOf(INamedTypeSymbol type, CancellationToken cancellation)
    {
        foreach (var member in type.GetMembers())
        {
            if (member.IsStatic || member.DeclaringSyntaxReferences.Length != 1 || member is not (IFieldSymbol { IsConst: false } or IPropertySymbol))
                continue;
            if (InitializerOf(member, cancellation) is { } value)
                yield return (member, value);
        }
    }

    /// <summary>The value of a field or property where it is declared.</summary>
    public IOperation? InitializerOf(ISymbol member, CancellationToken cancellation)
    {
        var initializer = member.DeclaringSyntaxReferences.Length != 1 ? null : member.DeclaringSyntaxReferences[0].GetSyntax(cancellation) switch
        {
            VariableDeclaratorSyntax { Initializer: { } given } => given.Value,
            PropertyDeclarationSyntax { Initializer: { } given } => given.Value,
            _ => null,
        };
        return initializer is null ? null : OperationOf(initializer, cancellation);
    }
}
