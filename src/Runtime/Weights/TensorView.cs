using System.Runtime.InteropServices;
using static System.FormattableString;

namespace Blockwright.Weights;

/// <summary>
/// A tensor's place in its storage: offset and strides, checked against the storage's length. Elements are addressed in row-major order.
/// </summary>
internal sealed class TensorView
{
    // The most dimensions that torch's own kernels take.
    public const int MostDimensions = 64;

    private readonly long _offset;
    private readonly long[] _strides;

    private TensorView(long offset, long[] shape, long[] strides, long count)
    {
        _offset = offset;
        Shape = shape;
        _strides = strides;
        Count = count;
        IsContiguous = Array.IndexOf(shape, 0L) >= 0 || HasRowMajorStrides();
    }

    public long[] Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Whether the elements lie in row-major order without gaps.</summary>
    public bool IsContiguous { get; }

    /// <summary>First element in the storage.</summary>
    public long First => _offset;

    /// <summary>The number of the storage's elements from the first to the last that the tensor has, both included. The tensor is not empty.</summary>
    public long Extent
    {
        get
        {
            var extent = 1L;
            for (var i = 0; i < Shape.Length; i++)
                extent += (Shape[i] - 1) * _strides[i];
            return extent;
        }
    }

    /// <summary>
    /// Checks a view of a storage with that many elements; null and the reason if it cannot be. A view that shows elements more than once (an expanded
    /// tensor) may have more elements than its storage, and then its count is not bounded by the file.
    /// </summary>
    public static TensorView? Create(PickleTensor tensor, long storageLength, out string problem)
    {
        problem = "";
        if (!tensor.Sizes.TryGetSizes(out var shape) || !tensor.Strides.TryGetSizes(out var strides) || shape.Length != strides.Length)
            problem = "its sizes and strides must be integers from 0 on, as many strides as sizes.";
        else if (shape.Length > MostDimensions)
            problem = $"it has {shape.Length} dimensions; torch allows {MostDimensions}.";
        else if (!CheckedMath.TryProduct(shape, out var count) || !Fits(shape, strides, tensor.Offset, storageLength))
        {
            problem = Invariant($"its shape [{shape.Joined(", ")}] with strides [{strides.Joined(", ")}] and offset {tensor.Offset} ")
                + Invariant($"goes beyond the {storageLength} elements of its storage.");
        }
        else
            return new TensorView(tensor.Offset, shape, strides, count);
        return null;
    }

    /// <summary>Collects elements of a tensor that is not contiguous.</summary>
    /// <param name="extent">The storage's bytes from the tensor's first element to its last.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="elementSize">Bytes of an element: 1, 2, 4 or 8.</param>
    /// <param name="firstElement">Index of the first element to collect, in row-major order.</param>
    public void Gather(ReadOnlySpan<byte> extent, Span<byte> destination, int elementSize, long firstElement)
    {
        switch (elementSize)
        {
            case 1:
                Gather(extent, destination, firstElement);
                break;
            case 2:
                Gather(MemoryMarshal.Cast<byte, ushort>(extent), MemoryMarshal.Cast<byte, ushort>(destination), firstElement);
                break;
            case 4:
                Gather(MemoryMarshal.Cast<byte, uint>(extent), MemoryMarshal.Cast<byte, uint>(destination), firstElement);
                break;
            case 8:
                Gather(MemoryMarshal.Cast<byte, ulong>(extent), MemoryMarshal.Cast<byte, ulong>(destination), firstElement);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(elementSize), elementSize, "Elements have 1, 2, 4 or 8 bytes.");
        }
    }

    private void Gather<T>(ReadOnlySpan<T> extent, Span<T> destination, long firstElement)
    {
        Span<long> index = stackalloc long[Shape.Length];
        var at = 0L;
        for (var i = Shape.Length - 1; i >= 0; i--)
        {
            (firstElement, index[i]) = Math.DivRem(firstElement, Shape[i]);
            at += index[i] * _strides[i];
        }
        foreach (ref var element in destination)
        {
            element = extent[(int)at];
            for (var i = Shape.Length - 1; i >= 0; i--)
            {
                at += _strides[i];
                if (++index[i] < Shape[i])
                    break;
                at -= Shape[i] * _strides[i];
                index[i] = 0;
            }
        }
    }

    private static bool Fits(long[] shape, long[] strides, long offset, long storageLength)
    {
        if (Array.IndexOf(shape, 0L) >= 0)
            return offset <= storageLength;
        var last = offset;
        for (var i = 0; i < shape.Length; i++)
            if (!CheckedMath.TryMultiply(shape[i] - 1, strides[i], out var distance) || !CheckedMath.TryAdd(last, distance, out last))
                return false;
        return last < storageLength;
    }

    private bool HasRowMajorStrides()
    {
        var expected = 1L;
        for (var i = Shape.Length - 1; i >= 0; i--)
        {
            // The stride of a dimension of one element is never used.
            if (Shape[i] != 1 && _strides[i] != expected)
                return false;
            expected *= Shape[i];
        }
        return true;
    }
}
