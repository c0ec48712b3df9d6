namespace Blockwright.Gpu;

/// <summary>Calls of a device whose steps are timed: the copy of the images, each launch, the copy of the results. One at a time.</summary>
internal interface ITimedCalls : IDisposable
{
    /// <summary>Computes as the usual call does.</summary>
    /// <param name="images">Images of the call, of a number that it was made for.</param>
    /// <param name="input">N x C x H x W values.</param>
    /// <param name="output">Where the values go.</param>
    /// <returns>When the first step began, 0, and when each ended, in seconds of the device's clock.</returns>
    double[] Run(int images, ReadOnlySpan<float> input, Span<float> output);
}
