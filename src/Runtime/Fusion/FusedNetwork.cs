using System.Runtime.InteropServices;
using Blockwright.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>
/// A network's snapshot for inference. A float32 network on the CPU runs on Blockwright's own vector kernels, which move no channel; on another device or of
/// another type it runs on torch's operations. It may be called from several threads at once.
/// </summary>
public sealed class FusedNetwork : FusedModule
{
    private readonly CpuPlan _plan;
    private readonly CpuExecutor? _executor;
    private readonly FusedModule? _torch;

    private FusedNetwork(CpuPlan plan, CpuExecutor? executor, FusedModule? torch)
        : base(plan.Network, plan.InChannels)
    {
        _plan = plan;
        if (executor is not null)
            _executor = Own(executor);
        if (torch is not null)
            _torch = Own(torch);
    }

    /// <summary>The declared input's channels, height and width.</summary>
    public (int Channels, int Height, int Width) Input => (_plan.InChannels, _plan.Height, _plan.Width);

    /// <summary>Whether Blockwright's own kernels run it.</summary>
    public bool UsesKernels => _executor is not null;

    /// <summary>Takes a snapshot. Called by the build's code.</summary>
    /// <param name="source">The network.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="options">How it computes.</param>
    /// <param name="torch">Makes a snapshot of torch's operations, for where the kernels do not apply.</param>
    /// <returns>The snapshot.</returns>
    public static FusedNetwork Take(BlockModule source, CpuPlan plan, FuseOptions options, Func<FusedModule> torch)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(torch);
        var fits = source.parameters().All(static parameter => parameter.dtype == ScalarType.Float32 && parameter.device_type == DeviceType.CPU);
        return options.UseKernels && fits
            ? new(plan, new CpuExecutor(plan, FoldedWeights.Of(source, plan), options), null)
            : new(plan, null, torch());
    }

    /// <summary>Loads a saved snapshot. It needs no libtorch. Called by the build's code.</summary>
    /// <param name="plan">The plan of the network that it was taken of.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How it computes.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="WeightsException">The file is damaged, or of another network or version.</exception>
    public static FusedNetwork Load(CpuPlan plan, string path, FuseOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        if (!options.UseKernels)
            throw new ArgumentException("A snapshot that comes from a file has no torch module to fall back on: UseKernels must be true.", nameof(options));
        return new(plan, new CpuExecutor(plan, FoldedWeights.Load(path, plan), options), null);
    }

    /// <summary>Saves the folded weights with the plan's identity, as .safetensors.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidOperationException">The snapshot runs on torch's operations.</exception>
    public void Save(string path)
    {
        ThrowIfDisposed();
        if (_executor is null)
            throw new InvalidOperationException($"Only a float32 snapshot on the CPU can be saved: take one of {_plan.Network} before it moves to another device or type.");
        _executor.Save(path);
    }

    /// <summary>Computes the result for images of the declared size.</summary>
    /// <param name="input">N x C x H x W values, as torch lays them.</param>
    /// <param name="output">Where the N x C' x H' x W' (or N x F) values go; it may be longer.</param>
    /// <param name="batch">N.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch) => Run(input, output, batch, _plan.Height, _plan.Width);

    /// <summary>Computes the result for images of any size that the network's windows fit on.</summary>
    /// <param name="input">N x C x H x W values, as torch lays them.</param>
    /// <param name="output">Where the N x C' x H' x W' (or N x F) values go; it may be longer.</param>
    /// <param name="batch">N.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <exception cref="ArgumentException">A span is too short, or the network does not take the size.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var needed = (long)batch * _plan.InChannels * height * width;
        if (input.Length != needed)
            throw new ArgumentException($"{_plan.Network}: {batch} x {_plan.InChannels} x {height} x {width} are {needed} values; the input has {input.Length}.", nameof(input));
        if (_executor is not null)
        {
            _executor.Run(input, output, batch, height, width);
            return;
        }
        using var images = tensor(input.ToArray(), [batch, _plan.InChannels, height, width]);
        using var result = call(images);
        using var back = result.to(ScalarType.Float32).cpu().contiguous();
        var values = MemoryMarshal.Cast<byte, float>(back.bytes);
        CpuExecutor.CheckOutput(_plan, output, values.Length);
        values.CopyTo(output);
    }

    /// <summary>The result's height and width for an input's.</summary>
    /// <param name="height">H of the input.</param>
    /// <param name="width">W of the input.</param>
    /// <returns>Channels, height and width of the result; 1 x 1 for features.</returns>
    /// <exception cref="ArgumentException">The network does not take the size.</exception>
    public (int Channels, int Height, int Width) OutputOf(int height, int width)
    {
        var (outHeight, outWidth) = CpuWorkspace.Sizes(_plan, height, width)[_plan.OutGrid];
        return (_plan.OutChannels, outHeight, outWidth);
    }

    /// <inheritdoc />
    protected override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (_torch is not null)
            return _torch.call(input);
        if (input.dtype != ScalarType.Float32 || input.device_type != DeviceType.CPU)
            throw new ArgumentException($"The snapshot of {_plan.Network} was taken of a float32 network on the CPU, and was given {input.dtype} on {input.device}. Move the network first, then take the snapshot.", nameof(input));
        var contiguous = input.contiguous();
        var (batch, height, width) = ((int)input.size(0), (int)input.size(2), (int)input.size(3));
        var (channels, outHeight, outWidth) = OutputOf(height, width);
        var output = _plan.IsFlat ? empty([batch, channels]) : empty([batch, channels, outHeight, outWidth]);
        _executor!.Run(MemoryMarshal.Cast<byte, float>(contiguous.bytes), MemoryMarshal.Cast<byte, float>(output.bytes), batch, height, width);
        return output;
    }
}
