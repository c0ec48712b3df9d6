using System.Runtime.InteropServices;

namespace Blockwright.Kernels;

/// <summary>Zeroed memory outside the managed heap, on a cache line's boundary, for activations and packed weights.</summary>
/// <remarks>
/// <see cref="Slack"/> floats beyond the length belong to the memory too: a kernel may read (never write) a whole register where
/// the last channels fill only a part of it.
/// </remarks>
public sealed unsafe partial class AlignedMemory : IDisposable
{
    /// <summary>The boundary, in bytes: a cache line, and the widest register.</summary>
    public const int Alignment = CacheLine.Bytes;

    /// <summary>The floats that may be read beyond the length: the widest register.</summary>
    public const int Slack = 16;

    // A large page of x86 and of most ARM64 systems.
    private const int LargePage = 2 * 1024 * 1024;
    private const int AdviseLargePages = 14;

    private float* _pointer;

    /// <summary>Allocates <paramref name="length"/> floats, all zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public AlignedMemory(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var bytes = checked((nuint)(length + Slack) * sizeof(float));
        var large = OperatingSystem.IsLinux() && bytes >= LargePage / 2;
        _pointer = (float*)NativeMemory.AlignedAlloc(bytes, large ? LargePage : (nuint)Alignment);
        // Weights of several megabytes are read once a run, page after page. If the system declines, all is as it was: the result does not matter.
        if (large)
            _ = Advise(_pointer, bytes, AdviseLargePages);
        NativeMemory.Clear(_pointer, bytes);
        Length = length;
    }

    /// <summary>Frees what <see cref="Dispose"/> did not.</summary>
    ~AlignedMemory() => Free();

    /// <summary>Floats, without the slack.</summary>
    public long Length { get; }

    /// <summary>The first float.</summary>
    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    public float* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == null, this);
            return _pointer;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }
}
