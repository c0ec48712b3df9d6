using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>A module of any keys, types and shapes: a dotted key becomes submodules with a parameter or a buffer at the end.</summary>
internal sealed class BagOfTensors : nn.Module
{
    private readonly Dictionary<string, BagOfTensors> _children = [];

    public BagOfTensors(string name = "Bag")
        : base(name)
    {
    }

    public static BagOfTensors Like(WeightFile file)
    {
        var bag = new BagOfTensors();
        foreach (var entry in file.Entries)
            bag.Add(entry.Name, zeros(entry.Shape.AsSpan(), entry.Type == WeightType.Int64 ? torch.ScalarType.Int64 : torch.ScalarType.Float32), IsBuffer(entry.Name));
        return bag;
    }

    public BagOfTensors Add(string key, Tensor value, bool isBuffer = false, bool persistent = true)
    {
        var dot = key.IndexOf('.');
        if (dot >= 0)
            Child(key[..dot]).Add(key[(dot + 1)..], value, isBuffer, persistent);
        else if (isBuffer)
            register_buffer(key, value, persistent);
        else
            register_parameter(key, new TorchSharp.Modules.Parameter(value, value.is_floating_point()));
        return this;
    }

    /// <summary>All bytes of the state dict, by key.</summary>
    public Dictionary<string, byte[]> Bytes() => state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.bytes.ToArray());

    private static bool IsBuffer(string key) => key.EndsWith("running_mean", StringComparison.Ordinal)
        || key.EndsWith("running_var", StringComparison.Ordinal)
        || key.EndsWith("num_batches_tracked", StringComparison.Ordinal);

    private BagOfTensors Child(string name)
    {
        if (!_children.TryGetValue(name, out var child))
        {
            _children.Add(name, child = new BagOfTensors(name));
            register_module(name, child);
        }
        return child;
    }
}
