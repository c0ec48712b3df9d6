using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.ElementwisePasses, Blockwright.CodeFixes.HandWritten.ElementwisePassesFix>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class UseActivationTests
{
    private static string Net(string name, string forward) => $$"""
        class {{name}} : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv = Conv2d(8, 8, 1);
            public {{name}}() : base("{{name}}") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }

        """;

    [Fact]
    public Task Silu_and_hardswish() => Verify.Fixes(
        Code.File(Net("A", "return {|BW4001:x * x.sigmoid()|};") + Net("B", "var y = conv.call(x); return {|BW4001:y * functional.relu6(y + 3, inplace: true) / 6|};")
            + Net("C", "return {|BW4001:torch.mul(functional.hardsigmoid(x), x)|}; // as it is")),
        Code.File(Net("A", "return x.silu();") + Net("B", "var y = conv.call(x); return y.hardswish();") + Net("C", "return x.hardswish(); // as it is")));

    [Theory]
    // The gate has a name, and perhaps a reader: the statement would stay.
    [InlineData("var s = x.sigmoid(); return {|BW4001:x * s|};")]
    // Another function.
    [InlineData("return {|BW4001:x * functional.relu6(x + 3) / 5|};")]
    [InlineData("return {|BW4001:x * conv.call(x).sigmoid()|};")]
    public Task Where_it_is_not_certain_nothing_is_offered(string forward) => Verify.OffersNothing(Code.File(Net("A", forward)));
}
