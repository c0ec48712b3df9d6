using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.UndisposedTensor, Blockwright.CodeFixes.HandWritten.OpenDisposeScope>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class OpenDisposeScopeTests
{
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
            """));

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
            """));
}
