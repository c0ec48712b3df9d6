using System.Globalization;
using Samples;
using Spectre.Console;
using TorchSharp;
using TorchSharp.Modules;

namespace Zoo;

/// <summary>The table of networks.</summary>
public static class Listing
{
    /// <summary>Prints each network's learned parameters, and its multiply-adds for one image of 224 x 224.</summary>
    /// <returns>The exit code, 0.</returns>
    public static int Run(TextWriter output)
    {
        var table = new Table().AddColumn("network").AddColumn(new TableColumn("parameters").RightAligned()).AddColumn(new TableColumn("multiply-adds").RightAligned());
        foreach (var animal in Animal.All)
        {
            using var network = animal.Create();
            table.AddRow(animal.Name, Thousands(network.parameters().Sum(parameter => parameter.numel())), Thousands(MultiplyAdds(network)));
        }
        Terminal.For(output).Write(table);
        return 0;
    }

    /// <summary>Counts, while one image passes through, what each convolution and linear layer multiplies: results times weights for each of them.</summary>
    public static long MultiplyAdds(torch.nn.Module<torch.Tensor, torch.Tensor> network)
    {
        ArgumentNullException.ThrowIfNull(network);
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
        network.call(torch.zeros(1, RgbImage.Channels, ImageNet.CropSize, ImageNet.CropSize));
        return sum;

        torch.Tensor Count(torch.Tensor weight, torch.Tensor result)
        {
            sum += result.numel() * (weight.numel() / weight.shape[0]);
            return result;
        }
    }

    private static string Thousands(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
