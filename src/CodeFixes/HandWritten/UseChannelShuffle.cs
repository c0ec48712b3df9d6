using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>BW4004: writes <c>x.channel_shuffle(groups)</c> for the calls, which stand in one expression or in statements that follow one another.</summary>
internal sealed class UseChannelShuffle : Repair
{
    private const string Title = "Use channel_shuffle";

    public override Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation) =>
        Task.FromResult(Shuffled(root, diagnostic));

    private static Change? Shuffled(SyntaxNode root, Diagnostic diagnostic)
    {
        if (diagnostic.AdditionalLocations.Count != 1
            || root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax last
            || root.FindNode(diagnostic.AdditionalLocations[0].SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax first
            || Shuffle(first) is not { } shuffle)
            return null;
        var replacement = shuffle.WithTriviaFrom(last).WithAdditionalAnnotations(Formatter.Annotation);
        if (last.Span.Contains(first.Span))
            return new(Title, root.ReplaceNode(last, replacement));
        return StepsBefore(first, last) is { } steps ? Without(steps, root, last, replacement) : null;
    }

    /// <summary>The steps go; the comments above them stay, above the statement that is left.</summary>
    private static Change? Without(IReadOnlyList<StatementSyntax> steps, SyntaxNode root, SyntaxNode last, SyntaxNode replacement)
    {
        var kept = last.FirstAncestorOrSelf<StatementSyntax>()!;
        var above = steps[0].GetLeadingTrivia().AddRange(steps.Skip(1).Append(kept).Where(step => HasComment(step.GetLeadingTrivia()))
            .SelectMany(step => step.GetLeadingTrivia()));
        root = root.TrackNodes(steps.Append(kept));
        root = root.ReplaceNode(root.GetCurrentNode(kept)!,
            kept.ReplaceNode(last, replacement).WithLeadingTrivia(above).WithAdditionalAnnotations(Formatter.Annotation));
        return root.RemoveNodes(steps.Select(step => root.GetCurrentNode(step)!), SyntaxRemoveOptions.KeepNoTrivia) is { } shorter ? new(Title, shorter) : null;
    }

    private static bool HasComment(SyntaxTriviaList trivia) =>
        trivia.Any(one => !one.IsKind(SyntaxKind.WhitespaceTrivia) && !one.IsKind(SyntaxKind.EndOfLineTrivia));

    /// <summary>x.view(n, g, ...) and torch.reshape(x, n, g, ...) become x.channel_shuffle(g).</summary>
    private static ExpressionSyntax? Shuffle(InvocationExpressionSyntax first)
    {
        if (first.Expression is not MemberAccessExpressionSyntax { Expression: var receiver })
            return null;
        var arguments = first.ArgumentList.Arguments;
        if (arguments.Count == 6)
            receiver = arguments[0].Expression;
        else if (arguments.Count != 5)
            return null;
        return InvocationExpression(
            MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, receiver.WithoutTrailingTrivia(), IdentifierName("channel_shuffle")),
            ArgumentList(SingletonSeparatedList(Argument(arguments[arguments.Count - 4].Expression.WithoutTrivia()))));
    }

    /// <summary>The statements before the last step's: each is one step and nothing else, and no other statement stands between.</summary>
    private static IReadOnlyList<StatementSyntax>? StepsBefore(SyntaxNode first, SyntaxNode last)
    {
        if (first.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax block } from
            || last.FirstAncestorOrSelf<StatementSyntax>() is not { } to || to.Parent != block)
            return null;
        var start = block.Statements.IndexOf(from);
        var end = block.Statements.IndexOf(to);
        var steps = block.Statements.Skip(start).Take(end - start).ToList();
        return start < end && steps.All(step => IsStep(step) && !HasComment(step.GetTrailingTrivia())) ? steps : null;
    }

    private static bool IsStep(StatementSyntax statement) => Written(statement) is InvocationExpressionSyntax
    {
        Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "view" or "reshape" or "transpose" or "permute" or "contiguous" }
    };

    private static ExpressionSyntax? Written(StatementSyntax statement) => statement switch
    {
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax, Right: var value } } => value,
        LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } => variables[0].Initializer?.Value,
        _ => null,
    };
}
