using Blockwright.Weights;
using static System.FormattableString;

namespace Blockwright;

/// <summary>
/// A file that <c>torch.save</c> wrote (<c>.pth</c>, <c>.pt</c>, <c>.ckpt</c>): since PyTorch 1.6 a zip archive with a pickle and the tensors' bytes, before
/// that the pickle and the bytes one after the other. Needs neither Python nor libtorch.
/// </summary>
/// <remarks>
/// <para>
/// The pickle can build dicts, lists, numbers, texts and tensors. What else it names (classes, functions) is an opaque value that nothing is made of: a
/// hostile file can execute nothing and import nothing, and what it can make Blockwright allocate is bounded by its own length. Nothing is extracted to the
/// disk.
/// </para>
/// <para>
/// The file holds a state dict, that is a dict with tensors, or a checkpoint: a dict in which, or in a dict in which, the state dict stands. Where there are
/// several (<c>model</c> and <c>ema</c>), the caller says which. Tensors that share a storage and tensors with strides read right.
/// </para>
/// </remarks>
public sealed class PyTorchFile : WeightFile
{
    private readonly StateDict _stateDict;
    private readonly PickleSource _pickle;
    private readonly ITorchStorages _storages;

    private PyTorchFile(WeightStream file, ITorchStorages storages, PickleSource pickle, StateDict stateDict, StateDictCandidate chosen)
        : base(file)
    {
        _storages = storages;
        _pickle = pickle;
        _stateDict = stateDict;
        Take(chosen);
    }

    /// <summary>
    /// Opens a file that torch.save wrote. Reads the archive's directory and the pickle only; a storage's checksum is compared when it is first read.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="entry">Which state dict of several: the keys that lead to it, joined by dots (<c>model.state_dict</c>), or the last of them; the empty
    /// text is the dict that was saved itself. Left out, it is found.</param>
    /// <exception cref="WeightsException">
    /// The file is damaged or truncated, or is a TorchScript archive; a tensor does not lie within its storage; there is no state dict in it, or there are
    /// several and none was asked for.
    /// </exception>
    /// <exception cref="IOException">The file does not exist (<see cref="FileNotFoundException"/>) or could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a directory.</exception>
    public static new PyTorchFile Open(string path, string? entry = null) => OpenWith(path, file => Read(file, entry));

    /// <summary>Whether the file starts as one that torch.save wrote, in the present format or in the older one.</summary>
    internal static bool IsOne(WeightStream file) => IsArchive(file) || LegacyTorchFile.IsOne(file);

    internal static PyTorchFile Read(WeightStream file, string? entry = null, Func<StateDictCandidate, bool>? fits = null)
    {
        if (LegacyTorchFile.IsOne(file))
        {
            var legacy = LegacyTorchFile.Open(file);
            return Read(file, legacy, legacy.Pickle, legacy.Content, entry, fits);
        }
        if (!IsArchive(file))
            throw OtherFiles.Refuse(file);
        var archive = TorchArchive.Open(file);
        var pickle = archive.Pickle();
        var cursor = new PickleCursor(pickle);
        var content = PickleReader.Read(cursor);
        if (!cursor.IsAtEnd)
            throw cursor.Fault("the pickle ends here, but more bytes follow.");
        return Read(file, archive, pickle, content, entry, fits);
    }

    /// <summary>Turns to another state dict of the same file.</summary>
    internal override void Choose(string entry) => Take(_stateDict.Choose(entry, fits: null));

    private static PyTorchFile Read(
        WeightStream file, ITorchStorages storages, PickleSource pickle, object? content, string? entry, Func<StateDictCandidate, bool>? fits)
    {
        var stateDict = new StateDict(pickle, content);
        return new PyTorchFile(file, storages, pickle, stateDict, stateDict.Choose(entry, fits));
    }

    private static bool IsArchive(WeightStream file) => file.StartsWith("PK\x03\x04"u8);

    private void Take(StateDictCandidate chosen)
    {
        var (tensors, skipped) = _stateDict.TakeApart(chosen);
        Fill([.. tensors.Select(pair => Entry(pair.Name, pair.Tensor))], skipped, chosen.Path);
        _storages.CheckDisjoint();
    }

    private PyTorchEntry Entry(string name, PickleTensor tensor)
    {
        var storage = tensor.Storage;
        var record = _storages.Storage(storage.Key)
            ?? throw Fault($"its storage 'data/{WeightsException.Show(storage.Key)}' is not {_storages.Place}.");
        var size = storage.Class.ElementSize;
        if (!CheckedMath.TryMultiply(storage.Length, size, out var bytes) || bytes != record.Length)
        {
            throw Fault(Invariant($"its storage has {storage.Length} elements of {size} bytes, ")
                + $"but the record '{WeightsException.Show(record.Name)}' has {record.Length} bytes.");
        }
        var view = TensorView.Create(tensor, storage.ViewLength * size / tensor.Type.ElementSize(), out var problem) ?? throw Fault(problem);
        return new PyTorchEntry(ByteSource, _storages, name, tensor, record, view);

        WeightsException Fault(string problem) => _pickle.Fault(problem, name, tensor.Position);
    }
}
