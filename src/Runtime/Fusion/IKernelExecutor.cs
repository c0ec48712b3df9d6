using Blockwright.Plans;

namespace Blockwright;

/// <summary>What runs a network's own kernels on memory of the host's. It may be called from several threads at once.</summary>
internal interface IKernelExecutor : IDisposable
{
    /// <summary>What it runs on, for people.</summary>
    string Device { get; }

    /// <summary>The bytes that are kept between calls.</summary>
    long IdleBytes { get; }

    /// <summary>Computes N x C x H x W values, whose length is checked, with N of at least 1.</summary>
    /// <exception cref="ArgumentException">The output is too short, or the network does not take the size.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width);

    /// <summary>Computes named values of the CPU's plan, one behind another, each of all images.</summary>
    /// <exception cref="ArgumentException">The output is too short, or the network does not take the size.</exception>
    /// <exception cref="NotSupportedException">The device keeps no value but the results.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width, IReadOnlyList<PlanNamed> values) => throw new NotSupportedException(
        $"Kernels on {Device} keep no value but the results. Features are given by the network itself, by its snapshots on the CPU (FuseOptions.Device = FuseDevice.Cpu), and by those on torch's operations (UseKernels = false).");

    /// <summary>Runs the same again and again, and takes the time of each step.</summary>
    /// <exception cref="ArgumentException">The network does not take the size.</exception>
    RunTimes Profile(ReadOnlySpan<float> input, int batch, int height, int width, int runs);

    /// <summary>Saves the folded weights.</summary>
    void Save(string path);

    /// <summary>Frees the memory that is kept between calls.</summary>
    void Trim();
}
