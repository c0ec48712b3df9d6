using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

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
        if (!IsPlain(syntax) || !MayShuffle(syntax)
            || model.GetDeclaredSymbol(syntax, cancellation) is not { DeclaringSyntaxReferences.Length: 1, ContainingType: null, Interfaces.IsEmpty: true } type
            || !IsModuleOfTensors(type.BaseType, torch))
            return null;
        var constructors = syntax.Members.OfType<ConstructorDeclarationSyntax>().ToList();
        var forwards = type.GetMembers("forward").OfType<IMethodSymbol>().ToList();
        if (constructors.Count != 1 || model.GetDeclaredSymbol(constructors[0], cancellation) is not { IsStatic: false, Parameters.IsEmpty: false } constructor
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

    /// <summary>A look at the text alone, so that most classes cost nothing.</summary>
    private static bool MayShuffle(ClassDeclarationSyntax syntax) =>
        syntax.BaseList is { Types.Count: 1 } && syntax.DescendantTokens().Any(token => token.ValueText is "cat" or "concat");

    private static bool IsModuleOfTensors(INamedTypeSymbol? type, TorchSymbols torch) =>
        type is { Name: "Module", TypeArguments: [var from, var to] } && torch.IsModule(type) && torch.IsTensor(from) && torch.IsTensor(to)
        && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, torch.Tensor.ContainingAssembly);
}
