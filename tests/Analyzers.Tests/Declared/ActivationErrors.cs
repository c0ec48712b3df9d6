namespace Blockwright.Analyzers.Tests.Declared;

public class ActivationErrors
{
    private const string Unit = """[Block, Parameter("act", Kind = ParameterKind.Activation), Conv1x1, Activation("act")] public partial class Unit; """;
    private const string Words = "ReLU, ReLU6, LeakyReLU, ELU, SiLU, GELU, Mish, Hardswish, Hardsigmoid, Sigmoid, Tanh, Softplus, Hardtanh, Factor, Identity";

    [Theory]
    [InlineData("Hardswsh")]
    [InlineData("hardswish")]
    [InlineData("Conv1x1")]
    [InlineData("Clamp")]
    public Task NoActivation(string word) => DeclarationTest.Verify(
        $$"""{{Unit}}[Block, Apply<Unit>({|#0:"{{word}}"|})] public partial class A;""",
        ("BW0006", $"The expression names '{word}'; expected one of: {Words}"));

    [Fact]
    public Task ItsOwnAreAmongThem() => DeclarationTest.Verify(
        $$"""{{Unit}}[Block, Parameter("mine", Kind = ParameterKind.Activation), Parameter("n"), Apply<Unit>("mine"), Apply<Unit>({|#0:"n"|}), Stage<Unit>("s", "Identity", Units = "n")] public partial class A;""",
        ("BW0006", $"The expression names 'n'; expected one of: mine, {Words}"));

    [Theory]
    [InlineData("3", "3")]
    [InlineData("\"2*in\"", "something else")]
    public Task ANumber(string argument, string found) => DeclarationTest.Verify(
        $$"""{{Unit}}[Block, Apply<Unit>({|#0:{{argument}}|})] public partial class A;""",
        ("BW0022", $"act: expected the word of an activation in a string, as \"ReLU\", found {found}"));

    [Fact]
    public Task AnActivationWhereANumberIsAskedFor() => DeclarationTest.Verify(
        """[Block, Parameter("act", Kind = ParameterKind.Activation), Conv1x1({|#0:"act"|}), Activation("act")] public partial class A;""",
        ("BW0006", "The expression names 'act'; expected one of: out, in"));

    [Fact]
    public Task NoSuchParameter() => DeclarationTest.Verify(
        """[Block, Parameter("act", Kind = ParameterKind.Activation), Conv1x1, Activation("act"), Activation({|#0:"atc"|})] public partial class A;""",
        ("BW0006", "The expression names 'atc'; expected one of: act"));

    [Fact]
    public Task NoneIsDeclared() => DeclarationTest.Verify(
        """[Block, Parameter("act"), Conv1x1("act"), Activation({|#0:"act"|})] public partial class A;""",
        ("BW0006", "The expression names 'act'; expected one of: none: a [Parameter(\"act\", Kind = ParameterKind.Activation)] declares one"));

    [Fact]
    public Task TheRestHasAnotherKind() => DeclarationTest.Verify(
        $$"""{{Unit}}[Block, Parameter("act"), Conv1x1("in*act/act")] public partial class B; [Block, {|#0:Stage<Unit, B>("s", "ReLU", Units = 2)|}] public partial class A;""",
        ("BW0008", "B takes 'act' to be of one kind in both blocks; found another in Unit"));
}
