using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using static System.FormattableString;

namespace Blockwright.Weights;

/// <summary>A tensor of a PyTorch file: a view of a storage, read in place if it is contiguous, else collected from the storage's bytes.</summary>
internal sealed class PyTorchEntry(WeightStream file, ITorchStorages storages, string name, PickleTensor tensor, TorchRecord storage, TensorView view)
    : WeightEntry(name, tensor.Type, view.Shape, view.Count)
{
    private protected override long LongestAll => file.Length;

    private protected override void ReadElements(Span<byte> destination, long firstElement)
    {
        storages.Verify(storage);
        var start = storage.Start + ((tensor.Storage.ViewStart + view.First) * Type.ElementSize());
        if (view.IsContiguous)
            file.Read(destination, start + (firstElement * Type.ElementSize()), Name);
        else
            Collect(destination, start, firstElement);
        if (storages.IsBigEndian)
            Reverse(destination, Type.ElementSize());
    }

    private protected override WeightsException Fault(string problem) => new(file.Path, problem, Name, storage.Start);

    private static void Reverse(Span<byte> elements, int size)
    {
        switch (size)
        {
            case sizeof(short):
                var shorts = MemoryMarshal.Cast<byte, short>(elements);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case sizeof(int):
                var ints = MemoryMarshal.Cast<byte, int>(elements);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case sizeof(long):
                var longs = MemoryMarshal.Cast<byte, long>(elements);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
            default:
                break;
        }
    }

    private void Collect(Span<byte> destination, long start, long firstElement)
    {
        var length = view.Extent * Type.ElementSize();
        if (length > Array.MaxLength)
            throw Fault(Invariant($"it is not contiguous and spreads over {length} bytes of its storage, more than one array holds. Save tensor.contiguous() instead."));
        var extent = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            var bytes = extent.AsSpan(0, (int)length);
            file.Read(bytes, start, Name);
            view.Gather(bytes, destination, Type.ElementSize(), firstElement);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(extent);
        }
    }
}
