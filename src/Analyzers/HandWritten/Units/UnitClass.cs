using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>A class of the form that a declared block can stand for: fields, one constructor, forward and its helpers, and nothing else.</summary>
internal sealed record UnitClass(
    INamedTypeSymbol Type,
    IReadOnlyList<IFieldSymbol> Fields,
    IMethodSymbol Constructor,
    IMethodSymbol Forward)
{
    public static UnitClass? From(ClassDeclarationSyntax syntax, SemanticModel model, TorchSymbols torch, CancellationToken cancellation)
    {
        var constructors = syntax.Members.OfType<ConstructorDeclarationSyntax>().ToList();
        if (constructors is not [{ ParameterList.Parameters.Count: > 0 }] || !IsPlain(syntax) || Named(syntax) is not (true, var shuffles)
            || model.GetDeclaredSymbol(syntax, cancellation) is not { DeclaringSyntaxReferences.Length: 1, ContainingType: null, Interfaces.IsEmpty: true } type
            || !IsModuleOfTensors(type.BaseType, torch)
            || !shuffles && !UsesOthers(syntax, type, model, cancellation))
            return null;
        var forwards = type.GetMembers("forward").OfType<IMethodSymbol>().ToList();
        if (model.GetDeclaredSymbol(constructors[0], cancellation) is not { IsStatic: false } constructor
            || forwards is not [{ IsOverride: true, Parameters.Length: 1 } forward])
            return null;
        var methods = type.GetMembers().OfType<IMethodSymbol>().Where(method => method.MethodKind == MethodKind.Ordinary);
        if (methods.Any(method => method.IsVirtual || method.IsOverride && !SymbolEqualityComparer.Default.Equals(method, forward)))
            return null;
        return new(type, type.GetMembers().OfType<IFieldSymbol>().ToList(), constructor, forward);
    }

    private static bool IsPlain(ClassDeclarationSyntax syntax) =>
        syntax is { TypeParameterList: null, ParameterList: null, AttributeLists.Count: 0, ContainsDirectives: false } && !HasErrors(syntax)
        && !syntax.Modifiers.Any(modifier => modifier.IsKind(SyntaxKind.AbstractKeyword) || modifier.IsKind(SyntaxKind.StaticKeyword)
            || modifier.IsKind(SyntaxKind.FileKeyword))
        && syntax.Members.All(member => member is FieldDeclarationSyntax or ConstructorDeclarationSyntax or MethodDeclarationSyntax
            && member.AttributeLists.Count == 0);

    /// <summary>Whether it is being typed: what the parser made of it is a guess.</summary>
    private static bool HasErrors(ClassDeclarationSyntax syntax) =>
        syntax.ContainsDiagnostics && syntax.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    /// <summary>A look at the text alone, so that most classes cost nothing: whether it names what joins two tensors, and what shuffles one.</summary>
    private static (bool Joins, bool Shuffles) Named(ClassDeclarationSyntax syntax)
    {
        var (joins, shuffles) = (false, false);
        if (syntax.BaseList is not { Types.Count: 1 })
            return (false, false);
        foreach (var token in syntax.DescendantTokens())
        {
            var text = token.ValueText;
            joins |= text is "cat" or "concat";
            shuffles |= text is "channel_shuffle" or "view" or "reshape";
        }
        return (joins, shuffles);
    }

    /// <summary>Whether the class uses something of another one of the project, which may shuffle for it.</summary>
    private static bool UsesOthers(ClassDeclarationSyntax syntax, INamedTypeSymbol type, SemanticModel model, CancellationToken cancellation)
    {
        foreach (var code in syntax.Members.SelectMany(Code))
            foreach (var operation in model.GetOperation(code, cancellation)?.Root().WithAllInside(cancellation) ?? [])
                if (Used(operation) is { DeclaringSyntaxReferences.IsEmpty: false } used && !SymbolEqualityComparer.Default.Equals(used.OriginalDefinition, type))
                    return true;
        return false;
    }

    private static IEnumerable<SyntaxNode> Code(MemberDeclarationSyntax member) => member is FieldDeclarationSyntax { Declaration.Variables: var fields }
        ? fields.Select(static field => field.Initializer).OfType<SyntaxNode>()
        : [member];

    /// <summary>Whose member the operation names.</summary>
    private static INamedTypeSymbol? Used(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod.ContainingType,
        IObjectCreationOperation creation => creation.Constructor?.ContainingType,
        IMemberReferenceOperation reference => reference.Member.ContainingType,
        _ => null,
    };

    private static bool IsModuleOfTensors(INamedTypeSymbol? type, TorchSymbols torch) =>
        type is { Name: "Module", TypeArguments: [var from, var to] } && torch.IsModule(type) && torch.IsTensor(from) && torch.IsTensor(to)
        && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, torch.Tensor.ContainingAssembly);
}
