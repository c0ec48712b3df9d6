using Blockwright.Cpu;
using Blockwright.Cpu.Steps;
using Blockwright.Kernels;
using Blockwright.Plans;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>Convolutions by tiles are chosen where they are worth it, and switched off by <see cref="FuseOptions.Exact"/>.</summary>
public class ExactTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("Tiled")]
    [InlineData("GoogLeNet")]
    [InlineData("DenseNet")]
    public void ExactGivesWhatForwardGives(string name)
    {
        using var network = Networks.Make(name);
        foreach (var set in Networks.InstructionSetsHere)
        {
            using var exact = Networks.Fuse(network, new FuseOptions { InstructionSet = set, Threads = 2, Exact = true });
            var (channels, height, width) = exact.Kernels!.Input;
            using var input = randn(3, channels, height, width);
            Assert.InRange(Networks.Difference(network, exact, input), 0, Tolerance);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ExactUsesNoTiles(bool isExact)
    {
        using var network = (NetworkModule)Networks.Make("Tiled");
        var plan = network.Plans.Cpu!;
        using var program = new CpuProgram("Tiled", plan, WeightFolding.Fold(network, plan), InstructionSets.Best, isExact);

        var steps = program.Steps.OfType<ProductStep>().ToList();
        Assert.Contains(steps, static step => step is ConvolutionStep);
        Assert.Equal(!isExact, steps.Any(static step => step is WinogradStep));
    }
}
