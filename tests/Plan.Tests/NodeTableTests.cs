using Blockwright.Generator.Plan;
using Blockwright.Graph;
using Blockwright.Plans;
using CsCheck;

namespace Blockwright.Plan.Tests;

/// <summary>The text that carries what a network is made of from the build to the runtime.</summary>
public class NodeTableTests
{
    public static TheoryData<string> Networks => new(Plans.ShuffleNet, Plans.Mixed, Plans.Dense, Plans.Learned, Plans.Measured, Plans.Rearranged, Plans.Islands);

    public static TheoryData<string> All => new(Plans.ShuffleNet, Plans.Mixed, Plans.Dense, Plans.Resized, Plans.Rearranged, Plans.Islands);

    [Theory]
    [MemberData(nameof(All))]
    public void WhatIsWrittenIsRead(string network)
    {
        var plan = Nodes(network);
        var read = NodeTable.Read("Net", NodeTable.Write(plan).Replace("\n", "\r\n", StringComparison.Ordinal));

        Assert.Equal(plan.Results.ToArray(), read.Results.ToArray());
        Assert.Equal(plan.Grids.ToArray(), read.Grids.ToArray());
        Assert.Equal(plan.SizeRules.ToArray(), read.SizeRules.ToArray());
        Assert.Equal(plan.Blocks.ToArray(), read.Blocks.ToArray());
        Assert.Equal(plan.Nodes.Length, read.Nodes.Length);
        foreach (var (node, other) in plan.Nodes.Zip(read.Nodes))
        {
            Assert.Equal(node.Words.ToArray(), other.Words.ToArray());
            Assert.Equal(node.Inputs.ToArray(), other.Inputs.ToArray());
            Assert.Equal(node.Dimensions.ToArray(), other.Dimensions.ToArray());
            Assert.Equal(node with { Words = default, Inputs = default, Dimensions = default }, other with { Words = default, Inputs = default, Dimensions = default });
        }
    }

    /// <summary>Every sign that a key may have, where the table's own words stand.</summary>
    [Theory]
    [InlineData("-")]
    [InlineData(":")]
    [InlineData("@")]
    [InlineData("@1")]
    [InlineData("+")]
    [InlineData("_")]
    [InlineData("g0")]
    [InlineData("1")]
    public void AKeyMayLookLikeAWordOfTheTable(string key)
    {
        var plan = Nodes($$"""[Network, Input(3, 8, 8), Conv1x1(4, Name = "{{key}}"), ReLU, Path("{{key}}x"), Conv1x1(4, Name = "{{key}}")] public partial class Net;""");
        var read = NodeTable.Read("Net", NodeTable.Write(plan));
        Assert.Equal(["", key, "", $"{key}x.{key}"], read.Nodes.Select(static node => node.Key));
        Assert.Equal(plan.Nodes.Select(static node => node.Kind), read.Nodes.Select(static node => node.Kind));
    }

    /// <summary>What the graph knows of each node is in the table: its key, size and cost.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void TheNodesAreTheGraphs(string network)
    {
        var graph = Plans.Opened(network);
        var plan = Nodes(network);
        foreach (var (node, planned) in graph.Nodes.Zip(plan.Nodes))
        {
            var grid = plan.Grids[planned.Grid];
            Assert.Equal(node.Key, plan.Blocks[planned.Block].Key(planned.Key));
            Assert.Equal((node.Channels, node.Shape.Height.Size, node.Shape.Width.Size, node.Shape.IsFlat), (planned.Channels, grid.Height, grid.Width, planned.IsFlat));
            Assert.Equal((Cost.Of(graph, node).Parameters, Cost.Of(graph, node).MultiplyAdds), (planned.Parameters, planned.PerPixel * grid.Height * grid.Width));
            Assert.Equal(node.Use.Path, plan.Blocks[planned.Block].Path);
        }
    }

    /// <summary>Each step that the CPU takes for an operation is some node's, and a node without one only renames channels.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void EachNodeHasTheStepThatComputesIt(string network)
    {
        var (graph, cpu, plan) = (Plans.Opened(network), Plans.Cpu(network), Nodes(network));
        var devicesOwn = new[] { KernelKind.Gather, KernelKind.Moments, KernelKind.Output };
        Assert.All(graph.Nodes.Skip(1).Zip(plan.Nodes.Skip(1)), pair => Assert.Equal(graph.IsComputed(pair.First), pair.Second.Step != PlanNode.NoStep));
        Assert.Empty(Enumerable.Range(0, cpu.Steps.Length).Where(step => !devicesOwn.Contains(cpu.Steps[step].Kind)).Except(plan.Nodes.Select(static node => node.Step)));
        foreach (var (node, planned) in graph.Nodes.Zip(plan.Nodes).Where(pair => pair.First.Layer is { HasState: true } && cpu.Steps[pair.Second.Step].Kind != KernelKind.Island))
            Assert.Contains(node.Key, cpu.Steps[planned.Step].Weights!.Plus.Prepend(cpu.Steps[planned.Step].Weights!).SelectMany(static weights => new[] { weights.Key, weights.NormKey }));
    }

    [Fact]
    public void AResidualThatTheCpuAddsByItselfHasAStepOfItsOwn()
    {
        // The residual lies in two runs, since a concatenation made it.
        var plan = Nodes("""
            [Network, Input(8, 16, 16), From("in", As = "a"), Conv1x1(16, Name = "a"), ReLU, From("in", As = "b"), Conv1x1(16, Name = "b"), ReLU, Concat("a", "b"), Apply<Residual>(Name = "r")]
            public partial class Net;
            """);
        var (convolution, norm, add, relu) = (plan.Nodes[^4], plan.Nodes[^3], plan.Nodes[^2], plan.Nodes[^1]);
        Assert.Equal(("Conv2d", "BatchNorm2d", "Add", "LeakyReLU"), (convolution.Kind, norm.Kind, add.Kind, relu.Kind));
        Assert.Equal(convolution.Step, norm.Step);
        Assert.NotEqual(convolution.Step, add.Step);
        Assert.Equal(add.Step, relu.Step);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nodes 1 -> 1")]
    [InlineData("cpu 1 Float32 1-00")]
    public void AnotherVersionIsRefused(string text) => Assert.Contains("reads 'nodes 2'", Assert.Throws<FormatException>(() => NodeTable.Read("Net", text)).Message, StringComparison.Ordinal);

    /// <summary>Whatever is changed in it, it is read as something or refused as a format.</summary>
    [Fact]
    public void DamageIsRefused()
    {
        var text = NodeTable.Write(Nodes(Plans.Mixed));
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 3], Gen.Char["0123456789.,/+x@<:bgspmv-= \n"]).Sample(
            (at, removed, inserted) =>
            {
                try
                {
                    NodeTable.Read("Net", text[..at] + inserted + text[Math.Min(text.Length, at + removed)..]);
                }
                catch (FormatException)
                {
                    // What it is for.
                }
            },
            iter: 3000);
    }

    private static NodePlan Nodes(string network) =>
        NodePlanner.Plan(Plans.Opened(network), !Islands.In(Plans.Opened(network), FusionRules.Cpu).AreWhole ? Plans.Cpu(network) : null)!;
}
