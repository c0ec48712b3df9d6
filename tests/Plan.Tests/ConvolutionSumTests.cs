using Blockwright.Graph;

namespace Blockwright.Plan.Tests;

/// <summary>Which branches that are summed one convolution computes, and which none does.</summary>
public class ConvolutionSumTests
{
    private const string Wide = "From(\"in\", As = \"a\"), Conv2d(\"in\", 3, Name = \"a\")";
    private const string Point = "From(\"in\", As = \"b\"), Conv1x1(\"in\", Name = \"b\")";
    private const string Norm = "From(\"in\", As = \"c\"), BatchNorm2d(Name = \"c\")";

    [Theory]
    [InlineData($"{Wide}, {Point}, {Norm}, Add(\"c\", \"b\", \"a\")", "b c")]
    [InlineData($"{Wide}, {Point}, Add(\"a\", \"b\")", "b")]
    [InlineData($"{Wide}, {Norm}, Add(\"c\", \"a\"), Hardswish", "c")]
    // Sums of sums, and one value more, which the epilogue adds.
    [InlineData($"{Wide}, {Point}, Add(\"a\"), From(\"b\", As = \"d\"), Add(\"in\"), ReLU", "b")]
    [InlineData($"{Wide}, {Point}, {Norm}, Add(\"a\", \"c\"), Add(\"b\")", "b c")]
    [InlineData("From(\"in\", As = \"a\"), Conv2d(8, new[] { 5, 3 }, Stride = 2, Name = \"a\"), From(\"in\", As = \"b\"), Conv2d(8, new[] { 1, 3 }, Stride = 2, Name = \"b\"), Add(\"a\", \"b\")", "b")]
    [InlineData("From(\"in\", As = \"a\"), Conv2d(4, 3, Dilation = 2, Groups = 2, Name = \"a\"), From(\"in\", As = \"b\"), Conv1x1(4, Groups = 2, Name = \"b\"), Add(\"a\", \"b\")", "b")]
    [InlineData("From(\"in\", As = \"a\"), Conv2d(4, 4, Padding = \"same\", Name = \"a\"), From(\"in\", As = \"b\"), Conv2d(4, 2, Padding = \"same\", Name = \"b\"), Add(\"a\", \"b\")", "b")]
    [InlineData($"From(\"in\", As = \"a\"), DepthwiseConv2d(7, Name = \"a\"), From(\"in\", As = \"b\"), DepthwiseConv2d(3, Name = \"b\"), {Norm}, Add(\"a\", \"b\", \"c\")", "b c")]
    public void OneConvolutionComputesThem(string steps, string added)
    {
        var operation = Assert.Single(Plans.Rows(Network(steps)).Operations);

        Assert.Equal("a", operation.Weights!.Key);
        Assert.Equal(added, string.Join(" ", operation.Weights.Plus.Select(static weights => weights.FoldedKey).Order()));
    }

    [Theory]
    // Another value, strides that differ, windows that have no one middle, groups, dilations, a value that somebody else reads, an activation between; two values more.
    [InlineData($"From(\"in\", As = \"x\"), Conv1x1(4, Name = \"x\"), {Wide}, From(\"x\", As = \"b\"), Conv1x1(\"in\", Name = \"b\"), Add(\"a\", \"b\")")]
    [InlineData("From(\"in\", As = \"a\"), Conv2d(4, 3, Padding = 0, Name = \"a\"), From(\"in\", As = \"b\"), Conv2d(4, 2, Stride = 1, Padding = 0, Name = \"b\"), Conv2d(4, 2, Padding = 0, Name = \"c\"), Add(\"a\", \"b\")")]
    [InlineData($"From(\"in\", As = \"a\"), Conv2d(4, 3, Groups = 2, Name = \"a\"), {Point}, Add(\"a\", \"b\")")]
    [InlineData("From(\"in\", As = \"a\"), Conv2d(4, 5, Name = \"a\"), From(\"in\", As = \"b\"), Conv2d(4, 3, Dilation = 2, Name = \"b\"), Add(\"a\", \"b\")")]
    [InlineData($"{Wide}, {Point}, Add(\"a\", \"b\"), Concat(\"b\")")]
    [InlineData($"{Wide}, ReLU, {Point}, Add(\"a\", \"b\")")]
    [InlineData($"From(\"in\", As = \"a\"), DepthwiseConv2d(3, Name = \"a\"), From(\"in\", As = \"b\"), DepthwiseConv2d(1, Name = \"b\"), Add(\"a\", \"b\", \"in\")")]
    [InlineData($"From(\"in\", As = \"a\"), Conv2d(\"in\", 3, Padding = new[] {{ 0, 2, 1, 1 }}, Name = \"a\"), {Point}, {Norm}, Add(\"a\", \"b\", \"c\")")]
    [InlineData($"{Norm}, Add(\"in\", \"c\")")]
    public void NoOneConvolutionComputesThem(string steps) => Assert.All(Plans.Rows(Network(steps)).Operations, static operation => Assert.True(operation.Weights is null or { Plus.IsEmpty: true }));

    /// <summary>Of a long chain of sums the innermost are one convolution; the others remain.</summary>
    [Fact]
    public void AChainOfSumsIsNotOpenedWhole()
    {
        const int Links = 200;
        var operations = Plans.Rows(Network($"{Wide}, {Point}, Add(\"a\"){string.Concat(Enumerable.Repeat(", Add(\"in\")", Links))}")).Operations;

        Assert.Equal(Links, operations.Count); // one Add is in the convolution's epilogue
        Assert.Equal("b", Assert.Single(Assert.Single(operations, static operation => operation.Weights is not null).Weights!.Plus).Key);
    }

    /// <summary>What is merged is multiplied once.</summary>
    [Fact]
    public void TheyCostWhatOneCosts()
    {
        var graph = Plans.Opened(Plans.Summed);
        var cost = Cost.Of(graph, Assert.Single(FusedOperation.Of(graph, FusionRules.Cpu)));

        Assert.Equal((4 * 4 * 9 * 16 * 16, 4 * 16 * 16, 4 * 16 * 16), (cost.MultiplyAdds, cost.Read, cost.Written));
    }

    private static string Network(string steps) => $"[Network, Input(4, 16, 16), {steps}] public partial class Net;";
}
