using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>
/// BW4005: the class becomes a declared block, and what makes one calls its new constructor. Offered where every place in the solution that makes one can be
/// rewritten, the declaration has no mistakes, and no project has errors that it had not before.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeclareUnit))]
public sealed class DeclareUnit : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("BW4005");

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => DeclareUnits.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in Offer.EachOnce(context))
        {
            var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
            if (root is null || !root.FullSpan.Contains(diagnostic.Location.SourceSpan)
                || WrittenUnit.From(diagnostic) is not { } unit
                || await UnitConversion.ConvertAsync(context.Document, unit, context.CancellationToken).ConfigureAwait(false) is not { } converted)
                continue;
            context.RegisterCodeFix(CodeAction.Create($"Declare '{unit.Name}' as a block", _ => Task.FromResult(converted), nameof(DeclareUnit)), diagnostic);
        }
    }

    /// <summary>One class after the other, each in the solution that the ones before have left: their uses may stand in one statement.</summary>
    private sealed class DeclareUnits : FixAllProvider
    {
        public static readonly DeclareUnits Instance = new();

        public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) => Task.FromResult<CodeAction?>(
            CodeAction.Create("Declare ShuffleNet units as blocks", cancellation => FixAsync(fixAllContext, cancellation), nameof(DeclareUnit)));

        private static async Task<Solution> FixAsync(FixAllContext context, CancellationToken cancellation)
        {
            var solution = context.Solution;
            foreach (var document in Documents(context))
                foreach (var diagnostic in await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false))
                    if (WrittenUnit.From(diagnostic) is { } unit && solution.GetDocument(document.Id) is { } current
                        && await UnitConversion.ConvertAsync(current, unit, cancellation).ConfigureAwait(false) is { } converted)
                        solution = converted;
            return solution;
        }

        private static IEnumerable<Document> Documents(FixAllContext context) => context.Scope switch
        {
            FixAllScope.Document => context.Document is { } document ? [document] : [],
            FixAllScope.Project => context.Project.Documents,
            _ => context.Solution.Projects.SelectMany(project => project.Documents),
        };
    }
}
