using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Blockwright;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Samples;

/// <summary>Compares a network's logits with torchvision's.</summary>
internal static class TorchvisionLogits
{
    /// <summary>
    /// The largest difference of a logit that may come from the order of additions, as a part of the largest logit: sums are exact to so many digits, and not
    /// to so many places.
    /// </summary>
    public const float Tolerance = 1e-5f;

    /// <summary>Loads the weights, runs the input and prints the largest difference, of the module and of its fused snapshot.</summary>
    /// <returns>The exit code: 0, or 1 if a logit differs by more than <see cref="Tolerance"/> of the largest.</returns>
    public static int Compare(BlockModule network, WeightFile weights, string ioPath, InvocationConfiguration console) =>
        Compare(network, network.Fuse, static logits => logits, weights, ioPath, console);

    /// <summary>As for a network with one result; which of several is compared says <paramref name="logits"/>.</summary>
    /// <returns>The exit code.</returns>
    public static int Compare<TResult>(NetworkModule<TResult> network, Func<TResult, Tensor> logits, WeightFile weights, string ioPath, InvocationConfiguration console) =>
        Compare(network, network.Fuse, logits, weights, ioPath, console);

    private static int Compare<TResult>(nn.Module<Tensor, TResult> network, Func<FusedModule<TResult>> fuse, Func<TResult, Tensor> logits, WeightFile weights, string ioPath, InvocationConfiguration console)
    {
        network.LoadWeights(weights);
        network.eval();
        using var io = WeightFile.Open(ioPath);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var input = Read(io, "input", [-1, RgbImage.Channels, -1, -1]);
        var found = logits(network.call(input));
        var expected = Read(io, "logits", found.shape);
        using var snapshot = fuse();

        var difference = LargestDifference(found, expected);
        var fusedDifference = LargestDifference(logits(snapshot.call(input)), expected);
        var largest = expected.abs().max().item<float>();
        console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"max abs difference: {difference:0.00e+00}"));
        console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fused snapshot: {fusedDifference:0.00e+00}"));
        console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"largest logit: {largest:0.00}"));
        // Written so that a NaN fails.
        if (difference <= Tolerance * largest && fusedDifference <= Tolerance * largest)
            return 0;
        FormattableString line
            = $"The logits differ from those in {ioPath} by more than {Tolerance:0e+00} of the largest logit. Check that the two files belong together.";
        console.Error.WriteLine(Invariant(line));
        return 1;
    }

    private static float LargestDifference(Tensor found, Tensor expected) => (found - expected).abs().max().item<float>();

    /// <summary>Reads a tensor of float32; a size of -1 in <paramref name="shape"/> stands for any.</summary>
    private static Tensor Read(WeightFile file, string name, long[] shape)
    {
        var expected = $"expected a float32 tensor '{name}' of {string.Join(" x ", shape.Select(size => size < 0 ? "any" : Invariant($"{size}")))}";
        if (!file.TryGet(name, out var entry))
            throw new InvalidDataException($"{file.Path}: {expected}, found none of that name among its {file.Entries.Count} entries.");
        var fits = entry.Shape.Length == shape.Length && shape.Zip(entry.Shape).All(pair => pair.First < 0 || pair.First == pair.Second);
        if (!fits || entry.Type != WeightType.Float32 || entry.ElementCount == 0)
            throw new InvalidDataException($"{file.Path}: {expected}, found {entry}.");
        return tensor(MemoryMarshal.Cast<byte, float>(entry.ReadAll()).ToArray(), [.. entry.Shape]);
    }
}
