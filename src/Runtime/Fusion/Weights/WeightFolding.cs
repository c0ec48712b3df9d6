using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Blockwright.Plans;

/// <summary>Folds a module's batch norms into the weights that a plan names.</summary>
internal static class WeightFolding
{
    public static FoldedWeights Fold(nn.Module module, CpuPlan plan)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var state = module.state_dict();
        return new(FoldedWeights.Of(plan).ToDictionary(static weights => weights.FoldedKey, weights => Fold(state, weights)));
    }

    private static FoldedLayer Fold(Dictionary<string, Tensor> state, PlanWeights weights)
    {
        var (weight, bias) = FoldOne(state, weights);
        foreach (var other in weights.Plus)
        {
            var (more, offset) = FoldOne(state, other);
            weight = NormFolding.Double(weight).add(InMiddle(other.Key.Length > 0 ? more : Identity(more, weights), weights), TensorOps.One);
            if (offset is not null)
                bias = bias is null ? offset : NormFolding.Double(bias).add(NormFolding.Double(offset), TensorOps.One);
        }
        return new([.. weight.shape], ToFloats(weight), bias is null ? [] : ToFloats(bias));
    }

    /// <summary>A layer's weights and bias, without what is added to them; a batch norm's scale and shift; a learned factor as a scale.</summary>
    private static (Tensor Weight, Tensor? Bias) FoldOne(Dictionary<string, Tensor> state, PlanWeights weights)
    {
        Tensor? scale = null, shift = null;
        if (weights.IsScaled)
            (scale, shift) = Factor(NormFolding.Double(state[weights.NormKey]).reshape(-1));
        else if (weights.NormKey.Length > 0)
            (scale, shift) = NormFolding.Affine(Learned("weight"), Learned("bias"), Norm("running_mean"), Norm("running_var"), weights.Eps);
        if (weights.Key.Length == 0)
            return (scale!, shift);
        var weight = state[weights.Key + ".weight"];
        var bias = state.GetValueOrDefault(weights.Key + ".bias");
        if (scale is null)
            return (weight, bias);
        return weights.TransposedGroups > 0 ? NormFolding.IntoTransposed(weight, bias, scale, shift!, weights.TransposedGroups) : NormFolding.Into(weight, bias, scale, shift!);

        static (Tensor, Tensor) Factor(Tensor factor) => (factor, zeros_like(factor));

        Tensor Norm(string name) => state[$"{weights.NormKey}.{name}"];

        Tensor? Learned(string name) => state.GetValueOrDefault($"{weights.NormKey}.{name}");
    }

    /// <summary>The convolution that multiplies each channel by a number: C x C/groups x 1 x 1 of C numbers.</summary>
    private static Tensor Identity(Tensor scale, PlanWeights weights)
    {
        var (channels, perGroup) = (weights.Shape[0], weights.Shape[1]);
        var rows = arange(channels);
        return zeros(channels, perGroup, 1, 1, ScalarType.Float64).index_put_(NormFolding.Double(scale), rows, rows.remainder(perGroup), zeros_like(rows), zeros_like(rows));
    }

    /// <summary>A smaller window's weights with zeros round them.</summary>
    private static Tensor InMiddle(Tensor weight, PlanWeights weights)
    {
        var (top, left) = ((weights.Shape[2] - weight.size(2)) / 2, (weights.Shape[3] - weight.size(3)) / 2);
        return nn.functional.pad(NormFolding.Double(weight), [left, left, top, top]);
    }

    private static float[] ToFloats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.cpu().to(ScalarType.Float32).contiguous().bytes).ToArray();
}
