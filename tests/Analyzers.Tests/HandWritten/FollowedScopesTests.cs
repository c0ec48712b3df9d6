using Microsoft.CodeAnalysis.Testing;
using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.UndisposedTensor>;

namespace Blockwright.Analyzers.Tests.HandWritten;

/// <summary>BW6002 in whole programs: who calls a forward, and whether anyone has a scope open.</summary>
public sealed class FollowedScopesTests
{
    /// <summary>Two layers in a row, in a class of this name.</summary>
    private static string Net(string name = "Net", string forward = "=> b.call({|#0:a.call(x)|});", string parent = "Module<Tensor, Tensor>") => $$"""
        class {{name}} : {{parent}}
        {
            private readonly Conv2d a = Conv2d(8, 8, 1), b = Conv2d(8, 8, 1);
            public {{name}}() : base("{{name}}") => RegisterComponents();
            public override Tensor forward(Tensor x) {{forward}}
        }

        """;

    private static string Unmarked(string name = "Net") => Net(name, "=> b.call(a.call(x));");

    private static string Root(string forward, string field = "private readonly Net net = new();", string name = "Root") => $$"""
        class {{name}} : Module<Tensor, Tensor>
        {
            {{field}}
            public {{name}}() : base("{{name}}") => RegisterComponents();
            public override Tensor forward(Tensor x) {{forward}}
        }

        """;

    private static string StartingWith(string statements, string members = "") => $$"""
        static class Program
        {
            {{members}}
            static void Main()
            {
                {{statements}}
            }
        }

        """;

    private static DiagnosticResult Nobodys(string name = "Net", string many = "a tensor", string inside = "") => Expected.Warning("BW6002", 0,
        $"'{name}.forward' makes {many} that nobody disposes{inside}, the first one here: no caller opens a dispose scope, and the memory is held until finalizers run, which is late");

    [Theory]
    [InlineData("new Net().call(ones(1)).print();")]
    [InlineData("var net = new Net(); for (var i = 0; i < 9; i++) { using var y = net.forward(ones(1)); y.print(); }")]
    [InlineData("var net = new Net(); net.eval(); using (no_grad()) net.call(ones(1));")]
    [InlineData("Module<Tensor, Tensor> net = new Net(); net.call(ones(1));")]
    [InlineData("nn.IModule<Tensor, Tensor> net = new Net(); net.call(ones(1));")]
    [InlineData("Sequential((\"a\", new Net())).call(ones(1));")]
    [InlineData("System.Threading.Tasks.Task.Run(() => new Net().call(ones(1)));")]
    public Task Nobody_on_the_way_has_a_scope(string statements) => Verify.ReportsInProgram(Code.File(Net() + StartingWith(statements)), Nobodys());

    [Theory]
    [InlineData("using var scope = NewDisposeScope(); new Net().call(ones(1));")]
    [InlineData("using (var scope = NewDisposeScope()) new Net().call(ones(1));")]
    [InlineData("using (NewDisposeScope()) new Net().call(ones(1));")]
    [InlineData("var scope = NewDisposeScope(); new Net().call(ones(1)); scope.Dispose();")]
    [InlineData("var scope = NewDisposeScope(); new Net().call(ones(1));")]
    [InlineData("NewDisposeScope(); new Net().call(ones(1));")]
    // The program collects garbage itself.
    [InlineData("var net = new Net(); while (true) { net.call(ones(1)); GC.Collect(); }")]
    // Not called, or not where it can be seen.
    [InlineData("Console.WriteLine(new Net());")]
    [InlineData("Func<Tensor, Tensor> f = new Net().call; f(ones(1));")]
    [InlineData("dynamic net = new Net(); net.call(ones(1)); new Net().call(ones(1));")]
    [InlineData("foreach (var y in new[] { ones(1) }.Select(x => new Net().call(x))) y.Dispose();")]
    public Task A_scope_or_a_doubt_is_silent(string statements) => Verify.ReportsInProgram(Code.File(Unmarked() + StartingWith(statements)));

    [Fact]
    public Task A_library_does_not_see_its_callers() => Verify.IsSilent(Code.File(Unmarked() + "public static class Run { public static Tensor Once(Tensor x) => new Net().call(x); }"));

    /// <summary>The form of two repositories whose every warning was false: inner modules, and a root that opens the scope for all of them.</summary>
    [Fact]
    public Task The_scope_of_a_root_module_holds_for_all_in_it() => Verify.ReportsInProgram(Code.File(
        Unmarked() + Root("{ using var s = NewDisposeScope(); return net.call(x).MoveToOuterDisposeScope(); }") + StartingWith("new Root().call(ones(1));")));

    /// <summary>The scope is where it is wanted: in the outermost module; the inner ones are counted, not reported.</summary>
    [Fact]
    public Task One_warning_for_a_program_without_scopes() => Verify.ReportsInProgram(
        Code.File(Unmarked() + Root("{ var y = {|#0:net.call(x)|}; y = y + x; return y.relu(); }") + StartingWith("var root = new Root(); root.call(ones(1)).print();")),
        Nobodys("Root", "2 tensors", " (and 1 in modules that it calls)"));

    [Fact]
    public Task A_root_that_leaves_nothing_is_not_where() => Verify.ReportsInProgram(
        Code.File(Net() + Root("=> net.call(x);") + StartingWith("new Root().call(ones(1)).print();")), Nobodys());

    [Fact]
    public Task Two_networks_of_one_program_are_two_questions() => Verify.ReportsInProgram(
        Code.File(Unmarked("Held") + Net() + StartingWith("Train(new Held()); Infer(new Net());", """
            static void Train(Held net) { using var scope = NewDisposeScope(); net.call(ones(1)); }
            static Tensor Infer(Net net) => net.call(ones(1));
            """)),
        Nobodys());

    [Theory]
    [InlineData("Module<Tensor, Tensor>")]
    [InlineData("nn.IModule<Tensor, Tensor>")]
    [InlineData("Sequential")]
    [InlineData("object")]
    public Task A_scope_around_what_it_may_be(string parameter) => Verify.ReportsInProgram(Code.File(Unmarked() + StartingWith("Infer(new Net()); Train(null);", $$"""
        static void Train({{parameter}} net) { using var scope = NewDisposeScope(); Step(net); }
        static void Step({{parameter}} net) { if ((object)net is nn.IModule<Tensor, Tensor> module) module.call(ones(1)); }
        static Tensor Infer(Net net) => net.call(ones(1));
        """)));

    [Theory]
    // Through a base class, an interface, a property, an operator, a constructor, an initializer, a local function.
    [InlineData("abstract class Step { public abstract void Run(); } class One : Step { public override void Run() => new Net().call(ones(1)); }", "Step step = new One(); step.Run();")]
    [InlineData("interface IStep { void Run(); } class One : IStep { void IStep.Run() => new Net().call(ones(1)); }", "IStep step = new One(); step.Run();")]
    [InlineData("class One { public Tensor Result => new Net().call(ones(1)); }", "new One().Result.print();")]
    [InlineData("class One { public static Tensor operator +(One one, Tensor x) => new Net().call(x); }", "(new One() + ones(1)).print();")]
    [InlineData("class One { public One() => new Net().call(ones(1)); } class Two : One { }", "new Two();")]
    [InlineData("class One { private readonly Tensor y = new Net().call(ones(1)); public override string ToString() => $\"{y}\"; }", "new One();")]
    [InlineData("", "Once(); void Once() => new Net().call(ones(1));")]
    public async Task Calls_are_followed_wherever_they_lead(string types, string statements)
    {
        await Verify.ReportsInProgram(Code.File(Net() + types + StartingWith(statements)), Nobodys());
        await Verify.ReportsInProgram(Code.File(Unmarked() + types + StartingWith($"using var scope = NewDisposeScope(); {statements}")));
    }

    [Theory]
    // A scope that is handed around holds for whom it wants.
    [InlineData("class Arena : IDisposable { private readonly DisposeScope scope = NewDisposeScope(); public void Dispose() => scope.Dispose(); }", "using var arena = new Arena(); new Net().call(ones(1));")]
    [InlineData("static class Scopes { public static DisposeScope Open() => NewDisposeScope(); }", "using var scope = Scopes.Open(); new Net().call(ones(1));")]
    [InlineData("static class Scopes { public static void Within(Action run) { using var scope = NewDisposeScope(); run(); } }", "Scopes.Within(() => new Net().call(ones(1)));")]
    // torch's loader opens a scope around a data set.
    [InlineData("class Data : torch.utils.data.Dataset { private readonly Net net = new(); public override long Count => 1; public override Dictionary<string, Tensor> GetTensor(long index) => new() { [\"x\"] = net.call(ones(1)) }; }", "foreach (var batch in torch.utils.data.DataLoader(new Data(), 1)) Console.WriteLine(batch);")]
    [InlineData("static class Batches { public static IEnumerable<Tensor> All() { yield return new Net().call(ones(1)); } }", "foreach (var y in Batches.All()) y.Dispose();")]
    public Task Scopes_that_are_not_followed_are_silent(string types, string statements) => Verify.ReportsInProgram(Code.File(Unmarked() + types + StartingWith(statements)));

    [Fact]
    public Task Of_top_level_statements() => Verify.ReportsInProgram(
        Code.File("var net = new Net();\nvar loss = nn.MSELoss();\nforeach (var epoch in Enumerable.Range(0, 3))\n    Train(epoch);\nvoid Train(int epoch) { var y = net.call(ones(1)); loss.call(y, ones(1)).backward(); }\n" + Net()),
        Nobodys());

    /// <summary>A training loop as the examples of TorchSharp have it: scopes in the loop, none in a helper for single images that the loop uses, too.</summary>
    [Fact]
    public Task A_training_program() => Verify.ReportsInProgram(Code.File(Unmarked() + """
        static class Trainer
        {
            public static void Run(Module<Tensor, Tensor> model, optim.Optimizer optimizer, IEnumerable<(Tensor, Tensor)> data)
            {
                model.train();
                foreach (var (input, target) in data)
                {
                    using var scope = NewDisposeScope();
                    optimizer.zero_grad();
                    var loss = functional.cross_entropy(Predict(model, input), target);
                    loss.backward();
                    optimizer.step();
                }
            }
            public static Tensor Predict(Module<Tensor, Tensor> model, Tensor input) => model.call(input / 255).softmax(1);
        }

        """ + StartingWith("var net = new Net(); Trainer.Run(net, optim.Adam(net.parameters()), []); Trainer.Predict(net, ones(1));")));

    /// <summary>A block with a scope of its own calls modules that it knows as nothing but modules: not the network that it stands in.</summary>
    [Theory]
    [InlineData("private readonly Module<Tensor, Tensor> net = Conv2d(8, 8, 1);")]
    [InlineData("private readonly Sequential net = Sequential(Conv2d(8, 8, 1), ReLU());")]
    public Task What_is_in_no_module_is_called_by_none(string field) => Verify.ReportsInProgram(
        Code.File(Root("{ using var s = NewDisposeScope(); return net.call(x).MoveToOuterDisposeScope(); }", field, "Block")
            + Net("Net", "=> b.call({|#0:block.call(a.call(x))|});").Replace("private readonly Conv2d a", "private readonly Block block = new(); private readonly Conv2d a", StringComparison.Ordinal)
            + StartingWith("new Net().call(ones(1)).print();")),
        Nobodys(many: "2 tensors"));

    /// <summary>And what may be in one may be called by it.</summary>
    [Theory]
    [InlineData("new Block(new Net()).call(ones(1)); new Net().call(ones(1));", "")]
    [InlineData("new Block(Make()).call(ones(1)); new Net().call(ones(1));", "static Module<Tensor, Tensor> Make() => new Net();")]
    [InlineData("new Block(null) { Net = new Net() }.call(ones(1)); new Net().call(ones(1));", "")]
    [InlineData("new Block(Sequential((\"net\", new Net()))).call(ones(1)); new Net().call(ones(1));", "")]
    public Task What_may_be_in_a_module_may_be_called_by_it(string statements, string members) => Verify.ReportsInProgram(
        Code.File(Unmarked() + """
            class Block : Module<Tensor, Tensor>
            {
                public Module<Tensor, Tensor> Net { get; set; }
                public Block(Module<Tensor, Tensor> net) : base("Block") { Net = net; RegisterComponents(); }
                public override Tensor forward(Tensor x) { using var s = NewDisposeScope(); return Net.call(x).MoveToOuterDisposeScope(); }
            }

            """ + StartingWith(statements, members)));
}
