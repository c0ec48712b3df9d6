using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>BW6001, a class that registers nothing: RegisterComponents() as the last statement of its constructors, where they have a last statement.</summary>
internal sealed class CallRegisterComponents : Repair
{
    public override Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!diagnostic.Properties.TryGetValue(LostSubmodule.Cause, out var cause) || cause != LostSubmodule.Never
            || root.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ClassDeclarationSyntax>() is not { ParameterList: null } type)
            return Task.FromResult<Change?>(null);
        var constructors = type.Members.OfType<ConstructorDeclarationSyntax>()
            .Where(static one => !one.Modifiers.Any(SyntaxKind.StaticKeyword) && one.Initializer?.ThisOrBaseKeyword.IsKind(SyntaxKind.ThisKeyword) != true).ToList();
        if (constructors.Count == 0 || constructors.Any(static one => one.Body is null || one.Body.DescendantNodes().OfType<ReturnStatementSyntax>().Any()))
            return Task.FromResult<Change?>(null);
        var bodies = constructors.Select(static one => one.Body!);
        return Task.FromResult<Change?>(new("Call RegisterComponents() at the constructor's end", root.ReplaceNodes(bodies, static (_, body) => body.AddStatements(
            ParseStatement("RegisterComponents();").WithLeadingTrivia(ElasticMarker).WithTrailingTrivia(ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation)))));
    }
}
