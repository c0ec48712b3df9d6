using Microsoft.CodeAnalysis.Testing;
using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.NeverRegistered>;

namespace Blockwright.Analyzers.Tests.HandWritten;

/// <summary>BW6001 of a class that registers nothing at all.</summary>
public sealed class NeverRegisteredTests
{
    private const string Root = "it stands in no module that would do it";
    private const string InSequential = "Sequential does not do it for its children";

    private static string Net(string field = "private readonly Linear fc = Linear(2, 2);", string constructor = "", string more = "", string name = "Net") => $$"""
        class {{name}} : Module<Tensor, Tensor>
        {
            {{field}}
            public {{name}}() : base("{{name.Trim('{', '|', '}', '#', '0', ':')}}") { {{constructor}} }
            public override Tensor forward(Tensor x) => x;
            {{more}}
        }

        """;

    /// <summary>The class's own name marked, but not its constructor's.</summary>
    private static string Marked(string field = "private readonly Linear fc = Linear(2, 2);") => Net(field).Replace("class Net", "class {|#0:Net|}", StringComparison.Ordinal);

    private static string Program(string statements, string members = "") => $$"""
        static class Program
        {
            {{members}}
            static void Run() { {{statements}} }
        }

        """;

    private static DiagnosticResult Never(string how) => Expected.Warning("BW6001", 0,
        $"'Net' never calls RegisterComponents(), and {how}: its parameters are in no state dict, no optimizer, and stay behind when the module moves to a device");

    [Theory]
    [InlineData("new Net().call(ones(1));", "")]
    [InlineData("var net = new Net(); net.to(DeviceType.CUDA); var optimizer = optim.Adam(net.parameters());", "")]
    [InlineData("Train(new Net());", "static void Train(Module<Tensor, Tensor> net) => net.train();")]
    [InlineData("", "private static readonly Net net = new();")]
    [InlineData("using var net = new Net(); net.load(\"weights.dat\");", "")]
    [InlineData("var nets = new List<Net> { new Net() }; nets[0].eval();", "")]
    public Task A_root(string statements, string members) => Verify.Reports(Code.File(Marked() + Program(statements, members)), Never(Root));

    [Theory]
    [InlineData("private readonly Parameter p = Parameter(ones(2));")]
    [InlineData("private readonly Sequential body = Sequential(Linear(2, 2), ReLU());")]
    [InlineData("private readonly Module<Tensor, Tensor> body = BatchNorm2d(2);")]
    [InlineData("public Linear Head { get; } = Linear(2, 2);")]
    [InlineData("private readonly Block block = new();")]
    [InlineData("private readonly ModuleList<Block> blocks = new(new Block(), new Block());")]
    public Task Whatever_it_holds(string field) => Verify.Reports(Code.File(Marked(field) + Net(name: "Block") + Program("new Net();")), Never(Root));

    [Theory]
    [InlineData("Sequential(new Net(), ReLU());")]
    [InlineData("Sequential((\"net\", new Net()), (\"act\", ReLU()));")]
    [InlineData("Sequential(new Module<Tensor, Tensor>[] { new Net() });")]
    public Task In_a_Sequential(string statements) => Verify.Reports(Code.File(Marked() + Program(statements)), Never(InSequential));

    [Fact]
    public Task In_a_Sequential_of_a_module_that_registers() => Verify.Reports(
        Code.File(Marked() + Net("private readonly Sequential body = Sequential(new Net());", "RegisterComponents();", name: "Parent")), Never(InSequential));

    [Fact]
    public Task A_base_that_registers_nothing_either() => Verify.Reports(
        Code.File("abstract class Base : Module<Tensor, Tensor> { protected readonly Linear fc = Linear(2, 2); protected Base() : base(\"Base\") { } }\nclass {|#0:Net|} : Base { public override Tensor forward(Tensor x) => fc.call(x); }\n"
            + Program("new Net();")),
        Never(Root));

    [Theory]
    // A parent registers it, and makes it register.
    [InlineData("private readonly Net net = new();", "")]
    [InlineData("private readonly ModuleList<Net> nets = new();", "nets.Add(new Net());")]
    [InlineData("private readonly Net net;", "net = Program.Make(); } public Parent(Net net) : base(\"Parent\") { this.net = net;")]
    public Task A_child_is_registered_by_its_parent(string field, string constructor) => Verify.IsSilent(
        Code.File(Net() + Net(field, constructor + " RegisterComponents();", name: "Parent") + Program("var net = new Parent(); new Net().call(ones(1));", "public static Net Make() => new Net();")));

    [Theory]
    [InlineData("new Net().register_module(\"fc\", Linear(2, 2));")]
    [InlineData("var list = new ModuleList<Net>(new Net()); ")]
    [InlineData("var list = new ModuleList<Net>(); list.Add(new Net()); ")]
    [InlineData("typeof(Module).GetMethod(\"RegisterComponents\").Invoke(new Net(), null);")]
    [InlineData("var parent = new Other { Child = new Net() };")]
    // Nobody makes one here: who does may put it into a module.
    [InlineData("")]
    public Task Who_may_be_registered_by_others_is_silent(string statements) => Verify.IsSilent(
        Code.File("public " + Net().TrimStart() + Net("public Net Child;", "RegisterComponents();", name: "Other") + Program(statements)));

    [Theory]
    [InlineData("private readonly Linear fc = Linear(2, 2);", "RegisterComponents();", "")]
    [InlineData("private readonly Linear fc = Linear(2, 2);", "register_module(\"fc\", fc);", "")]
    [InlineData("private readonly Linear fc = Linear(2, 2);", "Build();", "private void Build() => RegisterComponents();")]
    [InlineData("private readonly Linear fc = Linear(2, 2);", "", "public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) => fc.named_parameters();")]
    // Nothing is lost: no weights, none of its own, none that registration would find.
    [InlineData("private readonly ReLU act = ReLU();", "", "")]
    [InlineData("private readonly InstanceNorm2d norm = InstanceNorm2d(3, affine: false);", "", "")]
    [InlineData("private static readonly Linear fc = Linear(2, 2);", "", "")]
    [InlineData("", "", "")]
    public Task Who_registers_or_has_nothing_to_register_is_silent(string field, string constructor, string more) =>
        Verify.IsSilent(Code.File(Net(field, constructor, more) + Program("new Net().call(ones(1));")));

    [Fact]
    public Task Another_part_is_not_judged() => Verify.IsSilent(Code.File("partial class Net { } partial " + Net().TrimStart() + Program("new Net();")));
}
