using System.Globalization;
using Blockwright.Fused.Tests;
using Blockwright.Generator.Tests.Harness;
using Blockwright.Generator.Tests.Properties;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests;

/// <summary>Random networks with several inputs and results on a GPU's kernels, by OpenCL, against torch in float64 and the CPU's kernels; BLOCKWRIGHT_DEVICE_PROGRAMS for more.</summary>
public class DeviceValuesTests
{
    private const double Tolerance = 1e-5;

    // The first input's; all others are as large, twice or half as large.
    private static readonly (int Height, int Width)[] Sizes = [(8, 12), (12, 20)];

    [SkippableFact]
    public void ResultsAreThoseOfTheCpuAndOfTorch()
    {
        OpenClMachine.Require();
        Gen.Int[0, 1_000_000].Array[Programs(12)].Sample(
            static seeds => AssertAll([.. seeds.Select(static (seed, i) => (Name(i), Compiling.Usings + DrawnValues.Draw(seed, Name(i))))], AssertValues),
            iter: 1, threads: 1, print: static _ => "see the message");
    }

    /// <summary>Layers of any kind, in blocks too, to one result.</summary>
    [SkippableFact]
    public void SeveralInputsAreTakenByAnyLayer()
    {
        OpenClMachine.Require();
        Gen.Int[0, 5039].Array[0, 150].Array[Programs(6)].Sample(
            static tapes => AssertAll([.. tapes.Select(static (tape, i) => DrawnProgram.DrawInputs(tape, $"Drawn.{Name(i)}")).Select(static program => (program.Root, program.Source))], AssertInputs),
            iter: 1, threads: 1, print: static _ => "see the message");
    }

    /// <summary>Sizes, orders, softmaxes and activations, one behind another, from a map or features to the output.</summary>
    [SkippableFact]
    public void ValuesOfAnySizesAreTorchs()
    {
        OpenClMachine.Require();
        Gen.Int[0, 1_000_000].Array[Programs(24)].Sample(
            static seeds => AssertAll([.. seeds.Select(static (seed, i) => (Name(i), Compiling.Usings + DrawnChain.Draw(seed, Name(i))))], AssertChain),
            iter: 1, threads: 1, print: static _ => "see the message");
    }

    private static void AssertChain(INetworkModule network)
    {
        AssertValues(network);
        using var one = network.TakeSnapshot(new FuseOptions { Threads = 1 });
        using var two = network.TakeSnapshot(new FuseOptions { Threads = 2 });
        foreach (var batch in new[] { 1, 3 })
        {
            var inputs = Inputs(network, batch, Sizes[1].Height, Sizes[1].Width);
            Assert.All(one.Results(inputs).Zip(two.Results(inputs)), static pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
        }
    }

    private static string Name(int number) => $"Net{number.ToString(CultureInfo.InvariantCulture)}";

    private static int Programs(int usual) => Environment.GetEnvironmentVariable("BLOCKWRIGHT_DEVICE_PROGRAMS") is { Length: > 0 } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : usual;

    private static void AssertAll((string Name, string Source)[] programs, Action<INetworkModule> assert)
    {
        var assembly = Compiling.Load(Compiling.Generate(Compiling.Compilation([.. programs.Select(static program => program.Source)]), out _, "opencl"));
        foreach (var (name, source) in programs)
        {
            try
            {
                using var scope = NewDisposeScope();
                using var noGradient = no_grad();
                manual_seed(1);
                using var network = (INetworkModule)Activator.CreateInstance(assembly.GetType(name, throwOnError: true)!)!;
                Tensors.Randomize(network.Module);
                network.Module.eval();
                // Without one it has no type, and runs on torch's operations.
                if (network.Module.parameters().Any())
                    assert(network);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{e.Message}\n{source}", e);
            }
        }
    }

    private static void AssertInputs(INetworkModule network)
    {
        var options = new FuseOptions { Device = FuseDevice.OpenCl };
        if (network.Plans.WithoutKernel is { } layer)
        {
            Assert.Contains(layer, Assert.Throws<NotSupportedException>(() => network.TakeSnapshot(options)).Message, StringComparison.Ordinal);
            return;
        }
        using var gpu = network.TakeSnapshot(options);
        foreach (var batch in new[] { 1, 3 })
        {
            var inputs = Inputs(network, batch, network.Plans.Height, network.Plans.Width);
            var expected = Exact(network, inputs);
            // What is multiplied by itself again and again soon is more than float32 holds.
            if (expected[0].abs().max().item<double>() < 1e6)
                AssertSame(expected, gpu.Results(inputs), $"{batch} images");
        }
    }

    private static void AssertValues(INetworkModule network)
    {
        Assert.NotNull(network.Plans.Gpu);
        using var cpu = network.TakeSnapshot(new FuseOptions { Threads = 1 });
        using var gpu = network.TakeSnapshot(new FuseOptions { Device = FuseDevice.OpenCl });
        using var guarded = new GuardedProgram(network);
        foreach (var (height, width) in Sizes)
        {
            foreach (var batch in new[] { 1, 2, 3 })
            {
                var inputs = Inputs(network, batch, height, width);
                var expected = Exact(network, inputs);
                var what = $"{batch} x {height} x {width}";
                AssertSame(expected, gpu.Results(inputs), what);
                AssertSame(expected, guarded.Run(inputs), $"{what} between guards");
                AssertSame(cpu.Results(inputs), gpu.Results(inputs), $"{what} and the CPU");
                var output = new float[expected.Sum(static result => result.numel())];
                gpu.Kernels!.Run(cat([.. inputs.Select(static input => input.flatten())]).data<float>().ToArray(), output, batch, height, width);
                Tensors.AssertClose(cat([.. expected.Select(static result => result.flatten())]), tensor(output), Tolerance, $"{what} in plain memory");
            }
        }
    }

    private static Tensor[] Inputs(INetworkModule network, int batch, int height, int width) =>
        [.. InputSizes.At(network.Plans, height, width).Select(input => randn(batch, input.Channels, input.Height, input.Width))];

    /// <summary>Torch's results in float64.</summary>
    private static Tensor[] Exact(INetworkModule network, Tensor[] inputs)
    {
        network.Module.to(float64);
        var results = network.Results(Array.ConvertAll(inputs, static input => input.to(float64)));
        network.Module.to(float32);
        return results;
    }

    private static void AssertSame(Tensor[] expected, Tensor[] found, string what)
    {
        // What is there in training alone is no result.
        Assert.Equal(expected.Count(static result => result is not null), found.Count(static result => result is not null));
        foreach (var (one, its) in expected.Zip(found))
            Tensors.AssertClose(one, its, Tolerance, what);
    }
}
