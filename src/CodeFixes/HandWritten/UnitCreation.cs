using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;
using Microsoft.CodeAnalysis.Operations;
using static System.FormattableString;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>Rewrites one place where a unit is made for the constructor that the build gives it.</summary>
internal static class UnitCreation
{
    private const string In = "inChannels";
    private const string Out = "outChannels";

    /// <summary>The expression and what it becomes, or null where that is not certain.</summary>
    public static async Task<(SyntaxNode Creation, SyntaxNode Rewritten)?> RewriteAsync(
        ReferenceLocation location,
        IMethodSymbol constructor,
        WrittenUnit unit,
        CancellationToken cancellation)
    {
        if (location.IsImplicit || location.IsCandidateLocation
            || await location.Document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model
            || await location.Document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root
            || root.FindNode(location.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<BaseObjectCreationExpressionSyntax>()
                is not { ArgumentList: { } arguments } creation
            || model.GetOperation(creation, cancellation) is not IObjectCreationOperation { Constructor: { } called } operation
            || !SymbolEqualityComparer.Default.Equals(called.OriginalDefinition, constructor) && called.ToDisplayString() != constructor.ToDisplayString())
            return null;
        if (FormOf(operation, unit) is not { } form)
            return null;
        var rewritten = new List<ArgumentSyntax>();
        foreach (var argument in arguments.Arguments)
        {
            var parameter = operation.Arguments.FirstOrDefault(one => one.Syntax == argument)?.Parameter?.Name;
            if (parameter is null)
                return null;
            if (parameter == form.In.Parameter)
                rewritten.Add(Named(argument, In, form.In.Factor));
            else if (parameter == form.Out?.Parameter)
                rewritten.Add(Named(argument, Out, form.Out.Factor));
            else if (!IsInert(argument.Expression))
                return null;
        }
        if (rewritten.Count != (form.Out is null ? 1 : 2))
            return null;
        var separators = Enumerable.Repeat(Token(SyntaxKind.CommaToken).WithTrailingTrivia(Space), rewritten.Count - 1);
        return Replaced(creation, arguments.WithArguments(SeparatedList(rewritten, separators)), form.Name == unit.Name ? null : form.Name) is { } replaced
            ? (creation, replaced)
            : null;
    }

    /// <summary>The unit that is made here, where the stride is a constant.</summary>
    private static WrittenUnit.Form? FormOf(IObjectCreationOperation creation, WrittenUnit unit)
    {
        if (unit.Stride is null)
            return unit.Forms[0];
        var stride = creation.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == unit.Stride)?.Value.ConstantValue;
        return stride is { HasValue: true, Value: int or long } given
            ? unit.Forms.FirstOrDefault(form => form.Stride == Convert.ToInt64(given.Value, CultureInfo.InvariantCulture))
            : null;
    }

    private static SyntaxNode? Replaced(BaseObjectCreationExpressionSyntax creation, ArgumentListSyntax arguments, string? newName) => (creation, newName) switch
    {
        (ObjectCreationExpressionSyntax named, null) => named.WithArgumentList(arguments),
        (ImplicitObjectCreationExpressionSyntax implied, null) => implied.WithArgumentList(arguments),
        (ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax type } named, { } name) =>
            named.WithType(IdentifierName(name).WithTriviaFrom(type)).WithArgumentList(arguments),
        (ObjectCreationExpressionSyntax { Type: QualifiedNameSyntax { Right: IdentifierNameSyntax right } type } named, { } name) =>
            named.WithType(type.WithRight(IdentifierName(name).WithTriviaFrom(right))).WithArgumentList(arguments),
        _ => null,
    };

    private static ArgumentSyntax Named(ArgumentSyntax argument, string name, long factor)
    {
        var value = argument.Expression.WithoutTrivia();
        if (factor != 1)
            value = ParseExpression(value is LiteralExpressionSyntax or IdentifierNameSyntax ? Invariant($"{factor} * {value}") : Invariant($"{factor} * ({value})"));
        return Argument(NameColon(IdentifierName(name), Token(SyntaxKind.ColonToken).WithTrailingTrivia(Space)), default, value);
    }

    /// <summary>Whether nothing is missed when the expression is not evaluated.</summary>
    private static bool IsInert(ExpressionSyntax expression) => expression.DescendantNodesAndSelf().OfType<ExpressionSyntax>().All(part => part
        is LiteralExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax or BinaryExpressionSyntax or ParenthesizedExpressionSyntax
        || part is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } });
}
