using Blockwright.Generator.Parse;
using Blockwright.Graph.Memory;

namespace Blockwright.Generator.Emit;

/// <summary>
/// What was last written. The pipeline's memory is one project's in one editor; a compiler that serves many builds starts each with an empty one.
/// </summary>
internal static class WrittenSources
{
    private static readonly SizedMemory<Cause, GeneratedSource> Known = new(MemoryLimits.Sources);

    /// <summary>The source of the closure's declaration, written anew where anything that it depends on is another.</summary>
    public static GeneratedSource Of(Closure closure, HostFacts host, CancellationToken cancellation)
    {
        var cause = new Cause(closure, host);
        if (Known.Recall(cause) is { } known)
            return known;
        var source = SourceWriter.Write(closure, host, cancellation);
        if (source.Failure is null)
            Known.Keep(cause, source, Sizes.Item + Sizes.Of(source.HintName) + Sizes.Of(source.Text) + Sizes.Of(closure.Declaration) + closure.Reached.Sum(Sizes.Of));
        return source;
    }

    /// <summary>All that a source is written from.</summary>
    private readonly record struct Cause(Closure Closure, HostFacts Host);
}
