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
        var programs = Environment.GetEnvironmentVariable("BLOCKWRIGHT_DEVICE_PROGRAMS") is { Length: > 0 } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : 12;
        Gen.Int[0, 1_000_000].Array[programs].Sample(AssertAll, iter: 1, threads: 1, print: static _ => "see the message");
    }

    private static void AssertAll(int[] seeds)
    {
        var sources = seeds.Select(static (seed, i) => DrawnValues.Draw(seed, $"Net{i.ToString(CultureInfo.InvariantCulture)}")).ToList();
        var assembly = Compiling.Load(Compiling.Generate(Compiling.Compilation([.. sources.Select(static source => Compiling.Usings + source)]), out _, "opencl"));
        for (var i = 0; i < sources.Count; i++)
        {
            try
            {
                using var scope = NewDisposeScope();
                using var noGradient = no_grad();
                manual_seed(1);
                AssertOne((INetworkModule)Activator.CreateInstance(assembly.GetType($"Net{i.ToString(CultureInfo.InvariantCulture)}", throwOnError: true)!)!);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{e.Message}\n{sources[i]}", e);
            }
        }
    }

    private static void AssertOne(INetworkModule network)
    {
        var module = network.Module;
        Tensors.Randomize(module);
        module.eval();
        if (!module.parameters().Any())
            return; // It has no type, and runs on torch's operations.
        Assert.NotNull(network.Plans.Gpu);
        using var cpu = network.TakeSnapshot(new FuseOptions { Threads = 1 });
        using var gpu = network.TakeSnapshot(new FuseOptions { Device = FuseDevice.OpenCl });
        using var guarded = new GuardedProgram(network);
        foreach (var (height, width) in Sizes)
        {
            foreach (var batch in new[] { 1, 2, 3 })
            {
                var inputs = InputSizes.At(network.Plans, height, width).Select(input => randn(batch, input.Channels, input.Height, input.Width)).ToArray();
                module.to(float64);
                var expected = network.Results(Array.ConvertAll(inputs, static input => input.to(float64)));
                module.to(float32);
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

    private static void AssertSame(Tensor[] expected, Tensor[] found, string what)
    {
        // What is there in training alone is no result.
        Assert.Equal(expected.Count(static result => result is not null), found.Count(static result => result is not null));
        foreach (var (one, its) in expected.Zip(found))
            Tensors.AssertClose(one, its, Tolerance, what);
    }
}
