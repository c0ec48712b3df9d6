namespace Blockwright.Gpu;

/// <summary>Calls of a device whose steps are timed: the copies of the inputs together, each launch, the copies of the results together. One at a time.</summary>
internal interface ITimedCalls : IDisposable
{
    /// <summary>Computes as the usual call does.</summary>
    /// <param name="part">The images, of a number that it was made for.</param>
    /// <param name="input">The N x C x H x W values of all images, an input behind another.</param>
    /// <param name="output">Where the values go, a result behind another, each of all images.</param>
    /// <returns>When the first step began, 0, and when each ended, in seconds of the device's clock.</returns>
    double[] Run(ImagePart part, ReadOnlySpan<float> input, Span<float> output);
}
