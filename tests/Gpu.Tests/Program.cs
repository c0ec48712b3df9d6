using System.Globalization;
using Blockwright.Gpu.OpenCl;
using Blockwright.Plans;
using static TorchSharp.torch;

namespace Blockwright.Gpu.Tests;

/// <summary>What <see cref="OclgrindTests"/> runs in a process of its own: one of the small networks, from which a barrier may be taken away.</summary>
internal static class Program
{
    private const string Barrier = "BARRIER();";

    private static void Main(string[] arguments)
    {
        manual_seed(1);
        using INetworkModule network = arguments[0] switch { nameof(Kinds) => new Kinds(), nameof(Uneven) => new Uneven(), nameof(Learned) => new Learned(), nameof(Norms) => new Norms(), nameof(Transposed) => new Transposed(), nameof(Places) => new Places(), nameof(Attention) => new Attention(), nameof(Arranged) => new Arranged(), nameof(Several) => new Several(), nameof(Deep) => new Deep(), _ => new Mean() };
        network.Module.eval();
        var program = network.Plans.Gpu!;
        if (arguments.Length > 1)
            program = program with { Kernels = [.. program.Kernels.Select(kernel => kernel with { Source = Without(kernel.Source, int.Parse(arguments[1], CultureInfo.InvariantCulture)) })] };
        using var onDevice = new OpenClProgram(arguments[0], program, WeightFolding.Fold(network.Module, network.Plans.Cpu!));
        var (height, width) = (program.Grids[0].Height, program.Grids[0].Width);
        var sizes = new GpuSizes(arguments[0], program, height, width);
        const int Batch = 2;
        using var workspace = new OpenClWorkspace(onDevice, sizes, Batch, height, width);
        var output = new float[Batch * sizes.OutputFloats];
        using var scope = NewDisposeScope();
        var inputs = network.Plans.Inputs.Select(static input => randn(Batch, input.Channels, input.Height, input.Width)).ToArray();
        workspace.Run([.. inputs.SelectMany(static input => input.data<float>().ToArray())], output, ImagePart.Whole(Batch));
        var found = tensor(output);
        var expected = cat([.. network.Results(inputs).Select(static result => result.flatten())]);
        Console.WriteLine($"{onDevice.Device.Name}: {((found - expected).abs().max().item<float>() < 1e-4f ? "right" : "wrong")}");
    }

    /// <summary>A kernel's text without its barrier of a number.</summary>
    private static string Without(string source, int barrier)
    {
        var at = -1;
        for (var i = 0; i <= barrier; i++)
            at = source.IndexOf(Barrier, at + 1, StringComparison.Ordinal);
        return source.Remove(at, Barrier.Length);
    }
}
