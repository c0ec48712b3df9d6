using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using Blockwright.Analyzers.Declared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Tests.Declared;

/// <summary>What the rules say of the networks in samples/Zoo: exactly what the paper says of them, and what the head of each file says.</summary>
public sealed class ZooTests
{
    /// <summary>The file, and its diagnostics in source order: id, severity, class and attribute.</summary>
    public static TheoryData<string, string[]> Expected => new()
    {
        { "../../ShuffleNet/Networks.cs", [] },
        {
            "DenseNet.cs",
            [
                """BW4003 Info DenseLayer: BatchNorm2d(Name = "norm1")""",
                """BW1001 Info DenseLayer: Conv1x1(128, Name = "conv1")""",
                """BW4003 Info Transition: BatchNorm2d(Name = "norm")""",
                """BW4003 Info DenseNet121: BatchNorm2d(Name = "features.norm5")""",
            ]
        },
        {
            "GoogLeNet.cs",
            [
                """BW1001 Info Pointwise: Conv1x1("channels", Name = "conv")""",
                """BW3001 Info Inception: Concat("y1", "y2", "y3", "y4")""",
            ]
        },
        {
            "MnasNet.cs",
            [
                """BW1001 Info InvertedBottleneck: Conv1x1("in*expand")""",
                """BW1001 Info InvertedBottleneck: Conv1x1("out")""",
                """BW1001 Info InvertedResidual: Conv1x1("in*expand")""",
                """BW1001 Info InvertedResidual: Conv1x1("out")""",
                """BW4002 Info InvertedResidual: Add("y", "in")""",
            ]
        },
        {
            "MobileNetV1.cs",
            [
                """BW1001 Info Separable: Conv1x1("out")""",
            ]
        },
        {
            "MobileNetV2.cs",
            [
                """BW1001 Info LinearBottleneck: Conv1x1("out")""",
                """BW1001 Info InvertedBottleneck: Conv1x1("in*expand")""",
                """BW1001 Info InvertedBottleneck: Conv1x1("out")""",
                """BW1001 Info InvertedResidual: Conv1x1("in*expand")""",
                """BW1001 Info InvertedResidual: Conv1x1("out")""",
                """BW4002 Info InvertedResidual: Add("in", "y")""",
            ]
        },
        {
            "ResNeXt.cs",
            [
                """BW1001 Info Bottleneck: Conv1x1("out/2", Name = "conv1")""",
                """BW2001 Info Bottleneck: Conv2d("out/2", 3, Groups = 32, Name = "conv2")""",
                """BW1001 Info Bottleneck: Conv1x1("out", Name = "conv3")""",
                """BW4002 Info Bottleneck: Add("y", "in")""",
                """BW1001 Info ProjectionBottleneck: Conv1x1("out", Stride = "stride")""",
                """BW1001 Info ProjectionBottleneck: Conv1x1("out/2", Name = "conv1")""",
                """BW2001 Info ProjectionBottleneck: Conv2d("out/2", 3, Stride = "stride", Groups = 32, Name = "conv2")""",
                """BW1001 Info ProjectionBottleneck: Conv1x1("out", Name = "conv3")""",
                """BW4002 Info ProjectionBottleneck: Add("y", "shortcut")""",
            ]
        },
        {
            "ResNet.cs",
            [
                """BW4002 Info BasicBlock: Add("y", "in")""",
                """BW4002 Info DownsampleBlock: Add("y", "shortcut")""",
            ]
        },
        {
            "ResNet50.cs",
            [
                """BW1001 Info Bottleneck: Conv1x1("out", Stride = "stride")""",
                """BW1001 Info Bottleneck: Conv1x1("out/4", Name = "conv1")""",
                """BW1001 Info Bottleneck: Conv1x1("out", Name = "conv3")""",
                """BW4002 Info Bottleneck: Add("shortcut")""",
            ]
        },
        {
            "MobileNetV3.cs",
            [
                """BW1001 Info ConvNormActivation: Conv2d("out", "kernel", Stride = "stride", Groups = "groups")""",
                """BW4001 Info SqueezeExcitation: Multiply("gate")""",
                """BW4002 Info InvertedResidual: Add("in", If = "stride == 1 and in == out")""",
            ]
        },
        {
            "RegNetY.cs",
            [
                """BW4001 Info SqueezeExcitation: Multiply("gate")""",
                """BW2001 Info Unit: Conv2d("out", 3, Stride = "stride", Groups = "out/8")""",
                """BW4002 Info Unit: Add("shortcut")""",
            ]
        },
        {
            "EfficientNet.cs",
            [
                """BW1001 Info ConvNormActivation: Conv2d("out", "kernel", Stride = "stride", Groups = "groups")""",
                """BW4001 Info SqueezeExcitation: Multiply("gate")""",
                """BW4002 Info MBConv: Add("in", If = "stride == 1 and in == out")""",
            ]
        },
        {
            "AlexNet.cs",
            [
            ]
        },
        {
            "ConvNeXt.cs",
            [
                """BW1001 Info CNBlock: Linear("in*4", PerPixel = true, Name = "3")""",
                """BW1001 Info CNBlock: Linear("in", PerPixel = true, Name = "5")""",
                """BW4002 Info CNBlock: Add("in")""",
            ]
        },
        {
            "DBNet.cs",
            [
                """BW4002 Info BasicBlock: Add("shortcut")""",
                """BW3001 Info DBNet: Add("up5")""",
                """BW4002 Info DBNet: Add("up5")""",
                """BW4002 Info DBNet: Add("up4")""",
                """BW1001 Info DBNet: Conv1x1(256, Bias = false, Name = "decoder.in2")""",
                """BW4002 Info DBNet: Add("up3")""",
                """BW3001 Info DBNet: Concat("p2")""",
            ]
        },
        {
            "MODNet.cs",
            [
                """BW1001 Info InvertedResidual: Conv1x1("in*expand", If = "expand > 1")""",
                """BW1001 Info InvertedResidual: Conv1x1("out")""",
                """BW4002 Info InvertedResidual: Add("in", If = "stride == 1 and in == out")""",
                """BW4003 Info IBNormRelu: BatchNorm2d(Name = "bnorm")""",
                """BW1001 Info Conv2dIBNormRelu: Conv2d("out", "kernel", Stride = "stride")""",
                """BW4001 Info SEBlock: Multiply("gate")""",
                """BW1001 Info MODNet: Conv1x1(1280)""",
            ]
        },
        {
            "PaddleOCR.cs",
            [
                """BW1001 Info ConvBNLayer: Conv2d("out", "kernel", Stride = new[] { "stride", "1" }, Groups = "groups", Name = "conv")""",
                """BW4001 Info SEModule: Multiply("gate")""",
                """BW4002 Info ResidualUnit: Add("in", If = "stride == 1 and in == round(channels*7/20, 8)")""",
            ]
        },
        {
            "ESRGAN.cs",
            [
                """BW4002 Info DenseBlock: Add("in")""",
                """BW4002 Info RRDB: Add("in")""",
                """BW4002 Info RRDBNet: Add("first")""",
            ]
        },
        {
            "GhostNet.cs",
            [
                """BW1001 Info GhostModule: Conv1x1("out/2")""",
                """BW4001 Info SqueezeExcite: Multiply("gate")""",
                """BW1001 Info GhostBottleneck: Conv1x1("out")""",
                """BW3001 Info GhostBottleneck: Add("shortcut")""",
                """BW4002 Info GhostBottleneck: Add("shortcut")""",
            ]
        },
        {
            "InceptionV3.cs",
            [
                """BW1001 Info Conv: Conv2d("channels", new[] { "height", "width" }, Name = "conv")""",
                """BW3001 Info InceptionA: Concat("y1", "y5", "y3", "p")""",
                """BW3001 Info InceptionC: Concat("y1", "y7", "y77", "p")""",
                """BW3001 Info InceptionE: Concat("y1", "y3a", "y3b", "y33a", "y33b", "p")""",
            ]
        },
        { "RepVGG.cs", [] },
        {
            "YOLOv8.cs",
            [
                """BW1001 Info Conv: Conv2d("out", "kernel", Stride = "stride", Name = "conv")""",
                """BW4002 Info Bottleneck: Add("in", If = "shortcut > 0")""",
                """BW3001 Info YOLOv8n: Concat("class3")""",
                """BW3001 Info YOLOv8n: Concat("class4")""",
                """BW3001 Info YOLOv8n: Concat("class5")""",
            ]
        },
        {
            "Segmentation.cs",
            [
                """BW1001 Info ConvNormActivation: Conv2d("out", "kernel", Stride = "stride", Dilation = "dilation", Groups = "groups")""",
                """BW4001 Info SqueezeExcitation: Multiply("gate")""",
                """BW4002 Info InvertedResidual: Add("in", If = "stride == 1 and in == out")""",
                """BW1001 Info LRASPPMobileNetV3Large: Conv1x1(128)""",
                """BW4001 Info LRASPPMobileNetV3Large: Multiply("scale")""",
                """BW1001 Info LRASPPMobileNetV3Large: Conv1x1(21, Name = "/classifier.high_classifier")""",
                """BW1001 Info ASPP: Conv1x1(256)""",
                """BW3001 Info ASPP: Concat("y0", "y1", "y2", "y3", "y4")""",
                """BW1001 Info ASPP: Conv1x1(256)""",
            ]
        },
        {
            "UNet.cs",
            [
            ]
        },
        {
            "VGG16.cs",
            [
            ]
        },
        {
            "YOLOv3.cs",
            [
                """BW1001 Info Conv: Conv2d("out", "kernel", Stride = "stride", Name = "conv")""",
                """BW4002 Info Bottleneck: Add("in", If = "shortcut > 0")""",
            ]
        },
        {
            "ShuffleNetV1.cs",
            [
                """BW1001 Info GroupedUnit: Conv1x1("out/4", Groups = "groups")""",
                """BW2001 Info GroupedUnit: Conv1x1("out/4", Groups = "groups")""",
                """BW1001 Info GroupedUnit: Conv1x1("out", Groups = "groups")""",
                """BW2001 Info GroupedUnit: Conv1x1("out", Groups = "groups")""",
                """BW4002 Info GroupedUnit: Add("in", "y")""",
                """BW2001 Info GroupedDownsample: Conv1x1("out/4", Groups = "firstGroups")""",
                """BW2001 Info GroupedDownsample: Conv1x1("out-in", Groups = "groups")""",
            ]
        },
        {
            "SqueezeNet.cs",
            [
                """BW1001 Info Fire: Conv1x1("squeeze", Name = "squeeze")""",
                """BW1001 Info Fire: Conv1x1("left", Name = "expand1x1")""",
                """BW3001 Info Fire: Concat("y1", "y3")""",
            ]
        },
        {
            "Systems.cs",
            [
                """BW4001 Info AttentionUnit: Multiply("gate")""",
                """BW3001 Warning FragmentedUnit: Concat("y1", "y2", "y3", "y4")""",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task The_rules_say_exactly_this(string file, string[] expected) => Assert.Equal(expected, (await Report(file)).Select(Line));

    /// <summary>What the paper says of each network: the file, what must be a warning in the strict preset, and what must not be.</summary>
    [Theory]
    [InlineData("../../ShuffleNet/Networks.cs", "", "BW1001 BW2001 BW3001 BW4001 BW4002 BW4003")]
    [InlineData("ShuffleNetV1.cs", "BW1001 BW2001 BW4002", "BW3001")]
    [InlineData("MobileNetV2.cs", "BW1001 BW4002", "BW2001 BW3001")]
    [InlineData("ResNeXt.cs", "BW2001", "BW3001")]
    [InlineData("GoogLeNet.cs", "BW3001", "BW2001")]
    [InlineData("Systems.cs", "BW3001", "BW2001")]
    public async Task Strict_says_what_the_paper_says(string file, string must, string mustNot)
    {
        var warned = (await Report(file, Preset("strict"))).ToList();
        Assert.All(warned, static each => Assert.Equal(DiagnosticSeverity.Warning, each.Severity));
        Assert.All(must.Split(' ', StringSplitOptions.RemoveEmptyEntries), id => Assert.Contains(id, warned.Select(static each => each.Id)));
        Assert.All(mustNot.Split(' '), id => Assert.DoesNotContain(id, warned.Select(static each => each.Id)));
        Assert.DoesNotContain(warned, static each => Line(each).Contains("SinglePath", StringComparison.Ordinal));
    }

    /// <summary>What authors chose on purpose breaks no build. The one warning of the zoo is the example of what nobody would choose.</summary>
    [Fact]
    public async Task Sound_networks_give_no_warning()
    {
        var warned = new List<string>();
        foreach (var file in Expected.Select(static row => (string)row[0]))
            warned.AddRange((await Report(file, Preset("default"))).Where(static each => each.Severity > DiagnosticSeverity.Info).Select(Line));
        warned.AddRange((await Report(CSharpSyntaxTree.ParseText(SoundNetworks.Source), Preset("default"))).Where(static each => each.Severity > DiagnosticSeverity.Info).Select(Line));
        Assert.Equal(["""BW3001 Warning FragmentedUnit: Concat("y1", "y2", "y3", "y4")"""], warned);
    }

    [Theory]
    [MemberData(nameof(Expected))]
    public void The_head_names_each_diagnostic(string file, string[] expected)
    {
        var head = string.Join('\n', File.ReadLines(PathOf(file)).TakeWhile(static line => !line.StartsWith('[')));
        var named = expected.Select(static line => line[..6]).Distinct();
        Assert.Equal(named.Order(), Rule().Matches(head).Select(static match => match.Value).Distinct().Order());
    }

    [Fact]
    public void Each_file_of_the_zoo_is_expected() => Assert.Equal(
        Directory.GetFiles(Repository.Path("samples", "Zoo", "Networks")).Select(Path.GetFileName).Order(StringComparer.Ordinal),
        Expected.Select(static row => (string)row[0]).Where(static file => !file.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    /// <summary>"BW1001 Info InvertedResidual: Conv1x1("in*expand")".</summary>
    private static string Line(Diagnostic diagnostic)
    {
        var node = diagnostic.Location.SourceTree!.GetRoot().FindNode(diagnostic.Location.SourceSpan);
        var owner = node.FirstAncestorOrSelf<Microsoft.CodeAnalysis.CSharp.Syntax.ClassDeclarationSyntax>()!.Identifier.ValueText;
        var attribute = node.FirstAncestorOrSelf<Microsoft.CodeAnalysis.CSharp.Syntax.AttributeSyntax>()!;
        return $"{diagnostic.Id} {diagnostic.Severity} {owner}: {attribute}";
    }

    private static async Task<IEnumerable<Diagnostic>> Report(string file, AnalyzerConfigSet? configuration = null) =>
        await Report(CSharpSyntaxTree.ParseText(await File.ReadAllTextAsync(PathOf(file))), configuration);

    private static async Task<IEnumerable<Diagnostic>> Report(SyntaxTree tree, AnalyzerConfigSet? configuration)
    {
        var global = configuration?.GlobalConfigOptions;
        var compilation = CSharpCompilation.Create(
            "Zoo",
            [tree],
            [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(FuseOptions).Assembly.Location), MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, specificDiagnosticOptions: global?.TreeOptions.Select(static each => KeyValuePair.Create(each.Key.ToUpperInvariant(), each.Value))));
        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        var options = new AnalyzerOptions([], new Settings(global?.AnalyzerOptions ?? ImmutableDictionary<string, string>.Empty));
        var diagnostics = await compilation.WithAnalyzers([new DeclarationAnalyzer()], options).GetAnalyzerDiagnosticsAsync();
        return diagnostics.OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(static diagnostic => diagnostic.Id, StringComparer.Ordinal);
    }

    private static AnalyzerConfigSet Preset(string name) =>
        AnalyzerConfigSet.Create(new[] { AnalyzerConfig.Parse(File.ReadAllText(Repository.Path("src", "Analyzers", "presets", $"{name}.globalconfig")), "/.globalconfig") });

    private static string PathOf(string file) => Path.GetFullPath(Repository.Path("samples", "Zoo", "Networks", file));

    private static System.Text.RegularExpressions.Regex Rule() => new("BW[0-9]{4}");

    /// <summary>A preset's options, for every file.</summary>
    private sealed class Settings(ImmutableDictionary<string, string> values) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(values);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values(ImmutableDictionary<string, string> values) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key.ToLowerInvariant(), out value);
        }
    }
}
