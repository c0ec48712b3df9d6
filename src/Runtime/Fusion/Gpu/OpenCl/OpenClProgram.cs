using Blockwright.Plans;

namespace Blockwright.Gpu.OpenCl;

/// <summary>A program on a device: its weights there, and its kernels compiled, each when it is first launched. Any number of threads may use it.</summary>
internal sealed class OpenClProgram : IDisposable
{
    private readonly Lock _lock = new();
    private readonly nint[] _compiled;

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

    /// <summary>A kernel that its caller alone gives arguments, and releases.</summary>
    public nint Kernel(int number)
    {
        lock (_lock)
        {
            if (_compiled[number] == 0)
                _compiled[number] = Compile(Program.Kernels[number]);
            return OpenClLibrary.CreateKernel(_compiled[number], Program.Kernels[number].Name);
        }
    }

    public void Dispose()
    {
        foreach (var program in _compiled.Where(static program => program != 0))
            OpenClLibrary.ReleaseProgram(program);
        if (Weights != 0)
            OpenClLibrary.ReleaseBuffer(Weights);
        Device.Dispose();
    }

    private nint Compile(GpuKernel kernel) =>
        OpenClLibrary.BuildProgram(Device.Context, Device.Device, Dialect.Source(Dialect.OpenCl, [kernel]), Device.IsCpu ? $"-cl-std=CL1.2 -D {Dialect.KeepsLoops}" : "-cl-std=CL1.2");
}
