using static System.FormattableString;

namespace Blockwright.Gpu.Cuda;

/// <summary>
/// Runs a network on a device: its kernels, its weights, and a graph for each size that it was called with. It may be called from several threads at once, one after the other, as the device's stream has it.
/// </summary>
internal sealed class CudaExecutor : IDisposable
{
    private readonly CudaDevice _device;
    private readonly CudaProgram _program;
    private readonly long _keptBytes;
    private readonly CallGate _gate;
    private readonly Lock _lock = new();
    private readonly KernelModules? _modules;
    private readonly DeviceMemory? _weights;

    // Those used longest ago first.
    private readonly List<(ImageSize Size, bool IsOfHost, SizedForward Forward)> _forwards = [];

    /// <summary>Loads the kernels and brings the weights to the device.</summary>
    /// <param name="device">The device; disposed with this, also where this fails.</param>
    /// <param name="program">The program.</param>
    /// <param name="code">Where compiled kernels come from.</param>
    /// <param name="keptBytes">The device's memory that is kept for sizes that were used before; that of the last one is kept in any case.</param>
    /// <exception cref="CudaException">There is no code, or the device refuses something.</exception>
    public CudaExecutor(CudaDevice device, CudaProgram program, KernelCode code, long keptBytes)
    {
        (_device, _program, _keptBytes) = (device, program, keptBytes);
        _gate = new CallGate(program.Network, Free);
        try
        {
            using var use = device.Enter();
            _modules = new KernelModules(device, program, code);
            _weights = new DeviceMemory(device.Driver, program.Weights.Length * (long)sizeof(float), $"weights of {program.Network}");
            if (_weights.Bytes > 0)
                device.Driver.Upload(_weights.Address, program.Weights.Span, $"weights of {program.Network}");
            // They are there now.
            _program = program with { Weights = default };
            // A caller's stream need not wait for the default one, on which they come.
            device.Driver.Synchronize(0);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Frees what nobody disposed.</summary>
    ~CudaExecutor() => _gate?.Close();

    /// <summary>The device's memory that sizes hold between calls.</summary>
    public long IdleBytes
    {
        get
        {
            lock (_lock)
                return _forwards.Sum(static each => each.Forward.DeviceBytes);
        }
    }

    /// <summary>Computes the result of images in host memory; it is there when this returns.</summary>
    /// <param name="input">N x C x H x W values, an input behind another.</param>
    /// <param name="output">Where the values go, a result behind another; it may be longer.</param>
    /// <param name="size">N, H and W.</param>
    /// <exception cref="ArgumentException">A span is of the wrong length.</exception>
    /// <exception cref="CudaException">The device refuses something.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output, ImageSize size) => Run(input, output, size, ImagePart.Whole(size.Batch));

    /// <summary>The same of some of a call's images: <paramref name="size"/> is theirs, and the spans hold all images'.</summary>
    public void Run(ReadOnlySpan<float> input, Span<float> output, ImageSize size, ImagePart part)
    {
        using var call = _gate.Enter();
        if (size.Batch == 0)
            return;
        lock (_lock)
        {
            using var use = _device.Enter();
            var forward = Of(size, isOfHost: true);
            var (given, wanted) = (forward.InputFloats / part.Count * part.All, forward.OutputFloats / part.Count * part.All);
            if (input.Length != given)
                throw new ArgumentException(Invariant($"{_program.Network} takes {given} values; the input has {input.Length}."), nameof(input));
            RunLengths.CheckOutput(_program.Network, output.Length, wanted);
            forward.RunOnHost(input, output, part);
        }
    }

    /// <summary>Computes the result of images on the device, in the order of a stream: it is not there yet when this returns.</summary>
    /// <param name="inputs">For each input the address of N x C x H x W values in the device's primary context, as torch's tensors have it.</param>
    /// <param name="outputs">For each result where the values go; it shares memory with no other and with no input.</param>
    /// <param name="size">N, H and W.</param>
    /// <param name="stream">The stream; 0: CUDA's default stream, which is torch's.</param>
    /// <exception cref="ArgumentException">An address is none of a float, or memory is shared.</exception>
    /// <exception cref="CudaException">The device refuses something, or a kernel before failed.</exception>
    public void RunOnDevice(ReadOnlySpan<ulong> inputs, ReadOnlySpan<ulong> outputs, ImageSize size, nint stream = 0)
    {
        using var call = _gate.Enter();
        if (size.Batch == 0)
            return;
        lock (_lock)
        {
            using var use = _device.Enter();
            var forward = Of(size, isOfHost: false);
            CheckAddresses(inputs, outputs, forward.Schedule);
            forward.Run(inputs, outputs, stream);
        }
    }

    /// <summary>Forwards of their own, from and to host memory, whose steps are timed.</summary>
    /// <param name="sizes">The sizes that will be asked for, each with another number of images.</param>
    /// <exception cref="CudaException">The device refuses something.</exception>
    public ITimedCalls Timed(IEnumerable<ImageSize> sizes)
    {
        var timed = new TimedForwards(this);
        try
        {
            foreach (var size in sizes)
                timed.Add(size);
            return timed;
        }
        catch
        {
            timed.Dispose();
            throw;
        }
    }

    /// <summary>Frees the memory that is kept between calls, when what runs in it has ended.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public void Trim()
    {
        using var call = _gate.Enter();
        lock (_lock)
        {
            using var use = _device.EnterToFree();
            FreeForwards();
        }
    }

    /// <summary>Calls that run come to their end; later ones throw.</summary>
    public void Dispose()
    {
        _gate.Close();
        GC.SuppressFinalize(this);
    }

    private void CheckAddresses(ReadOnlySpan<ulong> inputs, ReadOnlySpan<ulong> outputs, LaunchSchedule schedule)
    {
        CheckAddresses(inputs, "input");
        CheckAddresses(outputs, "output");
        for (var i = 0; i < outputs.Length; i++)
        {
            for (var j = 0; j < inputs.Length; j++)
                if (Share(inputs[j], schedule.Inputs[j], outputs[i], schedule.Outputs[i]))
                    throw new ArgumentException($"{_program.Network}: the input and the output share memory, and the first kernels would write what later ones read.", "output");
            for (var j = 0; j < i; j++)
                if (Share(outputs[j], schedule.Outputs[j], outputs[i], schedule.Outputs[i]))
                    throw new ArgumentException($"{_program.Network}: two outputs share memory, and one would overwrite the other.", "output");
        }

        static bool Share(ulong first, long bytes, ulong second, long others) => first < second + (ulong)others && second < first + (ulong)bytes;
    }

    private void CheckAddresses(ReadOnlySpan<ulong> addresses, string name)
    {
        foreach (var address in addresses)
            if (address == 0 || address % sizeof(float) != 0)
                throw new ArgumentException(Invariant($"{_program.Network}: 0x{address:x} is no address of floats."), name);
    }

    /// <summary>The forward of a size, made where there is none; it is the one used last then.</summary>
    private SizedForward Of(ImageSize size, bool isOfHost)
    {
        var at = _forwards.FindIndex(each => each.Size == size && each.IsOfHost == isOfHost);
        var forward = at >= 0 ? _forwards[at].Forward : Make(size, isOfHost);
        if (at >= 0)
            _forwards.RemoveAt(at);
        _forwards.Add((size, isOfHost, forward));
        // The last one stays, however large.
        while (_forwards.Count > 1 && _forwards.Sum(static each => each.Forward.DeviceBytes) > _keptBytes)
            FreeOldest();
        return forward;
    }

    private SizedForward Make(ImageSize size, bool isOfHost, bool isTimed = false)
    {
        var schedule = _program.Schedule(size);
        foreach (var launch in schedule.Launches)
        {
            _device.Limits.Check(launch, _device.Name);
            LaunchLimits.CheckMemory(launch, schedule, _weights!.Bytes);
        }
        foreach (var launch in schedule.Launches)
            _modules!.AllowSharedBytes(launch.Kernel, launch.SharedBytes);
        try
        {
            return new(_device, _modules!, _program, schedule, _weights!.Address, isOfHost, isTimed);
        }
        catch (CudaException fault) when (fault.Code == DriverResult.OutOfMemory && _forwards.Count > 0)
        {
            FreeForwards();
            return new(_device, _modules!, _program, schedule, _weights!.Address, isOfHost, isTimed);
        }
    }

    private void FreeForwards()
    {
        while (_forwards.Count > 0)
            FreeOldest();
    }

    private void FreeOldest()
    {
        var oldest = _forwards[0].Forward;
        _forwards.RemoveAt(0);
        oldest.Dispose();
    }

    private void Free()
    {
        using (_device.EnterToFree())
        {
            FreeForwards();
            _weights?.Dispose();
            _modules?.Dispose();
        }
        _device.Dispose();
    }

    /// <summary>What was made for a profile. The executor's calls come to their end before its memory is freed: until this is disposed it is one.</summary>
    private sealed class TimedForwards(CudaExecutor executor) : ITimedCalls
    {
        private readonly Dictionary<int, SizedForward> _forwards = [];
        private readonly CallGate.Call _call = executor._gate.Enter();

        public void Add(ImageSize size)
        {
            lock (executor._lock)
            {
                using var use = executor._device.Enter();
                _forwards.Add(size.Batch, executor.Make(size, isOfHost: true, isTimed: true));
            }
        }

        public double[] Run(ImagePart part, ReadOnlySpan<float> input, Span<float> output)
        {
            lock (executor._lock)
            {
                using var use = executor._device.Enter();
                _forwards[part.Count].RunOnHost(input, output, part);
                return _forwards[part.Count].Moments();
            }
        }

        public void Dispose()
        {
            lock (executor._lock)
            {
                using var use = executor._device.EnterToFree();
                foreach (var forward in _forwards.Values)
                    forward.Dispose();
                _forwards.Clear();
            }
            _call.Dispose();
        }
    }
}
