using System.Collections.Immutable;
using Blockwright.Analyzers.Declared;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.CodeFixes.Declared;

/// <summary>What is said of a project's declarations.</summary>
internal sealed record ProjectState(Compilation Compilation, ImmutableArray<Diagnostic> Said)
{
    private const string ErrorCategory = "Blockwright.Declaration";

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzer = ImmutableArray.Create<DiagnosticAnalyzer>(new DeclarationAnalyzer());

    /// <summary>All that breaks a build of which warnings are errors.</summary>
    public int Warnings => Said.Count(static each => each.Severity >= DiagnosticSeverity.Warning);

    public static async Task<ProjectState> Of(Project project, CancellationToken cancellation)
    {
        var compilation = await project.GetCompilationAsync(cancellation).ConfigureAwait(false) ?? throw new InvalidOperationException($"{project.Name} has no compilation.");
        return new(compilation, await compilation.WithAnalyzers(Analyzer, project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync(cancellation).ConfigureAwait(false));
    }

    /// <summary>How often a kind is said.</summary>
    public int Count(string id) => Said.Count(each => each.Id == id);

    /// <summary>The declarations' errors of other kinds.</summary>
    public int ErrorsBeside(string id) => Said.Count(each => each.Descriptor.Category == ErrorCategory && each.Id != id);
}

/// <summary>A project before and after a change of one declaration.</summary>
/// <param name="IsMended">Whether one diagnostic of the fixed kind has gone, and no error or warning has come.</param>
/// <param name="Before">The networks that use the declaration and could run, with what they took.</param>
/// <param name="After">What they take now.</param>
internal sealed record Comparison(bool IsMended, IReadOnlyDictionary<string, NetworkCost> Before, IReadOnlyDictionary<string, NetworkCost> After)
{
    /// <summary>What of the state dict is not what it was, as a title says it; else empty.</summary>
    public string StateChange
    {
        get
        {
            var pairs = Before.Where(each => After.ContainsKey(each.Key)).Select(each => (Old: each.Value.State, New: After[each.Key].State)).ToList();
            if (pairs.TrueForAll(static each => each.Old.Equals(each.New)))
                return "";
            return pairs.TrueForAll(static each => each.Old.Select(static entry => entry.Key).SequenceEqual(each.New.Select(static entry => entry.Key)))
                ? " (changes the weights' shape)"
                : " (changes the state dict's keys)";
        }
    }

    public static async Task<Comparison?> Of(Document document, ProjectState before, Document changed, ProjectState after, Diagnostic diagnostic, TypeDeclarationSyntax declaration, CancellationToken cancellation)
    {
        if (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model
            || await changed.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } its
            || model.GetDeclaredSymbol(declaration, cancellation) is not INamedTypeSymbol type)
            return null;
        var (name, id) = (DeclarationReader.FullNameOf(type), diagnostic.Id);
        // A network that could not be read may have warnings when it can.
        var isError = diagnostic.Severity == DiagnosticSeverity.Error;
        return new(
            after.Count(id) < before.Count(id)
                && CompilerErrors(its, cancellation) + after.ErrorsBeside(id) <= CompilerErrors(model, cancellation) + before.ErrorsBeside(id)
                && (isError || after.Warnings <= before.Warnings),
            NetworkCost.OfUsers(before.Compilation, name, cancellation),
            NetworkCost.OfUsers(after.Compilation, name, cancellation));
    }

    /// <summary>
    /// Whether a change may be offered: each network that could run gives values of the same shape for no more multiply-adds and memory access; and where it is the cost that is mended,
    /// there is one, and the memory access of each really falls.
    /// </summary>
    public bool Allows(FixEffect effect) =>
        IsMended
        && Before.All(each => After.TryGetValue(each.Key, out var cost) && IsNoWorse(each.Value, cost))
        && (effect != FixEffect.Reshapes || (Before.Count > 0 && Before.All(each => After[each.Key].Moved < each.Value.Moved)));

    private static bool IsNoWorse(NetworkCost before, NetworkCost after) =>
        after.Result == before.Result && after.MultiplyAdds <= before.MultiplyAdds && after.Moved <= before.Moved;

    private static int CompilerErrors(SemanticModel model, CancellationToken cancellation) =>
        model.GetDiagnostics(cancellationToken: cancellation).Count(static each => each.Severity == DiagnosticSeverity.Error && !each.IsWarningAsError);
}
