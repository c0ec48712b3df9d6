using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using Blockwright.Tests.Shared;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Properties;

/// <summary>Random networks with several inputs compute, train, fuse and are exported as their attributes say.</summary>
public class DrawnInputsTests
{
    private const double LargestInSingle = 1e6;

    [Fact]
    public void ComputeWhatTheyDeclare() => Gen.Int[0, 5039].Array[0, 150].Array[40].Sample(AssertAll, iter: 1, threads: 1, print: static _ => "see the message");

    private static void AssertAll(int[][] tapes)
    {
        var programs = tapes.Select(static (tape, i) => DrawnProgram.DrawInputs(tape, $"Drawn.Inputs{i}")).ToList();
        var compilation = Compiling.Compilation([.. programs.Select(static program => program.Source)]);
        var problems = Declared.ProblemsOf(compilation).ToList();
        Assert.True(problems.Count == 0, $"{string.Join("\n", problems)}\n{string.Join("\n", programs.Where(program => problems.Exists(problem => program.Root == problem.Owner["global::".Length..])).Select(static program => program.Source))}");
        var declarations = Declared.Read(compilation);
        var assembly = Compiling.Load(Compiling.Generate(compilation));
        foreach (var program in programs)
        {
            try
            {
                using var scope = NewDisposeScope();
                using var network = (INetworkModule)Activator.CreateInstance(assembly.GetType(program.Root, throwOnError: true)!)!;
                AssertOne(network, program, hasKernels: GraphBuilder.Build(declarations["global::" + program.Root], declarations).Opened is { } opened && !Islands.In(opened, FusionRules.Cpu).AreWhole);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{e.Message}\n{program.Source}", e);
            }
        }
    }

    private static void AssertOne(INetworkModule network, DrawnProgram program, bool hasKernels)
    {
        var module = network.Module;
        manual_seed(1);
        module.to(float64);
        Tensors.Randomize(module);
        var images = Images(program, 3, float64);
        AssertStep(network, program, images);

        module.eval();
        using var noGradient = no_grad();
        var state = module.state_dict();
        var (first, _) = Interpreted(module.GetType(), state, program, Array.ConvertAll(images, static each => each[..1]), training: false);
        var (expected, named) = Interpreted(module.GetType(), state, program, images, training: false);
        Assert.Equal(named.Keys.Order(StringComparer.Ordinal), network.Plans.Names.Select(static each => each.Name).Order(StringComparer.Ordinal));
        using (var exact = network.TakeSnapshot(FuseOptions.Default))
            Tensors.AssertClose(expected, exact.Results(images)[0], 1e-10, "the snapshot's result in float64");
        if (expected.abs().max().item<double>() > LargestInSingle || !module.parameters().Any())
            return;
        module.to(float32);
        foreach (var threads in new[] { 1, 2 })
        {
            using var fused = network.TakeSnapshot(new FuseOptions { Threads = threads, BandBytes = threads == 1 ? 1 : new FuseOptions().BandBytes });
            Assert.Equal(hasKernels, fused.Kernels is not null);
            foreach (var (batch, result) in new[] { (1, first), (3, expected) })
                Tensors.AssertClose(result, fused.Results(Array.ConvertAll(images, each => each[..batch].to(float32)))[0], 1e-5, $"{threads} threads, {batch} images");
        }
        if (program.Source.Contains("Module<Gain>", StringComparison.Ordinal))
            return;
        using var session = OnnxSession.Load(OnnxSession.Export(network));
        var given = network.Plans.Inputs.Zip(images).ToDictionary(static each => each.First.Name, static each => each.Second.to(float32));
        Tensors.AssertClose(expected, session.Run(given, session.Outputs.Keys.Single()), 1e-4, "ONNX");
    }

    /// <summary>The result and all gradients of a step in training.</summary>
    private static void AssertStep(INetworkModule network, DrawnProgram program, Tensor[] images)
    {
        network.Module.train();
        var learned = network.Module.named_parameters().Select(static each => each.name).ToHashSet(StringComparer.Ordinal);
        var state = network.Module.state_dict().ToDictionary(static each => each.Key, each => each.Value.detach().clone().requires_grad_(learned.Contains(each.Key)), StringComparer.Ordinal);
        var (own, its) = (Array.ConvertAll(images, static each => each.detach().clone().requires_grad_()), Array.ConvertAll(images, static each => each.detach().clone().requires_grad_()));
        manual_seed(7); // for dropout
        var found = network.Results(own)[0];
        manual_seed(7);
        var (expected, _) = Interpreted(network.Module.GetType(), state, program, its, training: true);
        Tensors.AssertClose(expected, found, 1e-12, "the result in training mode");
        var weights = randn(expected.shape, float64);
        (found * weights).sum().backward();
        (expected * weights).sum().backward();
        var pairs = network.Module.named_parameters().Select(each => (each.name, Own: each.parameter.grad!, Its: state[each.name].grad!)).Concat(own.Zip(its).Select(static (pair, i) => ($"input {i}", pair.First.grad!, pair.Second.grad!))).ToList();
        // What is nothing but rounding is measured by the largest gradient.
        var largest = pairs.Max(static pair => pair.Item3.abs().max().item<double>());
        foreach (var (name, gradient, other) in pairs)
            Assert.True((gradient - other).abs().max().item<double>() <= 1e-11 * Math.Max(largest, 1e-3), $"the gradient of {name}");
    }

    private static (Tensor Result, IReadOnlyDictionary<string, Tensor> Named) Interpreted(Type type, IReadOnlyDictionary<string, Tensor> state, DrawnProgram program, Tensor[] images, bool training)
    {
        var interpreter = new Interpreter(state, training);
        var result = interpreter.Run(type, images[0], null, [], further: [("first", images[0]), .. program.Further.Zip(images.Skip(1), static (input, image) => (input.Name, image))]);
        return (result, interpreter.Named);
    }

    private static Tensor[] Images(DrawnProgram program, int batch, ScalarType type) => [.. program.Further.Select(static input => input.Shape).Prepend(program.Uses[0].Input).Select(shape => randn([batch, .. shape], type))];
}
