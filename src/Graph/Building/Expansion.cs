namespace Blockwright.Graph;

/// <summary>
/// How many attributes come of a declaration if every use of a block is read by itself, counted before any of them is: each doubling is but one more line. Equal uses, which
/// are read once, count each time, so that it is at most so many.
/// </summary>
internal sealed class Expansion(IReadOnlyDictionary<string, Declaration> world)
{
    private readonly Dictionary<string, long> _all = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _inlined = new(StringComparer.Ordinal);

    /// <summary>Its attributes and those of all blocks in it.</summary>
    public long All(Declaration declaration) => Count(declaration, _all, AllOf, 0);

    /// <summary>Its attributes and those of the blocks in it that are applied inline.</summary>
    public long Inlined(Declaration declaration) => Count(declaration, _inlined, InlinedOf, 0);

    private static long Count(Declaration declaration, Dictionary<string, long> known, Func<Step, int, long> count, int depth)
    {
        // What contains itself, or is nested deeper, is refused for that.
        if (depth > BuildLimits.Depth)
            return 0;
        if (!known.TryGetValue(declaration.FullName, out var sum))
        {
            known[declaration.FullName] = 0;
            known[declaration.FullName] = sum = Counts.Sum(declaration.Steps, step => count(step, depth));
        }
        return sum;
    }

    private long AllOf(Step step, int depth)
    {
        var units = step[nameof(StageAttribute.Units)] switch
        {
            null => 1,
            Value.Number { Expression: Expression.Number number } => Math.Min(number.Value, BuildLimits.Units),
            _ => BuildLimits.Units,
        };
        var sum = (long)step.Weight;
        for (var i = 0; i < step.Blocks.Count; i++)
        {
            if (world.TryGetValue(step.Blocks[i].FullName, out var block))
                sum = Counts.Cut(sum + ((i == step.Blocks.Count - 1 ? units : 1) * (1 + Count(block, _all, AllOf, depth + 1))));
        }
        return sum;
    }

    private long InlinedOf(Step step, int depth) =>
        step is { Kind: "Apply", Blocks: [var used] } && step.Text(nameof(LayerAttribute.Name)) == "" && world.TryGetValue(used.FullName, out var block)
            ? Count(block, _inlined, InlinedOf, depth + 1)
            : 1;
}
