namespace Blockwright.Analyzers.Tests.Declared;

public class ActivationErrors
{
    private const string Unit = """[Block, Parameter("act", Kind = ParameterKind.Activation), Conv1x1, Activation("act")] public partial class Unit; """;
    private const string Words = "ReLU, ReLU6, LeakyReLU, ELU, SiLU, GELU, Mish, Hardswish, Hardsigmoid, Sigmoid, Tanh, Softplus, Hardtanh, Identity";

    [Theory]
    [InlineData("Hardswsh", "; 'Hardswish' is nearest")]
    [InlineData("Swish", "; 'SiLU' is nearest")]
    [InlineData("hardswish", "; 'Hardswish' is nearest")]
    [InlineData("Conv1x1", "")]
    [InlineData("Clamp", "")]
    [InlineData("Factor", "")]
    public Task NoActivation(string word, string nearest) => DeclarationTest.Verify(
        $$"""{{Unit}}[Block, Apply<Unit>({|#0:"{{word}}"|})] public partial class A;""",
        ("BW0006", $"The argument names '{word}'; expected one of: {Words}{nearest}"));

    [Fact]
    public Task ItsOwnAreAmongThem() => DeclarationTest.Verify(
        $$"""{{Unit}}[Block, Parameter("mine", Kind = ParameterKind.Activation), Parameter("n"), Apply<Unit>("mine"), Apply<Unit>({|#0:"n"|}), Stage<Unit>("s", "Identity", Units = "n")] public partial class A;""",
        ("BW0006", $"The argument names 'n'; expected one of: mine, {Words}"));

    [Theory]
    [InlineData("3", "3")]
    [InlineData("\"2*in\"", "an expression")]
    [InlineData("\"\"", "\"\"")]
    public Task ANumber(string argument, string found) => DeclarationTest.Verify(
        $$"""{{Unit}}[Block, Apply<Unit>({|#0:{{argument}}|})] public partial class A;""",
        ("BW0022", $"act: expected the word of an activation in a string, as \"ReLU\" (\"Identity\" for none), found {found}"));

    [Fact]
    public Task AnActivationWhereANumberIsAskedFor() => DeclarationTest.Verify(
        """[Block, Parameter("act", Kind = ParameterKind.Activation), Conv1x1({|#0:"act"|}), Activation("act")] public partial class A;""",
        ("BW0006", "The expression names 'act'; expected one of: out, in"));

    [Fact]
    public Task NoSuchParameter() => DeclarationTest.Verify(
        """[Block, Parameter("act", Kind = ParameterKind.Activation), Conv1x1, Activation("act"), Activation({|#0:"atc"|})] public partial class A;""",
        ("BW0006", "Activation names 'atc'; expected one of: act; 'act' is nearest"));

    [Theory]
    [InlineData("""[Network, Input(3, 8, 8), Conv1x1(4), Activation({|#0:"SiLU"|})] public partial class A;""", "a network says its activations as layers ([SiLU])", "SiLU")]
    [InlineData("""[Network, Input(3, 8, 8), Conv1x1(4), Activation({|#0:"act"|})] public partial class A;""", "a network says its activations as layers ([ReLU])", "act")]
    [InlineData("""[Block, Conv1x1, Activation({|#0:"SiLU"|})] public partial class A;""", "a [Parameter(\"SiLU\", Kind = ParameterKind.Activation)] declares one and [SiLU] is the layer itself", "SiLU")]
    [InlineData("""[Block, Conv1x1, Activation({|#0:"Swish"|})] public partial class A;""", "a [Parameter(\"Swish\", Kind = ParameterKind.Activation)] declares one and [SiLU] is the layer itself", "Swish")]
    [InlineData("""[Network, Input(3, 8, 8), Conv1x1(4), Activation({|#0:"relu"|})] public partial class A;""", "a network says its activations as layers ([ReLU])", "relu")]
    [InlineData("""[Block, Conv1x1, Activation({|#0:"act"|})] public partial class A;""", "a [Parameter(\"act\", Kind = ParameterKind.Activation)] declares one", "act")]
    public Task WhatWorksInstead(string source, string instead, string name) => DeclarationTest.Verify(source, ("BW0006", $"Activation names '{name}'; expected one of: none: {instead}"));

    [Fact]
    public Task NoneIsDeclared() => DeclarationTest.Verify(
        """[Block, Parameter("act"), Conv1x1("act"), Activation({|#0:"act"|})] public partial class A;""",
        ("BW0006", "Activation names 'act'; expected one of: none: a [Parameter(\"act\", Kind = ParameterKind.Activation)] declares one"));

    [Fact]
    public Task TheRestHasAnotherKind() => DeclarationTest.Verify(
        $$"""{{Unit}}[Block, Parameter("act"), Conv1x1("in*act/act")] public partial class B; [Block, {|#0:Stage<Unit, B>("s", "ReLU", Units = 2)|}] public partial class A;""",
        ("BW0008", "B takes 'act' to be of one kind in both blocks; found another in Unit"));
}
