using System.Runtime.InteropServices;

namespace Blockwright.Gpu.Cuda;

/// <summary>What a kernel node launches: CUDA_KERNEL_NODE_PARAMS_v2, 72 bytes. The first version is the same without the last two fields, and passed so to old drivers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KernelNodeParameters
{
    public nint Function;
    public uint GridX;
    public uint GridY;
    public uint GridZ;
    public uint BlockX;
    public uint BlockY;
    public uint BlockZ;
    public uint SharedBytes;
    public void** Arguments;
    public void** Extra;
    public nint Kernel;
    public nint Context;
}

/// <summary>A copy: CUDA_MEMCPY3D_v2, 200 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CopyParameters
{
    public CopySide Source;
    public CopySide Target;
    public nuint WidthInBytes;
    public nuint Height;
    public nuint Depth;
}

/// <summary>Where a copy reads or writes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CopySide
{
    public nuint X;
    public nuint Y;
    public nuint Z;
    public nuint LevelOfDetail;
    public MemoryType Type;
    public nint Host;
    public ulong Device;
    public nint Array;
    public nint Reserved;
    public nuint Pitch;
    public nuint Height;
}

/// <summary>CUmemorytype.</summary>
internal enum MemoryType
{
    Host = 1,
    Device = 2,
}

/// <summary>CUdevice_attribute: what the runtime asks of a device.</summary>
internal enum DeviceAttribute
{
    ThreadsPerBlock = 1,
    GridX = 5,
    GridY = 6,
    GridZ = 7,
    Multiprocessors = 16,
    Major = 75,
    Minor = 76,
    SharedBytesPerBlock = 97,
}

/// <summary>CUresult: what the runtime tells apart.</summary>
internal static class DriverResult
{
    public const int Success = 0;
    public const int OutOfMemory = 2;
    public const int StubLibrary = 34;
    public const int NoDevice = 100;
    public const int InvalidImage = 200;
    public const int NoBinaryForGpu = 209;
    public const int InvalidPtx = 218;
    public const int UnsupportedPtxVersion = 222;
    public const int IllegalAddress = 700;
    public const int OutOfResources = 701;
    public const int MisalignedAddress = 716;
    public const int LaunchFailed = 719;
    public const int DriverMismatch = 803;
    public const int Unknown = 999;
}
