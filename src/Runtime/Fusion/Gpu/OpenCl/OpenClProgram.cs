using Blockwright.Plans;

namespace Blockwright.Gpu.OpenCl;

/// <summary>
/// A program on a device: its weights there, and its kernels compiled, those of a schedule together when it first needs them: what a compiler does for each text, reading its own headers and library, takes longer than
/// most kernels. Any number of threads may use it.
/// </summary>
internal sealed class OpenClProgram : IDisposable
{
    private readonly Lock _lock = new();
    private readonly nint[] _compiled;
    private readonly List<nint> _programs = [];

    public OpenClProgram(string network, GpuProgram program, FoldedWeights weights, int device = 0)
    {
        (Network, Program, Device) = (network, program, new OpenClDevice(device));
        _compiled = new nint[program.Kernels.Length];
        var packed = WeightPacking.Pack(program, weights);
        try
        {
            Weights = OpenClLibrary.CreateBuffer(Device.Context, packed.Length * (long)sizeof(float));
            var queue = OpenClLibrary.CreateQueue(Device.Context, Device.Device);
            OpenClLibrary.Write(queue, Weights, 0, packed);
            OpenClLibrary.ReleaseQueue(queue);
        }
        catch (OpenClException)
        {
            Dispose();
            throw;
        }
    }

    public string Network { get; }

    public GpuProgram Program { get; }

    public OpenClDevice Device { get; }

    /// <summary>The buffer of all weights.</summary>
    public nint Weights { get; }

    /// <summary>Compiles what a schedule launches, as far as no other has had it compiled.</summary>
    /// <exception cref="OpenClException">The compiler refuses it: the message has its log.</exception>
    public void Prepare(GpuSchedule schedule) => Prepare([.. schedule.Launches.Select(static launch => launch.Kernel).Distinct()]);

    /// <summary>A kernel that its caller alone gives arguments, and releases.</summary>
    public nint Kernel(int number)
    {
        Prepare([number]);
        return OpenClLibrary.CreateKernel(_compiled[number], Program.Kernels[number].Name);
    }

    public void Dispose()
    {
        _programs.ForEach(OpenClLibrary.ReleaseProgram);
        if (Weights != 0)
            OpenClLibrary.ReleaseBuffer(Weights);
        Device.Dispose();
    }

    private void Prepare(int[] kernels)
    {
        lock (_lock)
        {
            var missing = Array.FindAll(kernels, kernel => _compiled[kernel] == 0);
            if (missing.Length == 0)
                return;
            var source = Dialect.Source(Dialect.OpenCl, missing.Select(kernel => Program.Kernels[kernel]));
            var program = OpenClLibrary.BuildProgram(Device.Context, Device.Device, source, Device.IsCpu ? $"-cl-std=CL1.2 -D {Dialect.KeepsLoops}" : "-cl-std=CL1.2");
            _programs.Add(program);
            foreach (var kernel in missing)
                _compiled[kernel] = program;
        }
    }
}
