using System.Reflection;
using Blockwright.Generator.Tests.Harness;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests;

/// <summary>Blocks whose numbers say which layers they have, made by themselves, against modules that are written with an if.</summary>
public class ConditionTests
{
    private const double Double = 1e-10;
    private const double Single = 1e-5;

    private static readonly Lazy<Assembly> Compiled = new(static () => Compiling.Load($"using Blockwright;\nnamespace Conditions;\n{Systems.InvertedResidual}\n{Systems.BasicBlock}\n{Systems.C2f}"));

    /// <summary>Each of MobileNet V3's kinds: without an expansion the later layers' numbers are others.</summary>
    [Theory]
    [InlineData(8, 8, 3, 8, false, false, 1)]
    [InlineData(8, 8, 3, 8, true, false, 2)]
    [InlineData(8, 12, 3, 24, false, false, 2)]
    [InlineData(12, 12, 3, 36, false, true, 1)]
    [InlineData(12, 20, 5, 36, true, true, 2)]
    [InlineData(20, 20, 5, 60, true, false, 1)]
    [InlineData(20, 24, 3, 60, true, true, 1)]
    public void InvertedResidualIsTorchvisions(int from, int to, int kernel, int expand, bool squeezes, bool isHard, int stride) => AssertIsTwin(
        () => Make("InvertedResidual", from, to, kernel, expand, squeezes ? 1 : 0, isHard ? 1 : 0, stride),
        () => new WrittenTwins.InvertedResidual(from, to, kernel, expand, squeezes, isHard, stride),
        from);

    [Theory]
    [InlineData(6, 6, 1)]
    [InlineData(6, 6, 2)]
    [InlineData(6, 10, 1)]
    public void ShortcutHasLayersWhereItMust(int from, int to, int stride) =>
        AssertIsTwin(() => Make("BasicBlock", from, to, stride), () => new WrittenTwins.ConditionalShortcut(from, to, stride), from);

    /// <summary>As many units as the constructor is given, whose results are all joined.</summary>
    [Theory]
    [InlineData(8, 8, 1, true)]
    [InlineData(8, 12, 3, true)]
    [InlineData(6, 8, 2, false)]
    public void C2fIsUltralytics(int from, int to, int units, bool shortcut) =>
        AssertIsTwin(() => Make("C2f", from, to, units, shortcut ? 1 : 0), () => new WrittenTwins.C2f(from, to, units, shortcut), from);

    private static BlockModule Make(string name, params int[] arguments)
    {
        manual_seed(3);
        var module = Compiling.Make(Compiled.Value, $"Conditions.{name}", arguments);
        module.to(float64);
        Tensors.Randomize(module);
        return module;
    }

    private static void AssertIsTwin(Func<BlockModule> make, Func<nn.Module<Tensor, Tensor>> written, long channels)
    {
        foreach (var size in new[] { 7, 10 })
        {
            using var scope = NewDisposeScope();
            var module = make();
            TrainingStep.AssertEqual(module, Twin.Written(module, written()), [2, channels, size, size]);
            module.eval();
            using var noGradient = no_grad();
            var input = randn([2, channels, size, size], float64);
            var expected = Twin.Written(module, written()).Forward(input, training: false);
            using var exact = module.Fuse();
            Tensors.AssertClose(expected, exact.call(input), Double, "the snapshot's result in float64");
            module.to(float32);
            using var single = module.Fuse();
            Tensors.AssertClose(expected, single.call(input.to(float32)), Single, "the snapshot's result in float32");
        }
    }
}
