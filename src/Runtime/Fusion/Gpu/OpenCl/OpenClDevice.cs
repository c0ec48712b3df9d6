using static System.FormattableString;

namespace Blockwright.Gpu.OpenCl;

/// <summary>A device of OpenCL's, and a context on it.</summary>
internal sealed class OpenClDevice : IDisposable
{
    private const ulong Cpus = 1 << 1;
    private const ulong Gpus = 1 << 2;
    private const ulong Accelerators = 1 << 3;

    private const uint TypeOf = 0x1000;
    private const uint NameOf = 0x102B;
    private const uint MostBytesOf = 0x1010;

    /// <summary>A device by its number: GPUs first, then accelerators, then CPUs, and within a kind in the order of the platforms.</summary>
    /// <exception cref="OpenClException">There is none of that number.</exception>
    public OpenClDevice(int index = 0)
    {
        var platforms = OpenClLibrary.Platforms();
        if (platforms.Length == 0)
            throw new OpenClException($"OpenCL knows no platform: {Vendors} names no driver that loads. A GPU's driver brings its own; pocl-opencl-icd is one for the CPU.");
        var devices = new[] { Gpus, Accelerators, Cpus }.SelectMany(kind => platforms.SelectMany(platform => OpenClLibrary.Devices(platform, kind))).ToList();
        if (devices.Count == 0)
            throw new OpenClException(Invariant($"OpenCL's {platforms.Length} platforms have no device: looked for GPUs, accelerators and CPUs."));
        if (index >= devices.Count)
            throw new OpenClException(Invariant($"There is no OpenCL device {index}. There are {string.Join(", ", devices.Select((device, i) => Invariant($"{i}: {OpenClLibrary.DeviceText(device, NameOf)}")))}."));
        Device = devices[index];
        Name = OpenClLibrary.DeviceText(Device, NameOf);
        IsCpu = (OpenClLibrary.DeviceNumber(Device, TypeOf) & Cpus) != 0;
        MostBytes = (long)Math.Min(long.MaxValue, OpenClLibrary.DeviceNumber(Device, MostBytesOf));
        Context = OpenClLibrary.CreateContext(Device);
    }

    // Of all CPUs and contexts: kernels of one text are one kernel to PoCL, whosever they are.
    private static readonly Lock OnCpu = new();

    public string Name { get; }

    /// <summary>Whether it is a CPU, whose compiler is better left its loops.</summary>
    public bool IsCpu { get; }

    /// <summary>The most that one buffer may have.</summary>
    public long MostBytes { get; }

    public nint Device { get; }

    public nint Context { get; }

    /// <summary>The time in which a thread may run kernels.</summary>
    public readonly ref struct Turn(bool isTaken)
    {
        public void Dispose()
        {
            if (isTaken)
                OnCpu.Exit();
        }
    }

    private static string Vendors => Environment.GetEnvironmentVariable("OCL_ICD_VENDORS") is { Length: > 0 } set ? $"OCL_ICD_VENDORS={set}" : OperatingSystem.IsWindows() ? "the registry" : "/etc/OpenCL/vendors";

    /// <summary>
    /// Waits for a turn to run kernels. A GPU takes calls of several threads at once. A CPU, which has all its cores in each call, takes one of the process at a time: PoCL counts who uses a kernel by its text alone, and ends the
    /// process by an assertion (pocl_release_dlhandle_cache) when one thread runs it at another size than another thread.
    /// </summary>
    public Turn TakeTurn()
    {
        if (IsCpu)
            OnCpu.Enter();
        return new(IsCpu);
    }

    public void Dispose() => OpenClLibrary.ReleaseContext(Context);
}
