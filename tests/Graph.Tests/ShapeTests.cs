namespace Blockwright.Graph.Tests;

/// <summary>What flows where: shapes, requirements and figures.</summary>
public class ShapeTests
{
    private const string Blocks = """
        [Block, Split("keep", "work"), From("work"), Conv1x1, Concat("keep", "work")] public partial class Half;
        [Block, Conv2d("out", 3, Stride = 2)] public partial class Down;
        [Block, Parameter("growth"), From("in", As = "y"), Conv2d("growth", 3), Concat("in", "y")] public partial class Grow;
        """;

    [Theory]
    [InlineData("ReLU", "N x in x H x W")]
    [InlineData("Conv1x1(\"in*2\")", "N x 2*in x H x W")]
    [InlineData("Conv1x1(\"out\")", "N x out x H x W")]
    [InlineData("Conv2d(8, 3, Stride = 2)", "N x 8 x H/2 x W/2")]
    [InlineData("Conv2d(8, 3, Stride = 2), Conv2d(8, 5, Stride = 2), MaxPool2d(3, Stride = 2)", "N x 8 x H/8 x W/8")]
    [InlineData("Conv2d(\"in\", 3, Padding = 0)", "N x in x H' x W'")]
    [InlineData("Conv2d(\"in\", 3, Padding = 0), Conv2d(\"in\", 3, Padding = 0)", "N x in x H' x W'")]
    [InlineData("Conv2d(\"in\", new[] { 1, 3 }, Stride = new[] { 1, 2 })", "N x in x H x W/2")]
    [InlineData("Conv2d(\"in\", 4, Padding = \"same\"), Conv2d(\"in\", 3, Padding = new[] { 0, 2, 2, 0 })", "N x in x H x W")]
    [InlineData("Conv2d(\"in\", 3, Stride = 2, Padding = new[] { 0, 1, 0, 1 })", "N x in x H' x W'")]
    [InlineData("Reshape(\"in\", \"h*w\"), Sigmoid", "N x in x H*W")]
    [InlineData("Conv2d(\"in\", 3, Stride = 2), Reshape(-1, \"h*w\")", "N x in x H/2*W/2")]
    [InlineData("Parameter(\"a\"), Conv1x1(\"a*85\"), Reshape(\"a\", 85, \"h\", \"w\"), Permute(0, 1, 3, 4, 2)", "N x a x H x W x 85")]
    [InlineData("Permute(0, 2, 3, 1), Reshape(-1, 4)", "N x in/4*H*W x 4")]
    [InlineData("Conv1x1(4), Permute(0, 2, 3, 1), Permute(0, 3, 1, 2), Conv1x1(5)", "N x 5 x H x W")]
    [InlineData("GlobalAvgPool2d, Reshape(\"in/2\", 2, 1), Conv1x1(7)", "N x 7 x 2 x 1")]
    [InlineData("DepthwiseConv2d(2, Stride = 2, Padding = new[] { 0, 0, 0, 1 })", "N x in x H/2 x W'")]
    [InlineData("Parameter(\"k\"), Conv2d(\"in\", \"k\", Padding = \"same\"), DepthwiseConv2d(\"k\", Padding = new object[] { \"k\", 0, 0, \"k-1\" })", "N x in x H x W'")]
    [InlineData("Parameter(\"s\"), DepthwiseConv2d(3, Stride = \"s\")", "N x in x H/s x W/s")]
    [InlineData("GlobalAvgPool2d", "N x in x 1 x 1")]
    [InlineData("GlobalAvgPool2d, Flatten", "N x in")]
    [InlineData("GlobalAvgPool2d, Linear(10)", "N x 10")]
    [InlineData("Split(\"a\", \"b\"), From(\"a\"), Conv1x1(3), Concat(\"b\", \"a\")", "N x in/2 + 3 x H x W")]
    [InlineData("Split(\"a\", \"b\", \"c\"), Concat(\"a\", \"b\", \"c\")", "N x in x H x W")]
    [InlineData("Split(\"a\", \"b\", Ratio = 0.4), Concat(\"b\", \"a\")", "N x in x H x W")]
    [InlineData("Split(\"a\", \"b\"), Concat(\"a\", \"b\", As = \"y\"), Conv1x1(\"in*2\"), From(\"a\"), ReLU, Concat(\"y\", \"a\")", "N x 5*in/2 x H x W")]
    [InlineData("Split(\"a\", \"b\", Channels = \"round(c*3/10, 2)\"), Concat(\"b\", \"a\")", "N x in x H x W")]
    [InlineData("Apply<Half>", "N x in x H x W")]
    [InlineData("Apply<Down>(Channels = \"in*2\"), Apply<Down>(Channels = \"in*4\")", "N x 4*in x H/4 x W/4")]
    [InlineData("Apply<Grow>(8), Apply<Grow>(\"in\")", "N x 2*in + 8 x H x W")]
    [InlineData("Stage<Grow>(\"stage\", 8, Units = 3)", "N x in + 24 x H x W")]
    [InlineData("Stage<Half>(\"stage\", Units = \"in\")", "N x in x H x W")]
    [InlineData("Stage<Down, Half>(\"stage\", Channels = 64, Units = 3)", "N x 64 x H/2 x W/2")]
    public void OfABlockAreSymbols(string attributes, string shape) => Assert.Equal(shape, Declarations.Graph("Block, " + attributes, Blocks).Result.ToString());

    [Theory]
    [InlineData("Conv2d(24, 3, Stride = 2), MaxPool2d(3, Stride = 2)", "N x 24 x 56 x 56")]
    [InlineData("Stage<Down, Half>(\"stage\", Channels = 64, Units = 3)", "N x 64 x 112 x 112")]
    [InlineData("Stage<Down>(\"stage\", Channels = 8, Units = 3)", "N x 8 x 28 x 28")]
    [InlineData("Stage<Grow>(\"stage\", 4, Units = 3)", "N x 15 x 224 x 224")]
    [InlineData("Flatten, Linear(7)", "N x 7")]
    [InlineData("Conv1x1(255), Reshape(3, 85, \"h\", \"w\"), Permute(0, 1, 3, 4, 2), Reshape(-1, 85)", "N x 150528 x 85")]
    [InlineData("Flatten, Linear(24), Reshape(6, 2, 2), ConvTranspose2d(4, 2, Stride = 2)", "N x 4 x 4 x 4")]
    [InlineData("Reshape(3, 50176), Softmax(Dim = 2)", "N x 3 x 50176")]
    [InlineData("Reshape(147, 1024)", "N x 147 x 1024")]
    [InlineData("Conv1x1(255), Reshape(255, \"h*w\"), Reshape(3, 85, 224, 224), Sigmoid, Permute(0, 4, 1, 2, 3)", "N x 224 x 3 x 85 x 224")]
    [InlineData("Flatten, Reshape(2, 2, 3, -1)", "N x 2 x 2 x 3 x 12544")]
    [InlineData("AdaptiveAvgPool2d(2), Permute(0, 2, 3, 1), Conv1x1(5)", "N x 5 x 2 x 3")]
    [InlineData("Conv1x1(10), Split(\"a\", \"b\", Ratio = 0.25), From(\"a\"), Conv1x1(\"in*4\"), Concat(\"a\", \"b\")", "N x 19 x 224 x 224")]
    [InlineData("Conv1x1(10), Split(\"a\", \"b\", Ratio = 0.45), Concat(\"a\"), From(\"b\")", null)]
    public void OfANetworkAreNumbers(string attributes, string? shape)
    {
        var result = Declarations.Build($"[Network, Input(3, 224, 224), {attributes}] public partial class C; {Blocks}", "C");

        Assert.Equal(shape, result.Graph?.Result.ToString());
        Assert.Equal(shape is null, result.Problems.Length > 0);
    }

    /// <summary>Halves are rounded up.</summary>
    [Theory]
    [InlineData(10, "0.25", 3, 7)]
    [InlineData(10, "0.24", 2, 8)]
    [InlineData(20, "0.4", 8, 12)]
    [InlineData(5, "0.5", 3, 2)]
    [InlineData(116, "0.5", 58, 58)]
    public void ARatioIsRoundedToTheNearest(int channels, string ratio, int first, int second)
    {
        var graph = Declarations.Graph($"Network, Input({channels}, 8, 8), Split(\"a\", \"b\", Ratio = {ratio}), Concat(\"b\", \"a\")");

        Assert.Equal([first, second], graph.Nodes.OfType<SliceNode>().Select(static slice => (int)slice.Shape.Channels.Constant!));
        Assert.Equal([0, first], graph.Nodes.OfType<SliceNode>().Select(static slice => (int)slice.Start.Constant!));
    }

    [Theory]
    [InlineData("Conv1x1(\"in/2\")", "Divides 2 in")]
    [InlineData("Conv1x1(\"in-3\")", "AtLeast in - 3 1")]
    [InlineData("Parameter(\"g\"), Conv1x1(Groups = \"g\")", "AtLeast g 1; Divides g in")]
    [InlineData("Split(\"a\", \"b\"), Add(\"a\", \"b\")", "Divides 2 in")]
    [InlineData("From(\"in\", As = \"y\"), Conv1x1(\"out\"), Add(\"y\", \"in\")", "Equal in out")]
    [InlineData("Conv1x1(\"in*2\"), DepthwiseConv2d(3), ReLU", "")]
    public void WhatIsNotKnownIsRequired(string attributes, string requirements)
    {
        var found = Declarations.Graph("Block, " + attributes).Requirements.Select(static each => $"{each.Kind} {each.Left} {each.Right}");

        Assert.Equal(requirements, string.Join("; ", found));
    }

    [Fact]
    public void FiguresAreTheFields()
    {
        // 3x3x3x4 weights and 4 biases; then 2x4 of the norm; then 4x10 and 10.
        var graph = Declarations.Graph("Network, Input(3, 5, 7), Conv2d(4, 3), ReLU, BatchNorm2d, GlobalAvgPool2d, Linear(10)");

        Assert.Equal((3 * 3 * 3 * 4) + 4 + 8 + 40 + 10, graph.Figures!.Value.Parameters);
        Assert.Equal((5 * 7 * 3 * 3 * 3 * 4) + 40, graph.Figures.Value.MultiplyAdds);
    }

    [Fact]
    public void FiguresOfGroupsAndBlocksAddUp()
    {
        var graph = Declarations.Graph("Network, Input(8, 6, 6), Conv2d(16, 3, Stride = 2, Groups = 4, Bias = false), Stage<Grow>(\"stage\", 4, Units = 2)", Blocks);

        Assert.Equal((9 * 16 * 2) + (9 * 16 * 4) + 4 + (9 * 20 * 4) + 4, graph.Figures!.Value.Parameters);
        Assert.Equal(3 * 3 * ((9 * 16 * 2) + (9 * 16 * 4) + (9 * 20 * 4)), graph.Figures.Value.MultiplyAdds);
    }

    [Fact]
    public void OfSymbolsThereAreNoFigures() => Assert.Null(Declarations.Graph("Block, Conv2d(4, 3)").Figures);

    [Theory]
    [InlineData("Conv1x1, BatchNorm2d", false)]
    [InlineData("Conv1x1, ReLU, BatchNorm2d", true)]
    [InlineData("Conv1x1", true)]
    [InlineData("Conv1x1(Bias = true), BatchNorm2d", true)]
    [InlineData("Conv1x1(Bias = false)", false)]
    [InlineData("Conv1x1, Path(\"x\"), BatchNorm2d", false)]
    [InlineData("From(\"in\"), Conv1x1, From(\"in\"), BatchNorm2d", false)]
    public void ABiasIsLeftOutBeforeABatchNorm(string attributes, bool hasBias) =>
        Assert.EndsWith(hasBias ? "bias: true)" : "bias: false)", Declarations.Graph("Block, " + attributes).Nodes.OfType<LayerNode>().First().Layer.Module!.Factory, StringComparison.Ordinal);
}
