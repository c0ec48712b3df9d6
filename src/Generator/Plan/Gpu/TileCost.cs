namespace Blockwright.Generator.Plan.Gpu;

/// <summary>
/// Which tile a product gets: the one place that weighs groups of threads against multiprocessors, waves, bytes and shared memory. The figures are a card's published ones and reasoned latencies; nothing here was
/// fitted to measurements.
/// </summary>
internal static class TileCost
{
    // Of a multiprocessor and cycle.
    private const double Instructions = 128;
    private const double SharedReads = 32;
    private const double FloatsFromCache = 6;

    // Cycles from a load of the tile to its use, with both barriers; and of a group from its beginning to its first load, and from its last sum to its end.
    private const double StepLatency = 700;
    private const double GroupLatency = 1500;

    /// <summary>The tile that takes the fewest cycles for so many pixels; of those the one that brings the least to shared memory.</summary>
    public static ProductTile Best(ProductNumbers numbers, long pixels, GpuCard card) =>
        ProductTile.All.OrderBy(tile => Cycles(tile, numbers, pixels, card)).ThenBy(tile => Brought(tile, numbers, pixels)).First();

    public static double Cycles(ProductTile tile, ProductNumbers numbers, long pixels, GpuCard card)
    {
        var atOnce = card.GroupsAtOnce(tile.Threads, tile.SharedFloats * sizeof(float), tile.Registers);
        if (atOnce == 0)
            return double.PositiveInfinity;
        var groups = Groups(tile, numbers, pixels);
        var steps = (double)Up(numbers.Depth, tile.Depth);
        // Of one group: what it computes, what it reads of shared memory, and what it brings there.
        var sums = steps * tile.Depth * tile.Rows * tile.Columns;
        var reads = sums / (tile.ThreadRows * tile.ThreadColumns) * ((tile.ThreadRows / 4.0) + tile.ThreadColumns); // a thread's rows lie together, its columns apart
        var computing = (sums + reads) / Instructions;
        var sharing = reads / SharedReads;
        var loading = steps * tile.Depth * (tile.Rows + tile.Columns) / FloatsFromCache;
        var ofGroup = Math.Max(computing, Math.Max(sharing, loading));
        var busiest = Math.Ceiling(groups / card.Multiprocessors);
        var waves = Math.Ceiling(busiest / atOnce);
        return Math.Max(busiest * ofGroup, waves * ((steps * StepLatency) + GroupLatency)) + GroupLatency;
    }

    /// <summary>The floats that all groups bring to shared memory.</summary>
    private static double Brought(ProductTile tile, ProductNumbers numbers, long pixels) => Groups(tile, numbers, pixels) * Up(numbers.Depth, tile.Depth) * tile.Depth * (tile.Rows + tile.Columns);

    private static double Groups(ProductTile tile, ProductNumbers numbers, long pixels) => (double)Up(numbers.Rows, tile.Rows) * numbers.Groups * Up(pixels, tile.Columns);

    private static long Up(long size, long of) => (size + of - 1) / of;
}
