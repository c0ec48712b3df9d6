using Blockwright.Plans;

namespace Blockwright.Gpu;

/// <summary>Folded weights as a program's kernels want them.</summary>
internal static class WeightPacking
{
    /// <summary>All weights of a program, each where its <see cref="GpuWeights.At"/> says; at least one float.</summary>
    public static float[] Pack(GpuProgram program, FoldedWeights weights)
    {
        var packed = new float[Math.Max(1, program.WeightFloats)];
        foreach (var part in program.Weights)
        {
            var layer = weights[part.Of.FoldedKey];
            if (part.Of.TransposedGroups > 0)
                layer = layer.OutFirst(part.Of.TransposedGroups);
            var target = packed.AsSpan(checked((int)part.At), checked((int)part.Floats));
            if (part.Packing == GpuPacking.Products)
                PackProducts(part, layer, target);
            else
                PackChannels(part, layer, target);
            for (var channel = 0; channel < layer.Bias.Length; channel++)
                target[layer.Weight.Length + channel] = layer.Bias[OutChannel(part, channel)];
        }
        return packed;
    }

    /// <summary>Group x depth x output channel; the depth is input channel by input channel, each with its taps.</summary>
    private static void PackProducts(GpuWeights part, FoldedLayer layer, Span<float> target)
    {
        var (channels, inputs) = ((int)layer.Shape[0], (int)layer.Shape[1]);
        var (taps, rows) = (layer.Weight.Length / channels / inputs, channels / part.Groups);
        for (var channel = 0; channel < channels; channel++)
        {
            var group = channel / rows;
            for (var input = 0; input < inputs; input++)
            {
                var from = part.InOrder.IsEmpty ? input : part.InOrder[(group * inputs) + input] - (group * inputs);
                for (var tap = 0; tap < taps; tap++)
                    target[(((((group * inputs) + input) * taps) + tap) * rows) + (channel % rows)] = layer.Weight[(((OutChannel(part, channel) * inputs) + from) * taps) + tap];
            }
        }
    }

    private static void PackChannels(GpuWeights part, FoldedLayer layer, Span<float> target)
    {
        var (channels, taps) = ((int)layer.Shape[0], layer.Weight.Length / (int)layer.Shape[0]);
        for (var channel = 0; channel < channels; channel++)
            layer.Weight.AsSpan(OutChannel(part, channel) * taps, taps).CopyTo(target[(channel * taps)..]);
    }

    private static int OutChannel(GpuWeights part, int channel) => part.OutOrder.IsEmpty ? channel : part.OutOrder[channel];
}
