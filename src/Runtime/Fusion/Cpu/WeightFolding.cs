using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Blockwright.Cpu;

/// <summary>Folds a module's batch norms into the weights that a plan names, in double (Jacob et al., CVPR 2018, equation 14).</summary>
internal static class WeightFolding
{
    public static FoldedWeights Fold(nn.Module module, CpuPlan plan)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var state = module.state_dict();
        return new(plan.Steps.Where(static step => step.WeightKey.Length > 0).ToDictionary(static step => step.WeightKey, step => Fold(state, step)));
    }

    private static FoldedLayer Fold(Dictionary<string, Tensor> state, PlanStep step)
    {
        if (step.Key.Length == 0)
        {
            var (scales, shifts) = Affine(state, step);
            return new([scales.shape[0]], ToFloats(scales), ToFloats(shifts));
        }
        var weight = state[step.Key + ".weight"].cpu().to(ScalarType.Float64);
        var bias = state.TryGetValue(step.Key + ".bias", out var own) ? own.cpu().to(ScalarType.Float64) : null;
        if (step.NormKey.Length > 0)
        {
            var (scale, shift) = Affine(state, step);
            weight *= scale.reshape(-1, 1, 1, 1);
            bias = bias is null ? shift : (bias * scale) + shift;
        }
        return new([.. weight.shape], ToFloats(weight), bias is null ? [] : ToFloats(bias));
    }

    private static (Tensor Scale, Tensor Shift) Affine(Dictionary<string, Tensor> state, PlanStep step)
    {
        Tensor Get(string name) => state[$"{step.NormKey}.{name}"].cpu().to(ScalarType.Float64);
        var scale = Get("weight") / (Get("running_var") + step.Eps).sqrt();
        return (scale, Get("bias") - (Get("running_mean") * scale));
    }

    private static float[] ToFloats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.to(ScalarType.Float32).contiguous().bytes).ToArray();
}
