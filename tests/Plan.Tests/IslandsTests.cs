using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Plan.Tests;

/// <summary>What a plan leaves to torch, and where it lies.</summary>
public class IslandsTests
{
    [Fact]
    public void EachIsAStep()
    {
        var steps = Plans.Cpu(Plans.Islands).Islands.ToList();

        Assert.Equal(
            [
                "n: LocalResponseNorm, 3 channels", "m: LocalResponseNorm, 3 channels", "Multiply over N x 4 x 12 x 8, over which a value is spread", "LocalResponseNorm, 5 channels",
                "Permute to N x 12 x 8 x 6", "Permute to N x 12 x 8 x 6, then Softmax, then Permute to N x 6 x 12 x 8",
            ],
            steps.Select(static step => step.Layers));
        Assert.Equal(Enumerable.Range(0, steps.Count), steps.Select(static step => step.Island));
        Assert.Equal([1, 1, 2, 1, 1, 1], steps.Select(static step => step.Inputs.Length));
    }

    /// <summary>Torch has channels in their order, as a value has them: what lies otherwise is gathered before.</summary>
    [Fact]
    public void EachReadsItsOperandsInOrder()
    {
        var plan = Plans.Cpu(Plans.Islands);
        Assert.All(plan.Islands, step => Assert.All(step.Inputs, run => Assert.Equal((0, plan.Buffers[run.Buffer].Channels), (run.First, run.Count))));
        Assert.Contains(plan.Steps, step => step.Kind == KernelKind.Gather && plan.Islands.Any(island => island.Inputs.Any(run => run.Buffer == step.Output)));
    }

    /// <summary>What is neither a map nor features lies in rows of the map that it was made of.</summary>
    [Fact]
    public void AResultMayHaveOtherSizes()
    {
        var plan = Plans.Cpu(Plans.Rearranged);

        Assert.Equal(["3,1*h,1*w,4", "2*h*w,2"], plan.Results.Select(static result => string.Join(",", result.Dimensions.Select(static size => size.ToString()))));
        Assert.Equal([12, 4], plan.Results.Select(static result => result.Channels));
        Assert.Equal(["Reshape to N x 3 x 4 x 4 x 3, then Permute to N x 3 x 4 x 3 x 4, then Sigmoid", "Reshape to N x 2 x 80, then Reshape to N x 80 x 2, then Softmax"], plan.Islands.Select(static step => step.Layers));
    }

    [Theory]
    [InlineData("Conv1x1(8), LocalResponseNorm(3)", 1, false)]
    [InlineData("GlobalAvgPool2d, Flatten, Linear(6), Reshape(2, 3), Softmax(Dim = 2)", 1, false)]
    [InlineData("ZeroPad2d(1), Conv1x1(8), Softmax, ReflectionPad2d(1), LogSoftmax, ChannelMean", 0, false)]
    [InlineData("Conv1x1(8), BatchNorm2d, ReLU", 0, false)]
    [InlineData("LocalResponseNorm(3), ReLU, MaxPool2d(2), BatchNorm2d", 1, true)]
    [InlineData("Permute(0, 2, 3, 1), Softmax(Dim = 3), ReLU", 1, true)]
    // All taps of a window that no kernel has: neither what is folded into it nor what it is added to is.
    [InlineData("DepthwiseConv2d(33), BatchNorm2d, ReLU", 1, true)]
    [InlineData("From(\"in\", As = \"a\"), DepthwiseConv2d(33), BatchNorm2d, From(\"in\", As = \"b\"), DepthwiseConv2d(5), BatchNorm2d, Add(\"a\", \"b\"), ReLU", 1, false)]
    public void WithoutAProductForKernelsTorchComputesAll(string steps, int islands, bool areWhole)
    {
        var graph = Plans.Opened($"[Network, Input(4, 40, 40), {steps}] public partial class Net;");
        var found = Graph.Islands.In(graph, FusionRules.Cpu);

        Assert.Equal((islands, areWhole), (found.All.Length, found.AreWhole));
        Assert.Equal(islands, FusedOperation.Of(graph, FusionRules.Cpu).Count(static operation => operation.Island is not null));
    }

    [Fact]
    public void OfManyTheFirstAreSaid()
    {
        var plan = Plans.Cpu($"[Network, Input(4, 8, 8), Conv1x1(4){string.Concat(Enumerable.Repeat(", ReLU, LocalResponseNorm(3)", 5))}] public partial class Net;");

        Assert.Equal("LocalResponseNorm, 3 channels; LocalResponseNorm, 3 channels; LocalResponseNorm, 3 channels and 2 more", CpuTable.LayersText([.. plan.Islands.Select(static island => island.Layers)]));
    }
}
