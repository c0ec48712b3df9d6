using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.UndisposedTensor, Blockwright.CodeFixes.HandWritten.UndisposedTensorFix>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class OpenDisposeScopeTests
{
    /// <summary>As the strict preset has it: a forward is judged by itself, and a warning.</summary>
    private const string EachByItself = "BW6002.callers = ignored\ndotnet_diagnostic.BW6002.severity = warning";

    [Fact]
    public Task A_body_and_an_expression() => Verify.Fixes(
        Code.File("""
            class A : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv = Conv2d(8, 8, 1);
                private readonly bool residual;
                public A() : base("A") => RegisterComponents();

                public override Tensor forward(Tensor x)
                {
                    var y = {|BW6002:conv.call(x)|};
                    y = functional.relu(y);
                    if (residual)
                        return x + y; // the shortcut
                    return conv.call(y);
                }
            }

            class B : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv = Conv2d(8, 8, 1);
                public B() : base("B") => RegisterComponents();

                public override Tensor forward(Tensor scope) => conv.call({|BW6002:conv.call(scope)|});
            }
            """),
        Code.File("""
            class A : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv = Conv2d(8, 8, 1);
                private readonly bool residual;
                public A() : base("A") => RegisterComponents();

                public override Tensor forward(Tensor x)
                {
                    using var scope = NewDisposeScope();
                    var y = conv.call(x);
                    y = functional.relu(y);
                    if (residual)
                        return (x + y).MoveToOuterDisposeScope(); // the shortcut
                    return conv.call(y).MoveToOuterDisposeScope();
                }
            }

            class B : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv = Conv2d(8, 8, 1);
                public B() : base("B") => RegisterComponents();

                public override Tensor forward(Tensor scope)
                {
                    using var scope2 = NewDisposeScope();
                    return conv.call(conv.call(scope)).MoveToOuterDisposeScope();
                }
            }
            """),
        EachByItself);

    [Theory]
    // What is returned can be the input, which another scope owns.
    [InlineData("if (x.shape[0] > 1) return x; return conv.call({|BW6002:conv.call(x)|});")]
    // What is kept would be disposed with the scope.
    [InlineData("kept = conv.call(x); return conv.call({|BW6002:conv.call(kept)|});")]
    public Task Where_a_scope_would_be_wrong_none_is_offered(string forward) => Verify.OffersNothing(
        Code.File($$"""
            class A : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv = Conv2d(8, 8, 1);
                private Tensor kept;
                public A() : base("A") => RegisterComponents();

                public override Tensor forward(Tensor x)
                {
                    {{forward}}
                }
            }
            """),
        EachByItself);

    /// <summary>What is certain in a whole program has the same fix.</summary>
    [Fact]
    public Task In_a_program() => Verify.FixesProgram(
        Code.File(Program("=> conv.call({|BW6002:conv.call(x)|});", " ")),
        Code.File(Program("""
            {
                using var scope = NewDisposeScope();
                return conv.call(conv.call(x)).MoveToOuterDisposeScope();
            }
            """)));

    private static string Program(string forward, string before = "\n    ") => $$"""
        class A : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv = Conv2d(8, 8, 1);
            public A() : base("A") => RegisterComponents();

            public override Tensor forward(Tensor x){{before}}{{forward.Replace("\n", "\n    ", StringComparison.Ordinal)}}
        }

        static class Program
        {
            static void Main() => new A().call(ones(1, 8, 2, 2)).Dispose();
        }
        """;
}
