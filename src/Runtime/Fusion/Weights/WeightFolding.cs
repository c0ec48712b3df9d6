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
        Tensor? scale = null, shift = null;
        if (weights.NormKey.Length > 0)
            (scale, shift) = NormFolding.Affine(Norm("weight"), Norm("bias"), Norm("running_mean"), Norm("running_var"), weights.Eps);
        if (weights.Key.Length == 0)
            return new([.. scale!.shape], ToFloats(scale), ToFloats(shift!));
        var weight = state[weights.Key + ".weight"];
        var bias = state.GetValueOrDefault(weights.Key + ".bias");
        if (scale is not null)
            (weight, bias) = NormFolding.Into(weight, bias, scale, shift!);
        return new([.. weight.shape], ToFloats(weight), bias is null ? [] : ToFloats(bias));

        Tensor Norm(string name) => state[$"{weights.NormKey}.{name}"];
    }

    private static float[] ToFloats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.cpu().to(ScalarType.Float32).contiguous().bytes).ToArray();
}
