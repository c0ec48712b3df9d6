using System.Diagnostics.CodeAnalysis;
using Blockwright.Weights;

namespace Blockwright;

/// <summary>
/// A file of weights, open for reading: named tensors that stay in the file until they are asked for. Needs no libtorch.
/// An instance may be read by one thread at a time.
/// </summary>
public abstract class WeightFile : IDisposable
{
    private Dictionary<string, WeightEntry> _byName = [];

    private protected WeightFile(WeightStream file) => ByteSource = file;

    /// <summary>The file, as the caller named it.</summary>
    public string Path => ByteSource.Path;

    /// <summary>All tensors, in the order in which the file lists them. Names are unique.</summary>
    public IReadOnlyList<WeightEntry> Entries { get; private set; } = [];

    /// <summary>What else stands among them: tensors of types that are not read, and in PyTorch's files what is no tensor.</summary>
    public IReadOnlyList<SkippedEntry> Skipped { get; private set; } = [];

    /// <summary>Which dict of a PyTorch file this is: the keys that lead to it, joined by dots; empty for all other files.</summary>
    public string EntryPath { get; private set; } = "";

    private protected WeightStream ByteSource { get; }

    /// <summary>
    /// Opens a file of weights. Its content says which kind it is, not its name: a zip archive or a pickle is PyTorch's, a JSON text is the index of a model in
    /// several files (<c>model.safetensors.index.json</c>), which lie beside it, and anything else must be safetensors.
    /// </summary>
    /// <param name="path">A <c>.safetensors</c> file, what <c>torch.save</c> writes (<c>.pth</c>, <c>.pt</c>, <c>.ckpt</c>), or an index.</param>
    /// <param name="entry">Which state dict of several in a PyTorch file: the keys that lead to it, joined by dots, or the last of them. Left out, it is
    /// found.</param>
    /// <exception cref="WeightsException">The file is damaged or of another kind; or holds several state dicts, and none was asked for.</exception>
    /// <exception cref="IOException">The file does not exist (<see cref="FileNotFoundException"/>) or could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a directory.</exception>
    public static WeightFile Open(string path, string? entry = null) => Open(path, entry, fits: null);

    /// <summary>Finds a tensor by its name.</summary>
    /// <param name="name">The state-dict key.</param>
    /// <param name="entry">The tensor, if there is one.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out WeightEntry? entry) => _byName.TryGetValue(name, out entry);

    /// <summary>Closes the file. Entries cannot be read after it.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a file of weights.</summary>
    /// <param name="path">The file.</param>
    /// <param name="entry">Which state dict.</param>
    /// <param name="fits">Whether a state dict is what is wanted, where there are several; null if that is not known.</param>
    internal static WeightFile Open(string path, string? entry, Func<StateDictCandidate, bool>? fits) => OpenWith(path, file =>
    {
        if (PyTorchFile.IsOne(file))
            return PyTorchFile.Read(file, entry, fits);
        WeightFile opened = ShardIndex.IsOne(file) ? ShardedFile.Read(file) : Safetensors.Read(file);
        if (entry is not null)
            opened.Choose(entry);
        return opened;
    });

    /// <summary>Turns to another state dict of the file. Only PyTorch's files have any but the empty name for what they hold.</summary>
    internal virtual void Choose(string entry)
    {
        if (entry.Length > 0)
        {
            throw new WeightsException(
                Path, $"an entry '{WeightsException.Show(entry)}' was asked for. Only PyTorch's files hold several state dicts to choose from.");
        }
    }

    /// <summary>Opens the file, and closes it again if it cannot be read.</summary>
    private protected static T OpenWith<T>(string path, Func<WeightStream, T> read)
        where T : WeightFile
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = WeightStream.Open(path);
        T? opened = null;
        try
        {
            return opened = read(file);
        }
        finally
        {
            if (opened is null)
                file.Dispose();
        }
    }

    private protected void Fill(IReadOnlyList<WeightEntry> entries, IReadOnlyList<SkippedEntry> skipped, string entryPath = "")
    {
        Entries = entries;
        Skipped = skipped;
        EntryPath = entryPath;
        _byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    private protected virtual void Dispose(bool disposing) => ByteSource.Dispose();
}
