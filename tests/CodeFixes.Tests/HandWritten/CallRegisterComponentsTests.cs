using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.NeverRegistered, Blockwright.CodeFixes.HandWritten.SubmoduleFix>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class CallRegisterComponentsTests
{
    private const string Program = """

        static class Program
        {
            static void Main() => new Net().call(ones(1, 2)).print();
        }
        """;

    private static string Net(string name, string last) => Code.File($$"""
        class {{name}} : Module<Tensor, Tensor>
        {
            private readonly Linear fc;

            public Net() : this(2) { }

            public Net(int width) : base("Net")
            {
                fc = Linear(2, width); // the classifier{{last}}
            }

            public override Tensor forward(Tensor x) => fc.call(x);
        }
        """) + Program;

    [Fact]
    public Task At_the_end_of_the_constructor() => Verify.FixesProgram(Net("{|BW6001:Net|}", ""), Net("Net", "\n        RegisterComponents();"));

    [Theory]
    [InlineData("public Net() : base(\"Net\") => fc = Linear(2, 2);")]
    [InlineData("public Net(int width = 2) : base(\"Net\") { fc = Linear(2, width); if (width > 2) return; fc.eval(); }")]
    public Task Without_a_last_statement_nothing_is_offered(string constructor) => Verify.OffersNothing(Code.File($$"""
        class {|BW6001:Net|} : Module<Tensor, Tensor>
        {
            private readonly Linear fc;
            {{constructor}}
            public override Tensor forward(Tensor x) => fc.call(x);
        }

        static class Use { static void Run() => new Net().call(ones(1, 2)).print(); }
        """));
}
