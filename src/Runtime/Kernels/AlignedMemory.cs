using System.Runtime.InteropServices;

namespace Blockwright.Kernels;

/// <summary>Zeroed memory outside the managed heap, on a cache line's boundary, for activations and packed weights.</summary>
/// <remarks>
/// <see cref="Slack"/> floats beyond the length belong to the memory too: a kernel may read (never write) a whole register where
/// the last channels fill only a part of it.
/// </remarks>
public sealed unsafe class AlignedMemory : IDisposable
{
    /// <summary>The boundary, in bytes: a cache line, and the widest register.</summary>
    public const int Alignment = 64;

    /// <summary>The floats that may be read beyond the length: the widest register.</summary>
    public const int Slack = 16;

    private float* _pointer;

    /// <summary>Allocates <paramref name="length"/> floats, all zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public AlignedMemory(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var bytes = checked((nuint)(length + Slack) * sizeof(float));
        _pointer = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
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

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }
}
