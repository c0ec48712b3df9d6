using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.EarlyVisit>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class EarlyVisitTests
{
    private const string Fields = "private readonly Linear fc = Linear(2, 2); private readonly Conv2d conv;";

    private static string Net(string constructor, string more = "", string fields = Fields, string parent = "Module<Tensor, Tensor>") => Code.File($$"""
        class Net : {{parent}}
        {
            {{fields}}
            public Net(bool deep = false) : base("Net") { {{constructor}} }
            public override Tensor forward(Tensor x) => fc.call(x);
            private static void Normal(Module module) { if (module is Linear linear) init.normal_(linear.weight, 0, 0.02); }
            {{more}}
        }

        """);

    [Theory]
    [InlineData("conv = Conv2d(2, 2, 1); {|#0:apply(Normal)|}; RegisterComponents();", "apply", "it reaches no layer")]
    [InlineData("{|#0:this.apply(Normal)|}; conv = Conv2d(2, 2, 1); RegisterComponents();", "apply", "it reaches no layer")]
    [InlineData("foreach (var (name, p) in {|#0:named_parameters()|}) init.zeros_(p); RegisterComponents();", "named_parameters", "there is none to go through")]
    [InlineData("if (deep) foreach (var p in {|#0:parameters()|}) p.requires_grad = false; RegisterComponents();", "parameters", "there is none to go through")]
    [InlineData("foreach (var m in {|#0:modules()|}.OfType<Linear>()) init.zeros_(m.bias); RegisterComponents();", "modules", "there is none to go through")]
    [InlineData("{|#0:eval()|}; RegisterComponents();", "eval", "every layer stays in training mode")]
    [InlineData("{|#0:this.to(DeviceType.CUDA)|}; RegisterComponents();", "to", "nothing moves")]
    // One cause, one diagnostic.
    [InlineData("{|#0:apply(Normal)|}; eval(); RegisterComponents();", "apply", "it reaches no layer")]
    public Task Before_the_registration(string constructor, string name, string so) => Verify.Reports(Net(constructor), Early(name, so));

    [Theory]
    [InlineData("private void Initialize() => apply(Normal);", "it reaches no layer")]
    [InlineData("private void Initialize() { foreach (var m in modules()) if (m is Linear l) init.normal_(l.weight); }", "there is none to go through")]
    public Task In_a_method_of_its_own(string method, string so) => Verify.Reports(Net("conv = Conv2d(2, 2, 1); {|#0:Initialize()|}; RegisterComponents();", method), Early("Initialize", so));

    /// <summary>The form of two repositories: a local initializer, and a base that registers nothing.</summary>
    [Fact]
    public Task A_local_function_as_the_action() => Verify.Reports(
        Net("""
            conv = Conv2d(2, 2, 1);
            void InitWeights(Module m)
            {
                if (m is Conv2d c) { init.trunc_normal_(c.weight, std: 0.02); if (c.bias is not null) init.constant_(c.bias, 0); }
            }
            {|#0:this.apply(InitWeights)|};
            RegisterComponents();
            """, parent: "Base") + "abstract class Base : Module<Tensor, Tensor> { protected Base(string name) : base(name) { } }",
        Early("apply", "it reaches no layer"));

    [Theory]
    [InlineData("RegisterComponents(); apply(Normal);", "")]
    // Directly, of a layer or of a parameter.
    [InlineData("conv = Conv2d(2, 2, 1); init.normal_(conv.weight, 0, 0.02); fc.apply(Normal); fc.eval(); RegisterComponents();", "")]
    [InlineData("foreach (var p in fc.parameters()) p.requires_grad = false; RegisterComponents();", "")]
    // Something may have been registered before.
    [InlineData("register_module(\"fc\", fc); apply(Normal); RegisterComponents();", "")]
    [InlineData("Build(); apply(Normal); RegisterComponents();", "private void Build() => register_module(\"late\", Linear(2, 2));")]
    [InlineData("Registry.Add(this); apply(Normal); RegisterComponents();", "static class Registry { public static void Add(Module module) { } }")]
    // At another time.
    [InlineData("Action later = () => apply(Normal); RegisterComponents(); later();", "")]
    [InlineData("void Later() => eval(); RegisterComponents(); Later();", "")]
    // Never registered here, or only in some cases.
    [InlineData("apply(Normal);", "")]
    [InlineData("apply(Normal); if (deep) RegisterComponents();", "")]
    // Nothing is changed by it.
    [InlineData("train(); RegisterComponents();", "")]
    [InlineData("Initialize(); RegisterComponents();", "private void Initialize() => fc.apply(Normal);")]
    [InlineData("Initialize(); RegisterComponents();", "protected virtual void Initialize() => apply(Normal);")]
    public Task In_time_or_not_of_this_module_is_silent(string constructor, string more) => Verify.IsSilent(Net(constructor, more));

    [Fact]
    public Task A_base_that_registers_is_silent() => Verify.IsSilent(
        Net("apply(Normal); RegisterComponents();", parent: "Base") + "abstract class Base : Module<Tensor, Tensor> { private readonly Linear first = Linear(2, 2); protected Base(string name) : base(name) { RegisterComponents(); } }");

    [Fact]
    public Task Without_anything_to_reach_it_is_silent() => Verify.IsSilent(Net("eval(); fc = Linear(2, 2); RegisterComponents();", fields: "private readonly Linear fc;"));

    [Fact]
    public Task After_another_constructor_it_is_silent() => Verify.IsSilent(
        Net("RegisterComponents();", "public Net(int width) : this(true) { apply(Normal); RegisterComponents(); }"));

    private static Microsoft.CodeAnalysis.Testing.DiagnosticResult Early(string name, string so) =>
        Expected.Warning("BW6003", 0, $"'{name}' runs before RegisterComponents(): the module has no children and no parameters yet, so {so}");
}
