using System.Runtime.InteropServices;
using static System.FormattableString;

namespace Blockwright.Gpu.OpenCl;

/// <summary>The few functions of OpenCL 1.2 that are used, found at run time: a program that never asks for OpenCL needs none. What a call returns is checked here.</summary>
internal static unsafe class OpenClLibrary
{
    private const int Success = 0;
    private const int DeviceNotFound = -1;
    private const int PlatformNotFound = -1001;
    private const uint BuildLog = 0x1183;

    private static readonly Lazy<nint> Handle = new(Load);

    private static string[] Names =>
        OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
        : ["libOpenCL.so.1", "libOpenCL.so"];

    /// <summary>The platforms, of which there may be none.</summary>
    public static nint[] Platforms()
    {
        var get = (delegate* unmanaged<uint, nint*, uint*, int>)Function("clGetPlatformIDs");
        uint count = 0;
        var result = get(0, null, &count);
        if (result == PlatformNotFound || (result == Success && count == 0))
            return [];
        Check(result, "clGetPlatformIDs");
        var platforms = new nint[count];
        fixed (nint* first = platforms)
            Check(get(count, first, null), "clGetPlatformIDs");
        return platforms;
    }

    /// <summary>A platform's devices of some kinds, of which there may be none.</summary>
    public static nint[] Devices(nint platform, ulong kinds)
    {
        var get = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)Function("clGetDeviceIDs");
        uint count = 0;
        var result = get(platform, kinds, 0, null, &count);
        if (result == DeviceNotFound || (result == Success && count == 0))
            return [];
        Check(result, "clGetDeviceIDs");
        var devices = new nint[count];
        fixed (nint* first = devices)
            Check(get(platform, kinds, count, first, null), "clGetDeviceIDs");
        return devices;
    }

    /// <summary>What a device says of itself: a text.</summary>
    public static string DeviceText(nint device, uint what)
    {
        var get = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Function("clGetDeviceInfo");
        nuint length = 0;
        Check(get(device, what, 0, null, &length), "clGetDeviceInfo");
        var text = new byte[(int)length];
        fixed (byte* first = text)
            Check(get(device, what, length, first, null), "clGetDeviceInfo");
        return Text(text);
    }

    /// <summary>What a device says of itself: a number of 64 bits.</summary>
    public static ulong DeviceNumber(nint device, uint what)
    {
        var get = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Function("clGetDeviceInfo");
        ulong value = 0;
        Check(get(device, what, sizeof(ulong), &value, null), "clGetDeviceInfo");
        return value;
    }

    public static nint CreateContext(nint device)
    {
        var create = (delegate* unmanaged<nint*, uint, nint*, void*, void*, int*, nint>)Function("clCreateContext");
        int result;
        var context = create(null, 1, &device, null, null, &result);
        Check(result, "clCreateContext");
        return context;
    }

    /// <summary>A queue whose commands run one after the other.</summary>
    /// <param name="context">The device's context.</param>
    /// <param name="device">The device.</param>
    /// <param name="isTimed">Whether events say when commands began and ended.</param>
    public static nint CreateQueue(nint context, nint device, bool isTimed = false)
    {
        const ulong Profiling = 2;
        var create = (delegate* unmanaged<nint, nint, ulong, int*, nint>)Function("clCreateCommandQueue");
        int result;
        var queue = create(context, device, isTimed ? Profiling : 0, &result);
        Check(result, "clCreateCommandQueue");
        return queue;
    }

    public static nint CreateBuffer(nint context, long bytes)
    {
        const ulong ReadWrite = 1;
        var create = (delegate* unmanaged<nint, ulong, nuint, void*, int*, nint>)Function("clCreateBuffer");
        int result;
        var buffer = create(context, ReadWrite, (nuint)bytes, null, &result);
        Check(result, Invariant($"clCreateBuffer of {bytes} bytes"));
        return buffer;
    }

    /// <summary>A part of a buffer.</summary>
    public static nint CreateSubBuffer(nint buffer, long at, long bytes)
    {
        const uint Region = 0x1220;
        var create = (delegate* unmanaged<nint, ulong, uint, void*, int*, nint>)Function("clCreateSubBuffer");
        var region = stackalloc nuint[] { (nuint)at, (nuint)bytes };
        int result;
        var part = create(buffer, 0, Region, region, &result);
        Check(result, "clCreateSubBuffer");
        return part;
    }

    /// <summary>Compiles a text for a device.</summary>
    /// <exception cref="OpenClException">The compiler refuses it: the message has its log.</exception>
    public static nint BuildProgram(nint context, nint device, string source, string options)
    {
        var create = (delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)Function("clCreateProgramWithSource");
        var build = (delegate* unmanaged<nint, uint, nint*, byte*, void*, void*, int>)Function("clBuildProgram");
        var text = System.Text.Encoding.UTF8.GetBytes(source);
        var words = System.Text.Encoding.UTF8.GetBytes(options + "\0");
        fixed (byte* first = text, word = words)
        {
            var lines = first;
            var length = (nuint)text.Length;
            int result;
            var program = create(context, 1, &lines, &length, &result);
            Check(result, "clCreateProgramWithSource");
            result = build(program, 1, &device, word, null, null);
            if (result == Success)
                return program;
            var log = Log(program, device);
            Release("clReleaseProgram", program);
            throw new OpenClException(Invariant($"OpenCL's compiler refuses a kernel (error {result}):\n{log}"));
        }
    }

    public static nint CreateKernel(nint program, string name)
    {
        var create = (delegate* unmanaged<nint, byte*, int*, nint>)Function("clCreateKernel");
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes(name + "\0"))
        {
            int result;
            var kernel = create(program, text, &result);
            Check(result, $"clCreateKernel of {name}");
            return kernel;
        }
    }

    public static void SetArgument<T>(nint kernel, int index, T value)
        where T : unmanaged
    {
        var set = (delegate* unmanaged<nint, uint, nuint, void*, int>)Function("clSetKernelArg");
        Check(set(kernel, (uint)index, (nuint)sizeof(T), &value), Invariant($"clSetKernelArg {index}"));
    }

    /// <summary>Puts a launch behind what the queue has.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="groups">Groups of threads.</param>
    /// <param name="threads">Threads of a group.</param>
    /// <param name="what">What it computes, for people.</param>
    /// <param name="moment">Where the launch's event goes, which the caller releases; empty for none.</param>
    public static void Launch(nint queue, nint kernel, long groups, int threads, string what, Span<nint> moment = default)
    {
        var launch = (delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, void*, nint*, int>)Function("clEnqueueNDRangeKernel");
        nuint all = (nuint)(groups * threads), own = (nuint)threads;
        fixed (nint* noted = moment)
            Check(launch(queue, kernel, 1, null, &all, &own, 0, null, noted), $"clEnqueueNDRangeKernel of {what}");
    }

    /// <summary>Copies to a buffer, and is done when it returns.</summary>
    public static void Write(nint queue, nint buffer, long at, ReadOnlySpan<float> from, Span<nint> moment = default)
    {
        var write = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, void*, nint*, int>)Function("clEnqueueWriteBuffer");
        fixed (float* first = from)
        fixed (nint* noted = moment)
            Check(write(queue, buffer, 1, (nuint)at * sizeof(float), (nuint)from.Length * sizeof(float), first, 0, null, noted), "clEnqueueWriteBuffer");
    }

    /// <summary>Copies from a buffer what all that the queue has leaves there, and is done when it returns.</summary>
    public static void Read(nint queue, nint buffer, long at, Span<float> to, Span<nint> moment = default)
    {
        var read = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, void*, nint*, int>)Function("clEnqueueReadBuffer");
        fixed (float* first = to)
        fixed (nint* noted = moment)
            Check(read(queue, buffer, 1, (nuint)at * sizeof(float), (nuint)to.Length * sizeof(float), first, 0, null, noted), "clEnqueueReadBuffer");
    }

    /// <summary>When a command of a timed queue that has ended began and ended, in nanoseconds of the device's clock.</summary>
    public static (ulong Begin, ulong End) Moments(nint moment)
    {
        const uint Started = 0x1282, Ended = 0x1283;
        var info = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Function("clGetEventProfilingInfo");
        ulong begin, end;
        Check(info(moment, Started, sizeof(ulong), &begin, null), "clGetEventProfilingInfo");
        Check(info(moment, Ended, sizeof(ulong), &end, null), "clGetEventProfilingInfo");
        return (begin, end);
    }

    public static void ReleaseEvent(nint moment) => Release("clReleaseEvent", moment);

    public static void ReleaseBuffer(nint buffer) => Release("clReleaseMemObject", buffer);

    public static void ReleaseKernel(nint kernel) => Release("clReleaseKernel", kernel);

    public static void ReleaseProgram(nint program) => Release("clReleaseProgram", program);

    public static void ReleaseQueue(nint queue) => Release("clReleaseCommandQueue", queue);

    public static void ReleaseContext(nint context) => Release("clReleaseContext", context);

    private static void Release(string function, nint handle) => ((delegate* unmanaged<nint, int>)Function(function))(handle);

    private static string Log(nint program, nint device)
    {
        var get = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)Function("clGetProgramBuildInfo");
        nuint length = 0;
        if (get(program, device, BuildLog, 0, null, &length) != Success)
            return "It left no log.";
        var log = new byte[(int)length];
        fixed (byte* first = log)
            return get(program, device, BuildLog, length, first, null) == Success ? Text(log) : "It left no log.";
    }

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();

    private static void Check(int result, string what)
    {
        if (result != Success)
            throw new OpenClException(Invariant($"OpenCL failed: {what} returned {result}{(Meaning(result) is { } meaning ? $" ({meaning})" : "")}."));
    }

    private static string? Meaning(int result) => result switch
    {
        -2 => "the device is not available",
        -4 => "it cannot allocate the memory",
        -5 => "the device is out of resources",
        -6 => "the host is out of memory",
        -46 => "there is no kernel of that name",
        -52 => "a kernel was not given all its arguments",
        -54 => "the device does not take groups of so many threads",
        -61 => "the device does not take buffers of that size",
        _ => null,
    };

    private static void* Function(string name) => NativeLibrary.TryGetExport(Handle.Value, name, out var address) ? (void*)address : throw new OpenClException($"The OpenCL library of this machine has no {name}: OpenCL 1.2 is needed.");

    private static nint Load()
    {
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
                return handle;
        }
        throw new OpenClException($"No OpenCL library was found: looked for {string.Join(" and ", Names)} {Where}. It comes with a GPU's driver; on Debian and Ubuntu it is the package ocl-icd-libopencl1, with pocl-opencl-icd for the CPU.");
    }

    private static string Where =>
        OperatingSystem.IsWindows() ? "in the system's folder and in PATH"
        : $"where the system's loader looks, with LD_LIBRARY_PATH={Environment.GetEnvironmentVariable("LD_LIBRARY_PATH")}";
}
