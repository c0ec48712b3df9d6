using TorchSharp;
using TorchSharp.Modules;

namespace Blockwright.Zoo.Tests;

/// <summary>What torch itself multiplies: the judge of what the build counts.</summary>
internal static class TorchCounts
{
    /// <summary>Counts, while one image passes through, what each convolution and linear layer multiplies: results times weights for each of them.</summary>
    public static long MultiplyAdds(torch.nn.Module<torch.Tensor, torch.Tensor> network)
    {
        var sum = 0L;
        foreach (var module in network.modules())
        {
            if (module is Conv2d convolution)
                convolution.register_forward_hook((_, _, result) => Count(convolution.weight!, result));
            else if (module is Linear linear)
                linear.register_forward_hook((_, _, result) => Count(linear.weight!, result));
        }
        network.eval();
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        network.call(torch.zeros(1, 3, 224, 224));
        return sum;

        torch.Tensor Count(torch.Tensor weight, torch.Tensor result)
        {
            sum += result.numel() * (weight.numel() / weight.shape[0]);
            return result;
        }
    }
}
