using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static System.FormattableString;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>BW6001, a member assigned after RegisterComponents(): registers it by name right after the assignment.</summary>
internal sealed class RegisterSubmodule : Repair
{
    public override async Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!diagnostic.Properties.TryGetValue(LostSubmodule.Cause, out var cause) || cause != LostSubmodule.TooLate
            || root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<AssignmentExpressionSyntax>()
                is not { Parent: ExpressionStatementSyntax { Parent: BlockSyntax block } statement } assignment
            || await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model
            || model.GetSymbolInfo(assignment.Left, cancellation).Symbol is not { } member
            || !IsOnlyWrite(assignment, member, model, cancellation))
            return null;
        var registration = ParseStatement(Invariant($"register_module({Literal(member.Name)}, {assignment.Left.WithoutTrivia()});"))
            .WithLeadingTrivia(ElasticMarker).WithTrailingTrivia(ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
        return new($"Register '{member.Name}'",
            root.ReplaceNode(block, block.WithStatements(block.Statements.Insert(block.Statements.IndexOf(statement) + 1, registration))));
    }

    /// <summary>A member that held a module before is registered under its name already, and registering it again throws.</summary>
    private static bool IsOnlyWrite(AssignmentExpressionSyntax assignment, ISymbol member, SemanticModel model, CancellationToken cancellation)
    {
        if (member.DeclaringSyntaxReferences.Length != 1 || member.ContainingType.DeclaringSyntaxReferences.Length != 1)
            return false;
        if (member.DeclaringSyntaxReferences[0].GetSyntax(cancellation)
            is VariableDeclaratorSyntax { Initializer: not null } or PropertyDeclarationSyntax { Initializer: not null })
            return false;
        return !member.ContainingType.DeclaringSyntaxReferences[0].GetSyntax(cancellation).DescendantNodes()
            .OfType<AssignmentExpressionSyntax>()
            .Any(other => other != assignment && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(other.Left, cancellation).Symbol, member));
    }
}
