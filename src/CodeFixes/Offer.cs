using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Blockwright.CodeFixes;

/// <summary>How fixes are offered, so that editors and tools that fix a whole solution find the same ones.</summary>
internal static class Offer
{
    /// <summary>
    /// The key of the first fix at each place, whichever it is: a tool that takes the key of the first diagnostic that it meets (<c>dotnet format</c>, Roslynator) then mends every place,
    /// and the same places each time. What is offered beside it has a key of its own.
    /// </summary>
    public const string Best = nameof(Best);

    /// <summary>What a fix is told apart by, at its rank.</summary>
    /// <param name="rank">How many are offered before it at the same place.</param>
    /// <param name="own">The key that it has beside a better one.</param>
    public static string Key(int rank, string own) => rank == 0 ? Best : own;

    /// <summary>The diagnostics to be fixed. Editors ask with the same one several times over, where several looks have found it.</summary>
    public static IEnumerable<Diagnostic> EachOnce(CodeFixContext context) =>
        context.Diagnostics.GroupBy(static each => (each.Id, each.Location.SourceSpan)).Select(static same => same.First());
}
