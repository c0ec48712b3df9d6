using Blockwright.Cpu;

namespace Blockwright;

/// <summary>
/// A network for inference on Blockwright's own vector kernels, without torch: what a program runs that only loads a snapshot. It may be called from several
/// threads at once, and allocates no managed memory per run once it has run at a size.
/// </summary>
public sealed class KernelNetwork : IDisposable
{
    private readonly CpuPlan _plan;
    private readonly CpuExecutor _executor;

    internal KernelNetwork(CpuPlan plan, FoldedWeights weights, FuseOptions options) => (_plan, _executor) = (plan, new CpuExecutor(plan, weights, options));

    /// <summary>The declared input's channels, height and width.</summary>
    public (int Channels, int Height, int Width) Input => (_plan.InChannels, _plan.Height, _plan.Width);

    internal CpuPlan Plan => _plan;

    /// <summary>Loads a saved snapshot. Called by the build's code: use the network's <c>LoadFused</c>.</summary>
    /// <param name="plan">The plan of the network that it was taken of.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How it computes.</param>
    /// <returns>The network.</returns>
    /// <exception cref="WeightsException">The file is damaged, or of another network or version.</exception>
    public static KernelNetwork Load(CpuPlan plan, string path, FuseOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        if (!options.UseKernels)
            throw new ArgumentException("A snapshot that comes from a file has no torch module to fall back on: UseKernels must be true.", nameof(options));
        return new(plan, FoldedWeights.Load(path, plan), options);
    }

    /// <summary>Saves the folded weights with the plan's identity, as .safetensors.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => _executor.Save(path);

    /// <summary>Computes the result for images of the declared size.</summary>
    /// <param name="input">N x C x H x W values, as torch lays them.</param>
    /// <param name="output">Where the N x C' x H' x W' (or N x F) values go; it may be longer.</param>
    /// <param name="batch">N.</param>
    /// <exception cref="ArgumentException">A span is of the wrong length.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch) => Run(input, output, batch, _plan.Height, _plan.Width);

    /// <summary>Computes the result for images of any size that the network's windows fit on.</summary>
    /// <param name="input">N x C x H x W values, as torch lays them.</param>
    /// <param name="output">Where the N x C' x H' x W' (or N x F) values go; it may be longer.</param>
    /// <param name="batch">N.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <exception cref="ArgumentException">A span is of the wrong length, or the network does not take the size.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var needed = (long)batch * _plan.InChannels * height * width;
        if (input.Length != needed)
            throw new ArgumentException($"{_plan.Network}: {batch} x {_plan.InChannels} x {height} x {width} are {needed} values; the input has {input.Length}.", nameof(input));
        _executor.Run(input, output, batch, height, width);
    }

    /// <summary>The result's channels, height and width for an input's; 1 x 1 for features.</summary>
    /// <param name="height">H of the input.</param>
    /// <param name="width">W of the input.</param>
    /// <returns>C', H' and W'.</returns>
    /// <exception cref="ArgumentException">The network does not take the size.</exception>
    public (int Channels, int Height, int Width) OutputOf(int height, int width)
    {
        var (outHeight, outWidth) = CpuWorkspace.Sizes(_plan, height, width)[_plan.OutGrid];
        return (_plan.OutChannels, outHeight, outWidth);
    }

    /// <inheritdoc />
    public void Dispose() => _executor.Dispose();
}
