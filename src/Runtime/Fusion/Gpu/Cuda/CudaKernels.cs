using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Gpu.Cuda;

/// <summary>Runs a network's own kernels on an NVIDIA device, from and to memory of the host's or of the device's.</summary>
internal sealed class CudaKernels : IKernelExecutor
{
    private readonly GpuProgram _program;
    private readonly FoldedWeights _weights;
    private readonly CudaExecutor _executor;
    private SizesAt? _last;

    /// <param name="device">The device; disposed with this, also where this fails.</param>
    /// <param name="code">Where compiled kernels come from.</param>
    /// <param name="plans">The network's plans, with one for a GPU.</param>
    /// <param name="weights">Its folded weights.</param>
    /// <param name="keptBytes">The device's memory that is kept between calls.</param>
    /// <exception cref="NotSupportedException">The class was built without kernels for a GPU.</exception>
    /// <exception cref="CudaException">There is no code, or the device refuses something.</exception>
    public CudaKernels(CudaDevice device, KernelCode code, NetworkPlans plans, FoldedWeights weights, long keptBytes)
    {
        (Plans, _weights) = (plans, weights);
        try
        {
            _program = plans.Gpu ?? throw KernelExecutors.WithoutKernels(plans, FuseDevice.Cuda);
            Device = $"CUDA: {device.Name} ({device.Architecture})";
            _executor = new CudaExecutor(device, ProgramTranslation.Of(plans.Network, _program, weights), code, keptBytes);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    public NetworkPlans Plans { get; }

    public string Device { get; }

    public long IdleBytes => _executor.IdleBytes;

    /// <summary>On the device that the options name, with the driver and the compiler that are there.</summary>
    /// <param name="plans">The network's plans.</param>
    /// <param name="weights">Its folded weights.</param>
    /// <param name="options">How it computes, and on which device.</param>
    /// <exception cref="CudaException">The driver, a device or NVRTC is missing; the message has where they were looked for.</exception>
    public static CudaKernels Open(NetworkPlans plans, FoldedWeights weights, FuseOptions options)
    {
        var device = CudaDevice.Open(options.Cuda.Driver(), options.DeviceIndex);
        return new(device, options.Cuda.Code(device), plans, weights, options.KeptBytes);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        var sizes = SizesOf(height, width);
        for (var part = ImagePart.Of(batch, sizes.MostImages); part.Count > 0; part = part.Next(sizes.MostImages))
            _executor.Run(input, output, new(part.Count, height, width), part);
    }

    public RunTimes Profile(ReadOnlySpan<float> input, int batch, int height, int width, int runs)
    {
        var sizes = SizesOf(height, width);
        var parts = TimedRuns.Parts(batch, sizes.MostImages);
        using var timed = _executor.Timed(parts.Distinct().Select(images => new ImageSize(images, height, width)));
        return TimedRuns.Time(this, timed, sizes, parts, input, height, width, runs);
    }

    /// <summary>The same from and to the device's memory, in the order of a stream: it is not there yet when this returns.</summary>
    /// <exception cref="ArgumentException">The network does not take the size or as many addresses, or memory is shared.</exception>
    public void RunOnDevice(ReadOnlySpan<ulong> inputs, ReadOnlySpan<ulong> outputs, int batch, int height, int width, nint stream = 0)
    {
        CheckCount(inputs.Length, _program.Inputs, nameof(inputs), "takes", "inputs");
        CheckCount(outputs.Length, _program.Results.Length, nameof(outputs), "gives", "results");
        var sizes = SizesOf(height, width);
        Span<ulong> from = stackalloc ulong[inputs.Length], to = stackalloc ulong[outputs.Length];
        for (var part = ImagePart.Of(batch, sizes.MostImages); part.Count > 0; part = part.Next(sizes.MostImages))
        {
            for (var i = 0; i < from.Length; i++)
                from[i] = inputs[i] + Bytes(sizes, i, part.First);
            for (var i = 0; i < to.Length; i++)
                to[i] = outputs[i] + Bytes(sizes, _program.Inputs + i, part.First);
            _executor.RunOnDevice(from, to, new(part.Count, height, width), stream);
        }
    }

    /// <summary>The same where inputs lie one behind another, each of all images, and so do results.</summary>
    /// <exception cref="ArgumentException">The network does not take the size, or memory is shared.</exception>
    public void RunOnDevice(ulong input, ulong output, int batch, int height, int width, nint stream = 0)
    {
        var sizes = SizesOf(height, width);
        Span<ulong> callers = stackalloc ulong[_program.Callers];
        for (var buffer = 0; buffer < callers.Length; buffer++)
            callers[buffer] = buffer == 0 ? input : buffer == _program.Inputs ? output : callers[buffer - 1] + Bytes(sizes, buffer - 1, batch);
        RunOnDevice(callers[.._program.Inputs], callers[_program.Inputs..], batch, height, width, stream);
    }

    /// <summary>The results' shapes: N x C x H x W, N x F, or what a value at the network's end has.</summary>
    /// <exception cref="ArgumentException">The network does not take the size.</exception>
    public long[][] ShapesOf(int batch, int height, int width)
    {
        var sizes = SizesOf(height, width);
        return [.. _program.Results.Select(result => sizes.ShapeOf(result, batch))];
    }

    public void Save(string path) => _weights.Save(path, Plans.Network, Plans.Cpu!);

    public void Trim() => _executor.Trim();

    public void Dispose() => _executor.Dispose();

    /// <summary>The bytes of some images of a caller's buffer.</summary>
    private static ulong Bytes(GpuSizes sizes, int buffer, int images) => (ulong)(sizes.FloatsOf(buffer) * images * sizeof(float));

    private void CheckCount(int found, int expected, string name, string does, string what)
    {
        if (found != expected)
            throw new ArgumentException(Invariant($"{Plans.Network} {does} {expected} {what}, and was given {found} addresses for them."), name);
    }

    /// <summary>Mostly those of the call before: a launch of all kernels takes microseconds. Of threads that come with several sizes each gets its own.</summary>
    private GpuSizes SizesOf(int height, int width)
    {
        var last = _last;
        if (last is null || (last.Height, last.Width) != (height, width))
            _last = last = new(height, width, new GpuSizes(Plans.Network, _program, height, width));
        return last.Sizes;
    }

    private sealed record SizesAt(int Height, int Width, GpuSizes Sizes);
}
