using System.Runtime.InteropServices;
using System.Text;
using static System.FormattableString;

namespace Blockwright.Gpu.Cuda;

/// <summary>The driver's functions, each of which either does what it says or throws.</summary>
/// <remarks>Those that free come without an exception: they run when something failed before, or on Dispose, and there is nobody to tell that memory is gone.</remarks>
internal sealed unsafe class Driver(DriverFunctions functions)
{
    private const int LongestName = 256;
    private const int LogBytes = 8192;

    // CU_JIT_ERROR_LOG_BUFFER and its size.
    private const int ErrorLog = 5;
    private const int ErrorLogBytes = 6;

    // CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES.
    private const int DynamicSharedBytes = 8;

    // CU_MEMHOSTALLOC_PORTABLE: pinned for every context.
    private const uint Portable = 1;

    // CU_EVENT_DISABLE_TIMING.
    private const uint WithoutTiming = 2;

    /// <exception cref="CudaException">There is no driver that works, or no device.</exception>
    public void Initialize() => Check(functions.Init(0), "cuInit");

    /// <summary>The CUDA that the driver is of: (12, 8).</summary>
    public (int Major, int Minor) Version
    {
        get
        {
            int version;
            Check(functions.DriverGetVersion(&version), "cuDriverGetVersion");
            return (version / 1000, version % 1000 / 10);
        }
    }

    public int DeviceCount
    {
        get
        {
            int count;
            Check(functions.DeviceGetCount(&count), "cuDeviceGetCount");
            return count;
        }
    }

    public int Device(int ordinal)
    {
        int device;
        Check(functions.DeviceGet(&device, ordinal), "cuDeviceGet", Invariant($"device {ordinal}"));
        return device;
    }

    public string DeviceName(int device)
    {
        var name = stackalloc byte[LongestName];
        Check(functions.DeviceGetName(name, LongestName, device), "cuDeviceGetName");
        name[LongestName - 1] = 0;
        return Text(name);
    }

    public int Attribute(DeviceAttribute attribute, int device)
    {
        int value;
        Check(functions.DeviceGetAttribute(&value, attribute, device), "cuDeviceGetAttribute", attribute.ToString());
        return value;
    }

    public nint RetainPrimaryContext(int device)
    {
        nint context;
        Check(functions.DevicePrimaryCtxRetain(&context, device), "cuDevicePrimaryCtxRetain");
        return context;
    }

    public void ReleasePrimaryContext(int device) => functions.DevicePrimaryCtxRelease(device);

    public void Push(nint context) => Check(functions.CtxPushCurrent(context), "cuCtxPushCurrent");

    public void Pop()
    {
        nint context;
        Check(functions.CtxPopCurrent(&context), "cuCtxPopCurrent");
    }

    /// <summary>Begins to use a context, to free what is in it.</summary>
    /// <returns>Whether it is the current one now, and to be taken back.</returns>
    public bool TryPush(nint context) => functions.CtxPushCurrent(context) == DriverResult.Success;

    public void TryPop()
    {
        nint context;
        functions.CtxPopCurrent(&context);
    }

    /// <param name="image">A cubin, or PTX that ends with a zero.</param>
    /// <param name="what">What it has the kernels of, for messages.</param>
    public nint LoadModule(ReadOnlySpan<byte> image, string what)
    {
        var log = new byte[LogBytes];
        nint module;
        int code;
        fixed (byte* bytes = image, text = log)
        {
            var options = stackalloc int[] { ErrorLog, ErrorLogBytes };
            var values = stackalloc void*[] { text, (void*)LogBytes };
            code = functions.ModuleLoadDataEx(&module, bytes, 2, options, values);
        }
        var said = Encoding.UTF8.GetString(log.AsSpan(0, Math.Max(log.IndexOf((byte)0), 0))).Trim();
        Check(code, "cuModuleLoadDataEx", said.Length > 0 ? $"{what}: {said}" : what);
        return module;
    }

    public void UnloadModule(nint module) => functions.ModuleUnload(module);

    public nint Function(nint module, string kernel)
    {
        nint function;
        fixed (byte* name = Encoding.UTF8.GetBytes(kernel + '\0'))
            Check(functions.ModuleGetFunction(&function, module, name), "cuModuleGetFunction", $"kernel {kernel}");
        return function;
    }

    public void AllowSharedBytes(nint function, int bytes, string kernel) =>
        Check(functions.FuncSetAttribute(function, DynamicSharedBytes, bytes), "cuFuncSetAttribute", Invariant($"kernel {kernel}, {bytes} bytes of shared memory"));

    /// <exception cref="CudaException">There is not so much; the message has what was asked and what is free.</exception>
    public ulong Allocate(long bytes, string what)
    {
        ulong address;
        var code = functions.MemAlloc(&address, (nuint)bytes);
        if (code == DriverResult.OutOfMemory)
            throw OutOfMemory("cuMemAlloc", bytes, what);
        Check(code, "cuMemAlloc", Invariant($"{bytes} bytes for {what}"));
        return address;
    }

    public void Free(ulong address) => functions.MemFree(address);

    public void Upload(ulong address, ReadOnlySpan<float> data, string what)
    {
        fixed (float* from = data)
            Check(functions.MemcpyHtoD(address, from, (nuint)data.Length * sizeof(float)), "cuMemcpyHtoD", what);
    }

    public byte* AllocatePinned(long bytes, string what)
    {
        void* address;
        Check(functions.MemHostAlloc(&address, (nuint)bytes, Portable), "cuMemHostAlloc", Invariant($"{bytes} bytes of pinned host memory for {what}"));
        return (byte*)address;
    }

    public void FreePinned(byte* address) => functions.MemFreeHost(address);

    public void Synchronize(nint stream) => Check(functions.StreamSynchronize(stream), "cuStreamSynchronize");

    /// <summary>Waits for a stream whose work is to be freed: how that ended does not matter any more.</summary>
    public void WaitForStream(nint stream) => functions.StreamSynchronize(stream);

    /// <inheritdoc cref="WaitForStream"/>
    public void WaitForEvent(nint moment) => functions.EventSynchronize(moment);

    public nint CreateEvent(bool isTimed = false)
    {
        nint moment;
        Check(functions.EventCreate(&moment, isTimed ? 0 : WithoutTiming), "cuEventCreate");
        return moment;
    }

    public void DestroyEvent(nint moment) => functions.EventDestroy(moment);

    /// <summary>What passed between two timed events that have been recorded.</summary>
    public double SecondsBetween(nint begin, nint end)
    {
        float milliseconds;
        Check(functions.EventElapsedTime(&milliseconds, begin, end), "cuEventElapsedTime");
        return milliseconds / 1e3;
    }

    public void Record(nint moment, nint stream) => Check(functions.EventRecord(moment, stream), "cuEventRecord");

    public void LetWait(nint stream, nint moment) => Check(functions.StreamWaitEvent(stream, moment, 0), "cuStreamWaitEvent");

    public nint CreateGraph()
    {
        nint graph;
        Check(functions.GraphCreate(&graph, 0), "cuGraphCreate");
        return graph;
    }

    public nint AddKernel(nint graph, ReadOnlySpan<nint> after, in KernelNodeParameters parameters, string kernel)
    {
        nint node;
        fixed (nint* nodes = after)
        fixed (KernelNodeParameters* given = &parameters)
            Check(functions.GraphAddKernelNode(&node, graph, nodes, (nuint)after.Length, given), "cuGraphAddKernelNode", $"kernel {kernel}");
        return node;
    }

    public nint AddCopy(nint graph, ReadOnlySpan<nint> after, in CopyParameters parameters, nint context, string what)
    {
        nint node;
        fixed (nint* nodes = after)
        fixed (CopyParameters* given = &parameters)
            Check(functions.GraphAddMemcpyNode(&node, graph, nodes, (nuint)after.Length, given, context), "cuGraphAddMemcpyNode", what);
        return node;
    }

    public nint AddMoment(nint graph, ReadOnlySpan<nint> after, nint moment)
    {
        nint node;
        fixed (nint* nodes = after)
            Check(functions.GraphAddEventRecordNode(&node, graph, nodes, (nuint)after.Length, moment), "cuGraphAddEventRecordNode");
        return node;
    }

    public nint Instantiate(nint graph)
    {
        nint executable;
        Check(functions.GraphInstantiateWithFlags(&executable, graph, 0), "cuGraphInstantiateWithFlags");
        return executable;
    }

    public void SetKernel(nint executable, nint node, in KernelNodeParameters parameters, string kernel)
    {
        fixed (KernelNodeParameters* given = &parameters)
            Check(functions.GraphExecKernelNodeSetParams(executable, node, given), "cuGraphExecKernelNodeSetParams", $"kernel {kernel}");
    }

    public void Launch(nint executable, nint stream, string network) => Check(functions.GraphLaunch(executable, stream), "cuGraphLaunch", network);

    public void DestroyExecutable(nint executable) => functions.GraphExecDestroy(executable);

    public void DestroyGraph(nint graph) => functions.GraphDestroy(graph);

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private void Check(int code, string call, string? of = null)
    {
        if (code != DriverResult.Success)
            throw new CudaException(call, code, Message(code, call, of));
    }

    private string Message(int code, string call, string? of)
    {
        byte* name = null, description = null;
        var isKnown = functions.GetErrorName(code, &name) == DriverResult.Success && name != null;
        var isDescribed = functions.GetErrorString(code, &description) == DriverResult.Success && description != null;
        var message = new StringBuilder(call);
        if (of is not null)
            message.Append(" (").Append(of).Append(')');
        message.Append(" failed: ").Append(isKnown ? Text(name) : Invariant($"error {code}"));
        if (isDescribed)
            message.Append(": ").Append(Text(description));
        message.Append('.');
        return DriverAdvice.Of(code) is { } advice ? message.Append(' ').Append(advice).ToString() : message.ToString();
    }

    private CudaException OutOfMemory(string call, long bytes, string what)
    {
        nuint free, total;
        var known = functions.MemGetInfo(&free, &total) == DriverResult.Success ? Invariant($"{free} of {total} are free") : "how much is free it does not say";
        return new(call, DriverResult.OutOfMemory, Invariant($"{call}: the device has no {bytes} bytes for {what}: {known}. ")
            + "Torch keeps what its tensors had (torch.cuda.empty_cache() gives it back); a smaller batch needs less.");
    }
}
