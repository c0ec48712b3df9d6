using System.Runtime.InteropServices;
using TorchSharp;

namespace Blockwright;

/// <summary>Loads and saves the weights of TorchSharp modules: parameters and persistent buffers, by their state-dict keys.</summary>
public static class ModuleWeights
{
    // A span ends at 2 GiB; a tensor does not.
    private const int ChunkBytes = 1 << 30;

    private const string Extension = ".safetensors";

    /// <summary>
    /// Loads a <c>.safetensors</c> file or what <c>torch.save</c> wrote (<c>.pth</c>, <c>.pt</c>); the content says which it is. Values are converted to the
    /// type and the device of the module's own tensors, as <c>Tensor.copy_</c> does.
    /// </summary>
    /// <param name="module">The module; its tensors are filled in place.</param>
    /// <param name="path">The file.</param>
    /// <param name="strict">Whether file and module must agree in all keys and shapes. If not, what fits is loaded.</param>
    /// <returns>What was loaded, and all keys that were not.</returns>
    /// <remarks>
    /// All values are read and converted before the first is copied: if this throws, the module is as it was. That takes the memory of a second copy of the
    /// weights while it loads. A batch norm's <c>num_batches_tracked</c> that the file lacks stays as it is, also in a strict load.
    /// </remarks>
    /// <exception cref="WeightsException">The load is strict and keys or shapes differ (<see cref="WeightsException.Report"/> has all of them), or the file is
    /// damaged or of another kind.</exception>
    /// <exception cref="IOException">The file does not exist (<see cref="FileNotFoundException"/>) or could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a directory.</exception>
    public static LoadReport LoadWeights(this torch.nn.Module module, string path, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var file = WeightFile.Open(path);
        return module.LoadWeights(file, strict);
    }

    /// <summary>Loads from a file that is open already; else as <see cref="LoadWeights(torch.nn.Module, string, bool)"/>.</summary>
    /// <param name="module">The module; its tensors are filled in place.</param>
    /// <param name="file">The file.</param>
    /// <param name="strict">Whether file and module must agree in all keys and shapes. If not, what fits is loaded.</param>
    /// <returns>What was loaded, and all keys that were not.</returns>
    /// <exception cref="WeightsException">The load is strict and keys or shapes differ (<see cref="WeightsException.Report"/> has all of them), or the file is
    /// damaged.</exception>
    /// <exception cref="IOException">The file could not be read.</exception>
    public static LoadReport LoadWeights(this torch.nn.Module module, WeightFile file, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(file);
        var targets = module.state_dict();
        var report = Compare(targets, file);
        if (strict && !report.IsComplete)
            throw new WeightsException(file.Path, module.GetName(), report);
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var staged = report.Loaded.Select(key => (Target: targets[key], Value: Stage(file, key, targets[key].dtype))).ToList();
        foreach (var (target, value) in staged)
            target.copy_(value);
        return report;
    }

    /// <summary>
    /// Saves parameters and persistent buffers as <c>.safetensors</c>, each in its own type. A file that stood there before is replaced in one step at the end,
    /// so a failure on the way loses nothing.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="path">The file to write. Its name ends with <c>.safetensors</c>.</param>
    /// <param name="metadata">Texts to keep in the file under <c>__metadata__</c>.</param>
    /// <exception cref="WeightsException">The name ends otherwise: <c>.pth</c> can be read but not written; or a tensor is complex or quantized.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void SaveWeights(this torch.nn.Module module, string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(path);
        if (!string.Equals(Path.GetExtension(path), Extension, StringComparison.OrdinalIgnoreCase))
        {
            throw new WeightsException(
                path,
                $"weights are saved as {Extension}, and this name ends with '{Path.GetExtension(path)}'. "
                    + "PyTorch reads it with safetensors.torch.load_file(path).");
        }
        Safetensors.Save(path, module.state_dict().Select(pair => Source(path, pair.Key, pair.Value)).ToList(), metadata);
    }

    private static LoadReport Compare(Dictionary<string, torch.Tensor> targets, WeightFile file)
    {
        List<string> loaded = [], missing = [];
        List<ShapeMismatch> wrongShape = [];
        foreach (var (key, target) in targets)
        {
            if (!file.TryGet(key, out var entry))
            {
                if (!IsBatchCounter(key, target))
                    missing.Add(key);
            }
            else if (entry.Shape.AsSpan().SequenceEqual(target.shape))
                loaded.Add(key);
            else
                wrongShape.Add(new ShapeMismatch(key, [.. target.shape], entry.Shape));
        }
        var unexpected = file.Entries.Select(entry => entry.Name).Where(name => !targets.ContainsKey(name)).ToList();
        return new LoadReport(loaded, missing, unexpected, wrongShape);
    }

    /// <summary>
    /// The number of batches that a batch norm has seen. State dicts of before PyTorch 0.4.1 lack it, and torch's own load_state_dict lets them pass, too
    /// (_NormBase._load_from_state_dict, version below 2). Only a batch norm with momentum None computes anything from it.
    /// </summary>
    private static bool IsBatchCounter(string key, torch.Tensor target)
        => key.AsSpan(key.LastIndexOf('.') + 1) is "num_batches_tracked" && target.dtype == torch.ScalarType.Int64 && target.shape.Length == 0;

    /// <summary>Reads a tensor into libtorch's own memory and converts it there.</summary>
    private static torch.Tensor Stage(WeightFile file, string key, torch.ScalarType type)
    {
        if (!file.TryGet(key, out var entry))
            throw new ArgumentException($"The file has no entry '{key}'.", nameof(key));
        var value = torch.empty(entry.Shape.AsSpan(), ScalarType(entry.Type), torch.CPU);
        using (var flat = value.view(-1))
            foreach (var (first, count) in Chunks(entry.ElementCount, entry.Type))
            {
                using var part = flat.narrow(0, first, count);
                entry.Read(part.bytes, first);
            }
        if (value.dtype == type)
            return value;
        using (value)
            return value.to(type);
    }

    private static WeightSource Source(string path, string key, torch.Tensor tensor)
    {
        var type = WeightTypeOf(tensor.dtype) ?? throw new WeightsException(path, $"a tensor of type {tensor.dtype} cannot be saved. Convert it first.", key);
        return new WeightSource(key, type, ImmutableCollectionsMarshal.AsImmutableArray(tensor.shape), stream => Write(tensor, type, stream));
    }

    private static void Write(torch.Tensor tensor, WeightType type, Stream stream)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var flat = tensor.detach().cpu().contiguous().view(-1);
        foreach (var (first, count) in Chunks(flat.numel(), type))
            stream.Write(flat.narrow(0, first, count).bytes);
    }

    private static IEnumerable<(long First, long Count)> Chunks(long count, WeightType type)
    {
        long most = ChunkBytes / type.ElementSize();
        for (var first = 0L; first < count; first += most)
            yield return (first, Math.Min(most, count - first));
    }

    private static torch.ScalarType ScalarType(WeightType type) => type switch
    {
        WeightType.Bool => torch.ScalarType.Bool,
        WeightType.UInt8 => torch.ScalarType.Byte,
        WeightType.Int8 => torch.ScalarType.Int8,
        WeightType.Int16 => torch.ScalarType.Int16,
        WeightType.Float16 => torch.ScalarType.Float16,
        WeightType.BFloat16 => torch.ScalarType.BFloat16,
        WeightType.Int32 => torch.ScalarType.Int32,
        WeightType.Float32 => torch.ScalarType.Float32,
        WeightType.Float64 => torch.ScalarType.Float64,
        WeightType.Int64 => torch.ScalarType.Int64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a WeightType."),
    };

    /// <summary>The type in a file of weights; null for complex and quantized tensors.</summary>
    private static WeightType? WeightTypeOf(torch.ScalarType type)
        => Enum.GetValues<WeightType>().Cast<WeightType?>().FirstOrDefault(candidate => ScalarType(candidate!.Value) == type);
}
