using TorchSharp;

namespace Blockwright;

/// <summary>What a summary asks of a module's parameters: how many there are of each layer, and which take gradients.</summary>
/// <param name="ByLayer">By the layer's key: all and those that take gradients.</param>
/// <param name="Bytes">What all take in the module's types.</param>
internal sealed record ModuleParameters(IReadOnlyDictionary<string, (long All, long Trainable)> ByLayer, long Bytes)
{
    public long All => ByLayer.Values.Sum(static layer => layer.All);

    public long Trainable => ByLayer.Values.Sum(static layer => layer.Trainable);

    public static ModuleParameters Of(torch.nn.Module module)
    {
        var layers = new Dictionary<string, (long All, long Trainable)>(StringComparer.Ordinal);
        var bytes = 0L;
        foreach (var (name, parameter) in module.named_parameters())
        {
            var dot = name.LastIndexOf('.');
            var key = dot < 0 ? "" : name[..dot];
            var (all, trainable) = layers.GetValueOrDefault(key);
            var count = parameter.numel();
            layers[key] = (all + count, trainable + (parameter.requires_grad ? count : 0));
            bytes += count * parameter.element_size();
        }
        return new(layers, bytes);
    }

    /// <summary>Of some layers those that take gradients.</summary>
    public long TrainableOf(IEnumerable<LayerCost> layers) => layers.Where(static layer => layer.Parameters > 0).Sum(layer => ByLayer.GetValueOrDefault(layer.Key).Trainable);
}
