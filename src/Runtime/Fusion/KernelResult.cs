using System.Collections.Immutable;
using Blockwright.Plans;

namespace Blockwright;

/// <summary>One of the values that a network on Blockwright's own kernels gives for images of one size.</summary>
/// <param name="Name">Its name in the network's tuple; empty where it is the only one.</param>
/// <param name="Channels">Its channels, C', or features, F; of what is neither those of the map that it was made of.</param>
/// <param name="Height">H'; 1 for features.</param>
/// <param name="Width">W'; 1 for features.</param>
/// <param name="IsFlat">Whether it is N x F.</param>
public sealed record KernelResult(string Name, int Channels, int Height, int Width, bool IsFlat)
{
    private readonly ImmutableArray<long> _sizes;

    /// <summary>The values of one image, C' * H' * W'.</summary>
    public long Values => (long)Channels * Height * Width;

    /// <summary>Its sizes without the images: C', H' and W'; F; or what a Reshape or Permute at the network's end says.</summary>
    public IReadOnlyList<long> Sizes => !_sizes.IsDefaultOrEmpty ? _sizes : IsFlat ? [Channels] : [Channels, Height, Width];

    internal static KernelResult Of(string name, int channels, (int Height, int Width) grid, bool isFlat, ImmutableArray<PlanDimension> sizes) =>
        new(name, channels, grid.Height, grid.Width, isFlat, [.. sizes.Select(size => size.At(grid))]);

    private KernelResult(string name, int channels, int height, int width, bool isFlat, ImmutableArray<long> sizes)
        : this(name, channels, height, width, isFlat) => _sizes = sizes;

    /// <summary>Its name and sizes.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{(Name.Length > 0 ? Name + ": " : "")}N x {Sizes.Joined(" x ")}";

    /// <summary>N, and <see cref="Sizes"/> behind it.</summary>
    internal long[] Shape(int batch) => [batch, .. Sizes];
}
