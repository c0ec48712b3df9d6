using System.Reflection;
using Blockwright.Generator.Tests.Harness;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests;

/// <summary>Blocks whose users give the activation.</summary>
public class ActivationParameterTests
{
    private const double Double = 1e-10;
    private const double Single = 1e-5;

    private const string Source = """
        using Blockwright;
        namespace Given;

        [Block, Parameter("kernel"), Parameter("act", Kind = ParameterKind.Activation)]
        [Conv2d("out", "kernel"), BatchNorm2d, Activation("act"), Conv1x1]
        public partial class Unit;

        [Block, Parameter("act", Kind = ParameterKind.Activation), Parameter("n")]
        [From("in", As = "y"), Apply<Unit>(3, "act"), Apply<Unit>(1, "Identity"), Activation("act", If = "n > 1"), Add("in")]
        public partial class Residual;

        [Network, Input(3, 12, 12)]
        [Apply<Unit>(3, "Hardswish", Channels = 8, Name = "stem"), Stage<Residual>("stage", "SiLU", 2, Units = 2), Apply<Residual>("LeakyReLU", 1, Name = "last")]
        [GlobalAvgPool2d, Linear(5, Name = "fc")]
        public partial class Network;
        """;

    private static readonly Lazy<Assembly> Compiled = new(static () => Compiling.Load(Source));

    public static TheoryData<string> Functions => ["hardswish", "relu", "leaky_relu", "identity", "view"];

    [Theory]
    [MemberData(nameof(Functions))]
    public void TheConstructorTakesAFunction(string name)
    {
        foreach (var n in new[] { 1, 2 })
        {
            using var scope = NewDisposeScope();
            var function = Function(name);
            var module = Make("Residual", 6, function, n);
            Twin Twins() => Twin.Written(module, new Residual(6, function, n > 1));

            TrainingStep.AssertEqual(module, Twins(), [2, 6, 7, 7]);
            module.eval();
            using var noGradient = no_grad();
            var input = randn([2, 6, 9, 9], float64);
            var before = input.clone();
            var expected = Twins().Forward(input, training: false);
            using var exact = module.Fuse();
            Tensors.AssertClose(expected, exact.call(input), Double, "the snapshot's result in float64");
            Tensors.AssertClose(before, input, 0, "the snapshot's input");
            module.to(float32);
            using var single = module.Fuse();
            Tensors.AssertClose(expected, single.call(input.to(float32)), Single, "the snapshot's result in float32");
        }
    }

    [Fact]
    public void NetworksKnowTheirs()
    {
        using var scope = NewDisposeScope();
        var network = Make("Network");
        TrainingStep.AssertEqual(network, Twin.Interpreted(network), [2, 3, 12, 12]);
        network.eval();
        using var noGradient = no_grad();
        network.to(float32);
        foreach (var size in new[] { 12, 17 })
        {
            var input = randn(2, 3, size, size);
            using var fused = (FusedNetwork)network.GetType().GetMethod("Fuse", [typeof(FuseOptions)])!.Invoke(network, [FuseOptions.Default])!;
            Assert.NotNull(fused.Kernels);
            Tensors.AssertClose(Twin.Interpreted(network).Forward(input, training: false), fused.call(input), Single, "the kernels' result");
        }
    }

    private static Func<Tensor, Tensor> Function(string name) => name switch
    {
        "hardswish" => static x => x.hardswish(),
        "relu" => static x => x.relu(),
        "leaky_relu" => static x => nn.functional.leaky_relu(x, 0.2),
        "identity" => static x => x,
        _ => static x => x.view(x.shape),
    };

    private static BlockModule Make(string name, params object[] arguments)
    {
        manual_seed(3);
        var module = Compiling.Make(Compiled.Value, $"Given.{name}", arguments);
        module.to(float64);
        Tensors.Randomize(module);
        return module;
    }

    /// <summary>Layers in a list, which TorchSharp does not register by their fields' names.</summary>
    private abstract class Written(string name, params (string Key, nn.Module<Tensor, Tensor> Module)[] layers) : nn.Module<Tensor, Tensor>(name)
    {
        protected List<nn.Module<Tensor, Tensor>> Layers { get; } = [.. layers.Select(static layer => layer.Module)];

        protected void Register()
        {
            foreach (var (key, module) in layers)
                register_module(key, module);
        }
    }

    /// <summary>What the function gives back is looked at, in the block and in its snapshot.</summary>
    [Theory]
    [InlineData("null", "Unit: act: the activation that the constructor was given returned null.")]
    [InlineData("gone", "Unit: act: the activation that the constructor was given returned a tensor that has been disposed.")]
    [InlineData("input", "Unit: act: the activation that the constructor was given disposed its input, which is not its own.")]
    [InlineData("sum", "Unit: act: the activation that the constructor was given made Float32 of no dimension on cpu of Float32 of 2 x 4 x 5 x 6 on cpu; ")]
    [InlineData("half", "Unit: act: the activation that the constructor was given made Float32 of 2 x 2 x 5 x 6 on cpu of Float32 of 2 x 4 x 5 x 6 on cpu; ")]
    [InlineData("double", "Unit: act: the activation that the constructor was given made Float64 of 2 x 4 x 5 x 6 on cpu of Float32 of 2 x 4 x 5 x 6 on cpu; ")]
    public void WhatTheFunctionGivesBackIsLookedAt(string kind, string message)
    {
        using var scope = NewDisposeScope();
        Func<Tensor, Tensor> function = kind switch
        {
            "null" => static _ => null!,
            "gone" => static x => { var y = x.clone(); y.Dispose(); return y; },
            "input" => static x => { var y = x.clone(); x.Dispose(); return y; },
            "sum" => static x => x.sum(),
            "half" => static x => x.narrow(1, 0, 2),
            _ => static x => x.to(ScalarType.Float64),
        };
        using var unit = Compiling.Make(Compiled.Value, "Given.Unit", [4, 4, 3, function]);
        unit.eval();
        using var fused = unit.Fuse();
        foreach (var call in new Func<Tensor, Tensor>[] { unit.call, fused.call })
            Assert.StartsWith(message, Assert.Throws<InvalidOperationException>(() => call(randn(2, 4, 5, 6))).Message, StringComparison.Ordinal);
    }

    private sealed class Unit : Written
    {
        private readonly Func<Tensor, Tensor> _function;

        public Unit(long channels, long kernel, Func<Tensor, Tensor> function)
            : base(nameof(Unit), ("0", nn.Conv2d(channels, channels, kernel, padding: kernel / 2, bias: false)), ("1", nn.BatchNorm2d(channels)), ("3", nn.Conv2d(channels, channels, 1)))
        {
            _function = function;
            Register();
        }

        public override Tensor forward(Tensor input) => Layers[2].call(_function(Layers[1].call(Layers[0].call(input))));
    }

    private sealed class Residual : Written
    {
        private readonly Func<Tensor, Tensor>? _function;

        public Residual(long channels, Func<Tensor, Tensor> function, bool isActive)
            : base(nameof(Residual), ("0", new Unit(channels, 3, function)), ("1", new Unit(channels, 1, static x => x)))
        {
            _function = isActive ? function : null;
            Register();
        }

        public override Tensor forward(Tensor input)
        {
            var y = Layers[1].call(Layers[0].call(input));
            return (_function is null ? y : _function(y)) + input;
        }
    }
}
