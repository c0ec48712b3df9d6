using Blockwright.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using TorchSharp;

namespace Blockwright.Generator.Tests;

/// <summary>What users write in their own part of a declared class works, or is said at its place; never does the compiler object to what we wrote.</summary>
public class OwnMembersTests
{
    private const string Torch = "using TorchSharp; using TorchSharp.Modules; using static TorchSharp.torch; using static TorchSharp.torch.nn;\n";
    private const string NetworkAttributes = "[Network, Input(4, 8, 8), Split(\"keep\", \"work\"), From(\"work\"), Conv1x1, BatchNorm2d, Concat(\"keep\", \"work\"), ChannelShuffle(2), Stage<Inner>(\"stage\", 3, Units = 2), Apply<Inner>(3, Name = \"unit\"), GlobalAvgPool2d, Linear(3, Name = \"fc\")]";
    private const string BlockAttributes = "[Block, Parameter(\"kernel\"), Split(\"keep\", \"work\"), From(\"work\"), DepthwiseConv2d(\"kernel\"), BatchNorm2d, Concat(\"keep\", \"work\"), Conv1x1(\"out\"), Stage<Inner>(\"stage\", 3, Units = 2)]";
    private const string Inner = "[Block, Parameter(\"kernel\"), DepthwiseConv2d(\"kernel\"), BatchNorm2d, ReLU] public partial class Inner { }\n";

    /// <summary>Names that ours could have, and names that mean something in what is written.</summary>
    private static readonly string[] Names =
    [
        "_fc", "_0", "_1", "_stage", "_unit", "_number1", "_plans", "Snapshot", "Bw_Snapshot", "Bw_Plans", "Bw_Build", "Compute", "TakeSnapshot", "Fuse", "LoadFused", "Cost", "forward", "call", "InChannels", "OutChannels",
        "Register", "RegisterOwn", "RegisterComponents", "Inner", "Tensor", "torch", "TorchSharp", "Blockwright", "Bw_", "Ts_", "source", "input", "x1", "work", "i", "Fold", "name", "train", "NetworkModule", "BlockModule", "var", "int", "required", "@class",
    ];

    /// <summary>Members of every kind; {0} is the name.</summary>
    private static readonly string[] Members =
    [
        "private int {0};", "public readonly string {0} = \"\";", "public const int {0} = 3;", "public static long {0};", "public int {0} {{ get; set; }}", "internal object {0} => 1;",
        "public void {0}() {{ }}", "public int {0}(int x) => x;", "public Tensor {0}(Tensor x) => x;", "private static T {0}<T>(T x) => x;", "public object {0}(string path, FuseOptions? options = null) => path;",
        "public object {0}(FuseOptions options) => options;", "private class {0} {{ }}", "public enum {0} {{ A }}", "public delegate void {0}(int x);", "public event System.Action? {0};", "private interface {0} {{ }}",
        "private readonly Linear {0} = Linear(4, 4);", "private readonly Parameter {0} = new(torch.zeros(1));", "public Linear? {0} {{ get; set; }}",
    ];

    /// <summary>Members that have no name of their own.</summary>
    private static readonly string[] Nameless =
    [
        "static Net() { }", "~Net() { }", "public int this[int i] => i;", "public static Net operator +(Net a, Net b) => a;", "public static implicit operator bool(Net net) => net is not null;",
        "public Net(string path) : this() { }", "private Net(bool a, bool b) : this(a ? \"a\" : \"b\") { } private Net(string s) : this() { }", "public Net() { }", "public Net(double x) { }", "internal Net(double x) : base() { }", "public Net(double x) : this(\"\") { } private Net(string s) : this() { }",
        "public override string ToString() => \"net\";", "protected override void Dispose(bool disposing) => base.Dispose(disposing);", "public override void train(bool on = true) => base.train(on);",
        "public override Tensor forward(Tensor input) => input;", "public new Tensor forward(Tensor input) => input;", "public Tensor forward(Tensor x, Tensor y) => x + y;", "public new FusedNetwork Fuse() => null!;",
        "public static readonly Net? Default;", "private readonly Linear late; private readonly string text; public Net(string s) : this() { late = Linear(1, 1); text = s; RegisterComponents(); }", "public Tensor forward(Tensor input) => input;",
        "public (Tensor, Tensor) call(Tensor x, bool aux = false) => (x, x);", "public new Tensor call(Tensor x) => x * 2;", "public void call(params Tensor[] x) { }", "private readonly bool training;",
        "public required int Number { get; init; }", "private partial void Later(); private partial void Later() { }", "protected override void RegisterComponents() { }",
    ];

    private static readonly string[] Classes =
    [
        "public partial class Net {{ {0} }}", "internal sealed partial class Net : System.IComparable {{ {0} int System.IComparable.CompareTo(object? other) => 0; }}",
        "public partial class Net {{ }} public partial class Net {{ {0} }}", "public abstract partial class Net {{ {0} }}", "public class Net {{ {0} }}", "public static partial class Net {{ }}", "public partial record Net {{ }}",
        "public partial class Net<T> {{ }}", "public partial class Net : IHas {{ Linear IHas.L {{ get; }} = Linear(1, 1); {0} }} public interface IHas {{ Linear L {{ get; }} }}", "public partial class Net : Inner {{ }}", "public partial class Net : System.IO.Stream {{ }}",
        "public partial class Net : NetworkModule {{ {0} }}", "public partial struct Net {{ }}", "public partial interface Net {{ }}", "public partial class Net : Module<Tensor, Tensor, Tensor> {{ }}", "public partial class Net : Nodule {{ }}", "public partial class Net : Net {{ }}", "public partial class Net : Module<Tensor, Tensor> {{ }}", "public partial class Net : object {{ {0} }}", "public partial class Net : BlockModule {{ {0} }}", "public partial class Net(int number) {{ public int Number => number; }}",
    ];

    public static TheoryData<string, string> Attributes => new() { { "network", NetworkAttributes }, { "block", BlockAttributes } };

    /// <summary>Each member under each name in each form of class: 12,000 sources, of which a run takes a share.</summary>
    [Theory]
    [MemberData(nameof(Attributes))]
    public void NothingThatUsersWriteBreaksWhatWeWrite(string kind, string attributes)
    {
        var share = Environment.GetEnvironmentVariable("BLOCKWRIGHT_OWN_MEMBERS") == "all" ? 1 : 37;
        var members = Members.SelectMany(static member => Names.Select(name => string.Format(System.Globalization.CultureInfo.InvariantCulture, member, name))).Concat(Nameless).ToList();
        var sources = Classes.SelectMany((form, i) => members.Where((_, k) => (k + i) % share == 0).Select(member => string.Format(System.Globalization.CultureInfo.InvariantCulture, form, member))).Distinct().ToList();
        if (kind == "block")
            sources = [.. sources.Select(static source => source.Replace("this()", "this(1, 1, 1)", StringComparison.Ordinal))];
        var wrong = new List<string>();
        Parallel.ForEach(sources, source =>
        {
            if (Wrong($"{attributes}\n{source}") is { } what)
            {
                lock (wrong)
                    wrong.Add($"{kind}: {source}\n    {what}");
            }
        });
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {sources.Count}:\n{string.Join("\n", wrong.OrderBy(static text => text, StringComparer.Ordinal).Take(40))}");
    }

    /// <summary>The words that the language or what we write uses, as names of classes: alone, nested, in a namespace, used by others.</summary>
    [Theory]
    [InlineData("var")]
    [InlineData("file")]
    [InlineData("required")]
    [InlineData("record")]
    [InlineData("field")]
    [InlineData("int")]
    [InlineData("class")]
    [InlineData("dynamic")]
    [InlineData("nint")]
    [InlineData("_")]
    [InlineData("Tensor")]
    [InlineData("forward")]
    [InlineData("Fuse")]
    [InlineData("InChannels")]
    [InlineData("Register")]
    [InlineData("Snapshot")]
    [InlineData("Plans")]
    [InlineData("BlockModule")]
    [InlineData("NetworkModule")]
    [InlineData("FuseOptions")]
    [InlineData("Conv2d")]
    public void AClassMayHaveTheName(string name)
    {
        var word = "@" + name;
        var block = $"[Block, Conv1x1, BatchNorm2d] public partial class {word} {{ }}";
        string User(string of, string own) => $"[Network, Input(4, 8, 8), Apply<{of}>(Name = \"a\"), Stage<{of}>(\"s\", Units = 2), Split(\"x\", \"y\"), Concat(\"y\", \"x\")] public partial class {own} {{ }}";
        string[] sources =
        [
            $"{block}\n{User(word, "Net")}",
            $"public partial class {word}Outer {{ {block} {User(word, "Net")} }}",
            $"namespace {word}.Inside; {block} {User(word, "Net")}",
            $"[Block, ReLU] public partial class Plain {{ }} {User("Plain", word)}",
            $"public partial class Outer {{ [Block, ReLU] public partial class Plain {{ }} {User("Plain", word)} }}",
            $"public class {word} {{ }} namespace Own {{ [Block, Conv1x1] public partial class Plain {{ }} {User("Plain", "Net")} }}",
        ];
        foreach (var source in sources)
        {
            // Our own attributes' names would hide them: CS0616.
            var output = Compiling.Generate(Compiling.Compilation("#pragma warning disable CS8981\n" + Compiling.Usings + source), out var result);
            Assert.Null(result.Results.Single().Exception);
            Compiling.AssertClean(output.GetDiagnostics());
        }
    }

    [Fact]
    public void AnOwnConstructorAndOwnModulesArePartOfTheModule()
    {
        var assembly = Compiling.Load(Compiling.Usings + Torch + """
            [Block, Conv1x1, BatchNorm2d]
            public partial class Unit
            {
                private readonly Parameter gain = new(torch.ones(1));
                public Linear Late { get; private set; } = null!;

                public Unit(int inChannels, string note) : this(inChannels) => Late = Linear(inChannels, 2);
            }

            [Network, Input(3, 8, 8), Conv1x1(4, Name = "conv"), Apply<Unit>(Name = "unit"), GlobalAvgPool2d, Linear(5, Name = "fc")]
            public partial class Net
            {
                private readonly Linear extra = Linear(5, 2);
                private readonly Tensor mean = torch.zeros(3);
                private readonly Linear? later;
                private int _fc, _conv = 3, Snapshot, Plans;

                public Net(int classes) : this()
                {
                    later = Linear(5, classes);
                    RegisterComponents();
                    RegisterComponents();
                    (_fc, Snapshot, Plans) = (_conv, 4, 5);
                }

                public Tensor Embed(Tensor x) => extra.call(call(x)) + _fc + Snapshot + Plans;
            }

            public class Parent : Module<Tensor, Tensor>
            {
                private readonly Unit unit = new(4, "note");
                public Parent() : base("parent") => RegisterComponents();
                public override Tensor forward(Tensor x) => unit.call(x);
            }

            public class Derived : Net
            {
                protected readonly Linear mine;
                public Linear Mine { get; }
                private readonly Parameter scale = new(torch.ones(1));
                public Derived()
                {
                    (mine, Mine) = (Linear(1, 1), Linear(2, 2));
                    RegisterComponents();
                    RegisterComponents();
                }
            }
            """);
        var type = assembly.GetType("Net", throwOnError: true)!;
        using var plain = (NetworkModule)Activator.CreateInstance(type)!;
        using var own = (NetworkModule)Activator.CreateInstance(type, 7)!;

        string[] expected = ["mean", "extra.weight", "extra.bias", "conv.weight", "conv.bias", "unit.0.weight", "unit.1.weight", "unit.gain", "fc.weight"];
        Assert.Empty(expected.Except(plain.state_dict().Keys));
        Assert.DoesNotContain(plain.state_dict().Keys, static key => key.StartsWith("later", StringComparison.Ordinal));
        Assert.Equal([7, 5], own.state_dict()["later.weight"].shape);
        // Each is there once.
        Assert.Equal(own.state_dict().Values.Select(static tensor => tensor.Handle).Distinct().Count(), own.state_dict().Count);

        using var input = torch.randn(2, 3, 8, 8);
        own.eval();
        using var fused = own.Fuse();
        Tensors.AssertClose(own.call(input), fused.call(input), 1e-5, "the snapshot's result");
        // A block's late module is registered when the block is.
        using var parent = (torch.nn.Module)Activator.CreateInstance(assembly.GetType("Parent", throwOnError: true)!)!;
        Assert.Contains("unit.Late.weight", parent.state_dict().Keys);
        // A class that is derived by hand has its own fields, too.
        using var derived = (NetworkModule)Activator.CreateInstance(assembly.GetType("Derived", throwOnError: true)!)!;
        Assert.Empty(expected.Concat(["mine.weight", "Mine.weight", "scale"]).Except(derived.state_dict().Keys));
        Assert.Equal(derived.state_dict().Values.Select(static tensor => tensor.Handle).Distinct().Count(), derived.state_dict().Count);
    }

    /// <summary>What calls the build's code before or behind it, by names that are the build's.</summary>
    [Fact]
    public void WhatOwnMembersDoStaysTheirs()
    {
        var assembly = Compiling.Load(Compiling.Usings + Torch + """
            [Block, Conv1x1, BatchNorm2d]
            public partial class Unit { public Tensor call(Tensor x, bool twice = true) => x * 2; }

            [Network, Input(3, 8, 8), Conv1x1(4, Name = "conv"), Apply<Unit>(Name = "unit"), Dropout(0.9), GlobalAvgPool2d, Linear(5, Name = "fc")]
            public partial class Net
            {
                public static readonly Net Default = new();
                public static Net Other { get; } = new();
                private new readonly bool training = true;
                private readonly ModuleList<Linear> heads = new();
                private readonly Linear head = Linear(5, 2);
                private readonly Parameter gain = new(torch.ones(1));

                public Net(int classes) : this()
                {
                    heads.Add(Linear(5, classes));
                    head = Linear(5, classes);
                    gain = new(torch.ones(3));
                    RegisterComponents();
                }

                public bool Is => training;
            }
            """);
        var type = assembly.GetType("Net", throwOnError: true)!;
        using var net = (NetworkModule)Activator.CreateInstance(type, 7)!;
        Assert.NotNull(type.GetField("Default")!.GetValue(null));
        Assert.Equal([7, 5], net.state_dict()["heads.0.weight"].shape);
        Assert.Equal([7, 5], net.state_dict()["head.weight"].shape);
        Assert.Equal([3], net.state_dict()["gain"].shape);

        using var input = torch.randn(2, 3, 8, 8);
        net.eval();
        using var fused = net.Fuse();
        Tensors.AssertClose(net.call(input), fused.call(input), 1e-5, "the snapshot's result");
    }

    /// <summary>In the class itself it is an error of the build; a class derived by hand finds out when it is made.</summary>
    [Fact]
    public void AnOwnModuleUnderALayersKeyIsRefused()
    {
        var assembly = Compiling.Load(Compiling.Usings + Torch + """
            [Network, Input(3, 8, 8), GlobalAvgPool2d, Linear(5, Name = "fc")]
            public partial class Net;
            public class Derived : Net { private readonly new Linear fc = Linear(5, 2); public Derived() => RegisterComponents(); public Tensor Use(Tensor x) => fc.call(x); }
            """);
        var thrown = Assert.Throws<System.Reflection.TargetInvocationException>(() => Activator.CreateInstance(assembly.GetType("Derived", throwOnError: true)!)).InnerException;
        Assert.Equal("Net has something else under the key 'fc': rename the member 'fc'.", Assert.IsType<InvalidOperationException>(thrown).Message);
    }

    /// <summary>A class derived from a network could otherwise compute what its snapshot does not.</summary>
    [Fact]
    public void ADerivedClassCannotComputeSomethingElse()
    {
        var output = Compiling.Generate(Compiling.Compilation(Compiling.Usings + Torch + """
            [Network, Input(3, 8, 8), ReLU] public partial class Net { }
            public class Derived : Net
            {
                public override Tensor forward(Tensor x) => x;
                protected override Tensor Compute(Tensor x) => x;
            }
            """));
        Assert.Equal(["CS0239", "CS0239"], output.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(static diagnostic => diagnostic.Id));
    }

    /// <summary>Who leaves the diagnostics out learns at the first use.</summary>
    [Fact]
    public void AConstructorThatLeavesTheLayersOutThrows()
    {
        var assembly = Compiling.Load(Compiling.Usings + "[Network, Input(3, 8, 8), ReLU] public partial class Net { public Net(double x) { } }");
        var thrown = Assert.Throws<System.Reflection.TargetInvocationException>(() => Activator.CreateInstance(assembly.GetType("Net", throwOnError: true)!, 1.0)).InnerException;
        Assert.Contains("BW0027", Assert.IsType<InvalidOperationException>(thrown).Message, StringComparison.Ordinal);
    }

    /// <summary>What is wrong: a complaint about what we wrote, or an error of the compiler's own that is not there without us and that no diagnostic of ours explains.</summary>
    private static string? Wrong(string declared)
    {
        var source = "#nullable enable\n#pragma warning disable CS0169, CS0649, CS0414, CS0067, CS8981, CS0108, CS0114, CS8618\n" + Compiling.Usings + Torch + Inner + declared;
        var compilation = Compiling.Compilation(source);
        if (compilation.SyntaxTrees.Single().GetDiagnostics().Any())
            return null;
        var problems = Declared.ProblemsOf(compilation).ToList();
        var output = Compiling.Generate(compilation, out var result);
        if (result.Results.Single().Exception is { } thrown)
            return thrown.ToString();
        var complaints = output.GetDiagnostics().Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && diagnostic.Id is not ("CS1591" or "CS9029" or "CS0236" or "CS0592" or "CS0246" or "CS0146")).ToList();
        if (complaints.FirstOrDefault(Compiling.IsEmitted) is { } emitted)
            return $"emitted: {emitted}";
        // The analyzers see what the build has added, and must judge as before.
        var again = Declared.ProblemsOf(output).ToList();
        if (!problems.SequenceEqual(again))
            return $"before: {string.Join("; ", problems)}\n    after: {string.Join("; ", again)}";
        return problems.Count > 0 || complaints.Count == 0 ? null : complaints[0].ToString();
    }
}
