using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Forward;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using DeclarationReader = Blockwright.Graph.DeclarationReader;

namespace Blockwright.Analyzers.HandWritten.Modules;

/// <summary>Whether a module's call may do something beside giving its result. Classes are judged by their text, and in doubt it may.</summary>
internal sealed class SideEffects(Compilation compilation, TorchSymbols torch, CancellationToken cancellation)
{
    private static readonly ImmutableHashSet<string> Keeping = ImmutableHashSet.Create(
        StringComparer.Ordinal, "Add", "AddRange", "Insert", "TryAdd", "Enqueue", "Push", "append", "Invoke", "index_put", "backward", "step", "WriteLine", "Write");

    private readonly HashSet<INamedTypeSymbol> _judged = new(SymbolEqualityComparer.Default);
    private readonly Fuel _fuel = new(64);

    /// <summary>Of the module behind the expression, in code of the class <paramref name="holder"/>.</summary>
    public bool MayHave(IOperation receiver, INamedTypeSymbol holder)
    {
        if (receiver.Type is not INamedTypeSymbol { TypeKind: TypeKind.Class } type)
            return true;
        if (!torch.IsTorch(type))
            return MayHave(type);
        if (type.Name == "Sequential")
            return Texts(holder).Any(text => text is null || MayOverwrite(text) || Made(text).Any(MayHave));
        return !type.IsSealed || MayOverwrite(type, Definitions.Resolve(receiver));
    }

    /// <summary>Whether one of torch's layers writes over its input: an activation or dropout that is told to, or that is not seen made.</summary>
    private bool MayOverwrite(INamedTypeSymbol type, IOperation made)
    {
        if (!torch.Nn.GetMembers(type.Name).OfType<IMethodSymbol>().Any(static factory => factory.Parameters.Any(static parameter => parameter.Name == "inplace")))
            return false;
        return made is not IInvocationOperation call || !torch.IsFactory(call.TargetMethod) || Constants.Truth(call.Argument("inplace")?.Value) != false;
    }

    private bool MayHave(INamedTypeSymbol type)
    {
        if (torch.IsTorch(type) || !_judged.Add(type.OriginalDefinition))
            return false;
        if (!_fuel.Burn() || type.BaseType is not { } parent || !torch.IsTorch(parent) && !DeclarationReader.IsDeclared(type) && MayHave(parent))
            return true;
        return Texts(type).Any(text => text is null || MayOverwrite(text) || MayKeep(text) || Made(text).Any(MayHave));
    }

    private static bool IsWritten(SyntaxReference part) => part.SyntaxTree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal);

    // What the build writes of a declared class writes over values of its own alone; its parts by hand and the blocks and modules that its attributes name are judged as any.
    private IEnumerable<SyntaxNode?> Texts(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.IsEmpty
        ? [null]
        : type.DeclaringSyntaxReferences.Where(part => !(DeclarationReader.IsDeclared(type) && IsWritten(part))).Select(reference => (SyntaxNode?)reference.GetSyntax(cancellation));

    /// <summary>Whether a layer is told to work in place, or a tensor is written to; that a constructor initializes a weight is something else.</summary>
    private static bool MayOverwrite(SyntaxNode text) => text.DescendantNodes().Any(static node => node switch
    {
        ArgumentSyntax { NameColon.Name.Identifier.ValueText: "inplace", Expression: var value } => !value.IsKind(SyntaxKind.FalseLiteralExpression),
        IdentifierNameSyntax { Identifier.ValueText: var name, Parent: not NameColonSyntax } =>
            name.IndexOf("inplace", StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("hook", StringComparison.OrdinalIgnoreCase) >= 0,
        InvocationExpressionSyntax call when Called(call) is { } name =>
            name.Length > 1 && name[name.Length - 1] == '_' && !IsInitialization(call)
            || Functions.Activations.Contains(name.ToLowerInvariant()) && call.ArgumentList.Arguments.Any(static argument => argument.Expression.IsKind(SyntaxKind.TrueLiteralExpression)),
        _ => false,
    });

    private static bool IsInitialization(InvocationExpressionSyntax call) => call.Expression is MemberAccessExpressionSyntax
    {
        Expression: IdentifierNameSyntax { Identifier.ValueText: "init" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "init" },
    };

    /// <summary>Whether a call writes anything but its own locals, or tells somebody of what it got.</summary>
    private static bool MayKeep(SyntaxNode text) => text.ChildNodes().Where(static member => member is BaseMethodDeclarationSyntax and not ConstructorDeclarationSyntax or BasePropertyDeclarationSyntax)
        .Any(static member =>
        {
            var locals = new HashSet<string>(member.DescendantNodes().Select(static node => node switch
            {
                VariableDeclaratorSyntax local => local.Identifier.ValueText,
                SingleVariableDesignationSyntax local => local.Identifier.ValueText,
                ParameterSyntax parameter => parameter.Identifier.ValueText,
                _ => null,
            }).OfType<string>(), StringComparer.Ordinal);
            return member.DescendantNodes().Any(node => node switch
            {
                AssignmentExpressionSyntax { Left: IdentifierNameSyntax target } => !locals.Contains(target.Identifier.ValueText) && target.Identifier.ValueText != "_",
                AssignmentExpressionSyntax { Left: not (TupleExpressionSyntax or DeclarationExpressionSyntax) } => true,
                PostfixUnaryExpressionSyntax { Operand: not IdentifierNameSyntax, RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression } => true,
                InvocationExpressionSyntax call => Called(call) is { } name && Keeping.Contains(name),
                _ => false,
            });
        });

    private static string? Called(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        SimpleNameSyntax name => name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>The module classes of this compilation that the text names as what it makes, or as what its members are.</summary>
    private IEnumerable<INamedTypeSymbol> Made(SyntaxNode text)
    {
        var names = new HashSet<string>(text.DescendantNodes().OfType<SimpleNameSyntax>().Select(static name => name.Identifier.ValueText), StringComparer.Ordinal);
        return compilation.GetSymbolsWithName(names.Contains, SymbolFilter.Type, cancellation).OfType<INamedTypeSymbol>().Where(torch.IsModule);
    }
}
