using System.Runtime.InteropServices;
using Blockwright.Kernels;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>
/// Memory that ends where the process may read no further, the slack that kernels are allowed included: a read or write beyond it is a crash. On
/// systems other than Linux and macOS it is plain memory. Everything begins as NaN.
/// </summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadAndWrite = 3;
    private const int Private = 2;

    private static readonly int Anonymous = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;
    private static readonly bool HasPages = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    private readonly byte* _mapping;
    private readonly nuint _size;

    public GuardedMemory(long floats)
    {
        Length = floats;
        var bytes = (nuint)(floats + AlignedMemory.Slack) * sizeof(float);
        var page = (nuint)Environment.SystemPageSize;
        var inner = (bytes + page - 1) / page * page;
        _size = inner + 2 * page;
        if (HasPages)
        {
            _mapping = (byte*)MMap(null, _size, ReadAndWrite, Private | Anonymous, -1, 0);
            if (_mapping == (byte*)-1)
                throw new InvalidOperationException($"mmap failed: {Marshal.GetLastPInvokeErrorMessage()}");
            Protect(_mapping, page);
            Protect(_mapping + page + inner, page);
        }
        else
        {
            _mapping = (byte*)NativeMemory.AllocZeroed(_size);
        }

        Pointer = (float*)(_mapping + page + inner - bytes);
        new Span<float>(Pointer, (int)(floats + AlignedMemory.Slack)).Fill(float.NaN);
    }

    public float* Pointer { get; }

    public long Length { get; }

    public Span<float> Span => new(Pointer, (int)Length);

    public void Dispose()
    {
        if (HasPages)
            _ = MUnmap(_mapping, _size);
        else
            NativeMemory.Free(_mapping);
    }

    private static void Protect(byte* address, nuint size)
    {
        if (MProtect(address, size, 0) != 0)
            throw new InvalidOperationException($"mprotect failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MMap(void* address, nuint size, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int MProtect(void* address, nuint size, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int MUnmap(void* address, nuint size);
}
