using System.Reflection;
using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using Blockwright.Tests.Shared;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests;

/// <summary>What the build writes for a network's parameters; what it computes with them stands in the tests of snapshots.</summary>
public class NetworkParametersTests
{
    private const string Source = """
        using Blockwright;
        namespace Zoo;

        [Block, Parameter("percent")]
        [Split("keep", "work", Channels = "round(c*percent/100, 2)")]
        [From("work", Name = "branch"), Conv1x1, BatchNorm2d, ReLU]
        [Concat("keep", "work"), ChannelShuffle(2)]
        public partial class Unit;

        [Network, Input(3, 8, 8), Parameter("classes", 4), Parameter("percent", 50, 25), Parameter("default", 2)]
        [Path("stem"), Conv2d("8*default", 3), BatchNorm2d, ReLU]
        [Stage<Unit>("stage", "percent", Units = 2)]
        [GlobalAvgPool2d, Linear("classes", Name = "fc"), LogSoftmax]
        public partial class Net
        {
            public Net(string name) : this(classes: name.Length) { }
        }

        public class Derived() : Net(classes: 6, percent: 25);

        [Network, Input(3, 8, 8), Parameter("classes", 4), Output("a", "b")]
        [From("in", As = "a", Name = "a"), Conv1x1("classes+1")]
        [From("in", As = "b", Name = "b"), Conv1x1(5), ReLU]
        public partial class Two;
        """;

    private static readonly Lazy<Assembly> Loaded = new(static () => Compiling.Load(Source));

    [Fact]
    public void TheConstructorSaysWhatEachIs()
    {
        var constructor = Loaded.Value.GetType("Zoo.Net")!.GetConstructors().Single(static each => each.GetParameters().Length == 3);
        Assert.Equal(["Int32 classes = 4", "Int32 percent = 50", "Int32 default = 2"], constructor.GetParameters().Select(static each => $"{each.ParameterType.Name} {each.Name} = {each.DefaultValue}"));
        var net = Compiling.Generate(Compiling.Compilation(Source)).GetTypeByMetadataName("Zoo.Net")!;
        Assert.Contains("N x 3 x 8 x 8 to N x classes: ", net.GetDocumentationCommentXml(), StringComparison.Ordinal);
        Assert.Contains(" for one image at classes = 4 and percent = 50 and default = 2 (the table: ", net.GetDocumentationCommentXml(), StringComparison.Ordinal);
        var documentation = net.InstanceConstructors.Single(static each => each.Parameters.Length == 3).GetDocumentationCommentXml()!;
        Assert.Contains("""<param name="classes">As [Parameter] declares it. It says the channels of last layers alone, and snapshots run on Blockwright's kernels whatever it is.</param>""", documentation, StringComparison.Ordinal);
        Assert.Contains("""<param name="percent">As [Parameter] declares it. The build plans the network for 50 and 25; snapshots of another run on torch's operations.</param>""", documentation, StringComparison.Ordinal);
        Assert.Contains("""<param name="default">As [Parameter] declares it. The build plans the network for 2; snapshots of another""", documentation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Zoo.Derived", "", 6, true)]
    [InlineData("Zoo.Net", "seven..", 7, true)]
    [InlineData("Zoo.Net", "4 50 2", 4, true)]
    [InlineData("Zoo.Net", "9 25 2", 9, true)]
    [InlineData("Zoo.Net", "9 50 3", 9, false)]
    public void ItIsMadeWithThem(string type, string arguments, int classes, bool isPlanned)
    {
        object[] given = arguments.Length == 0 ? [] : arguments.Contains(' ', StringComparison.Ordinal) ? [.. arguments.Split(' ').Select(static each => (object)int.Parse(each, System.Globalization.CultureInfo.InvariantCulture))] : [arguments];
        using var net = (NetworkModule)Activator.CreateInstance(Loaded.Value.GetType(type)!, given)!;
        net.eval();
        using var fused = net.Fuse();
        Assert.Equal(isPlanned, fused.Kernels is not null);
        using var noGradient = no_grad();
        using var input = randn(2, 3, 8, 8);
        Assert.Equal([2, classes], fused.call(input).shape);
        Tensors.AssertClose(net.call(input), fused.call(input), 1e-5, "the snapshot");
        if (!isPlanned)
        {
            Assert.Contains("the build planned Net for default = 2, and this one has default = 3", Assert.Throws<NotSupportedException>(() => OnnxSession.Export(net)).Message, StringComparison.Ordinal);
            return;
        }
        using var session = OnnxSession.Load(OnnxSession.Export(net));
        Tensors.AssertClose(net.call(input), session.Run(input), 1e-5, "ONNX Runtime");
        Assert.Equal(net.parameters().Sum(static parameter => parameter.numel()), net.GetCost().Parameters);
    }

    /// <summary>What only the channels of last layers are said by, and what is not.</summary>
    [Theory]
    [InlineData("Linear(\"p\")", "p: fc = p")]
    [InlineData("Linear(\"2*p+1\", Bias = false), Softmax", "p: fc = 2*p + 1")]
    [InlineData("Linear(\"p\"), Linear(3)", "")] // another layer reads them
    [InlineData("Linear(\"p\"), Linear(\"p\")", "")]
    [InlineData("Linear(4), Dropout(If = \"p > 2\")", "")]
    [InlineData("Linear(\"p*q\")", "p, q: fc = p*q")]
    [InlineData("Linear(\"p+q\"), ReLU(If = \"q > 3\")", "p: fc = p + 3")]
    public void OpenAreThoseOfLastLayers(string head, string expected)
    {
        var named = new System.Text.RegularExpressions.Regex(@"Linear\((.*?)\)").Replace(head, "Linear($1, Name = \"fc\")", 1);
        var declarations = Declared.Read(Compiling.Compilation($"{Compiling.Usings}[Network, Input(3, 8, 8), Parameter(\"p\", 2), Parameter(\"q\", 3)] [GlobalAvgPool2d, {named}] public partial class C;"));
        var built = GraphBuilder.Build(declarations["global::C"], declarations);
        Assert.Empty(built.Problems);
        var open = built.Plans[0].Open;
        // What is nowhere said is open, too.
        var used = open.Names.Where(name => head.Contains(name, StringComparison.Ordinal)).ToList();
        Assert.Equal(expected, used.Count == 0 ? "" : $"{string.Join(", ", used)}: {string.Join(", ", open.Layers.Select(static layer => $"{layer.Key} = {layer.Channels}"))}");
    }
}
