namespace Blockwright.Graph.Tests;

/// <summary>The keys of the state dict, as torch.nn.Sequential numbers them.</summary>
public class KeyTests
{
    private const string Blocks = """
        [Block, Conv1x1, ReLU, Conv1x1] public partial class Two;
        [Block, Path("inner"), Conv1x1, Conv1x1(Name = "last")] public partial class Named;
        """;

    private const string Conditional = """[Block, Parameter("n"), Path("p"), Conv1x1(If = "n > 0"), Conv1x1, ReLU, Conv1x1(If = "n > 0 and in > 1"), Conv1x1(If = "n <= 0")] public partial class Some; """;

    /// <summary>As a list of layers has them that grows by conditions.</summary>
    [Theory]
    [InlineData(0, "p.0 p.2")]
    [InlineData(1, "p.0 p.1 p.3")]
    public void WhatIsLeftOutIsNotCounted(int n, string keys) =>
        Assert.Equal(keys.Split(' '), Declarations.Keys(Declarations.Graph($"Network, Input(3, 8, 8), Apply<Some>({n}, Name = \"x\")", Conditional)).Select(static key => key["x.".Length..]));

    /// <summary>A stage ends the path that it stands in, whether it is there or not: a block numbers what follows in one way.</summary>
    [Theory]
    [InlineData(0, "p.0 0")]
    [InlineData(1, "p.0 s.0.0 s.0.2 0")]
    public void AStageThatIsLeftOutEndsThePath(int n, string keys) =>
        Assert.Equal(keys.Split(' '), Declarations.Keys(Declarations.Graph($"Network, Input(3, 8, 8), Apply<Staged>({n}, Name = \"x\")", Blocks + """[Block, Parameter("n"), Path("p"), Conv1x1, Stage<Two>("s", If = "n > 0"), Conv1x1] public partial class Staged;""")).Select(static key => key["x.".Length..]));

    /// <summary>What a layer's own condition says of those before it is known where the layer is made.</summary>
    [Fact]
    public void TheConstructorCountsWhatIsThere() => Assert.Equal(
        [null, "$\"p.{(n > 0 ? 1 : 0)}\"", "\"p.3\"", "\"p.2\""],
        Declarations.Build(Conditional, "Some").Graph!.Nodes.OfType<LayerNode>().Where(static node => node.Key is not null).Select(static node => node.KeyCode));

    [Theory]
    [InlineData("Conv1x1, BatchNorm2d, ReLU, Conv1x1", "0 1 3")]
    [InlineData("Path(\"p\"), Conv1x1, ReLU, Conv1x1", "p.0 p.2")]
    [InlineData("Path(\"a.b\", FirstIndex = 3), Conv1x1, ReLU, Conv1x1", "a.b.3 a.b.5")]
    [InlineData("Conv1x1, Path(\"p\"), Conv1x1, From(\"in\", As = \"y\")", null)]
    [InlineData("From(\"in\", As = \"a\", Name = \"left\"), Conv1x1, From(\"in\", As = \"b\", Name = \"right\"), Conv1x1, Conv1x1, Add(\"a\", \"b\")", "left.0 right.0 right.1")]
    [InlineData("From(\"in\", As = \"a\"), Conv1x1, From(\"in\", As = \"b\"), Conv1x1, Add(\"a\", \"b\"), Conv1x1", "0 1 2")]
    [InlineData("From(\"in\", As = \"a\", Name = \"x\"), Conv1x1, From(\"a\"), Conv1x1", "x.0 0")]
    [InlineData("Conv1x1(Name = \"first\"), Conv1x1, BatchNorm2d(Name = \"bn.2\"), Conv1x1", "first 1 bn.2 3")]
    [InlineData("Path(\"stem\"), Conv1x1(Name = \"conv\"), Path(\"head\"), Conv1x1(Name = \"conv\"), Conv1x1(Name = \"/fc\"), Conv1x1", "stem.conv head.conv fc head.2")]
    [InlineData("From(\"in\", As = \"a\", Name = \"left\"), Conv1x1(Name = \"conv.1\"), Apply<Two>(Name = \"two\"), Apply<Two>(Name = \"/all.two\")", "left.conv.1 left.two.0 left.two.2 all.two.0 all.two.2")]
    [InlineData("Conv1x1(Name = \"/first\"), Stage<Two>(\"trunk.block1\", Units = 2, UnitName = \"block1-{0}\")", "first trunk.block1.block1-0.0 trunk.block1.block1-0.2 trunk.block1.block1-1.0 trunk.block1.block1-1.2")]
    [InlineData("BatchNorm2d(Affine = false), BatchNorm2d(TrackRunningStats = false), BatchNorm2d(Affine = false, TrackRunningStats = false), Conv1x1", "0 1 3")]
    [InlineData("Conv1x1(Name = \"conv+bn\"), Path(\"a@b\"), Conv1x1(Name = \"kernel:0\")", "conv+bn a@b.kernel:0")]
    [InlineData("Path(\"p\"), Conv1x1, Split(\"a\", \"b\"), Concat(\"a\", \"b\"), Conv1x1", "p.0 0")]
    [InlineData("Path(\"p\"), Conv1x1, Add(\"in\"), Conv1x1", "p.0 p.1")]
    [InlineData("Apply<Two>, Conv1x1, Apply<Two>(Name = \"two\"), Conv1x1", "0.0 0.2 1 two.0 two.2 3")]
    [InlineData("Conv1x1, Apply<Two>(Name = \"\"), Conv1x1", "0 1 3 4")]
    [InlineData("Path(\"p\"), Conv1x1, Apply<Named>(Name = \"\"), Conv1x1", "p.0 inner.0 inner.last p.1")]
    [InlineData("Path(\"p\"), Apply<Named>, Conv1x1", "p.0.inner.0 p.0.inner.last p.1")]
    [InlineData("Stage<Named>(\"s\", Units = 2)", "s.0.inner.0 s.0.inner.last s.1.inner.0 s.1.inner.last")]
    [InlineData("Stage<Named, Two>(\"a.s\", Units = 2, FirstIndex = 4)", "a.s.4.inner.0 a.s.4.inner.last a.s.5.0 a.s.5.2")]
    [InlineData("Stage<Two>(\"s\", Units = 2, UnitName = \"layer{1}\")", "s.layer1.0 s.layer1.2 s.layer2.0 s.layer2.2")]
    [InlineData("Stage<Two>(\"s\", Units = 2, UnitName = \"u{0}x\", FirstIndex = 3)", "s.u3x.0 s.u3x.2 s.u4x.0 s.u4x.2")]
    [InlineData("Path(\"p\"), Stage<Two>(\"s\"), Conv1x1", "s.0.0 s.0.2 0")]
    [InlineData("Stage<Two>(\"f\", Units = 2), Stage<Two>(\"f\", FirstIndex = 2)", "f.0.0 f.0.2 f.1.0 f.1.2 f.2.0 f.2.2")]
    public void AreNumberedAsTorchDoes(string attributes, string? keys)
    {
        var result = Declarations.Build($"[Block, {attributes}] public partial class C; {Blocks}", "C");

        Assert.Equal(keys, result.Graph is null ? null : string.Join(" ", Declarations.Keys(result.Graph)));
        Assert.Equal(keys is null, result.Problems.Length > 0);
    }

    [Theory]
    [InlineData("Conv1x1(Name = \"a\"), Conv1x1(Name = \"a\")")]
    [InlineData("Conv1x1(Name = \"a.b\"), Conv1x1(Name = \"a\")")]
    [InlineData("Conv1x1(Name = \"a\"), Conv1x1(Name = \"a.b\")")]
    [InlineData("Conv1x1, Conv1x1(Name = \"0\")")]
    [InlineData("Path(\"p\"), Conv1x1, Path(\"p\"), Conv1x1")]
    [InlineData("Stage<Two>(\"s\"), Conv1x1(Name = \"s.0\")")]
    [InlineData("Stage<Two>(\"s\", Units = \"in\"), Conv1x1(Name = \"s.9\")")]
    [InlineData("Apply<Two>(Name = \"\"), Conv1x1(Name = \"0\")")]
    [InlineData("Conv1x1(Name = \"a/b\")")]
    [InlineData("Conv1x1(Name = \"a..b\")")]
    [InlineData("Conv1x1(Name = \".a\")")]
    [InlineData("Conv1x1(Name = \"\")")]
    [InlineData("Conv1x1(Name = \"ä\")")]
    public void MayNotClash(string attributes) =>
        Assert.Equal([ProblemIds.KeyClash], Declarations.Problems("Block, " + attributes, Blocks).Select(static problem => problem.Id));
}
