namespace Blockwright.Gpu.Cuda;

/// <summary>The driver's entry points that are called, as pointers: nothing is linked, so that a program starts where there is no driver.</summary>
/// <remarks>Suffixes are the versions of the interface that this is written for; where an old driver has only the first, and that takes the same, it serves.</remarks>
internal sealed unsafe class DriverFunctions
{
    public readonly delegate* unmanaged<uint, int> Init;
    public readonly delegate* unmanaged<int*, int> DriverGetVersion;
    public readonly delegate* unmanaged<int, byte**, int> GetErrorName;
    public readonly delegate* unmanaged<int, byte**, int> GetErrorString;
    public readonly delegate* unmanaged<int*, int> DeviceGetCount;
    public readonly delegate* unmanaged<int*, int, int> DeviceGet;
    public readonly delegate* unmanaged<byte*, int, int, int> DeviceGetName;
    public readonly delegate* unmanaged<int*, DeviceAttribute, int, int> DeviceGetAttribute;
    public readonly delegate* unmanaged<nint*, int, int> DevicePrimaryCtxRetain;
    public readonly delegate* unmanaged<int, int> DevicePrimaryCtxRelease;
    public readonly delegate* unmanaged<nint, int> CtxPushCurrent;
    public readonly delegate* unmanaged<nint*, int> CtxPopCurrent;
    public readonly delegate* unmanaged<nint*, void*, uint, int*, void**, int> ModuleLoadDataEx;
    public readonly delegate* unmanaged<nint, int> ModuleUnload;
    public readonly delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction;
    public readonly delegate* unmanaged<nint, int, int, int> FuncSetAttribute;
    public readonly delegate* unmanaged<ulong*, nuint, int> MemAlloc;
    public readonly delegate* unmanaged<ulong, int> MemFree;
    public readonly delegate* unmanaged<nuint*, nuint*, int> MemGetInfo;
    public readonly delegate* unmanaged<ulong, void*, nuint, int> MemcpyHtoD;
    public readonly delegate* unmanaged<void**, nuint, uint, int> MemHostAlloc;
    public readonly delegate* unmanaged<void*, int> MemFreeHost;
    public readonly delegate* unmanaged<nint, int> StreamSynchronize;
    public readonly delegate* unmanaged<nint, nint, uint, int> StreamWaitEvent;
    public readonly delegate* unmanaged<nint*, uint, int> EventCreate;
    public readonly delegate* unmanaged<nint, nint, int> EventRecord;
    public readonly delegate* unmanaged<nint, int> EventSynchronize;
    public readonly delegate* unmanaged<nint, int> EventDestroy;
    public readonly delegate* unmanaged<float*, nint, nint, int> EventElapsedTime;
    public readonly delegate* unmanaged<nint*, uint, int> GraphCreate;
    public readonly delegate* unmanaged<nint*, nint, nint*, nuint, KernelNodeParameters*, int> GraphAddKernelNode;
    public readonly delegate* unmanaged<nint*, nint, nint*, nuint, CopyParameters*, nint, int> GraphAddMemcpyNode;
    public readonly delegate* unmanaged<nint*, nint, nint*, nuint, nint, int> GraphAddEventRecordNode;
    public readonly delegate* unmanaged<nint*, nint, ulong, int> GraphInstantiateWithFlags;
    public readonly delegate* unmanaged<nint, nint, KernelNodeParameters*, int> GraphExecKernelNodeSetParams;
    public readonly delegate* unmanaged<nint, nint, int> GraphLaunch;
    public readonly delegate* unmanaged<nint, int> GraphExecDestroy;
    public readonly delegate* unmanaged<nint, int> GraphDestroy;

    /// <param name="library">Where the exports come from, for the message.</param>
    /// <param name="export">An export's address; 0 where there is none.</param>
    /// <exception cref="CudaException">The driver is too old: it lacks exports.</exception>
    public DriverFunctions(string library, Func<string, nint> export)
    {
        var find = new ExportFinder(export);
        Init = (delegate* unmanaged<uint, int>)find["cuInit"];
        DriverGetVersion = (delegate* unmanaged<int*, int>)find["cuDriverGetVersion"];
        GetErrorName = (delegate* unmanaged<int, byte**, int>)find["cuGetErrorName"];
        GetErrorString = (delegate* unmanaged<int, byte**, int>)find["cuGetErrorString"];
        DeviceGetCount = (delegate* unmanaged<int*, int>)find["cuDeviceGetCount"];
        DeviceGet = (delegate* unmanaged<int*, int, int>)find["cuDeviceGet"];
        DeviceGetName = (delegate* unmanaged<byte*, int, int, int>)find["cuDeviceGetName"];
        DeviceGetAttribute = (delegate* unmanaged<int*, DeviceAttribute, int, int>)find["cuDeviceGetAttribute"];
        DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)find["cuDevicePrimaryCtxRetain"];
        DevicePrimaryCtxRelease = (delegate* unmanaged<int, int>)find["cuDevicePrimaryCtxRelease_v2", "cuDevicePrimaryCtxRelease"];
        CtxPushCurrent = (delegate* unmanaged<nint, int>)find["cuCtxPushCurrent_v2"];
        CtxPopCurrent = (delegate* unmanaged<nint*, int>)find["cuCtxPopCurrent_v2"];
        ModuleLoadDataEx = (delegate* unmanaged<nint*, void*, uint, int*, void**, int>)find["cuModuleLoadDataEx"];
        ModuleUnload = (delegate* unmanaged<nint, int>)find["cuModuleUnload"];
        ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)find["cuModuleGetFunction"];
        FuncSetAttribute = (delegate* unmanaged<nint, int, int, int>)find["cuFuncSetAttribute"];
        MemAlloc = (delegate* unmanaged<ulong*, nuint, int>)find["cuMemAlloc_v2"];
        MemFree = (delegate* unmanaged<ulong, int>)find["cuMemFree_v2"];
        MemGetInfo = (delegate* unmanaged<nuint*, nuint*, int>)find["cuMemGetInfo_v2"];
        MemcpyHtoD = (delegate* unmanaged<ulong, void*, nuint, int>)find["cuMemcpyHtoD_v2"];
        MemHostAlloc = (delegate* unmanaged<void**, nuint, uint, int>)find["cuMemHostAlloc"];
        MemFreeHost = (delegate* unmanaged<void*, int>)find["cuMemFreeHost"];
        StreamSynchronize = (delegate* unmanaged<nint, int>)find["cuStreamSynchronize"];
        StreamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)find["cuStreamWaitEvent"];
        EventCreate = (delegate* unmanaged<nint*, uint, int>)find["cuEventCreate"];
        EventRecord = (delegate* unmanaged<nint, nint, int>)find["cuEventRecord"];
        EventSynchronize = (delegate* unmanaged<nint, int>)find["cuEventSynchronize"];
        EventDestroy = (delegate* unmanaged<nint, int>)find["cuEventDestroy_v2"];
        EventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)find["cuEventElapsedTime"];
        GraphCreate = (delegate* unmanaged<nint*, uint, int>)find["cuGraphCreate"];
        GraphAddKernelNode = (delegate* unmanaged<nint*, nint, nint*, nuint, KernelNodeParameters*, int>)find["cuGraphAddKernelNode_v2", "cuGraphAddKernelNode"];
        GraphAddMemcpyNode = (delegate* unmanaged<nint*, nint, nint*, nuint, CopyParameters*, nint, int>)find["cuGraphAddMemcpyNode"];
        GraphAddEventRecordNode = (delegate* unmanaged<nint*, nint, nint*, nuint, nint, int>)find["cuGraphAddEventRecordNode"];
        GraphInstantiateWithFlags = (delegate* unmanaged<nint*, nint, ulong, int>)find["cuGraphInstantiateWithFlags"];
        GraphExecKernelNodeSetParams = (delegate* unmanaged<nint, nint, KernelNodeParameters*, int>)find["cuGraphExecKernelNodeSetParams_v2", "cuGraphExecKernelNodeSetParams"];
        GraphLaunch = (delegate* unmanaged<nint, nint, int>)find["cuGraphLaunch"];
        GraphExecDestroy = (delegate* unmanaged<nint, int>)find["cuGraphExecDestroy"];
        GraphDestroy = (delegate* unmanaged<nint, int>)find["cuGraphDestroy"];
        if (find.Missing.Count > 0)
            throw new CudaException($"The CUDA driver at {library} lacks {string.Join(", ", find.Missing)}. Blockwright needs the driver of CUDA 11.4 or a later one: update NVIDIA's driver.");
    }
}
