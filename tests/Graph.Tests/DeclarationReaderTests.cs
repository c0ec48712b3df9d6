namespace Blockwright.Graph.Tests;

public class DeclarationReaderTests
{
    [Fact]
    public void ReadsAttributesInOrderWithTheirArgumentsByName()
    {
        var declaration = Declarations.Read("""
            namespace Zoo
            {
                [Block, Parameter("p")]
                [Conv2d("in*p", new object[] { 3, "p" }, Stride = 2, Bias = false), BatchNorm2d(Eps = 1e-3)]
                [Split("a", "b", Ratio = 0.25)]
                [System.Obsolete]
                [Apply<Other>(1, "in", Channels = "out", Name = "x.y")]
                public partial class Unit;

                [Block, ReLU] public partial class Other;
            }
            """)["Unit"];

        Assert.Equal((DeclarationKind.Block, "global::Zoo.Unit", "Zoo"), (declaration.Kind, declaration.FullName, declaration.Namespace));
        Assert.True(declaration.IsComplete);
        Assert.True(declaration.SaysOut);
        Assert.Equal(["p"], declaration.Parameters.Select(static parameter => parameter.Name));
        // Attributes of others do not count.
        Assert.Equal([("Conv2d", 2), ("BatchNorm2d", 3), ("Split", 4), ("Apply", 5)], declaration.Steps.Select(static step => (step.Kind, step.Index)));
        var (convolution, norm, split, apply) = (declaration.Steps[0], declaration.Steps[1], declaration.Steps[2], declaration.Steps[3]);
        Assert.Equal(["OutChannels", "KernelSize", "Stride", "Bias"], convolution.Arguments.Select(static argument => argument.Name));
        Assert.Equal(new Value.Number(ExpressionParser.Parse("in*p")), convolution["OutChannels"]);
        Assert.Equal(2, convolution.List("KernelSize").Count);
        Assert.False(convolution.Flag("Bias"));
        Assert.Equal(1e-3, norm.Real("Eps"));
        Assert.Null(norm.Real("Momentum"));
        Assert.Equal(0.25, split.Real("Ratio"));
        Assert.Equal([new BlockReference("global::Zoo.Other", "Other", true)], apply.Blocks);
        Assert.Equal("x.y", apply.Text("Name"));
        Assert.Equal(new Place(5, "Arguments", 1), apply.PlaceOf("Arguments", 1));
        Assert.Equal(new Place(5), apply.PlaceOf("Arguments2"));
    }

    [Fact]
    public void ReadsANetworksInput()
    {
        var network = Declarations.Read("[Network, Input(3, 224, 112), ReLU] public partial class C;")["C"];

        Assert.Equal(DeclarationKind.Network, network.Kind);
        Assert.Equal((3L, 224L, 112L), (network.Input!.Channels, network.Input.Height, network.Input.Width));
    }

    [Theory]
    [InlineData("[Block, Conv2d(1, 3)] public partial class C;", "[Block][Conv2d(0x1, kernelSize: 1 + 2)] public partial class C { }", true)]
    [InlineData("[Block, Concat(\"a\", \"b\")] public partial class C;", "[Block, Concat(new[] { \"a\", \"b\" })] public partial class C;", true)]
    [InlineData("[Block, Conv1x1(\"in*2\")] public partial class C;", "[Block, Conv1x1(\"in * 2\")] public partial class C;", true)]
    [InlineData("[Block, Conv1x1(\"in*2\")] public partial class C;", "[Block, Conv1x1(\"2*in\")] public partial class C;", false)]
    [InlineData("[Block, ReLU, Sigmoid] public partial class C;", "[Block, Sigmoid, ReLU] public partial class C;", false)]
    [InlineData("[Block, ReLU] public partial class C;", "[Block, ReLU] public class C;", false)]
    [InlineData("[Block, ReLU] public partial class C;", "partial class D { [Block, ReLU] public partial class C; }", false)]
    public void IsAValue(string one, string other, bool areEqual)
    {
        var (a, b) = (Declarations.Read(one)["C"], Declarations.Read(other)["C"]);

        Assert.Equal(areEqual, a.Equals(b));
        if (areEqual)
            Assert.Equal(a.GetHashCode(), b.GetHashCode());
    }

    [Fact]
    public void ArraysCompareByTheirElements()
    {
        var one = new[] { 1, 2, 3 }.ToEquatableArray();

        Assert.Equal(one, new[] { 1, 2, 3 }.ToEquatableArray());
        Assert.Equal(one.GetHashCode(), new[] { 1, 2, 3 }.ToEquatableArray().GetHashCode());
        Assert.NotEqual(one, new[] { 1, 3, 2 }.ToEquatableArray());
        Assert.NotEqual(one, new[] { 1, 2 }.ToEquatableArray());
        Assert.Equal(default, EquatableArray<int>.Empty);
        Assert.Empty(default(EquatableArray<int>));
    }
}
