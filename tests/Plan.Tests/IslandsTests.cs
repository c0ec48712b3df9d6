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
                "n.branch.1: BatchNorm2d", "m.branch.1: BatchNorm2d", "Multiply over N x 4 x 12 x 8, over which a value is spread", "d: BatchNorm2d",
            ],
            steps.Select(static step => step.Layers));
        Assert.Equal(Enumerable.Range(0, steps.Count), steps.Select(static step => step.Island));
        Assert.Equal([1, 1, 2, 1], steps.Select(static step => step.Inputs.Length));
    }

    /// <summary>Torch has channels in their order, as a value has them: what lies otherwise is gathered before.</summary>
    [Fact]
    public void EachReadsItsOperandsInOrder()
    {
        var plan = Plans.Cpu(Plans.Islands);
        Assert.All(plan.Islands, step => Assert.All(step.Inputs, run => Assert.Equal((0, plan.Buffers[run.Buffer].Channels), (run.First, run.Count))));
        Assert.Contains(plan.Steps, step => step.Kind == KernelKind.Gather && plan.Islands.Any(island => island.Inputs.Any(run => run.Buffer == step.Output)));
    }

    /// <summary>What is neither a map nor features lies in rows of the map that it was made of, for which there are kernels.</summary>
    [Fact]
    public void AResultMayHaveOtherSizes()
    {
        var plan = Plans.Cpu(Plans.Rearranged);

        Assert.Equal(["3,1*h,1*w,4", "2*h*w,2"], plan.Results.Select(static result => string.Join(",", result.Dimensions.Select(static size => size.ToString()))));
        Assert.Equal([12, 4], plan.Results.Select(static result => result.Channels));
        Assert.Empty(plan.Islands);
    }

    [Theory]
    [InlineData("Conv1x1(8), BatchNorm2d(TrackRunningStats = false)", 1, false)]
    [InlineData("GlobalAvgPool2d, Flatten, Linear(6), Reshape(2, 3), Softmax(Dim = 2)", 0, false)]
    [InlineData("Conv1x1(8), LocalResponseNorm(3), LogSoftmax(Dim = 3), Permute(0, 2, 3, 1)", 0, false)]
    [InlineData("ZeroPad2d(1), Conv1x1(8), Softmax, ReflectionPad2d(1), LogSoftmax, ChannelMean", 0, false)]
    [InlineData("Conv1x1(8), BatchNorm2d, ReLU", 0, false)]
    [InlineData("BatchNorm2d(TrackRunningStats = false), ReLU, MaxPool2d(2), BatchNorm2d, Permute(0, 2, 3, 1)", 1, true)]
    [InlineData("Permute(0, 2, 3, 1), Softmax(Dim = 3), ReLU", 0, false)]
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
        var plan = Plans.Cpu($"[Network, Input(4, 8, 8), Conv1x1(4){string.Concat(Enumerable.Repeat(", ReLU, BatchNorm2d(TrackRunningStats = false)", 5))}] public partial class Net;");

        Assert.Equal("2: BatchNorm2d; 4: BatchNorm2d; 6: BatchNorm2d and 2 more", CpuTable.LayersText([.. plan.Islands.Select(static island => island.Layers)]));
    }
}
