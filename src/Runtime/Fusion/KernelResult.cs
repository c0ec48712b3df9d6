namespace Blockwright;

/// <summary>One of the values that a network on Blockwright's own kernels gives for images of one size.</summary>
/// <param name="Name">Its name in the network's tuple; empty where it is the only one.</param>
/// <param name="Channels">Its channels, C', or features, F.</param>
/// <param name="Height">H'; 1 for features.</param>
/// <param name="Width">W'; 1 for features.</param>
/// <param name="IsFlat">Whether it is N x F.</param>
public sealed record KernelResult(string Name, int Channels, int Height, int Width, bool IsFlat)
{
    /// <summary>The values of one image, C' * H' * W'.</summary>
    public long Values => (long)Channels * Height * Width;

    /// <summary>N x C' x H' x W', or N x F.</summary>
    internal long[] Shape(int batch) => IsFlat ? [batch, Channels] : [batch, Channels, Height, Width];
}
