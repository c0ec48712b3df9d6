using System.Runtime.CompilerServices;
using Blockwright.Generator.Parse;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>
/// What was last written for each declaration, for as long as that is remembered. The pipeline's memory is one project's in one editor; a compiler that serves
/// many builds starts each with an empty one.
/// </summary>
internal static class WrittenSources
{
    private static readonly ConditionalWeakTable<Declaration, Slot> OfDeclarations = new();

    /// <summary>The source of the closure's declaration, written anew where anything that it depends on is another.</summary>
    public static GeneratedSource Of(Closure closure, HostFacts host, CancellationToken cancellation)
    {
        var slot = OfDeclarations.GetOrCreateValue(closure.Declaration);
        if (slot.Last is { } last && last.Host == host && last.Closure.Equals(closure))
            return last.Source;
        var source = SourceWriter.Write(closure, host, cancellation);
        slot.Last = new(closure, host, source);
        return source;
    }

    private sealed record Written(Closure Closure, HostFacts Host, GeneratedSource Source);

    private sealed class Slot
    {
        public volatile Written? Last;
    }
}
