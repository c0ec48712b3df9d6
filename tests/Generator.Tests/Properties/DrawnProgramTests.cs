using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using Blockwright.Kernels;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Properties;

/// <summary>Random valid declarations compute, train and fuse as their attributes say.</summary>
public class DrawnProgramTests
{
    private const int Batch = 3;
    private const double Double = 1e-10;
    private const double Single = 1e-5;
    private const double LargestInSingle = 1e6;

    /// <summary>Fewer on two threads: where others use the cores, torch's threads wait for each other most of the time.</summary>
    [Theory]
    [InlineData(1, 3, 50)]
    [InlineData(2, 1, 12)]
    public void ComputeWhatTheyDeclare(int threads, int compilations, int programs)
    {
        set_num_threads(threads);
        try
        {
            Gen.Int[0, 5039].Array[0, 150].Array[programs].Sample(AssertAll, iter: compilations, threads: 1, print: static _ => "see the message");
        }
        finally
        {
            set_num_threads(1);
        }
    }

    private static void AssertAll(int[][] tapes)
    {
        var programs = tapes.Select(static (tape, i) => DrawnProgram.Draw(tape, $"Drawn.Program{i}")).ToList();
        var compilation = Compiling.Compilation([.. programs.Select(static program => program.Source)]);
        if (Declared.ProblemsOf(compilation).FirstOrDefault() is { } problem)
            Assert.Fail($"{problem.Id} in {problem.Owner}: {string.Join(", ", problem.Arguments)}\n{programs.First(program => problem.Owner.StartsWith($"global::{program.Root[..program.Root.LastIndexOf('.')]}.", StringComparison.Ordinal)).Source}");
        var declarations = Declared.Read(compilation);
        var assembly = Compiling.Load(Compiling.Generate(compilation));
        foreach (var program in programs)
        {
            foreach (var use in program.Uses)
            {
                try
                {
                    using var scope = NewDisposeScope();
                    AssertUse(Compiling.Make(assembly, program.Root, use.Arguments), use, hasKernels: GraphBuilder.Build(declarations["global::" + program.Root], declarations).Opened is { } opened && !Islands.In(opened, FusionRules.Cpu).AreWhole);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"{e.Message}\n{program.Root}({string.Join(", ", use.Arguments)}) on {string.Join(" x ", use.Input)}:\n{program.Source}", e);
                }
            }
        }
    }

    private static void AssertUse(BlockModule module, DrawnUse use, bool hasKernels)
    {
        long[] shape = [Batch, .. use.Input];
        manual_seed(1);
        module.to(float64);
        Tensors.Randomize(module);

        TrainingStep.AssertEqual(module, Twin.Interpreted(module, use.Asked, use.Parameters), shape);

        module.eval();
        using var noGradient = no_grad();
        var input = randn(shape, float64);
        var before = input.clone();
        var twin = Twin.Interpreted(module, use.Asked, use.Parameters);
        // A batch's own statistics make of one image something else. The twin keeps its values of the last forward.
        var first = twin.Forward(input[..1], training: false);
        var expected = twin.Forward(input, training: false);
        if (module is NetworkModule named)
            Features.AssertEqual(twin.Named, named, input);
        using var exact = module.Fuse();
        Tensors.AssertClose(expected, exact.call(input), Double, "the snapshot's result in float64");
        Tensors.AssertClose(before, input, 0, "the snapshot's input");
        if (expected.abs().max().item<double>() > LargestInSingle)
            return; // A value multiplied by itself again and again soon leaves what float32 can hold.
        module.to(float32);
        using var single = module.Fuse();
        // A clamp hides how large what it cut was, and how large its rounding.
        var hidden = twin.Named.Values.Select(static value => value.abs().max().item<double>()).Append(0).Max() / Math.Max(1e-30, expected.abs().max().item<double>());
        Tensors.AssertClose(expected, single.call(input.to(float32)), Single * Math.Clamp(hidden, 1, 10), "the snapshot's result in float32");
        if (single is not FusedNetwork network || !module.parameters().Any())
            return;
        Assert.Equal(hasKernels, network.Kernels is not null);
        if (twin.Named.Values.All(static value => value.abs().max().item<double>() <= LargestInSingle))
            Features.AssertEqual(twin.Named, network, input.to(float32), Single);
        if (hasKernels)
            AssertKernels(module, [(input[..1], first), (input, expected)]);
    }

    /// <summary>A network's kernels, with each set of instructions that the machine has, for one image, for some, at 1 thread by bands of as few rows as there can be, and at 2 threads.</summary>
    private static void AssertKernels(BlockModule module, (Tensor Input, Tensor Result)[] expected)
    {
        var fuse = module.GetType().GetMethod("Fuse", [typeof(FuseOptions)])!;
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            foreach (var threads in new[] { 1, 2 })
            {
                using var fused = (FusedNetwork)fuse.Invoke(module, [new FuseOptions { InstructionSet = set, Threads = threads, BandBytes = threads == 1 ? 1 : new FuseOptions().BandBytes }])!;
                Assert.NotNull(fused.Kernels);
                foreach (var (input, result) in expected)
                    Tensors.AssertClose(result, fused.call(input.to(float32)), Single, $"{set}, {threads} threads, {input.size(0)} images");
            }
        }
    }
}
