using System.Collections.Immutable;

namespace Blockwright.Gpu.Cuda;

/// <summary>The forward of one size: its memory and its graph. The device's context is the current one wherever this is used; one caller at a time.</summary>
internal sealed class SizedForward : IDisposable
{
    // CUDA's legacy default stream, which torch uses, and which lives as long as the context.
    private const nint DefaultStream = 0;

    private readonly Driver _driver;
    private readonly List<IDisposable> _owned = [];
    private readonly List<nint> _moments = [];
    private readonly CudaGraph _graph;
    // Of a forward from and to host memory: the inputs one behind another, and so the results.
    private readonly PinnedMemory? _hostInputs;
    private readonly PinnedMemory? _hostOutputs;
    private nint _event;
    private nint? _lastStream;

    /// <param name="device">The device.</param>
    /// <param name="modules">The kernels.</param>
    /// <param name="program">The program.</param>
    /// <param name="schedule">What is launched, within the device's limits.</param>
    /// <param name="weights">Where the weights lie.</param>
    /// <param name="isOfHost">Whether the images come from host memory, and the results go there.</param>
    /// <param name="isTimed">Whether its steps are timed, of a forward from and to host memory.</param>
    /// <exception cref="CudaException">There is no memory, or the device refuses something.</exception>
    public SizedForward(CudaDevice device, KernelModules modules, CudaProgram program, LaunchSchedule schedule, ulong weights, bool isOfHost, bool isTimed = false)
    {
        _driver = device.Driver;
        (Schedule, InputFloats, OutputFloats) = (schedule, schedule.InputBytes / sizeof(float), schedule.OutputBytes / sizeof(float));
        try
        {
            var work = Own(new DeviceMemory(_driver, schedule.WorkBytes, $"activations of {program.Network}"));
            var inputs = OnDevice(schedule.Inputs, isOfHost, $"an input of {program.Network}");
            var outputs = OnDevice(schedule.Outputs, isOfHost, $"an output of {program.Network}");
            DeviceBytes = work.Bytes + (isOfHost ? schedule.InputBytes + schedule.OutputBytes : 0);
            var addresses = new MemoryAddresses(inputs, outputs, weights, work.Address);
            if (isOfHost)
            {
                _hostInputs = Own(new PinnedMemory(_driver, schedule.InputBytes, $"the inputs of {program.Network}"));
                _hostOutputs = Own(new PinnedMemory(_driver, schedule.OutputBytes, $"the outputs of {program.Network}"));
            }
            for (var i = 0; isTimed && i < schedule.Launches.Count + 3; i++)
                _moments.Add(_driver.CreateEvent(isTimed: true));
            _graph = Own(new CudaGraph(device, modules, program.Network, schedule, addresses, isOfHost ? new(_hostInputs!.Address, _hostOutputs!.Address) : null, isTimed ? _moments : null));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public LaunchSchedule Schedule { get; }

    /// <summary>The values of all inputs.</summary>
    public long InputFloats { get; }

    /// <summary>The values of all results.</summary>
    public long OutputFloats { get; }

    /// <summary>What it holds of the device.</summary>
    public long DeviceBytes { get; }

    /// <summary>From and to the host memory, some of a call's images; the results are there when this returns.</summary>
    public void RunOnHost(ReadOnlySpan<float> input, Span<float> output, ImagePart part)
    {
        Span<float> inputs = _hostInputs!.First((int)InputFloats), outputs = _hostOutputs!.First((int)OutputFloats);
        var (own, whole) = (0L, 0L);
        foreach (var bytes in Schedule.Inputs)
            input[part.Of(ref whole, FloatsOfImage(bytes, part))].CopyTo(inputs[ImagePart.Whole(part.Count).Of(ref own, FloatsOfImage(bytes, part))]);
        Launch(DefaultStream);
        _driver.Synchronize(DefaultStream);
        (own, whole) = (0, 0);
        foreach (var bytes in Schedule.Outputs)
            outputs[ImagePart.Whole(part.Count).Of(ref own, FloatsOfImage(bytes, part))].CopyTo(output[part.Of(ref whole, FloatsOfImage(bytes, part))]);

        static long FloatsOfImage(long bytes, ImagePart part) => bytes / sizeof(float) / part.Count;
    }

    /// <summary>When the steps of the last run from and to the host memory ended, counted from its beginning, in seconds of the device's clock.</summary>
    public double[] Moments() => _moments.ConvertAll(moment => _driver.SecondsBetween(_moments[0], moment)).ToArray();

    /// <summary>From and to the device's memory, in the order of a stream; it has not run when this returns.</summary>
    public void Run(ReadOnlySpan<ulong> inputs, ReadOnlySpan<ulong> outputs, nint stream)
    {
        _graph.Point(inputs, outputs);
        Launch(stream);
    }

    /// <summary>Waits for what runs, and frees.</summary>
    public void Dispose()
    {
        if (_lastStream == DefaultStream)
            _driver.WaitForStream(DefaultStream);
        else if (_lastStream is not null)
            _driver.WaitForEvent(_event);
        _lastStream = null;
        for (var i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
        _owned.Clear();
        if (_event != 0)
            _driver.DestroyEvent(_event);
        _event = 0;
        _moments.ForEach(_driver.DestroyEvent);
        _moments.Clear();
    }

    /// <summary>
    /// Launches behind what ran here before, as the memory is the same: on one stream it is so anyhow; another waits. Of a stream of the caller's the end is noted at once, since the caller may destroy it;
    /// of the default stream when it is needed, so that nothing is added to the usual call.
    /// </summary>
    private void Launch(nint stream)
    {
        if (_event == 0 && (stream != DefaultStream || _lastStream is { } last && last != stream))
            _event = _driver.CreateEvent();
        if (_lastStream is { } before && before != stream)
        {
            if (before == DefaultStream)
                _driver.Record(_event, DefaultStream);
            _driver.LetWait(stream, _event);
        }
        _graph.Launch(stream);
        if (stream != DefaultStream)
            _driver.Record(_event, stream);
        _lastStream = stream;
    }

    /// <summary>The addresses of memory for each input or output: none where it is the caller's.</summary>
    private ulong[] OnDevice(ImmutableArray<long> bytes, bool isOfHost, string what) => [.. bytes.Select(each => Own(new DeviceMemory(_driver, isOfHost ? each : 0, what)).Address)];

    private TPart Own<TPart>(TPart part)
        where TPart : IDisposable
    {
        _owned.Add(part);
        return part;
    }
}
