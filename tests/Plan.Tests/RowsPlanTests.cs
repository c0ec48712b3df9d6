using Blockwright.Generator.Plan.Rows;
using Blockwright.Plans;

namespace Blockwright.Plan.Tests;

/// <summary>What every device's plan is made of.</summary>
public class RowsPlanTests
{
    [Fact]
    public void SplitsConcatenationsAndShufflesAreOnlyNames()
    {
        var plan = Plans.Rows("[Network, Input(4, 8, 8), Conv1x1(4), Split(\"a\", \"b\"), From(\"a\"), Conv1x1, Concat(\"b\", \"a\"), ChannelShuffle(2), Sigmoid] public partial class Net;");

        Assert.Equal([KernelKind.Convolution, KernelKind.Convolution, KernelKind.Activation], plan.Operations.Select(static operation => operation.Kernel.Kind));
        Assert.Equal("t1.0 t1.1", Text(plan.Operations[1].Operands[0]));
        // b, then a's convolution; of two groups channel 2 comes second.
        Assert.Equal("t1.2 t2.0 t1.3 t2.1", Text(plan.Operations[2].Operands[0]));
        Assert.Equal("t3.0 t3.1 t3.2 t3.3", Text(plan.Results[0].Rows));
    }

    [Fact]
    public void AnEpilogueIsData()
    {
        var plan = Plans.Rows("[Network, Input(8, 8, 8), Conv1x1(Name = \"c\"), BatchNorm2d(Name = \"n\", Eps = 0.01), Add(\"in\"), LeakyReLU(NegativeSlope = 0.5)] public partial class Net;");

        var operation = Assert.Single(plan.Operations);
        Assert.Equal(["", "LeakyReLU"], operation.Epilogue.Select(static step => step.Function?.Name ?? ""));
        Assert.Equal([0.5], operation.Epilogue[1].Function!.Parameters.ToArray());
        Assert.Equal(("c", "n", 0.01, false), (operation.Weights!.Key, operation.Weights.NormKey, operation.Weights.Eps, operation.Weights.HasBias));
        Assert.Equal(operation.Operands[0], operation.Operands[1]);
    }

    /// <summary>What is there for training alone parts nothing.</summary>
    [Fact]
    public void ALearnedFactorFoldsLikeANorm()
    {
        var plan = Plans.Rows("[Network, Input(8, 8, 8), Linear(8, PerPixel = true, Name = \"fc\"), Scale(Name = \"gamma\"), StochasticDepth(0.1), Add(\"in\"), Dropout(0.1), ReLU, Scale(Name = \"alone\"), PReLU(Name = \"slope\")] public partial class Net;");

        Assert.Equal([KernelKind.Convolution, KernelKind.Affine, KernelKind.PReLU], plan.Operations.Select(static operation => operation.Kernel.Kind));
        Assert.Equal(["fc", "gamma", "", "alone", "slope", ""], plan.Operations.SelectMany(static operation => new[] { operation.Weights!.Key, operation.Weights.NormKey }));
        Assert.Equal([true, true, false], plan.Operations.Select(static operation => operation.Weights!.IsScaled));
        Assert.Equal(["", "ReLU"], plan.Operations[0].Epilogue.Select(static step => step.Function?.Name ?? ""));
        Assert.Equal(Row.AllOf(0, 8), plan.Operations[0].Operands[1]);
    }

    [Fact]
    public void PlansOfOneNetworkAreEqual()
    {
        var (first, second) = (Plans.Rows(Plans.Mixed), Plans.Rows(Plans.Mixed));

        Assert.NotSame(first, second);
        Assert.Equal(first, second);
        Assert.NotEqual(first, Plans.Rows(Plans.Mixed.Replace("0.001", "0.002", StringComparison.Ordinal)));
    }

    [Fact]
    public void MemoryIsFreeAfterItsLastReader()
    {
        var plan = Plans.Rows("[Network, Input(4, 8, 8), From(\"in\", As = \"x\"), Conv1x1, From(\"x\", As = \"y\"), Conv1x1, Conv1x1, Concat(\"x\", \"y\"), GlobalAvgPool2d] public partial class Net;");

        // The input is read by operation 0, x by 1 and by the pool, y's first by 2, its last by the pool, whose result is the network's.
        Assert.Equal([0, 3, 2, 3, 4], plan.LastReaders().ToArray());
    }

    /// <summary>One pixel at every size is a kind of grid; one pixel at the declared input is a size.</summary>
    [Theory]
    [InlineData("[Network, Input(4, 1, 1), Conv1x1]", "Input")]
    [InlineData("[Network, Input(4, 7, 7), Conv2d(4, 7, Padding = 0)]", "Input Window")]
    [InlineData("[Network, Input(4, 7, 7), GlobalAvgPool2d, Conv1x1]", "Input Point")]
    [InlineData("[Network, Input(4, 7, 7), GlobalAvgPool2d, Conv2d(4, 3)]", "Input Point")]
    [InlineData("[Network, Input(4, 7, 7), GlobalAvgPool2d, Conv2d(4, 1, Padding = 1), Conv2d(4, 3, Padding = 0)]", "Input Point Window")]
    [InlineData("[Network, Input(4, 7, 7), Linear(3)]", null)]
    [InlineData("[Network, Input(4, 1, 1), Linear(3)]", "Input Point")]
    public void AGridKnowsWhatGivesItsSize(string network, string? kinds)
    {
        if (kinds is null)
            Assert.ThrowsAny<Exception>(() => Plans.Rows(network + " public partial class Net;"));
        else
            Assert.Equal(kinds, string.Join(" ", Plans.Rows(network + " public partial class Net;").Grids.Select(static grid => grid.Kind)));
    }

    /// <summary>What torch refuses at another size is written down.</summary>
    [Theory]
    [InlineData("[Network, Input(4, 8, 8), From(\"in\", As = \"x\"), Conv2d(4, 2, Stride = 2, Padding = 0), From(\"in\"), Conv2d(4, 3, Stride = 2), Concat(\"x\")]", "2=1 Concat")]
    [InlineData("[Network, Input(4, 1, 1), Linear(3)]", "0=1x1 0: Linear")]
    [InlineData("[Network, Input(4, 8, 8), Flatten, Linear(3)]", "0=8x8 Flatten")]
    [InlineData("[Network, Input(4, 8, 8), From(\"in\", As = \"g\"), Conv2d(4, 8, Padding = 0), From(\"in\"), Multiply(\"g\")]", "1=1x1 Multiply")]
    [InlineData("[Network, Input(4, 8, 8), From(\"in\", As = \"g\"), GlobalAvgPool2d, From(\"in\"), Multiply(\"g\")]", "")]
    [InlineData("[Network, Input(4, 1, 1), From(\"in\", As = \"g\"), GlobalAvgPool2d, From(\"in\"), Multiply(\"g\")]", "")]
    public void SizesThatMustAgreeAreRules(string network, string rules)
    {
        var plan = Plans.Rows(network + " public partial class Net;");

        Assert.Equal(rules, string.Join("; ", plan.SizeRules.Select(rule => $"{rule.Grid}={(rule.Other < 0 ? $"{plan.Grids[rule.Grid].Height}x{plan.Grids[rule.Grid].Width}" : $"{rule.Other}")} {rule.Where}")));
    }

    private static string Text(IEnumerable<Row> rows) => string.Join(" ", rows);
}
