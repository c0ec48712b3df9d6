using System.Collections.Immutable;

namespace Blockwright.Generator.Plan.Gpu;

/// <summary>A product's size: for each group of channels, <paramref name="Rows"/> x <paramref name="Depth"/> weights times <paramref name="Depth"/> x pixels values.</summary>
internal readonly record struct ProductNumbers(int Rows, int Depth, int Groups);

/// <summary>How a group of threads shares a part of a product out.</summary>
/// <param name="Rows">Output channels of a group of threads.</param>
/// <param name="Columns">Pixels of a group of threads.</param>
/// <param name="Depth">Input channels and taps that lie in shared memory at a time.</param>
/// <param name="ThreadRows">Output channels of a thread, in registers.</param>
/// <param name="ThreadColumns">Pixels of a thread.</param>
/// <param name="Parts">Parts of the depth, each of which other threads sum; they are added up at the end.</param>
internal sealed record ProductTile(int Rows, int Columns, int Depth, int ThreadRows, int ThreadColumns, int Parts)
{
    /// <summary>The tiles that kernels are written for: all their numbers divide each other as the kernel needs it, which a test checks.</summary>
    public static ImmutableArray<ProductTile> All { get; } = ImmutableArray.Create(
        // Large maps.
        new ProductTile(128, 128, 8, 8, 8, 1), new(128, 64, 8, 8, 4, 1), new(64, 128, 8, 4, 8, 1), new(32, 64, 16, 4, 4, 1), new(64, 32, 16, 4, 4, 1),
        // Small maps: more groups, and threads that divide a sum among themselves.
        new(32, 32, 16, 4, 4, 1), new(32, 32, 32, 4, 4, 4), new(16, 64, 16, 4, 4, 1), new(16, 32, 32, 4, 2, 4), new(16, 16, 32, 2, 2, 4),
        // Few output channels: groups of channels, and a network's first layers.
        new(4, 128, 16, 4, 1, 1), new(4, 256, 8, 4, 2, 1), new(8, 128, 16, 4, 2, 1), new(16, 128, 16, 4, 4, 1),
        // One pixel: linear layers and gates.
        new(32, 4, 64, 1, 4, 8), new(32, 1, 64, 1, 1, 8), new(64, 16, 32, 4, 2, 2));

    /// <summary>Threads that share a part of the depth.</summary>
    public int ThreadsOfPart => Rows / ThreadRows * (Columns / ThreadColumns);

    public int Threads => ThreadsOfPart * Parts;

    /// <summary>Of the values and the weights, and of the sums of all parts but one.</summary>
    public int SharedFloats => (Depth * (Rows + Columns)) + ((Parts - 1) * Rows * Columns);

    /// <summary>An estimate: the sums, a row and a column of the tile, what is on its way, and addresses.</summary>
    public int Registers => (ThreadRows * ThreadColumns) + ThreadRows + ThreadColumns + (Depth * (Rows + Columns) / Threads) + 24;
}
