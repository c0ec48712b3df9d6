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

    /// <summary>The first GPU, else the first device of another kind.</summary>
    /// <exception cref="OpenClException">There is none.</exception>
    public OpenClDevice()
    {
        var platforms = OpenClLibrary.Platforms();
        if (platforms.Length == 0)
            throw new OpenClException($"OpenCL knows no platform: {Vendors} names no driver that loads. A GPU's driver brings its own; pocl-opencl-icd is one for the CPU.");
        Device = Found(platforms) ?? throw new OpenClException($"OpenCL's {platforms.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)} platforms have no device: looked for GPUs, accelerators and CPUs.");
        Name = OpenClLibrary.DeviceText(Device, NameOf);
        IsCpu = (OpenClLibrary.DeviceNumber(Device, TypeOf) & Cpus) != 0;
        MostBytes = (long)Math.Min(long.MaxValue, OpenClLibrary.DeviceNumber(Device, MostBytesOf));
        Context = OpenClLibrary.CreateContext(Device);
    }

    public string Name { get; }

    /// <summary>Whether it is a CPU, whose compiler is better left its loops.</summary>
    public bool IsCpu { get; }

    /// <summary>The most that one buffer may have.</summary>
    public long MostBytes { get; }

    public nint Device { get; }

    public nint Context { get; }

    private static string Vendors => Environment.GetEnvironmentVariable("OCL_ICD_VENDORS") is { Length: > 0 } set ? $"OCL_ICD_VENDORS={set}" : OperatingSystem.IsWindows() ? "the registry" : "/etc/OpenCL/vendors";

    public void Dispose() => OpenClLibrary.ReleaseContext(Context);

    private static nint? Found(nint[] platforms)
    {
        foreach (var kind in new[] { Gpus, Accelerators, Cpus })
        {
            foreach (var platform in platforms)
            {
                if (OpenClLibrary.Devices(platform, kind) is [var device, ..])
                    return device;
            }
        }
        return null;
    }
}
