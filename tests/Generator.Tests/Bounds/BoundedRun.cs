using System.Collections.Immutable;
using Blockwright.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Generator.Tests.Bounds;

/// <summary>What the generator and the analyzer of declarations make of a text, and what it took them.</summary>
/// <param name="Sources">The files that were written, by name.</param>
/// <param name="Diagnostics">What was reported.</param>
/// <param name="Processor">The processor time.</param>
/// <param name="Allocated">In bytes, what was freed since too.</param>
internal sealed record BoundedRun(ImmutableSortedDictionary<string, string> Sources, ImmutableArray<Diagnostic> Diagnostics, TimeSpan Processor, long Allocated)
{
    public IEnumerable<Diagnostic> Errors => Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    /// <summary>All of it that must be the same for the same text.</summary>
    public string Outcome => string.Join("\n", Sources.Select(static source => $"{source.Key}\n{source.Value}").Concat(Diagnostics.Select(static diagnostic => diagnostic.ToString()).Order(StringComparer.Ordinal)));

    /// <summary>A compilation whose attributes are bound already: to bind them is the compiler's work, and nothing can call it off.</summary>
    public static CSharpCompilation Compile(string source)
    {
        var compilation = Compiling.Compilation(source);
        foreach (var type in Declared.Types(compilation.Assembly.GlobalNamespace))
            _ = type.GetAttributes();
        return compilation;
    }

    /// <summary>Both, one after the other, on this thread.</summary>
    public static BoundedRun Of(CSharpCompilation compilation, CancellationToken cancellation)
    {
        var (start, allocated) = (ThreadClock.Now, GC.GetAllocatedBytesForCurrentThread());
        var generated = Compiling.Driver(compilation).RunGeneratorsAndUpdateCompilation(compilation, out _, out var reported, cancellation).GetRunResult().Results.Single();
        Assert.Null(generated.Exception);
        var found = DirectAnalysis.Start(compilation, cancellation).Run(cancellation);
        return new(
            generated.GeneratedSources.ToImmutableSortedDictionary(static source => source.HintName, static source => source.SourceText.ToString(), StringComparer.Ordinal),
            reported.AddRange(found),
            ThreadClock.Now - start,
            GC.GetAllocatedBytesForCurrentThread() - allocated);
    }
}
