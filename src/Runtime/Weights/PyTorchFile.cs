using Blockwright.Weights;

namespace Blockwright;

/// <summary>
/// A file that <c>torch.save</c> wrote (<c>.pth</c>, <c>.pt</c>; PyTorch 1.6 and newer): a zip archive with a pickle and the tensors' bytes. Needs
/// neither Python nor libtorch.
/// </summary>
/// <remarks>
/// <para>
/// The pickle can build ordered dicts, numbers, texts and tensors and nothing else: every other global is refused by name, so a hostile file can execute
/// nothing, and what it can make Blockwright allocate is bounded by its own length. Nothing is extracted to the disk.
/// </para>
/// <para>
/// The file holds a state dict, that is a dict with tensors, or a checkpoint: a dict without tensors in which the first of <c>state_dict</c>,
/// <c>model_state_dict</c> and <c>model</c> that is a dict with tensors is the state dict. Tensors that share a storage and tensors with strides read right.
/// </para>
/// </remarks>
public sealed class PyTorchFile : WeightFile
{
    // Some 130 bytes a tensor, so enough for sixty thousand of them. A byte of a hostile pickle takes some 60 in memory at most.
    private const int LongestPickle = 1 << 23;

    private PyTorchFile(WeightStream file, IReadOnlyList<WeightEntry> entries)
        : base(file, entries)
    {
    }

    /// <summary>
    /// Opens a file that torch.save wrote. Reads the archive's directory and the pickle only; a storage's checksum is compared when it is first read.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="WeightsException">
    /// The file is damaged or truncated; it was written before PyTorch 1.6, is a TorchScript archive, or is big-endian; its pickle names something else than
    /// tensors; a tensor does not lie within its storage; or there is no state dict in it.
    /// </exception>
    /// <exception cref="IOException">The file does not exist (<see cref="FileNotFoundException"/>) or could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a directory.</exception>
    public static new PyTorchFile Open(string path) => OpenWith(path, Read);

    /// <summary>Whether the file starts as one that torch.save wrote, in the present format or in the older one.</summary>
    internal static bool IsOne(WeightStream file) => StartsWith(file, "PK\x03\x04"u8) || IsLegacy(file);

    internal static PyTorchFile Read(WeightStream file)
    {
        if (IsLegacy(file))
        {
            throw new WeightsException(
                file.Path,
                "the file is a pickle as torch.save wrote it before PyTorch 1.6. Load and save it again with a newer one: "
                    + "torch.save(torch.load(path, map_location='cpu'), new_path).",
                offset: 0);
        }
        if (!StartsWith(file, "PK\x03\x04"u8))
            throw new WeightsException(file.Path, "expected the zip archive that torch.save writes; the file does not start as one.", offset: 0);
        var archive = TorchArchive.Open(file);
        var pickle = archive.Pickle();
        var tensors = StateDict.Find(PickleReader.Read(ReadPickle(file, archive, pickle), file.Path, pickle), file.Path, pickle);
        var entries = tensors.Select(pair => Entry(file, archive, pickle, pair.Name, pair.Tensor)).ToList();
        archive.CheckDisjoint();
        return new PyTorchFile(file, entries);
    }

    private static byte[] ReadPickle(WeightStream file, TorchArchive archive, TorchRecord pickle)
    {
        if (pickle.Length > LongestPickle)
        {
            throw new WeightsException(
                file.Path,
                $"the pickle has {pickle.Length} bytes; at most {LongestPickle} are read. Save the tensors alone.",
                pickle.Name,
                pickle.Start);
        }
        archive.Verify(pickle);
        var bytes = new byte[pickle.Length];
        file.Read(bytes, pickle.Start, pickle.Name);
        return bytes;
    }

    private static PyTorchEntry Entry(WeightStream file, TorchArchive archive, TorchRecord pickle, string name, PickleTensor tensor)
    {
        var declared = pickle.Start + tensor.Position;
        var storage = tensor.Storage;
        var record = archive.Storage(storage.Key)
            ?? throw new WeightsException(file.Path, $"its storage 'data/{WeightsException.Show(storage.Key)}' is not in the archive.", name, declared);
        if (!CheckedMath.TryMultiply(storage.Length, storage.ElementSize, out var bytes) || bytes != record.Length)
        {
            throw new WeightsException(
                file.Path,
                $"its storage has {storage.Length} elements of {storage.ElementSize} bytes, "
                    + $"but the record '{WeightsException.Show(record.Name)}' has {record.Length} bytes.",
                name,
                declared);
        }
        var view = TensorView.Create(tensor, bytes / tensor.Type.ElementSize(), out var problem)
            ?? throw new WeightsException(file.Path, problem, name, declared);
        return new PyTorchEntry(file, archive, name, tensor, record, view);
    }

    /// <summary>A pickle of the long integer 0x1950a86a20f9469cfc6c, torch/serialization.py's MAGIC_NUMBER.</summary>
    private static bool IsLegacy(WeightStream file) => StartsWith(file, [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9]);

    private static bool StartsWith(WeightStream file, ReadOnlySpan<byte> bytes)
    {
        if (file.Length < bytes.Length)
            return false;
        Span<byte> start = stackalloc byte[bytes.Length];
        file.Read(start, 0, entry: null);
        return start.SequenceEqual(bytes);
    }
}
