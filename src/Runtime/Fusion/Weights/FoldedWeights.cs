using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Blockwright.Weights;

namespace Blockwright.Plans;

/// <summary>One layer's weights with its batch norm folded in. For a batch norm by itself the weights are the scales.</summary>
/// <param name="Shape">The weights' shape, as torch has it.</param>
/// <param name="Weight">The weights, in torch's order.</param>
/// <param name="Bias">One for each output channel, or empty.</param>
internal sealed record FoldedLayer(ImmutableArray<long> Shape, float[] Weight, float[] Bias)
{
    /// <summary>A transposed convolution's weights in the order of a convolution's: the channels that come out first. The taps stay as they are.</summary>
    /// <param name="groups">The groups.</param>
    public FoldedLayer OutFirst(int groups)
    {
        var (perGroup, rows, taps) = ((int)Shape[0] / groups, (int)Shape[1], (int)(Shape[2] * Shape[3]));
        var weight = new float[Weight.Length];
        for (var input = 0; input < Shape[0]; input++)
        {
            var (group, column) = Math.DivRem(input, perGroup);
            for (var row = 0; row < rows; row++)
                Array.Copy(Weight, ((input * rows) + row) * taps, weight, ((((group * rows) + row) * perGroup) + column) * taps, taps);
        }
        return new([groups * rows, perGroup, Shape[2], Shape[3]], weight, Bias);
    }
}

/// <summary>A network's folded weights by key: what a snapshot is made of, and what its file holds.</summary>
internal sealed class FoldedWeights
{
    /// <summary>Of the file: what its entries and texts mean.</summary>
    private const string Version = "2";

    private const string NetworkKey = SafetensorsHeader.SnapshotKey;
    private const string WeightsKey = "blockwright.weights";
    private const string VersionKey = "blockwright.version";
    private const string ParametersKey = "blockwright.parameters";

    private readonly Dictionary<string, FoldedLayer> _layers;

    public FoldedWeights(Dictionary<string, FoldedLayer> layers) => _layers = layers;

    public FoldedLayer this[string key] => _layers[key];

    /// <summary>The weights that a plan names.</summary>
    public static IEnumerable<PlanWeights> Of(CpuPlan plan) => plan.Steps.Select(static step => step.Weights).OfType<PlanWeights>();

    /// <summary>Writes the folded weights and what tells whose they are.</summary>
    public void Save(string path, string network, CpuPlan plan)
    {
        ModuleWeights.CheckName(path, "snapshots");
        var entries = new List<WeightSource>();
        foreach (var (key, layer) in _layers)
        {
            entries.Add(Entry(key + ".weight", layer.Shape, layer.Weight));
            if (layer.Bias.Length > 0)
                entries.Add(Entry(key + ".bias", [layer.Bias.Length], layer.Bias));
        }
        var texts = new Dictionary<string, string> { [NetworkKey] = network, [WeightsKey] = plan.Identity, [VersionKey] = Version };
        if (plan.Given.Length > 0)
            texts[ParametersKey] = plan.Given;
        Safetensors.Save(path, entries, texts);

        static WeightSource Entry(string name, ImmutableArray<long> shape, float[] values) =>
            new(name, WeightType.Float32, shape, (ReadOnlyMemory<byte>)MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    /// <summary>The plans for what the parameters of a network were whose snapshot a file holds: those given, where it does not say.</summary>
    /// <exception cref="WeightsException">They are not this network's.</exception>
    public static NetworkPlans PlansFor(string path, NetworkPlans plans)
    {
        if (plans.Given is null)
            return plans;
        using var file = Safetensors.Open(path);
        return !file.Metadata.TryGetValue(ParametersKey, out var text) ? plans
            : plans.ForText(text) ?? throw new WeightsException(path, $"It is no snapshot for this network: expected {ParametersKey} as {plans.ParametersText}, found {WeightsException.Show(text)}. Save a snapshot of this network with this version of the program.");
    }

    /// <summary>Reads from a file what <see cref="Save"/> wrote for a network of the same weights. Every entry's type and shape is checked before any is read.</summary>
    /// <exception cref="WeightsException">The file is damaged, or of another network or version.</exception>
    public static FoldedWeights Load(Safetensors file, string network, CpuPlan plan)
    {
        var path = file.Path;
        Expect(NetworkKey, network);
        Expect(VersionKey, Version);
        Expect(WeightsKey, plan.Identity);
        var found = Of(plan).Select(weights => Find(file, weights)).ToList();
        var layers = new Dictionary<string, FoldedLayer>();
        foreach (var layer in found)
            layers.Add(layer.Key, Read(layer.Weight, layer.Bias));
        return new(layers);

        void Expect(string key, string value)
        {
            var isThere = file.Metadata.TryGetValue(key, out var found);
            if (!isThere && key == NetworkKey)
                throw new WeightsException(path, $"It holds weights, and is no snapshot, which Fuse() folds: the module whose weights they are reads it by LoadWeights(path), and {network}'s Fuse().Save(...) writes what LoadFused reads.");
            if (found != value)
                throw new WeightsException(path, $"It is no snapshot for this network: expected {key} = {value}, found {(found is null ? "none" : WeightsException.Show(found))}. Save a snapshot of this network with this version of the program.");
        }
    }

    /// <summary>A layer's entries. A class for the reason that <see cref="PlanRun"/> is one.</summary>
    private sealed record FoundLayer(string Key, WeightEntry Weight, WeightEntry? Bias);

    private static FoundLayer Find(Safetensors file, PlanWeights weights)
    {
        var weight = Entry(file, weights.FoldedKey + ".weight", weights.Shape);
        return new(weights.FoldedKey, weight, weights.HasFoldedBias ? Entry(file, weights.FoldedKey + ".bias", [weights.OutChannels]) : null);
    }

    private static WeightEntry Entry(Safetensors file, string name, ImmutableArray<int> shape)
    {
        if (!file.TryGet(name, out var entry))
            throw new WeightsException(file.Path, "it is missing from the snapshot. Save the snapshot again.", name);
        if (entry.Type != WeightType.Float32 || !IsAlike(entry.Shape, shape))
            throw new WeightsException(file.Path, $"expected {Text(WeightType.Float32, shape.Select(static size => (long)size))}, found {Text(entry.Type, entry.Shape)}. Save the snapshot again.", name);
        return entry;

        static string Text(WeightType type, IEnumerable<long> shape) => $"{type} {shape.Joined(" x ")}";

        static bool IsAlike(ImmutableArray<long> found, ImmutableArray<int> expected)
        {
            var isAlike = found.Length == expected.Length;
            for (var i = 0; isAlike && i < found.Length; i++)
                isAlike = found[i] == expected[i];
            return isAlike;
        }
    }

    private static FoldedLayer Read(WeightEntry weight, WeightEntry? bias) => new(weight.Shape, Floats(weight), bias is null ? [] : Floats(bias));

    private static float[] Floats(WeightEntry entry)
    {
        var values = GC.AllocateUninitializedArray<float>(checked((int)entry.ElementCount));
        entry.Read(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
