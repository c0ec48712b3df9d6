using Blockwright.Graph.Memory;

namespace Blockwright.Graph;

/// <summary>
/// Blocks that are by themselves more than is read of one declaration. That is said of them; what uses them is not read at all, or it would take as long for each user to find
/// the same. Asked only where a count that knows nothing of equal uses is too much.
/// </summary>
internal static class OversizedBlocks
{
    private static readonly SizedMemory<Cause, Verdict> Known = new(MemoryLimits.Oversized);

    /// <summary>Whether a declaration uses one, or what uses one.</summary>
    public static bool AreUsedBy(Declaration declaration, IReadOnlyDictionary<string, Declaration> world, Expansion expansion, CancellationToken cancellation)
    {
        // Blocks may be nested as deep as the text is long: no recursion. Those that each block uses come before it.
        var open = new Stack<(Declaration Block, bool IsLast)>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { declaration.FullName };
        Open(declaration);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (block, isLast) = open.Pop();
            var cause = Cause.Of(block, world);
            var known = Known.Recall(cause);
            if (known is null && !isLast)
            {
                open.Push((block, true));
                Open(block);
                continue;
            }
            known ??= Keep(cause, GraphBuilder.IsTooLarge(block, world, cancellation));
            if (!known.IsOversized)
                continue;
            foreach (var user in open.Where(static each => each.IsLast))
                Keep(Cause.Of(user.Block, world), isOversized: true);
            return true;
        }
        return false;

        void Open(Declaration user)
        {
            foreach (var use in user.Uses.Select(static use => use.FullName).Distinct(StringComparer.Ordinal))
            {
                if (world.TryGetValue(use, out var block) && expansion.All(block) > BuildLimits.Steps && seen.Add(use))
                    open.Push((block, false));
            }
        }
    }

    private static Verdict Keep(Cause cause, bool isOversized)
    {
        var verdict = new Verdict(isOversized);
        Known.Keep(cause, verdict, Sizes.Item + Sizes.Of(cause.Block) + cause.Reached.Sum(Sizes.Of));
        return verdict;
    }

    /// <summary>All that a block is read from.</summary>
    private readonly record struct Cause(Declaration Block, EquatableArray<Declaration> Reached)
    {
        public static Cause Of(Declaration block, IReadOnlyDictionary<string, Declaration> world) => new(block, Reach.Of(block, name => world.TryGetValue(name, out var found) ? found : null));
    }

    private sealed record Verdict(bool IsOversized);
}
