using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;
using Microsoft.CodeAnalysis.Operations;
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
        var rewritten = new List<ArgumentSyntax>();
        foreach (var argument in arguments.Arguments)
        {
            var parameter = operation.Arguments.FirstOrDefault(one => one.Syntax == argument)?.Parameter?.Name;
            if (parameter is null)
                return null;
            if (parameter == unit.In.Parameter)
                rewritten.Add(Named(argument, In, unit.In.Factor));
            else if (parameter == unit.Out?.Parameter)
                rewritten.Add(Named(argument, Out, unit.Out.Factor));
            else if (!IsInert(argument.Expression))
                return null;
        }
        if (rewritten.Count != (unit.Out is null ? 1 : 2))
            return null;
        var separators = Enumerable.Repeat(Token(SyntaxKind.CommaToken).WithTrailingTrivia(Space), rewritten.Count - 1);
        return (creation, Replaced(creation, arguments.WithArguments(SeparatedList(rewritten, separators))));
    }

    private static SyntaxNode Replaced(BaseObjectCreationExpressionSyntax creation, ArgumentListSyntax arguments) => creation switch
    {
        ObjectCreationExpressionSyntax named => named.WithArgumentList(arguments),
        ImplicitObjectCreationExpressionSyntax implied => implied.WithArgumentList(arguments),
        _ => creation,
    };

    private static ArgumentSyntax Named(ArgumentSyntax argument, string name, long factor)
    {
        var value = argument.Expression.WithoutTrivia();
        if (factor != 1)
            value = ParseExpression(value is LiteralExpressionSyntax or IdentifierNameSyntax ? $"{factor} * {value}" : $"{factor} * ({value})");
        return Argument(NameColon(IdentifierName(name), Token(SyntaxKind.ColonToken).WithTrailingTrivia(Space)), default, value);
    }

    /// <summary>Whether nothing is missed when the expression is not evaluated.</summary>
    private static bool IsInert(ExpressionSyntax expression) => expression.DescendantNodesAndSelf().OfType<ExpressionSyntax>().All(part => part
        is LiteralExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax or BinaryExpressionSyntax or ParenthesizedExpressionSyntax
        || part is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } });
}
