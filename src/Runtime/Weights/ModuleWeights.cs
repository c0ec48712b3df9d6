using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Blockwright.Weights;
using TorchSharp;

namespace Blockwright;

/// <summary>Loads and saves the weights of TorchSharp modules: parameters and persistent buffers, by their state-dict keys.</summary>
public static class ModuleWeights
{
    // A span ends at 2 GiB; a tensor does not.
    private const int ChunkBytes = 1 << 30;

    internal const string Extension = ".safetensors";

    /// <summary>
    /// Loads a <c>.safetensors</c> file, what <c>torch.save</c> wrote (<c>.pth</c>, <c>.pt</c>, <c>.ckpt</c>), or a model in several files by its index
    /// (<c>.index.json</c>); the content says which it is. Values are converted to the type and the device of the module's own tensors, as <c>Tensor.copy_</c>
    /// does.
    /// </summary>
    /// <param name="module">The module; its tensors are filled in place.</param>
    /// <param name="path">The file.</param>
    /// <param name="strict">Whether file and module must agree in all keys and shapes. If not, what fits is loaded, and it must be something.</param>
    /// <param name="except">The module's keys that stay as they are, whatever the file has there, as <c>fc.*</c>: see <see cref="LoadOptions.Except"/>.</param>
    /// <returns>What was loaded, and all keys that were not.</returns>
    /// <remarks>
    /// All values are read and converted before the first is copied: if this throws, the module is as it was. That takes the memory of a second copy of the
    /// weights while it loads. A batch norm's <c>num_batches_tracked</c> that the file lacks stays as it is, also in a strict load.
    /// </remarks>
    /// <exception cref="WeightsException">The load is strict and keys or shapes differ, or nothing fits (<see cref="WeightsException.Report"/> has all of
    /// them); the file is damaged or of another kind, or holds several state dicts that fit; or the module is on the meta device.</exception>
    /// <exception cref="IOException">The file does not exist (<see cref="FileNotFoundException"/>) or could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a directory.</exception>
    public static LoadReport LoadWeights(this torch.nn.Module module, string path, bool strict = true, string? except = null)
        => module.LoadWeights(path, new LoadOptions { Strict = strict, Except = except is null ? [] : [except] });

    /// <summary>Loads with options: which state dict of several, which prefix, which names; else as
    /// <see cref="LoadWeights(torch.nn.Module, string, bool, string)"/>.</summary>
    /// <param name="module">The module; its tensors are filled in place.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">What differs from a plain load.</param>
    /// <returns>What was loaded, and all keys that were not.</returns>
    /// <exception cref="WeightsException">The load is strict and keys or shapes differ, or nothing fits (<see cref="WeightsException.Report"/> has all of
    /// them); the file is damaged or of another kind, or has no such entry; or the module is on the meta device.</exception>
    /// <exception cref="IOException">The file does not exist (<see cref="FileNotFoundException"/>) or could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a directory.</exception>
    // For new() { ... }, which would fit a bool as well.
    [OverloadResolutionPriority(1)]
    public static LoadReport LoadWeights(this torch.nn.Module module, string path, LoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(options);
        var targets = Targets(module, path);
        var shapes = Shapes(targets);
        using var file = WeightFile.Open(path, options.Entry, candidate => KeyComparison.Fits(shapes, candidate, options));
        return Load(module, targets, shapes, file, options);
    }

    /// <summary>Loads from a file that is open already; else as <see cref="LoadWeights(torch.nn.Module, string, bool, string)"/>.</summary>
    /// <param name="module">The module; its tensors are filled in place.</param>
    /// <param name="file">The file.</param>
    /// <param name="strict">Whether file and module must agree in all keys and shapes. If not, what fits is loaded, and it must be something.</param>
    /// <param name="except">The module's keys that stay as they are, whatever the file has there, as <c>fc.*</c>: see <see cref="LoadOptions.Except"/>.</param>
    /// <returns>What was loaded, and all keys that were not.</returns>
    /// <exception cref="WeightsException">The load is strict and keys or shapes differ, or nothing fits (<see cref="WeightsException.Report"/> has all of
    /// them); the file is damaged; or the module is on the meta device.</exception>
    /// <exception cref="IOException">The file could not be read.</exception>
    public static LoadReport LoadWeights(this torch.nn.Module module, WeightFile file, bool strict = true, string? except = null)
        => module.LoadWeights(file, new LoadOptions { Strict = strict, Except = except is null ? [] : [except] });

    /// <summary>Loads with options from a file that is open already; else as <see cref="LoadWeights(torch.nn.Module, string, LoadOptions)"/>.</summary>
    /// <param name="module">The module; its tensors are filled in place.</param>
    /// <param name="file">The file. If the options name an entry, the file shows that one afterwards.</param>
    /// <param name="options">What differs from a plain load.</param>
    /// <returns>What was loaded, and all keys that were not.</returns>
    /// <exception cref="WeightsException">The load is strict and keys or shapes differ, or nothing fits (<see cref="WeightsException.Report"/> has all of
    /// them); the file is damaged, or has no such entry; or the module is on the meta device.</exception>
    /// <exception cref="IOException">The file could not be read.</exception>
    [OverloadResolutionPriority(1)]
    public static LoadReport LoadWeights(this torch.nn.Module module, WeightFile file, LoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        var targets = Targets(module, file.Path);
        if (options.Entry is not null)
            file.Choose(options.Entry);
        return Load(module, targets, Shapes(targets), file, options);
    }

    /// <summary>
    /// Saves parameters and persistent buffers as <c>.safetensors</c>, each in its own type. A file that stood there before is replaced in one step at the end,
    /// so a failure on the way loses nothing.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="path">The file to write. Its name ends with <c>.safetensors</c>.</param>
    /// <param name="metadata">Texts to keep in the file under <c>__metadata__</c>.</param>
    /// <exception cref="WeightsException">The name ends otherwise: <c>.pth</c> can be read but not written; a tensor is complex or quantized; or the module is
    /// on the meta device.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void SaveWeights(this torch.nn.Module module, string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(path);
        CheckName(path, "weights", " PyTorch reads it with safetensors.torch.load_file(path).");
        Safetensors.Save(path, Targets(module, path).Select(pair => Source(path, pair.Key, pair.Value)).ToList(), metadata);
    }

    /// <summary>The name of a file that is to be written says what it is.</summary>
    /// <param name="path">The name.</param>
    /// <param name="what">What is saved.</param>
    /// <param name="more">What else is to be known.</param>
    /// <exception cref="WeightsException">It ends otherwise.</exception>
    internal static void CheckName(string path, string what, string more = "")
    {
        var ending = Path.GetExtension(path);
        if (string.Equals(ending, Extension, StringComparison.OrdinalIgnoreCase))
            return;
        throw new WeightsException(path, Directory.Exists(path)
            ? $"it is a folder: name a file in it, {Path.Combine(path, what)}{Extension}."
            : $"{what} are saved as {Extension}, and this name {(ending.Length == 0 ? "has no ending" : $"ends with '{ending}'")}.{more}");
    }

    private static LoadReport Load(
        torch.nn.Module module, Dictionary<string, torch.Tensor> targets, Dictionary<string, long[]> shapes, WeightFile file, LoadOptions options)
    {
        // Its keys are a module's, and its weights others: batch norms are folded into them.
        if (file is Safetensors { Metadata: { } texts } && texts.TryGetValue(SafetensorsHeader.SnapshotKey, out var snapshot))
            throw new WeightsException(file.Path, $"It is a snapshot of '{WeightsException.Show(snapshot)}', which Fuse() has folded, and no module's weights. The network's LoadFused reads it; SaveWeights writes what a module loads.");
        var comparison = new KeyComparison(shapes, file, options);
        if (options.Strict && comparison.IdleException is { } pattern)
        {
            var key = WeightsException.Show(pattern);
            throw new WeightsException(file.Path, $"'{key}' is excepted, and neither {module.GetName()} nor the file has such a key.{(pattern.Contains(',') ? " Several patterns go into LoadOptions.Except, each by itself." : comparison.Instead(pattern))}");
        }
        var report = comparison.Report();
        if (report.Excepted.Count == targets.Count && targets.Count > 0)
            throw new WeightsException(file.Path, $"All {targets.Count} keys of {module.GetName()} are excepted: there is nothing to load.");
        if (comparison.IdlePrefix is { } others)
            throw new WeightsException(file.Path, $"No key begins with the prefix '{WeightsException.Show(options.Prefix!)}' that was asked for; they begin with {others}.");
        var isNothing = report.Loaded.Count == 0 && targets.Count > 0;
        if ((options.Strict && !report.IsComplete) || isNothing)
            throw new WeightsException(file.Path, module.GetName(), report, LoadAdvice.Lines(file.Path, shapes, comparison, report, options));
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var staged = report.Loaded.Select(key => (Target: targets[key], Value: Stage(comparison[key], targets[key]))).ToList();
        foreach (var (target, value) in staged)
            target.copy_(value);
        return report;
    }

    private static Dictionary<string, torch.Tensor> Targets(torch.nn.Module module, string path)
    {
        // It would be saved as a file without those weights.
        ModuleCalls.RequireLayers(module);
        var targets = module.state_dict();
        foreach (var (key, target) in targets)
            if (target.device_type == DeviceType.META)
            {
                throw new WeightsException(
                    path,
                    $"the module {module.GetName()} is on the meta device, where tensors have shapes and no memory. "
                        + "Create it on a device that has some, such as torch.CPU.",
                    key);
            }
        return targets;
    }

    private static Dictionary<string, long[]> Shapes(Dictionary<string, torch.Tensor> targets)
        => targets.ToDictionary(pair => pair.Key, pair => pair.Value.shape, StringComparer.Ordinal);

    /// <summary>Reads a tensor into libtorch's own memory and converts it there.</summary>
    private static torch.Tensor Stage(WeightEntry entry, torch.Tensor target)
    {
        var value = torch.empty(target.shape, ScalarType(entry.Type), torch.CPU);
        using (var flat = value.view(-1))
            foreach (var (first, count) in Chunks(entry.ElementCount, entry.Type))
            {
                using var part = flat.narrow(0, first, count);
                entry.Read(part.bytes, first);
            }
        if (value.dtype == target.dtype)
            return value;
        using (value)
            return value.to(target.dtype);
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
