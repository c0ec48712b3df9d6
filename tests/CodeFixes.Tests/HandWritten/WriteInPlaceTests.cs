using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.ElementwisePasses, Blockwright.CodeFixes.HandWritten.ElementwisePassesFix>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class WriteInPlaceTests
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
    public Task Methods_and_functions() => Verify.Fixes(
        Code.File(Net("A", "return {|BW4001:(x + conv.call(x)).relu()|};") + Net("B", "var y = conv.call(x) * x; return {|BW4001:functional.relu6(y)|};")),
        Code.File(Net("A", "return (x + conv.call(x)).relu_();") + Net("B", "var y = conv.call(x) * x; return functional.relu6(y, inplace: true);")));

    [Theory]
    // The sum is disposed at the end of the block; in place it would be the result.
    [InlineData("using var y = x + conv.call(x); return {|BW4001:y.relu()|};")]
    // The gradient of sigmoid needs its result.
    [InlineData("return {|BW4001:(x + conv.call(x)).sigmoid().relu()|};")]
    // The shapes may differ: a product cannot always be written over its operand.
    [InlineData("return {|BW4001:(x + conv.call(x)) * x|};")]
    public Task Where_it_is_not_certain_nothing_is_offered(string forward) => Verify.OffersNothing(Code.File(Net("A", forward)));
}
