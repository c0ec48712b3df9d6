namespace Blockwright.Graph.Tests;

/// <summary>What is too large is refused before the work is done, where it is, with the limit and what was found.</summary>
public class BoundTests
{
    private const string Units = """
        [Block, Conv1x1("in+1")] public partial class Wider;
        [Block, ReLU] public partial class Same;
        [Block, Split("a", "b"), From("b"), ReLU, Concat("a", "b"), ChannelShuffle(2)] public partial class Shuffled;
        [Block, From("in", As = "x"), Conv1x1(1), Concat("in", "x")] public partial class Dense;
        [Block, Conv1x1("in/(in+1)")] public partial class Quotient;
        """;

    [Theory]
    [InlineData("Stage<Same>(\"s\", Units = 1001)", "BW0022 at 1 Units: Units | at most 1000 | 1001")]
    [InlineData("Path(\"{300}\"), Conv1x1", "BW0021 at 1 Name: aaaaaaaaaaaaaaaa... | at most 256 characters, found 300")]
    [InlineData("Conv1x1(Name = \"{257}\")", "BW0021 at 1 Name: aaaaaaaaaaaaaaaa... | at most 256 characters, found 257")]
    [InlineData("Stage<Same>(\"{300}\", Units = 2)", "BW0021 at 1 Name: aaaaaaaaaaaaaaaa... | at most 256 characters, found 300")]
    [InlineData("Parameter(\"{200}\"), Conv1x1", "BW0022 at 1 Name: Name | at most 128 characters | 200")]
    [InlineData("Apply<Quotient>, Apply<Quotient>, Apply<Quotient>, Apply<Quotient>, Apply<Quotient>, Apply<Quotient>", "BW0007 at 1 OutChannels: an expression of at most 512 characters once it is worked out | 695")]
    [InlineData("Split(\"a\", \"b\", Ratio = 0.3), From(\"b\"), Split(\"c\", \"d\", Ratio = 0.3), From(\"d\"), Split(\"e\", \"f\", Ratio = 0.3), From(\"f\"), Split(\"g\", \"h\", Ratio = 0.3), From(\"h\"), Split(\"i\", \"j\", Ratio = 0.3), Concat(\"a\", \"c\", \"e\", \"g\", \"i\", \"j\")", "BW0007 at 9: numbers of at most 512 characters once it is worked out | 560")]
    public void ANumberOrNameOfABlock(string attributes, string expected) => Assert.Equal(expected, Assert.Single(Declarations.Problems("Block, " + Named(attributes), Units).Select(Show)));

    [Theory]
    [InlineData("Stage<Same>(\"s\", Units = 1000), Stage<Same>(\"t\", Units = 1000), Stage<Tens>(\"u\", Units = 1000)", "BW0026 at 4: at most 20,000 layers and blocks, the blocks opened, found 27,000")]
    [InlineData("Stage<Same>(\"s\", Units = 100), Stage<Same>(\"t\", Units = 100), Stage<Tens>(\"{220}\", Units = 800)", "BW0026 at 4: at most 2,097,152 characters in all keys, the blocks opened, found 4,211,430")]
    [InlineData("Conv1x1(65536), {ReLU x 130}", "BW0026 at 129: at most 8,388,608 channels in all values, the blocks opened, found 8,585,219")]
    [InlineData("Conv1x1(8192), Stage<Shuffled>(\"s\", Units = 200)", "BW0026 at 3: at most 524,288 pieces of values that layers read, the blocks opened, as splits, concatenations and shuffles leave them, found 819,203")]
    [InlineData("Stage<Dense>(\"s\", Units = 600), Stage<Dense>(\"t\", Units = 600)", "BW0026 at 3: at most 524,288 pieces of values that layers read, the blocks opened, as splits, concatenations and shuffles leave them, found 722,999")]
    public void ANetwork(string attributes, string expected) => Assert.Equal(
        expected, Assert.Single(Declarations.Problems("Network, Input(3, 8, 8), " + Named(attributes), Units + "[Block, Stage<Same>(\"t\", Units = 11)] public partial class Tens;").Select(Show)));

    /// <summary>The input's size multiplies with everything: no product of sizes may overflow.</summary>
    [Theory]
    [InlineData("Input(3, 2000000000, 2000000000), DepthwiseConv2d(3, Stride = 2), DepthwiseConv2d(3, Stride = 2)", "BW0026 at 1: at most 2,147,483,647 values in a feature map, found more than 1,000,000,000,000,000")]
    [InlineData("Input(3, 40000, 40000), ReLU", "BW0026 at 1: at most 2,147,483,647 values in a feature map, found 4,800,000,000")]
    [InlineData("Input(3, 20000, 20000), ReLU, Conv2d(64, 3)", "BW0026 at 3: at most 2,147,483,647 values in a feature map, found 25,600,000,000")]
    [InlineData("Input(1, 1, 1), ReLU, Conv2d(1, 3, Padding = 1000000)", "BW0026 at 3: at most 2,147,483,647 values in a feature map, found 3,999,996,000,001")]
    [InlineData("Input(3, 37, 45), Conv2d(13, 2147483647)", "BW0026 at 2: at most 2,147,483,647 weights of one layer, found more than 1,000,000,000,000,000")]
    [InlineData("Input(65536, 3, 3), Conv2d(65536, 3)", "BW0026 at 2: at most 2,147,483,647 weights of one layer, found 38,654,771,200")]
    public void ANetworkOnAnInput(string attributes, string expected) => Assert.Equal(expected, Assert.Single(Declarations.Problems("Network, " + attributes, Units).Select(Show)));

    /// <summary>Said of the first that is too much, and of nothing that uses it.</summary>
    [Fact]
    public void BlocksThatDoubleEachOther()
    {
        var blocks = Nested(30, static i => $"Conv1x1(\"in+1\"), Apply<B{i}>, Conv1x1(\"in*2\"), Apply<B{i}>");

        var refused = Enumerable.Range(0, 31).Select(i => Declarations.Build(blocks, $"B{i}")).ToList();

        var problem = Assert.Single(refused.SelectMany(static result => result.Problems));
        Assert.Equal("BW0026 at 4: at most 16,384 attributes and units, a block's counted for each width that it is used at, found more", Show(problem));
        Assert.All(refused.Take(12), static result => Assert.NotNull(result.Graph));
        Assert.All(refused.Skip(14), static result => Assert.Null(result.Graph));
    }

    [Fact]
    public void BlocksThatAreInlined()
    {
        var blocks = Nested(50, static i => $"Apply<B{i}>(Name = \"\"), Apply<B{i}>(Name = \"\")");

        Assert.Equal(4096, Declarations.Build(blocks, "B12").Graph!.Nodes.Length - 1);
        Assert.Equal("BW0026 at 2: at most 4,096 attributes of blocks that are applied inline, found 8,192", Assert.Single(Declarations.Build(blocks, "B13").Problems.Select(Show)));
        Assert.Empty(Declarations.Build(blocks, "B50").Problems);
        Assert.Null(Declarations.Build(blocks, "B50").Graph);
    }

    /// <summary>Equal uses are one graph, and each counts once: 2^40 layers.</summary>
    [Fact]
    public void EqualUsesAreCountedOnce()
    {
        var blocks = Nested(40, static i => $"Apply<B{i}>, Apply<B{i}>") + "[Block, Apply<B40>] public partial class Whole;";

        var graph = Declarations.Build(blocks, "Whole").Graph!;

        Assert.Equal((3L << 40) - 1, graph.Layers);
        Assert.Equal(0, graph.Convolutions);
        Assert.Equal(Amount.Zero, graph.Parameters);
    }

    /// <summary>Seventy parts of parts are more than 64 bits hold.</summary>
    [Fact]
    public void PartsOfParts()
    {
        var splits = string.Join(", ", Enumerable.Range(0, 70).Select(static i => $"Split(\"a{i}\", \"b{i}\"), From(\"b{i}\")"));
        var problem = Assert.Single(Declarations.Problems($"Block, {splits}, Concat({string.Join(", ", Enumerable.Range(0, 70).Select(static i => $"\"a{i}\""))}, \"b69\")"));

        Assert.Equal("BW0007 at 61: numbers up to 2147483647 | in/2147483648", Show(problem));
    }

    /// <summary>A size that nobody knows is a text, which must not grow with each layer.</summary>
    [Fact]
    public void UnknownSizes()
    {
        var result = Declarations.Graph(string.Join(", ", Enumerable.Repeat("MaxPool2d(\"in+1\", Stride = \"in*in+in+12345678\")", 60).Prepend("Block"))).Result;

        Assert.InRange(result.Height.Text.Length, 1, 64);
        Assert.Equal(result.Height.Text, result.Width.Text.Replace('W', 'H'));
    }

    /// <summary>Ten thousand blocks in each other: whoever follows them must not do it by calling itself.</summary>
    [Fact]
    public void WhatABlockReachesEndsWhereNobodyReadsOn()
    {
        var link = Declarations.Read("[Block, Apply<Next>] public partial class C; [Block, ReLU] public partial class Next;")["C"];
        var chain = Enumerable.Range(0, 20_000).ToDictionary(static i => $"B{i}", i => Link(link, $"B{i}", $"B{i + 1}"));

        Assert.Equal(BuildLimits.Depth + 1, Reach.Of(chain["B0"], name => chain.GetValueOrDefault(name)).Count);
    }

    private static Declaration Link(Declaration like, string name, string next) => like with
    {
        FullName = name,
        Steps = new[] { new Step("Apply", 1, new[] { new BlockReference(next, next, true) }.ToEquatableArray(), EquatableArray<Argument>.Empty) }.ToEquatableArray(),
    };

    private static string Nested(int depth, Func<int, string> attributes) =>
        "[Block, ReLU] public partial class B0;" + string.Concat(Enumerable.Range(0, depth).Select(i => $"[Block, {attributes(i)}] public partial class B{i + 1};"));

    /// <summary>{300} for a name of so many letters.</summary>
    private static string Named(string attributes) => System.Text.RegularExpressions.Regex.Replace(
        attributes.Replace("{ReLU x 130}", string.Join(", ", Enumerable.Repeat("ReLU", 130)), StringComparison.Ordinal), "\\{([0-9]+)\\}", static match => new string('a', int.Parse(match.Groups[1].Value, null)));

    private static string Show(Problem problem) => ProblemTests.Show(problem);
}
