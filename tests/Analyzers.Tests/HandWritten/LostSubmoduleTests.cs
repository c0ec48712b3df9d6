using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.LostSubmodule>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class LostSubmoduleTests
{
    private const string Lost = ": its parameters are in no state dict, no optimizer, and stay behind when the module moves to a device";
    private const string InCollection = "'layers' is a plain collection of modules, which RegisterComponents does not look into" + Lost;
    private const string TooLate = "'head' is assigned after RegisterComponents() has run" + Lost;

    [Theory]
    [InlineData("private readonly List<Module<Tensor, Tensor>> {|#0:layers|} = new() { Linear(2, 2) };", "")]
    [InlineData("private readonly List<Module<Tensor, Tensor>> {|#0:layers|} = new();", "for (var i = 0; i < 3; i++) layers.Add(Conv2d(8, 8, 3));")]
    [InlineData("private readonly Module<Tensor, Tensor>[] {|#0:layers|};", "layers = new Module<Tensor, Tensor>[] { Linear(2, 2), ReLU() };")]
    [InlineData("private readonly Linear[] {|#0:layers|} = new Linear[3];", "for (var i = 0; i < 3; i++) layers[i] = Linear(2, 2);")]
    [InlineData("private readonly Linear[] {|#0:layers|};", "layers = Enumerable.Range(0, 3).Select(_ => Linear(2, 2)).ToArray();")]
    [InlineData("private readonly Dictionary<string, Module> {|#0:layers|} = new();", "layers.Add(\"a\", Linear(2, 2));")]
    [InlineData("private readonly Dictionary<string, Module> {|#0:layers|} = new();", "layers[\"a\"] = Linear(2, 2);")]
    [InlineData("private readonly IReadOnlyList<Module> {|#0:layers|};", "var made = new List<Module>(); made.Add(Linear(2, 2)); layers = made;")]
    [InlineData("public List<Linear> {|#0:layers|} { get; } = [Linear(2, 2)];", "")]
    public Task Held_in_a_plain_collection(string field, string constructor) => Verify.Reports(Code.Module(field, constructor), Expected.Warning("BW6001", 0, InCollection));

    [Fact]
    public Task A_ModuleList_beside_it_does_not_register_it() => Verify.Reports(
        Code.Module("private readonly List<Linear> {|#0:layers|} = [Linear(2, 2)]; private readonly ModuleList<Linear> seen = new();", "seen.Add(Linear(2, 2));"),
        Expected.Warning("BW6001", 0, InCollection));

    [Fact]
    public Task Calling_them_does_not_register_them() => Verify.Reports(
        Code.Module("private readonly List<Linear> {|#0:layers|} = [Linear(2, 2)];", "", "foreach (var layer in layers) x = layer.call(x); return torch.cat([layers[0].call(x), x], 1);"),
        Expected.Warning("BW6001", 0, InCollection));

    [Theory]
    [InlineData("private readonly ModuleList<Module<Tensor, Tensor>> layers = ModuleList<Module<Tensor, Tensor>>(Linear(2, 2));", "")]
    [InlineData("private readonly ModuleDict<Linear> layers = new();", "layers.Add(\"a\", Linear(2, 2));")]
    // Registered one by one.
    [InlineData("private readonly List<Linear> layers = [Linear(2, 2)];", "foreach (var layer in layers) register_module(layer.GetName(), layer);")]
    // Owned by a Sequential.
    [InlineData("private readonly List<Module<Tensor, Tensor>> layers = [Linear(2, 2)]; private readonly Sequential all;", "all = Sequential(layers);")]
    [InlineData("private readonly List<Linear> layers = [Linear(2, 2)]; private readonly ModuleList<Linear> all;", "all = new(layers.ToArray());")]
    [InlineData("private readonly IReadOnlyList<Module<Tensor, Tensor>> layers; private readonly Sequential all;", "var made = new List<Module<Tensor, Tensor>> { Linear(2, 2) }; all = Sequential(made); layers = made;")]
    // Modules that fields hold, or that somebody else made.
    [InlineData("private readonly Linear a = Linear(2, 2); private readonly List<Linear> layers = new();", "layers.Add(a);")]
    [InlineData("private readonly List<Module> layers;", "layers = named_modules().Select(pair => pair.module).ToList();")]
    // Not an instance's, not a module.
    [InlineData("private static readonly List<Linear> layers = [Linear(2, 2)];", "")]
    [InlineData("private readonly List<Tensor> layers = [torch.ones(2)];", "")]
    // The class says itself what its children are.
    [InlineData("private readonly List<Linear> layers = [Linear(2, 2)]; public override IEnumerable<(string name, Module module)> named_children() => layers.Select((layer, i) => ($\"{i}\", (Module)layer));", "")]
    public Task Registered_in_another_way_is_silent(string field, string constructor) => Verify.IsSilent(Code.Module(field, constructor));

    [Fact]
    public Task Outside_a_module_a_list_is_a_list() => Verify.IsSilent(Code.File("class Trainer { private readonly List<Linear> layers = [Linear(2, 2)]; }"));

    [Theory]
    [InlineData("private Linear head;", "RegisterComponents(); {|#0:head|} = Linear(2, 2);")]
    [InlineData("private Module<Tensor, Tensor> head;", "RegisterComponents(); if (Environment.ProcessorCount > 1) { {|#0:this.head|} = Sequential(Linear(2, 2), ReLU()); }")]
    [InlineData("public Linear head { get; private set; }", "RegisterComponents(); var made = Linear(2, 2); {|#0:head|} = made;")]
    [InlineData("private Module<Tensor, Tensor> head; static Module<Tensor, Tensor> Make() => Linear(2, 2);", "RegisterComponents(); {|#0:head|} = Make();")]
    public Task Assigned_after_registration(string field, string constructor) => Verify.Reports(Code.Module(field, constructor), Expected.Warning("BW6001", 0, TooLate));

    /// <summary>A parameter's default value is code of its own, which comes before the constructor's.</summary>
    [Theory]
    [InlineData("int c")]
    [InlineData("int c = 4")]
    [InlineData("int c = 4, bool bias = true")]
    public Task Assigned_after_registration_with_parameters(string parameters) => Verify.Reports(
        Code.File($$"""
            class Net : Module<Tensor, Tensor>
            {
                private readonly Conv2d head;
                public Net({{parameters}}) : base("Net") { RegisterComponents(); {|#0:head|} = Conv2d(c, c, 3); }
                public override Tensor forward(Tensor x) => head.call(x);
            }
            """),
        Expected.Warning("BW6001", 0, TooLate));

    /// <summary>Losses, activations and what consists of them have nothing that could be lost.</summary>
    [Theory]
    [InlineData("Module", "ReLU()")]
    [InlineData("Module", "BCEWithLogitsLoss()")]
    [InlineData("Loss", "new Loss()")]
    // A tensor in a class that registers nothing is a number like others.
    [InlineData("Scaled", "new Scaled(ones(3))")]
    public Task Without_weights_nothing_is_lost(string type, string made) => Verify.IsSilent(Code.File($$"""
        class Scaled : Module<Tensor, Tensor> { private readonly Tensor sigmas; public Scaled(Tensor sigmas) : base("Scaled") { this.sigmas = sigmas; } public override Tensor forward(Tensor x) => x * sigmas; }
        class Loss : Module<Tensor, Tensor> { private readonly BCEWithLogitsLoss inner = BCEWithLogitsLoss(); private readonly double alpha = 0.5; public Loss() : base("Loss") { } public override Tensor forward(Tensor x) => x * alpha; }
        class Net : Module<Tensor, Tensor>
        {
            private readonly {{type}} head;
            public Net() : base("Net") { RegisterComponents(); head = {{made}}; }
            public override Tensor forward(Tensor x) => x;
        }
        """));

    /// <summary>A Sequential that is only another way to go through what other members hold: their weights are theirs.</summary>
    [Theory]
    [InlineData("Sequential(one, ReLU(), two)")]
    [InlineData("Sequential((\"a\", one), (\"b\", Dropout()), (\"c\", two))")]
    [InlineData("Sequential(one, Environment.ProcessorCount > 1 ? GELU() : ReLU(), Sequential(two, Dropout()))")]
    public Task A_view_of_other_members_has_nothing_of_its_own(string made) => Verify.IsSilent(Late(made));

    [Theory]
    [InlineData("Sequential(one, Linear(2, 2))")]
    [InlineData("Sequential(one, BatchNorm2d(2), two)")]
    [InlineData("Sequential(one, Environment.ProcessorCount > 1 ? GELU() : Linear(2, 2))")]
    public Task A_view_with_a_layer_of_its_own_loses_that(string made) =>
        Verify.Reports(Late(made).Replace("view =", "{|#0:view|} =", StringComparison.Ordinal), Expected.Warning("BW6001", 0, TooLate.Replace("head", "view", StringComparison.Ordinal)));

    private static string Late(string made) => Code.File($$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear one, two;
            private readonly Sequential view;
            public Net() : base("Net") { one = Linear(2, 2); two = Linear(2, 2); RegisterComponents(); view = {{made}}; }
            public override Tensor forward(Tensor x) => view.call(x);
        }
        """);

    /// <summary>A buffer that says that it is in no state dict.</summary>
    [Fact]
    public Task A_passing_buffer_is_not_lost() => Verify.IsSilent(Code.File("""
        class Rotary : Module<Tensor, Tensor>
        {
            private readonly Tensor scales = ones(1);
            public Rotary() : base("Rotary") => register_buffer("scales", scales, persistent: false);
            public override Tensor forward(Tensor x) => x * scales.to(x.device);
        }
        class Net : Module<Tensor, Tensor>
        {
            private readonly Rotary rotary;
            public Net() : base("Net") { RegisterComponents(); rotary = new Rotary(); }
            public override Tensor forward(Tensor x) => rotary.call(x);
        }
        """));

    [Theory]
    [InlineData("Dropout()")]
    [InlineData("Sequential()")]
    [InlineData("new Head()")]
    [InlineData("new Buffered()")]
    [InlineData("LSTM(2, 2)")]
    public Task With_weights_or_a_mode_something_is(string made) => Verify.Reports(
        Code.File($$"""
            class Head : Module<Tensor, Tensor> { private readonly Tensor scale = ones(1); public Head() : base("Head") => RegisterComponents(); public override Tensor forward(Tensor x) => x * scale; }
            class Buffered : Module<Tensor, Tensor> { private readonly Tensor scale = ones(1); public Buffered() : base("Buffered") => register_buffer("scale", scale); public override Tensor forward(Tensor x) => x * scale; }
            class Net : Module<Tensor, Tensor>
            {
                private readonly Module head;
                public Net() : base("Net") { RegisterComponents(); {|#0:head|} = {{made}}; }
                public override Tensor forward(Tensor x) => x;
            }
            """),
        Expected.Warning("BW6001", 0, TooLate));

    [Theory]
    [InlineData("protected Base()", "")]
    [InlineData("protected Base(int width = 2)", " : base(4)")]
    public Task Assigned_after_the_base_constructor_registered(string constructor, string call) => Verify.Reports(
        Code.File($$"""
            class Base : Module<Tensor, Tensor>
            {
                private readonly Linear body;
                {{constructor}} : base("Base") { body = Linear(2, 2); RegisterComponents(); }
                public override Tensor forward(Tensor x) => body.call(x);
            }
            class Derived : Base
            {
                private readonly Linear head;
                public Derived(){{call}} { {|#0:head|} = Linear(2, 2); RegisterComponents(); }
            }
            """),
        Expected.Warning("BW6001", 0, TooLate));

    [Theory]
    [InlineData("private Linear head;", "head = Linear(2, 2); RegisterComponents();")]
    [InlineData("private Linear head;", "RegisterComponents(); head = Linear(2, 2); register_module(\"head\", head);")]
    [InlineData("private Linear head; private Linear body;", "body = Linear(2, 2); RegisterComponents(); head = body;")]
    [InlineData("private Linear head;", "if (Environment.ProcessorCount > 1) RegisterComponents(); else head = Linear(2, 2);")]
    [InlineData("private Action make; private Linear head;", "RegisterComponents(); make = () => head = Linear(2, 2);")]
    [InlineData("private static Linear head;", "RegisterComponents(); head = Linear(2, 2);")]
    public Task Registered_in_time_or_not_a_new_module_is_silent(string field, string constructor) => Verify.IsSilent(Code.Module(field, constructor));

    /// <summary>A network's own constructor, behind the build's.</summary>
    [Theory]
    [InlineData("{|#0:extra|} = Linear(3, 3);", true)]
    [InlineData("RegisterComponents(); {|#0:extra|} = Linear(3, 3);", true)]
    [InlineData("extra = Linear(3, 3); RegisterComponents();", false)]
    [InlineData("extra = Linear(3, 3); register_module(\"extra\", extra);", false)]
    public Task AnOwnConstructorOfANetwork(string statements, bool isLost) => Declared("Network, Blockwright.Input(3, 8, 8)", "NetworkModule", "null!", "Net", statements, isLost);

    /// <summary>Who registers a block registers what it holds; and a class that is derived by hand may be looked through again.</summary>
    [Theory]
    [InlineData("Block", "BlockModule", "\"Net\", 3", "Net")]
    [InlineData("Network, Blockwright.Input(3, 8, 8)", "NetworkModule", "null!", "Derived")]
    public Task ElsewhereNothingIsCertain(string kind, string @base, string arguments, string home) => Declared(kind, @base, arguments, home, "extra = Linear(3, 3);", isLost: false);

    private static Task Declared(string kind, string @base, string arguments, string home, string statements, bool isLost)
    {
        string Own(string of) => home == of ? $"private readonly Linear extra; public {of}(int x) {(of == "Net" ? ": this()" : "")} {{ {statements} }}" : "";
        var source = Code.File($$"""
            [Blockwright.{{kind}}, Blockwright.ReLU]
            partial class Net { {{Own("Net")}} }
            class Derived : Net { {{Own("Derived")}} }
            partial class Net : Blockwright.{{@base}}
            {
                public Net() : base({{arguments}}) { RegisterComponents(); }
                protected override Tensor Compute(Tensor input) => input;
                protected override Blockwright.FusedModule TakeSnapshot() => throw new System.Exception();
            }
            """);
        return isLost
            ? Verify.Reports(source, Expected.Warning("BW6001", 0, TooLate.Replace("head", "extra", StringComparison.Ordinal)))
            : Verify.IsSilent(source);
    }
}
