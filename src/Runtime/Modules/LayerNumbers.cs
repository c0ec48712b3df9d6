using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>The numbers of a layer of torch's that its result hangs on, in evaluation: plans and files hold those that were declared, and whoever sets one on the module changes what it computes.</summary>
internal static class LayerNumbers
{
    /// <summary>Each with its name in TorchSharp, as text. None of a module of the user's own.</summary>
    public static (string Name, string Value)[] Of(nn.Module module) => module switch
    {
        Convolution layer =>
        [
            Shape("weight", layer.weight), Shape("bias", layer.bias), ("stride", Text(layer.stride)), ("padding", Text(layer.padding)), ("dilation", Text(layer.dilation)),
            ("groups", Text([layer.groups])), ("padding_mode", layer.padding_mode.ToString()), ("output_padding", Text(layer.output_padding)),
        ],
        Linear layer => [Shape("weight", layer.weight), Shape("bias", layer.bias)],
        BatchNorm2d layer => [Shape("weight", layer.weight), Shape("bias", layer.bias), Shape("running_mean", layer.running_mean), Shape("running_var", layer.running_var), Real("eps", layer.eps)],
        GroupNorm layer => [Shape("weight", layer.weight), Shape("bias", layer.bias), ("num_groups", Text([layer.num_groups])), Real("eps", layer.eps)],
        InstanceNorm2d layer => [Shape("weight", layer.weight), Shape("bias", layer.bias), Shape("running_mean", layer.running_mean), Real("eps", layer.eps)],
        LayerNorm layer => [Shape("weight", layer.weight), Shape("bias", layer.bias), ("normalized_shape", Text(layer.normalized_shape)), Real("eps", layer.eps)],
        PReLU layer => [Shape("weight", layer.weight)],
        _ => [],
    };

    private static (string, string) Shape(string name, Tensor? tensor) => (name, tensor is null ? "none" : tensor.IsInvalid ? "disposed" : tensor.shape.Joined(" x "));

    private static (string, string) Real(string name, double value) => (name, value.ToString(CultureInfo.InvariantCulture));

    private static string Text(long[]? numbers) => numbers is null ? "none" : numbers.Joined(" x ");
}
