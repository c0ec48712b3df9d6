using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.UndisposedTensor, Blockwright.CodeFixes.HandWritten.UndisposedTensorFix>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class UseUsingTests
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

    /// <summary>As the strict preset has it: a forward is judged by itself, and a warning.</summary>
    private const string EachByItself = "BW6002.callers = ignored\ndotnet_diagnostic.BW6002.severity = warning";

    /// <summary>Beside the scope, which frees whatever else is made.</summary>
    private const string Key = "UseUsing";

    [Fact]
    public Task A_local_that_is_written_once() => Verify.Fixes(
        Code.File(Net("A", "// The features.\n        var y = {|BW6002:conv.call(x)|}; // kept short\n        return conv.call(y);") + Net("B", "Tensor y = {|BW6002:conv.call(x)|}; return y.relu();")),
        Code.File(Net("A", "// The features.\n        using var y = conv.call(x); // kept short\n        return conv.call(y);") + Net("B", "using Tensor y = conv.call(x); return y.relu();")),
        EachByItself,
        Key);

    [Theory]
    // No local holds it.
    [InlineData("return conv.call({|BW6002:conv.call(x)|});")]
    // A using local cannot be written again.
    [InlineData("var y = {|BW6002:conv.call(x)|}; y = y.relu(); return y;")]
    // A parameter cannot be made one.
    [InlineData("x = {|BW6002:conv.call(x)|}; return conv.call(x);")]
    public Task Without_such_a_local_nothing_is_offered(string forward) => Verify.OffersNothing(Code.File(Net("A", forward)), EachByItself, Key);
}
