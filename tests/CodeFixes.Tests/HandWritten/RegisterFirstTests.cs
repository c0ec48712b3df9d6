using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.EarlyVisit, Blockwright.CodeFixes.HandWritten.EarlyVisitFix>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class RegisterFirstTests
{
    private static string Net(string statements) => Code.File($$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc;
            private Linear head;

            public Net(bool deep = false) : base("Net")
            {
                fc = Linear(2, 2);
                {{statements.Replace("\n", "\n        ", StringComparison.Ordinal)}}
            }

            public override Tensor forward(Tensor x) => fc.call(x);

            private static void Normal(Module module) { if (module is Linear linear) init.normal_(linear.weight, 0, 0.02); }

            private void Initialize() => apply(Normal);

            private void Make() { head = Linear(2, 2); eval(); }
        }
        """);

    [Theory]
    [InlineData("// As the paper does.\n{|BW6003:apply(Normal)|};\nRegisterComponents();", "RegisterComponents();\n// As the paper does.\napply(Normal);")]
    [InlineData("if (deep)\n    {|BW6003:eval()|};\nthis.to(CPU);\nRegisterComponents();", "RegisterComponents();\nif (deep)\n    eval();\nthis.to(CPU);")]
    [InlineData("{|BW6003:Initialize()|};\nRegisterComponents();", "RegisterComponents();\nInitialize();")]
    public Task Before_what_goes_through_it(string before, string after) => Verify.Fixes(
        Net(before), Net(after).Replace("RegisterComponents();\n        // As", "RegisterComponents();\n        // As", StringComparison.Ordinal));

    [Theory]
    // What is made in between would be lost.
    [InlineData("{|BW6003:apply(Normal)|}; head = Linear(2, 2); RegisterComponents();")]
    [InlineData("{|BW6003:apply(Normal)|}; Make(); RegisterComponents();")]
    [InlineData("{|BW6003:Make()|}; RegisterComponents();")]
    public Task Where_it_would_miss_a_layer_nothing_is_offered(string statements) => Verify.OffersNothing(Net(statements));
}
