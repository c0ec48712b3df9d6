using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Blockwright.Cpu;

/// <summary>One layer's weights with its batch norm folded in. For a batch norm by itself the weights are the scales.</summary>
/// <param name="Shape">The weights' shape, as torch has it.</param>
/// <param name="Weight">The weights, in torch's order.</param>
/// <param name="Bias">One for each output channel, or empty.</param>
internal sealed record FoldedLayer(ImmutableArray<long> Shape, float[] Weight, float[] Bias);

/// <summary>A network's folded weights by key: what a snapshot is made of, and what its file holds.</summary>
internal sealed class FoldedWeights
{
    private const string Version = "1";
    private const string NetworkKey = "blockwright.network";
    private const string PlanKey = "blockwright.plan";
    private const string VersionKey = "blockwright.version";

    private readonly Dictionary<string, FoldedLayer> _layers;

    public FoldedWeights(Dictionary<string, FoldedLayer> layers) => _layers = layers;

    public FoldedLayer this[string key] => _layers[key];

    /// <summary>Writes the folded weights and the plan's identity.</summary>
    public void Save(string path, CpuPlan plan)
    {
        var entries = new List<WeightSource>();
        foreach (var (key, layer) in _layers)
        {
            entries.Add(new(key + ".weight", WeightType.Float32, layer.Shape, (ReadOnlyMemory<byte>)MemoryMarshal.AsBytes(layer.Weight.AsSpan()).ToArray()));
            if (layer.Bias.Length > 0)
                entries.Add(new(key + ".bias", WeightType.Float32, [layer.Bias.Length], (ReadOnlyMemory<byte>)MemoryMarshal.AsBytes(layer.Bias.AsSpan()).ToArray()));
        }
        Safetensors.Save(path, entries, new Dictionary<string, string> { [NetworkKey] = plan.Network, [PlanKey] = plan.Identity, [VersionKey] = Version });
    }

    /// <summary>Reads what <see cref="Save"/> wrote for the same plan.</summary>
    /// <exception cref="WeightsException">The file is damaged, or of another network or version.</exception>
    public static FoldedWeights Load(string path, CpuPlan plan)
    {
        using var file = Safetensors.Open(path);
        Expect(NetworkKey, plan.Network);
        Expect(VersionKey, Version);
        Expect(PlanKey, plan.Identity);
        return new(plan.Steps.Where(static step => step.WeightKey.Length > 0).ToDictionary(static step => step.WeightKey, step => Read(file, step.WeightKey)));

        void Expect(string key, string value)
        {
            if (!file.Metadata.TryGetValue(key, out var found) || found != value)
                throw new WeightsException(path, $"It is no snapshot for this network: expected {key} = {value}, found {(found is null ? "none" : WeightsException.Show(found))}. Save a snapshot of this network with this version of the program.");
        }
    }

    private static FoldedLayer Read(Safetensors file, string key)
    {
        if (!file.TryGet(key + ".weight", out var weight))
            throw new WeightsException(file.Path, $"The weights of {key} are missing.");
        return new(weight.Shape, ReadFloats(weight), file.TryGet(key + ".bias", out var bias) ? ReadFloats(bias) : []);
    }

    private static float[] ReadFloats(WeightEntry entry)
    {
        var values = new float[entry.ElementCount];
        entry.Read(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
