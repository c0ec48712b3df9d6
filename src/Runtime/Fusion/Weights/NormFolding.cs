using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Blockwright.Plans;

/// <summary>
/// A batch norm as scale and shift, and what a convolution before it becomes: w' = w * gamma / sqrt(var + eps), b' = (b - mean) * gamma / sqrt(var + eps) + beta
/// (Jacob et al., CVPR 2018, equation 14). In double, on the CPU: not every device has doubles.
/// </summary>
internal static class NormFolding
{
    /// <summary>gamma / sqrt(var + eps), and beta - mean * scale. Within the caller's dispose scope, which holds what is computed on the way. Gamma and beta are null where none are learned.</summary>
    public static (Tensor Scale, Tensor Shift) Affine(Tensor? gamma, Tensor? beta, Tensor mean, Tensor variance, double eps)
    {
        using var epsilon = eps.ToScalar();
        var deviation = Double(variance).add(epsilon, TensorOps.One).sqrt();
        var scale = gamma is null ? deviation.reciprocal() : Double(gamma) / deviation;
        var moved = Double(mean) * scale;
        return (scale, beta is null ? moved.neg() : Double(beta) - moved);
    }

    /// <summary>The same of a module, which has running statistics.</summary>
    public static (Tensor Scale, Tensor Shift) Affine(BatchNorm2d norm) => Affine(norm.weight, norm.bias, norm.running_mean!, norm.running_var!, norm.eps);

    /// <summary>The weights and bias of a convolution with a batch norm behind it.</summary>
    public static (Tensor Weight, Tensor Bias) Into(Tensor weight, Tensor? bias, Tensor scale, Tensor shift) =>
        (Double(weight) * scale.reshape([-1, .. Enumerable.Repeat(1L, (int)weight.dim() - 1)]), bias is null ? shift : (Double(bias) * scale).add(shift, TensorOps.One));

    /// <summary>The same of a transposed convolution, whose weights have the channels that come out second, by groups.</summary>
    public static (Tensor Weight, Tensor Bias) IntoTransposed(Tensor weight, Tensor? bias, Tensor scale, Tensor shift, long groups)
    {
        var byGroups = Double(weight).reshape(groups, -1, weight.size(1), weight.size(2), weight.size(3)) * scale.reshape(groups, 1, -1, 1, 1);
        return (byGroups.reshape(weight.shape), bias is null ? shift : (Double(bias) * scale).add(shift, TensorOps.One));
    }

    public static Tensor Double(Tensor tensor) => tensor.cpu().to(ScalarType.Float64);
}
