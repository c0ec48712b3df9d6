using System.CommandLine;
using Blockwright;
using Samples;

namespace ShuffleNet;

/// <summary>Compares the network's logits with torchvision's.</summary>
public static class Verification
{
    /// <summary>The largest difference of a logit that may come from the order of additions, as a part of the largest logit.</summary>
    public const float Tolerance = TorchvisionLogits.Tolerance;

    /// <returns>The exit code: 0, or 1 if a logit differs by more than <see cref="Tolerance"/> of the largest.</returns>
    public static int Run(string weightsPath, string ioPath, string? width, InvocationConfiguration console)
    {
        ArgumentNullException.ThrowIfNull(console);
        using var weights = WeightFile.Open(weightsPath);
        using var network = Width.Of(weights, width).Create();
        return TorchvisionLogits.Compare(network, weights, ioPath, console);
    }
}
