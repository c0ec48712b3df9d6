using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.LostSubmodule, Blockwright.CodeFixes.HandWritten.SubmoduleFix>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class RegisterSubmoduleTests
{
    [Fact]
    public Task Each_right_after_its_assignment() => Verify.Fixes(
        Code.File("""
            class Net : Module<Tensor, Tensor>
            {
                private readonly Linear body, head;
                private readonly Module<Tensor, Tensor> tail;

                public Net(bool wide) : base("Net")
                {
                    body = Linear(2, 2);
                    RegisterComponents();
                    {|BW6001:head|} = Linear(2, 2); // the classifier
                    if (wide)
                    {
                        {|BW6001:this.tail|} = Sequential(Linear(2, 2), ReLU());
                    }
                }

                public override Tensor forward(Tensor x) => body.call(x);
            }
            """),
        Code.File("""
            class Net : Module<Tensor, Tensor>
            {
                private readonly Linear body, head;
                private readonly Module<Tensor, Tensor> tail;

                public Net(bool wide) : base("Net")
                {
                    body = Linear(2, 2);
                    RegisterComponents();
                    head = Linear(2, 2); // the classifier
                    register_module("head", head);
                    if (wide)
                    {
                        this.tail = Sequential(Linear(2, 2), ReLU());
                        register_module("tail", this.tail);
                    }
                }

                public override Tensor forward(Tensor x) => body.call(x);
            }
            """));

    [Theory]
    // Registered under its name already: registering it again throws.
    [InlineData("private Linear head = Linear(2, 2);", "RegisterComponents(); {|BW6001:head|} = Linear(2, 2);")]
    [InlineData("private Linear head;", "head = Linear(2, 2); RegisterComponents(); {|BW6001:head|} = Linear(2, 2);")]
    // An interface is no Module.
    [InlineData("private IModule<Tensor, Tensor> head;", "RegisterComponents(); {|BW6001:head|} = Linear(2, 2);")]
    // Not a statement of a block.
    [InlineData("private Linear head;", "RegisterComponents(); if (head is null) {|BW6001:head|} = Linear(2, 2);")]
    public Task Where_it_would_throw_or_not_compile_nothing_is_offered(string field, string constructor) => Verify.OffersNothing(
        Code.File($$"""
            class Net : Module<Tensor, Tensor>
            {
                {{field}}
                public Net() : base("Net") { {{constructor}} }
                public override Tensor forward(Tensor x) => x;
            }
            """));
}
