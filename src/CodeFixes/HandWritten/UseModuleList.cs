using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using static System.FormattableString;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>
/// BW6001, an array or list of modules: makes it a <c>ModuleList</c>. Offered where the constructor fills it before it calls RegisterComponents(), since a
/// ModuleList registers what it holds at that time.
/// </summary>
internal sealed class UseModuleList : Repair
{
    public override async Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!diagnostic.Properties.TryGetValue(LostSubmodule.Cause, out var cause) || cause != LostSubmodule.InCollection
            || root.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<FieldDeclarationSyntax>()
                is not { Declaration: { Variables.Count: 1 } declaration, Parent: ClassDeclarationSyntax type }
            || ElementType(declaration.Type) is not { } element
            || await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model
            || model.GetDeclaredSymbol(declaration.Variables[0], cancellation) is not { ContainingType.DeclaringSyntaxReferences.Length: 1 } member)
            return null;
        var uses = type.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name => name.Identifier.ValueText == member.Name
                && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol, member))
            .Select(name => name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access
                && access.Name == name ? (ExpressionSyntax)access : name)
            .ToList();
        if (!FilledInTime(type, uses))
            return null;
        var list = ParseTypeName(Invariant($"global::TorchSharp.Modules.ModuleList<{element}>")).WithAdditionalAnnotations(Simplifier.Annotation);
        return Edits(declaration, uses, list) is { } edits
            ? new($"Make '{member.Name}' a ModuleList",
                root.ReplaceNodes(edits.Keys, (original, _) => edits[original].WithAdditionalAnnotations(Formatter.Annotation)))
            : null;
    }

    private static TypeSyntax? ElementType(TypeSyntax type) => type switch
    {
        ArrayTypeSyntax { RankSpecifiers.Count: 1, ElementType: var element } => element,
        GenericNameSyntax { Identifier.ValueText: "List" or "IList", TypeArgumentList.Arguments: { Count: 1 } arguments } => arguments[0],
        QualifiedNameSyntax { Right: GenericNameSyntax right } => ElementType(right),
        NullableTypeSyntax { ElementType: var inner } => ElementType(inner),
        _ => null,
    };

    /// <summary>Every write to the collection or into it stands in a constructor, before its RegisterComponents() (or in the field's initializer).</summary>
    private static bool FilledInTime(ClassDeclarationSyntax type, IEnumerable<ExpressionSyntax> uses)
    {
        var constructors = type.Members.OfType<ConstructorDeclarationSyntax>().ToList();
        return constructors.Count > 0
            && constructors.All(constructor => Registration(constructor) is not null)
            && uses.Where(IsWrite).All(use => use.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is { } constructor
                && use.SpanStart < Registration(constructor)!.SpanStart);
    }

    private static SyntaxNode? Registration(ConstructorDeclarationSyntax constructor) =>
        constructor.Body?.Statements.OfType<ExpressionStatementSyntax>().FirstOrDefault(statement => statement.Expression is InvocationExpressionSyntax
        {
            Expression: IdentifierNameSyntax { Identifier.ValueText: "RegisterComponents" },
            ArgumentList.Arguments.Count: 0,
        });

    private static bool IsWrite(ExpressionSyntax use) => use.Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left == use,
        ElementAccessExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } element => assignment.Left == element,
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add" or "AddRange" or "Insert" or "Remove" or "RemoveAt" or "Clear" } => true,
        _ => false,
    };

    /// <summary>The new type, the new makings and array.Length; null if the collection is made in a way that has no equal.</summary>
    private static Dictionary<SyntaxNode, SyntaxNode>? Edits(VariableDeclarationSyntax declaration, IEnumerable<ExpressionSyntax> uses, TypeSyntax list)
    {
        var edits = new Dictionary<SyntaxNode, SyntaxNode>
        {
            [declaration.Type] = (declaration.Type is NullableTypeSyntax ? NullableType(list) : list).WithTriviaFrom(declaration.Type),
        };
        var makings = uses.Select(use => use.Parent is AssignmentExpressionSyntax assignment && assignment.Left == use ? assignment.Right : null)
            .Append(declaration.Variables[0].Initializer?.Value).OfType<ExpressionSyntax>();
        foreach (var making in makings)
        {
            if (Made(making, list) is not { } made)
                return null;
            edits[making] = made.WithTriviaFrom(making);
        }
        foreach (var use in uses)
            if (use.Parent is MemberAccessExpressionSyntax { Name: { Identifier.ValueText: "Length" } length } access && access.Expression == use)
                edits[length] = IdentifierName("Count").WithTriviaFrom(length);
        return edits;
    }

    private static ExpressionSyntax? Made(ExpressionSyntax making, TypeSyntax list) => making switch
    {
        ObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 } } creation => New(list, creation.Initializer?.Expressions),
        ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 0 } creation => New(list, creation.Initializer?.Expressions),
        ArrayCreationExpressionSyntax { Initializer: { } initializer } => New(list, initializer.Expressions),
        ImplicitArrayCreationExpressionSyntax { Initializer: var initializer } => New(list, initializer.Expressions),
        InitializerExpressionSyntax initializer when initializer.IsKind(SyntaxKind.ArrayInitializerExpression) => New(list, initializer.Expressions),
        CollectionExpressionSyntax collection when collection.Elements.All(element => element is ExpressionElementSyntax) =>
            New(list, SeparatedList(collection.Elements.Cast<ExpressionElementSyntax>().Select(element => element.Expression),
                collection.Elements.GetSeparators())),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ToArray" },
            ArgumentList.Arguments.Count: 0 } array =>
            New(list, SingletonSeparatedList<ExpressionSyntax>(array.WithoutTrivia())),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ToList" } access,
            ArgumentList.Arguments.Count: 0 } other =>
            New(list, SingletonSeparatedList<ExpressionSyntax>(other.WithExpression(access.WithName(IdentifierName("ToArray"))).WithoutTrivia())),
        _ => null,
    };

    /// <summary>new ModuleList&lt;T&gt;(a, b), with the separators, line breaks and comments of the elements as they were.</summary>
    private static ExpressionSyntax New(TypeSyntax list, SeparatedSyntaxList<ExpressionSyntax>? elements)
    {
        var arguments = elements is not { } some ? default : SeparatedList(
            some.Select(Argument),
            some.GetSeparators().Take(Math.Max(some.Count - 1, 0)));
        return ObjectCreationExpression(list).WithNewKeyword(Token(SyntaxKind.NewKeyword).WithTrailingTrivia(Space)).WithArgumentList(ArgumentList(arguments));
    }
}
