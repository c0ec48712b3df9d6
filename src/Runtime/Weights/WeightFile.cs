using System.Diagnostics.CodeAnalysis;
using Blockwright.Weights;

namespace Blockwright;

/// <summary>
/// A file of weights, open for reading: named tensors that stay in the file until they are asked for. Needs no libtorch.
/// An instance may be read by one thread at a time.
/// </summary>
public abstract class WeightFile : IDisposable
{
    private readonly WeightStream _file;
    private readonly Dictionary<string, WeightEntry> _byName;

    private protected WeightFile(WeightStream file, IReadOnlyList<WeightEntry> entries)
    {
        _file = file;
        Entries = entries;
        _byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path => _file.Path;

    /// <summary>All tensors, in the order in which the file lists them. Names are unique.</summary>
    public IReadOnlyList<WeightEntry> Entries { get; }

    /// <summary>
    /// Opens a file of weights. Its content says which kind it is, not its name: a zip archive is PyTorch's, anything else must be safetensors.
    /// </summary>
    /// <param name="path">A <c>.safetensors</c> file, or what <c>torch.save</c> writes (<c>.pth</c>, <c>.pt</c>).</param>
    /// <exception cref="WeightsException">The file is damaged, or of another kind.</exception>
    /// <exception cref="IOException">The file does not exist (<see cref="FileNotFoundException"/>) or could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a directory.</exception>
    public static WeightFile Open(string path) => OpenWith<WeightFile>(path, file => PyTorchFile.IsOne(file) ? PyTorchFile.Read(file) : Safetensors.Read(file));

    /// <summary>Finds a tensor by its name.</summary>
    /// <param name="name">The state-dict key.</param>
    /// <param name="entry">The tensor, if there is one.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out WeightEntry? entry) => _byName.TryGetValue(name, out entry);

    /// <summary>Closes the file. Entries cannot be read after it.</summary>
    public void Dispose()
    {
        _file.Dispose();
        GC.SuppressFinalize(this);
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
}
