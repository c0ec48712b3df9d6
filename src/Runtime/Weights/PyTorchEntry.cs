using System.Buffers;

namespace Blockwright.Weights;

/// <summary>A tensor of a PyTorch file: a view of a storage, read in place if it is contiguous, else collected from the storage's bytes.</summary>
internal sealed class PyTorchEntry(WeightStream file, TorchArchive archive, string name, PickleTensor tensor, TorchRecord storage, TensorView view)
    : WeightEntry(name, tensor.Type, view.Shape, view.Count)
{
    private protected override void ReadElements(Span<byte> destination, long firstElement)
    {
        archive.Verify(storage);
        var start = storage.Start + (view.First * Type.ElementSize());
        if (view.IsContiguous)
            file.Read(destination, start + (firstElement * Type.ElementSize()), Name);
        else
            Collect(destination, start, firstElement);
    }

    private protected override WeightsException Fault(string problem) => new(file.Path, problem, Name, storage.Start);

    private void Collect(Span<byte> destination, long start, long firstElement)
    {
        var length = view.Extent * Type.ElementSize();
        if (length > Array.MaxLength)
            throw Fault($"it is not contiguous and spreads over {length} bytes of its storage, more than one array holds. Save tensor.contiguous() instead.");
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
