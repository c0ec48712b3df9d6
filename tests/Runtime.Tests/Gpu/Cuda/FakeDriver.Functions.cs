using System.Runtime.InteropServices;
using Blockwright.Gpu.Cuda;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>The functions, as NVIDIA's header declares them.</summary>
internal sealed unsafe partial class FakeDriver
{
    private static readonly byte* InvalidValue = (byte*)Marshal.StringToCoTaskMemUTF8("CUDA_ERROR_INVALID_VALUE");
    private static readonly byte* InvalidText = (byte*)Marshal.StringToCoTaskMemUTF8("invalid argument");

    /// <summary>A function's address by its exported name; 0 where there is none.</summary>
    public static nint Export(string name) => name switch
    {
        "cuInit" => (nint)(delegate* unmanaged<uint, int>)&Init,
        "cuDriverGetVersion" => (nint)(delegate* unmanaged<int*, int>)&DriverGetVersion,
        "cuGetErrorName" => (nint)(delegate* unmanaged<int, byte**, int>)&GetErrorName,
        "cuGetErrorString" => (nint)(delegate* unmanaged<int, byte**, int>)&GetErrorString,
        "cuDeviceGetCount" => (nint)(delegate* unmanaged<int*, int>)&DeviceGetCount,
        "cuDeviceGet" => (nint)(delegate* unmanaged<int*, int, int>)&DeviceGet,
        "cuDeviceGetName" => (nint)(delegate* unmanaged<byte*, int, int, int>)&DeviceGetName,
        "cuDeviceGetAttribute" => (nint)(delegate* unmanaged<int*, DeviceAttribute, int, int>)&DeviceGetAttribute,
        "cuDevicePrimaryCtxRetain" => (nint)(delegate* unmanaged<nint*, int, int>)&PrimaryCtxRetain,
        "cuDevicePrimaryCtxRelease_v2" => (nint)(delegate* unmanaged<int, int>)&PrimaryCtxRelease,
        "cuCtxPushCurrent_v2" => (nint)(delegate* unmanaged<nint, int>)&CtxPush,
        "cuCtxPopCurrent_v2" => (nint)(delegate* unmanaged<nint*, int>)&CtxPop,
        "cuModuleLoadDataEx" => (nint)(delegate* unmanaged<nint*, void*, uint, int*, void**, int>)&ModuleLoad,
        "cuModuleUnload" => (nint)(delegate* unmanaged<nint, int>)&ModuleUnload,
        "cuModuleGetFunction" => (nint)(delegate* unmanaged<nint*, nint, byte*, int>)&ModuleGetFunction,
        "cuFuncSetAttribute" => (nint)(delegate* unmanaged<nint, int, int, int>)&FuncSetAttribute,
        "cuMemAlloc_v2" => (nint)(delegate* unmanaged<ulong*, nuint, int>)&MemAlloc,
        "cuMemFree_v2" => (nint)(delegate* unmanaged<ulong, int>)&MemFree,
        "cuMemGetInfo_v2" => (nint)(delegate* unmanaged<nuint*, nuint*, int>)&MemGetInfo,
        "cuMemcpyHtoD_v2" => (nint)(delegate* unmanaged<ulong, void*, nuint, int>)&MemcpyHtoD,
        "cuMemHostAlloc" => (nint)(delegate* unmanaged<void**, nuint, uint, int>)&MemHostAlloc,
        "cuMemFreeHost" => (nint)(delegate* unmanaged<void*, int>)&MemFreeHost,
        _ => ExportOfStreams(name),
    };

    private static nint ExportOfStreams(string name) => name switch
    {
        "cuStreamSynchronize" => (nint)(delegate* unmanaged<nint, int>)&StreamSynchronize,
        "cuStreamWaitEvent" => (nint)(delegate* unmanaged<nint, nint, uint, int>)&StreamWaitEvent,
        "cuEventCreate" => (nint)(delegate* unmanaged<nint*, uint, int>)&EventCreate,
        "cuEventRecord" => (nint)(delegate* unmanaged<nint, nint, int>)&EventRecord,
        "cuEventSynchronize" => (nint)(delegate* unmanaged<nint, int>)&EventSynchronize,
        "cuEventDestroy_v2" => (nint)(delegate* unmanaged<nint, int>)&EventDestroy,
        "cuEventElapsedTime" => (nint)(delegate* unmanaged<float*, nint, nint, int>)&EventElapsedTime,
        "cuGraphAddEventRecordNode" => (nint)(delegate* unmanaged<nint*, nint, nint*, nuint, nint, int>)&AddEventRecordNode,
        "cuGraphCreate" => (nint)(delegate* unmanaged<nint*, uint, int>)&GraphCreate,
        "cuGraphAddKernelNode_v2" => (nint)(delegate* unmanaged<nint*, nint, nint*, nuint, KernelNodeParameters*, int>)&AddKernelNode,
        "cuGraphAddMemcpyNode" => (nint)(delegate* unmanaged<nint*, nint, nint*, nuint, CopyParameters*, nint, int>)&AddMemcpyNode,
        "cuGraphInstantiateWithFlags" => (nint)(delegate* unmanaged<nint*, nint, ulong, int>)&Instantiate,
        "cuGraphExecKernelNodeSetParams_v2" => (nint)(delegate* unmanaged<nint, nint, KernelNodeParameters*, int>)&ExecKernelNodeSetParams,
        "cuGraphLaunch" => (nint)(delegate* unmanaged<nint, nint, int>)&GraphLaunch,
        "cuGraphExecDestroy" => (nint)(delegate* unmanaged<nint, int>)&GraphExecDestroy,
        "cuGraphDestroy" => (nint)(delegate* unmanaged<nint, int>)&GraphDestroy,
        _ => 0,
    };

    private static FakeDriver It => s_current!;

    [UnmanagedCallersOnly]
    private static int Init(uint flags) => It.Begin("cuInit", $"{flags}");

    [UnmanagedCallersOnly]
    private static int DriverGetVersion(int* version)
    {
        *version = It.Version;
        return It.Begin("cuDriverGetVersion");
    }

    [UnmanagedCallersOnly]
    private static int GetErrorName(int code, byte** name)
    {
        *name = code == 1 ? InvalidValue : null;
        return code == 1 ? 0 : 1;
    }

    [UnmanagedCallersOnly]
    private static int GetErrorString(int code, byte** text)
    {
        *text = code == 1 ? InvalidText : null;
        return code == 1 ? 0 : 1;
    }

    [UnmanagedCallersOnly]
    private static int DeviceGetCount(int* count)
    {
        *count = It.Devices;
        return It.Begin("cuDeviceGetCount");
    }

    [UnmanagedCallersOnly]
    private static int DeviceGet(int* device, int ordinal)
    {
        *device = ordinal;
        return It.Begin("cuDeviceGet", $"{ordinal}");
    }

    [UnmanagedCallersOnly]
    private static int DeviceGetName(byte* name, int length, int device)
    {
        "Fake H100\0"u8.CopyTo(new Span<byte>(name, length));
        return It.Begin("cuDeviceGetName");
    }

    [UnmanagedCallersOnly]
    private static int DeviceGetAttribute(int* value, DeviceAttribute attribute, int device)
    {
        *value = attribute switch
        {
            DeviceAttribute.Major => It.Architecture.Major,
            DeviceAttribute.Minor => It.Architecture.Minor,
            DeviceAttribute.ThreadsPerBlock => 1024,
            DeviceAttribute.SharedBytesPerBlock => 232448,
            DeviceAttribute.GridX => int.MaxValue,
            DeviceAttribute.GridY or DeviceAttribute.GridZ => 65535,
            _ => 132,
        };
        return It.Begin("cuDeviceGetAttribute", $"{(int)attribute}");
    }

    [UnmanagedCallersOnly]
    private static int PrimaryCtxRetain(nint* context, int device)
    {
        if (It.Begin("cuDevicePrimaryCtxRetain") is not 0 and var code)
            return code;
        It._held.Add(OwnContext, "context");
        *context = OwnContext;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int PrimaryCtxRelease(int device) => It.Release("cuDevicePrimaryCtxRelease", OwnContext);

    [UnmanagedCallersOnly]
    private static int CtxPush(nint context)
    {
        if (It.Begin("cuCtxPushCurrent") is not 0 and var code)
            return code;
        It._contexts.Push(context);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int CtxPop(nint* context)
    {
        var code = It.Begin("cuCtxPopCurrent");
        *context = It._contexts.Pop();
        return code;
    }

    [UnmanagedCallersOnly]
    private static int ModuleLoad(nint* module, void* image, uint count, int* options, void** values)
    {
        if (It.Begin("cuModuleLoadDataEx") is not 0 and var code)
            return code;
        if (It.TakesImage(ImageAt(image)) is not 0 and var refused)
        {
            WriteLog(options, values, "the log of the linker");
            return refused;
        }
        *module = It.Hold("module");
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int ModuleUnload(nint module) => It.Release("cuModuleUnload", module);

    [UnmanagedCallersOnly]
    private static int ModuleGetFunction(nint* function, nint module, byte* name)
    {
        if (It.Begin("cuModuleGetFunction", Text(name)) is not 0 and var code)
            return code;
        It._last += 0x10;
        It._functions.Add(*function = It._last, Text(name));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int FuncSetAttribute(nint function, int attribute, int value) => It.Begin("cuFuncSetAttribute", $"{It._functions[function]} {attribute} {value}");

    [UnmanagedCallersOnly]
    private static int MemAlloc(ulong* address, nuint bytes)
    {
        if (It.Begin("cuMemAlloc", $"{bytes}") is not 0 and var code)
            return code;
        if ((long)bytes > It.FreeBytes)
            return 2;
        *address = It.AllocateBytes(bytes, "memory");
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int MemFree(ulong address) => It.FreeBytesOf("cuMemFree", address);

    [UnmanagedCallersOnly]
    private static int MemGetInfo(nuint* free, nuint* total)
    {
        (*free, *total) = ((nuint)It.FreeBytes, 80u << 20);
        return It.Begin("cuMemGetInfo");
    }

    [UnmanagedCallersOnly]
    private static int MemcpyHtoD(ulong target, void* source, nuint bytes)
    {
        if (It.Begin("cuMemcpyHtoD", $"{bytes}") is not 0 and var code)
            return code;
        Buffer.MemoryCopy(source, (void*)target, bytes, bytes);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int MemHostAlloc(void** address, nuint bytes, uint flags)
    {
        if (It.Begin("cuMemHostAlloc", $"{bytes} {flags}") is not 0 and var code)
            return code;
        *address = (void*)It.AllocateBytes(bytes, "pinned memory");
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int MemFreeHost(void* address) => It.FreeBytesOf("cuMemFreeHost", (ulong)address);

    [UnmanagedCallersOnly]
    private static int StreamSynchronize(nint stream) => It.Begin("cuStreamSynchronize", $"{stream}");

    [UnmanagedCallersOnly]
    private static int StreamWaitEvent(nint stream, nint moment, uint flags) => It.Begin("cuStreamWaitEvent", $"{stream}");

    [UnmanagedCallersOnly]
    private static int EventCreate(nint* moment, uint flags)
    {
        if (It.Begin("cuEventCreate", $"{flags}") is not 0 and var code)
            return code;
        *moment = It.Hold("event");
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int EventRecord(nint moment, nint stream) => It.Begin("cuEventRecord", $"{stream}");

    [UnmanagedCallersOnly]
    private static int EventSynchronize(nint moment) => It.Begin("cuEventSynchronize");

    [UnmanagedCallersOnly]
    private static int EventDestroy(nint moment) => It.Release("cuEventDestroy", moment);

    [UnmanagedCallersOnly]
    private static int EventElapsedTime(float* milliseconds, nint begin, nint end)
    {
        if (It.Begin("cuEventElapsedTime") is not 0 and var code)
            return code;
        *milliseconds = It._moments[end] - It._moments[begin];
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GraphCreate(nint* graph, uint flags)
    {
        if (It.Begin("cuGraphCreate") is not 0 and var code)
            return code;
        It._graphs.Add(*graph = It.Hold("graph"), []);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int AddKernelNode(nint* node, nint graph, nint* after, nuint count, KernelNodeParameters* given)
    {
        if (It.Begin("cuGraphAddKernelNode", $"{It._functions[given->Function]} {Show(*given)}") is not 0 and var code)
            return code;
        It._last += 0x10;
        It._graphs[graph].Add(new()
        {
            Handle = *node = It._last,
            After = new Span<nint>(after, (int)count).ToArray(),
            Kernel = It._functions[given->Function],
            Parameters = *given,
            Arguments = It.ArgumentsOf(*given),
        });
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int AddMemcpyNode(nint* node, nint graph, nint* after, nuint count, CopyParameters* given, nint context)
    {
        if (It.Begin("cuGraphAddMemcpyNode", $"{given->Source.Type} {given->Target.Type} {given->WidthInBytes} {context:x}") is not 0 and var code)
            return code;
        It._last += 0x10;
        It._graphs[graph].Add(new() { Handle = *node = It._last, After = new Span<nint>(after, (int)count).ToArray(), Copy = *given });
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int AddEventRecordNode(nint* node, nint graph, nint* after, nuint count, nint moment)
    {
        if (It.Begin("cuGraphAddEventRecordNode") is not 0 and var code)
            return code;
        It._last += 0x10;
        It._graphs[graph].Add(new() { Handle = *node = It._last, After = new Span<nint>(after, (int)count).ToArray(), Moment = moment });
        return 0;
    }

    /// <summary>What is made of a graph has nodes of its own, which updates change.</summary>
    [UnmanagedCallersOnly]
    private static int Instantiate(nint* executable, nint graph, ulong flags)
    {
        if (It.Begin("cuGraphInstantiateWithFlags") is not 0 and var code)
            return code;
        It._graphs.Add(*executable = It.Hold("executable"), It._graphs[graph]);
        It.LastGraph = It._graphs[graph];
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int ExecKernelNodeSetParams(nint executable, nint node, KernelNodeParameters* given)
    {
        if (It.Begin("cuGraphExecKernelNodeSetParams", It._functions[given->Function]) is not 0 and var code)
            return code;
        var changed = It._graphs[executable].Single(each => each.Handle == node);
        (changed.Parameters, changed.Arguments) = (*given, It.ArgumentsOf(*given));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GraphLaunch(nint executable, nint stream)
    {
        if (It.Begin("cuGraphLaunch", $"{stream}") is not 0 and var code)
            return code;
        It.Execute(It._graphs[executable]);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GraphExecDestroy(nint executable) => It.Release("cuGraphExecDestroy", executable);

    [UnmanagedCallersOnly]
    private static int GraphDestroy(nint graph) => It.Release("cuGraphDestroy", graph);
}
