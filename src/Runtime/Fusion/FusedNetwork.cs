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
    private readonly string _name;
    private readonly (int Channels, int Height, int Width) _input;
    private readonly FusedModule? _torch;

    private FusedNetwork(CpuPlan plan, KernelNetwork? kernels, FusedModule? torch)
        : base(plan.Network, plan.InChannels)
    {
        (_name, _input) = (plan.Network, (plan.InChannels, plan.Height, plan.Width));
        if (kernels is not null)
            Kernels = Own(kernels);
        if (torch is not null)
            _torch = Own(torch);
    }

    /// <summary>The network on Blockwright's own kernels; null where it runs on torch's operations. The snapshot disposes it.</summary>
    public KernelNetwork? Kernels { get; }

    /// <summary>Takes a snapshot. Called by the build's code: use the network's <c>Fuse</c>.</summary>
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
        // A network without weights has no type or device; torch's operations take any.
        var parameters = source.parameters().ToList();
        var fits = parameters.Count > 0 && parameters.All(static parameter => parameter.dtype == ScalarType.Float32 && parameter.device_type == DeviceType.CPU);
        return options.UseKernels && fits
            ? new(plan, new KernelNetwork(plan, WeightFolding.Fold(source, plan), options), null)
            : new(plan, null, torch());
    }

    /// <summary>Saves the folded weights with the plan's identity, as .safetensors, for the network's <c>LoadFused</c>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidOperationException">The snapshot runs on torch's operations.</exception>
    public void Save(string path)
    {
        ThrowIfDisposed();
        if (Kernels is null)
            throw new InvalidOperationException($"Only a float32 snapshot on the CPU can be saved: take one of {_name} before it moves to another device or type.");
        Kernels.Save(path);
    }

    /// <inheritdoc cref="KernelNetwork.Run(ReadOnlySpan{float}, Span{float}, int)" />
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch) => Run(input, output, batch, _input.Height, _input.Width);

    /// <inheritdoc cref="KernelNetwork.Run(ReadOnlySpan{float}, Span{float}, int, int, int)" />
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        ThrowIfDisposed();
        if (Kernels is not null)
        {
            Kernels.Run(input, output, batch, height, width);
            return;
        }
        var needed = (long)batch * _input.Channels * height * width;
        if (input.Length != needed)
            throw new ArgumentException($"{_name}: {batch} x {_input.Channels} x {height} x {width} are {needed} values; the input has {input.Length}.", nameof(input));
        using var images = tensor(input.ToArray(), [batch, _input.Channels, height, width]);
        using var result = call(images);
        using var back = result.to(ScalarType.Float32).cpu().contiguous();
        var values = MemoryMarshal.Cast<byte, float>(back.bytes);
        CpuExecutor.CheckOutput(_name, output, values.Length);
        values.CopyTo(output);
    }

    /// <inheritdoc />
    protected override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (Kernels is null)
            return _torch!.call(input);
        if (input.dtype != ScalarType.Float32 || input.device_type != DeviceType.CPU)
            throw new ArgumentException($"The snapshot of {_name} was taken of a float32 network on the CPU, and was given {input.dtype} on {input.device}. Move the network first, then take the snapshot.", nameof(input));
        var contiguous = input.contiguous();
        var (batch, height, width) = ((int)input.size(0), (int)input.size(2), (int)input.size(3));
        var (channels, outHeight, outWidth) = Kernels.OutputOf(height, width);
        var output = Kernels.Plan.IsFlat ? empty([batch, channels]) : empty([batch, channels, outHeight, outWidth]);
        Kernels.Run(MemoryMarshal.Cast<byte, float>(contiguous.bytes), MemoryMarshal.Cast<byte, float>(output.bytes), batch, height, width);
        return output;
    }
}
