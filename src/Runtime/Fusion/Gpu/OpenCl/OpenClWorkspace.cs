using Blockwright.Plans;

namespace Blockwright.Gpu.OpenCl;

/// <summary>A piece of memory of a device.</summary>
/// <param name="Buffer">What kernels are given.</param>
/// <param name="Release">Frees it.</param>
internal readonly record struct OpenClMemory(nint Buffer, Action Release);

/// <summary>Memory for some images of one size, and the launches bound to it. One call at a time.</summary>
internal sealed class OpenClWorkspace : ISizedCall
{
    private readonly OpenClProgram _program;
    private readonly GpuSizes _sizes;
    private readonly List<OpenClMemory> _memory = [];
    private readonly List<(nint Kernel, long Groups, int Threads, string What)> _launches = [];
    private readonly nint _queue;
    // The inputs, then where the results go.
    private readonly nint[] _callers;

    /// <summary>Allocates memory and binds the launches.</summary>
    /// <param name="program">The program.</param>
    /// <param name="sizes">The sizes of one image.</param>
    /// <param name="batch">Images.</param>
    /// <param name="height">Their height.</param>
    /// <param name="width">Their width.</param>
    /// <param name="allocate">Allocates floats, for tests that put guards round them.</param>
    /// <param name="isTimed">Whether <see cref="Time"/> will be asked.</param>
    public OpenClWorkspace(OpenClProgram program, GpuSizes sizes, int batch, int height, int width, Func<long, OpenClMemory>? allocate = null, bool isTimed = false)
    {
        (_program, _sizes, Batch, Height, Width) = (program, sizes, batch, height, width);
        _callers = new nint[program.Program.Callers];
        allocate ??= Allocate;
        try
        {
            program.Prepare(program.Program.ScheduleOf(batch));
            _queue = OpenClLibrary.CreateQueue(program.Device.Context, program.Device.Device, isTimed);
            for (var buffer = 0; buffer < _callers.Length; buffer++)
                _callers[buffer] = Take(allocate, sizes.FloatsOf(buffer) * batch);
            var slots = Enumerable.Range(0, program.Program.Slots).Select(slot => Take(allocate, sizes.FloatsOfSlot(slot) * batch)).ToArray();
            foreach (var launch in program.Program.ScheduleOf(batch).Launches)
                Bind(launch, slots);
        }
        catch (OpenClException)
        {
            Dispose();
            throw;
        }
    }

    public long Bytes { get; private set; }

    private int Batch { get; }

    private int Height { get; }

    private int Width { get; }

    private int Inputs => _program.Program.Inputs;

    public bool Fits(object program, int batch, int height, int width) => (Batch, Height, Width) == (batch, height, width);

    /// <summary>Computes the results of some of a call's images, as many as this has memory for.</summary>
    /// <param name="input">The values of all images, an input behind another.</param>
    /// <param name="output">Where the values go, a result behind another, each of all images.</param>
    /// <param name="part">Which of them.</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output, ImagePart part) => Run(input, output, part, []);

    /// <summary>A run whose steps are timed: the copies of the inputs together, each launch, the copies of the results together.</summary>
    /// <returns>When the first began and when each ended, in nanoseconds of the device's clock.</returns>
    public ulong[] Time(ReadOnlySpan<float> input, Span<float> output, ImagePart part)
    {
        var events = new nint[_launches.Count + _callers.Length];
        try
        {
            Run(input, output, part, events);
            // Copies of one side are done one after the other: the last one's end is the step's.
            var steps = events[(Inputs - 1)..(Inputs + _launches.Count)].Append(events[^1]);
            return [OpenClLibrary.Moments(events[0]).Begin, .. steps.Select(static moment => OpenClLibrary.Moments(moment).End)];
        }
        finally
        {
            foreach (var moment in events.Where(static moment => moment != 0))
                OpenClLibrary.ReleaseEvent(moment);
        }
    }

    public void Dispose()
    {
        foreach (var (kernel, _, _, _) in _launches)
            OpenClLibrary.ReleaseKernel(kernel);
        foreach (var memory in _memory)
            memory.Release();
        if (_queue != 0)
            OpenClLibrary.ReleaseQueue(_queue);
    }

    /// <summary>With a place for each copy's and each launch's event, which the caller releases; without any for none.</summary>
    private void Run(ReadOnlySpan<float> input, Span<float> output, ImagePart part, Span<nint> events)
    {
        using var turn = _program.Device.TakeTurn();
        var (noted, from, to) = (0, 0L, 0L);
        for (var i = 0; i < Inputs; i++)
            OpenClLibrary.Write(_queue, _callers[i], 0, input[part.Of(ref from, _sizes.FloatsOf(i))], Moment(events));
        foreach (var (kernel, groups, threads, what) in _launches)
            OpenClLibrary.Launch(_queue, kernel, groups, threads, what, Moment(events));
        for (var i = Inputs; i < _callers.Length; i++)
            OpenClLibrary.Read(_queue, _callers[i], 0, output[part.Of(ref to, _sizes.FloatsOf(i))], Moment(events));

        Span<nint> Moment(Span<nint> events) => events.IsEmpty ? [] : events.Slice(noted++, 1);
    }

    private void Bind(GpuLaunch launch, nint[] slots)
    {
        var kernel = _program.Kernel(launch.Kernel);
        _launches.Add((kernel, _sizes.GroupsOf(launch, Batch), _program.Program.Kernels[launch.Kernel].Threads, launch.What));
        for (var i = 0; i < launch.Arguments.Length; i++)
        {
            var argument = launch.Arguments[i];
            if (argument.Kind == GpuArgumentKind.Weights)
                OpenClLibrary.SetArgument(kernel, i, _program.Weights);
            else if (argument.Kind == GpuArgumentKind.Buffer)
                OpenClLibrary.SetArgument(kernel, i, BufferOf(argument.Value, slots));
            else
                OpenClLibrary.SetArgument(kernel, i, _sizes.ValueOf(argument, Batch));
        }
    }

    private nint BufferOf(int buffer, nint[] slots) => buffer < _callers.Length ? _callers[buffer] : slots[_program.Program.Buffers[buffer].Slot];

    private nint Take(Func<long, OpenClMemory> allocate, long floats)
    {
        var memory = allocate(floats);
        _memory.Add(memory);
        Bytes += floats * sizeof(float);
        return memory.Buffer;
    }

    private OpenClMemory Allocate(long floats)
    {
        var buffer = OpenClLibrary.CreateBuffer(_program.Device.Context, floats * sizeof(float));
        return new(buffer, () => OpenClLibrary.ReleaseBuffer(buffer));
    }
}
