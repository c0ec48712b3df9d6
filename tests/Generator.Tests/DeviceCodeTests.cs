using Blockwright.Fused.Tests;
using Blockwright.Generator.Tests.Harness;
using Blockwright.Generator.Tests.Properties;
using CsCheck;
using Snapshooter.Xunit;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests;

/// <summary>Kernels for a GPU in a network's class: written where the build asks for them, and right whatever the network is.</summary>
public class DeviceCodeTests
{
    private const string Header = "gpu 1 Float32";

    private const string Network = """
        using Blockwright;
        namespace Small;

        [Network, Input(3, 16, 16), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU, Split("keep", "work")]
        [From("work"), DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU, Concat("keep", "work"), ChannelShuffle(2)]
        [GlobalAvgPool2d, Linear(10)]
        public partial class Net;
        """;

    [Theory]
    [InlineData("", false)]
    [InlineData("cpu", false)]
    [InlineData("none", false)]
    [InlineData("opencl", true)]
    [InlineData("cuda", true)]
    [InlineData("cpu,opencl", true)]
    public void AreWrittenWhereTheBuildAsks(string devices, bool expected) => Assert.Equal(expected, Emitted(devices).Contains(Header, StringComparison.Ordinal));

    /// <summary>All else in the class is as it was.</summary>
    [Fact]
    public void ChangeNothingElse()
    {
        var (without, with) = (Emitted(""), Emitted("opencl"));
        var start = with.LastIndexOf("            \"\"\",", StringComparison.Ordinal);
        var end = with.IndexOf("            \"\"\");", StringComparison.Ordinal);

        Assert.Equal(without, with[..start] + with[end..]);
    }

    [Fact]
    public void AreTheSnapshots() => Snapshot.Match(Emitted("opencl"));

    /// <summary>Random networks on OpenCL against what their attributes say in float64.</summary>
    [SkippableFact]
    public void ComputeWhatIsDeclared()
    {
        OpenClMachine.Require();
        var programs = Environment.GetEnvironmentVariable("BLOCKWRIGHT_DEVICE_PROGRAMS") is { Length: > 0 } asked ? int.Parse(asked, System.Globalization.CultureInfo.InvariantCulture) : 8;
        Gen.Int[0, 5039].Array[0, 100].Array[programs].Sample(AssertAll, iter: 1, threads: 1, print: static _ => "see the message");
    }

    private static void AssertAll(int[][] tapes)
    {
        var programs = tapes.Select(static (tape, i) => DrawnProgram.Draw([1, .. tape], $"Drawn.Program{i}")).ToList();
        var assembly = Compiling.Load(Compiling.Generate(Compiling.Compilation([.. programs.Select(static program => program.Source)]), out _, "opencl"));
        foreach (var program in programs)
        {
            try
            {
                using var scope = NewDisposeScope();
                AssertUse(Compiling.Make(assembly, program.Root, program.Uses[0].Arguments), program.Uses[0]);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{e.Message}\n{program.Root}:\n{program.Source}", e);
            }
        }
    }

    private static void AssertUse(BlockModule module, DrawnUse use)
    {
        if (module is not NetworkModule network || !module.parameters().Any())
            return;
        var options = new FuseOptions { Device = FuseDevice.OpenCl };
        if (network.Plans.WithoutKernel is { } layer)
        {
            Assert.Contains(layer, Assert.Throws<NotSupportedException>(() => network.Fuse(options)).Message, StringComparison.Ordinal);
            return;
        }
        // A GPU's kernels are for the parameters that a network has where nobody gives them.
        if (network.Plans.IsGiven)
        {
            Assert.Contains(network.Plans.ParametersText, Assert.Throws<NotSupportedException>(() => network.Fuse(options)).Message, StringComparison.Ordinal);
            return;
        }
        manual_seed(1);
        module.to(float64);
        Tensors.Randomize(module);
        module.eval();
        using var noGradient = no_grad();
        long[] shape = [3, .. use.Input];
        var input = randn(shape, float64);
        var expected = Twin.Interpreted(module, use.Asked, use.Parameters).Forward(input, training: false);
        if (expected.abs().max().item<double>() > 1e6)
            return; // As on the CPU: what is multiplied by itself again and again soon is more than float32 holds.
        module.to(float32);
        using var fused = network.Fuse(options);
        foreach (var batch in new[] { 1, 3 })
            Tensors.AssertClose(expected[..batch], fused.call(input[..batch].to(float32)), 1e-5, $"{batch} images");
    }

    private static string Emitted(string devices)
    {
        var compiled = Compiling.Generate(Compiling.Compilation(Network), out var result, devices);
        Compiling.Emit(compiled);
        return result.Results.Single().GeneratedSources.Single().SourceText.ToString();
    }
}
