namespace Blockwright.Kernels;

/// <summary>The numbers of torch.nn.LocalResponseNorm.</summary>
/// <param name="Size">How many neighbouring channels are summed over; of an even number one more lies before a channel than behind it.</param>
/// <param name="Alpha">What the mean of their squares is multiplied by.</param>
/// <param name="Beta">The power of what is divided by.</param>
/// <param name="K">What is added before the power is taken, above 0.</param>
public readonly record struct ResponseNumbers(int Size, double Alpha, double Beta, double K)
{
    /// <summary>The neighbours before a channel.</summary>
    public int Before => Size / 2;

    /// <summary>The neighbours behind it.</summary>
    public int Behind => (Size - 1) / 2;
}
