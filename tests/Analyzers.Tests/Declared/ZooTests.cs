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
                """BW4003 Warning DenseLayer: BatchNorm2d(Name = "norm1")""",
                """BW1001 Warning DenseLayer: Conv1x1(128, Name = "conv1")""",
                """BW4003 Warning Transition: BatchNorm2d(Name = "norm")""",
                """BW4003 Warning DenseNet121: BatchNorm2d(Name = "features.norm5")""",
            ]
        },
        {
            "GoogLeNet.cs",
            [
                """BW1001 Warning Pointwise: Conv1x1("channels", Name = "conv")""",
                """BW3001 Warning Inception: Concat("y1", "y2", "y3", "y4")""",
            ]
        },
        {
            "MnasNet.cs",
            [
                """BW1001 Warning InvertedBottleneck: Conv1x1("in*expand")""",
                """BW1001 Warning InvertedBottleneck: Conv1x1("out")""",
                """BW1001 Warning InvertedResidual: Conv1x1("in*expand")""",
                """BW1001 Warning InvertedResidual: Conv1x1("out")""",
                """BW4002 Warning InvertedResidual: Add("y", "in")""",
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
                """BW1001 Warning InvertedBottleneck: Conv1x1("in*expand")""",
                """BW1001 Warning InvertedBottleneck: Conv1x1("out")""",
                """BW1001 Warning InvertedResidual: Conv1x1("in*expand")""",
                """BW1001 Warning InvertedResidual: Conv1x1("out")""",
                """BW4002 Warning InvertedResidual: Add("in", "y")""",
            ]
        },
        {
            "ResNeXt.cs",
            [
                """BW1001 Info Bottleneck: Conv1x1("out/2", Name = "conv1")""",
                """BW2001 Warning Bottleneck: Conv2d("out/2", 3, Groups = 32, Name = "conv2")""",
                """BW1001 Info Bottleneck: Conv1x1("out", Name = "conv3")""",
                """BW4002 Warning Bottleneck: Add("y", "in")""",
                """BW1001 Warning ProjectionBottleneck: Conv1x1("out", Stride = "stride")""",
                """BW1001 Info ProjectionBottleneck: Conv1x1("out/2", Name = "conv1")""",
                """BW2001 Warning ProjectionBottleneck: Conv2d("out/2", 3, Stride = "stride", Groups = 32, Name = "conv2")""",
                """BW1001 Info ProjectionBottleneck: Conv1x1("out", Name = "conv3")""",
                """BW4002 Warning ProjectionBottleneck: Add("y", "shortcut")""",
            ]
        },
        {
            "ResNet.cs",
            [
                """BW4002 Warning BasicBlock: Add("y", "in")""",
                """BW4002 Warning DownsampleBlock: Add("y", "shortcut")""",
            ]
        },
        {
            "ShuffleNetV1.cs",
            [
                """BW1001 Warning GroupedUnit: Conv1x1("out/4", Groups = "groups")""",
                """BW2001 Info GroupedUnit: Conv1x1("out/4", Groups = "groups")""",
                """BW1001 Warning GroupedUnit: Conv1x1("out", Groups = "groups")""",
                """BW2001 Info GroupedUnit: Conv1x1("out", Groups = "groups")""",
                """BW4002 Warning GroupedUnit: Add("in", "y")""",
                """BW2001 Info GroupedDownsample: Conv1x1("out/4", Groups = "firstGroups")""",
                """BW2001 Info GroupedDownsample: Conv1x1("out-in", Groups = "groups")""",
            ]
        },
        {
            "SqueezeNet.cs",
            [
                """BW1001 Warning Fire: Conv1x1("squeeze", Name = "squeeze")""",
                """BW1001 Warning Fire: Conv1x1("left", Name = "expand1x1")""",
                """BW3001 Warning Fire: Concat("y1", "y3")""",
            ]
        },
        {
            "Systems.cs",
            [
                """BW4001 Warning AttentionUnit: Multiply("gate")""",
                """BW3001 Warning FragmentedUnit: Concat("y1", "y2", "y3", "y4")""",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task The_rules_say_exactly_this(string file, string[] expected) => Assert.Equal(expected, (await Report(file)).Select(Line));

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

    /// <summary>"BW1001 Warning InvertedResidual: Conv1x1("in*expand")".</summary>
    private static string Line(Diagnostic diagnostic)
    {
        var node = diagnostic.Location.SourceTree!.GetRoot().FindNode(diagnostic.Location.SourceSpan);
        var owner = node.FirstAncestorOrSelf<Microsoft.CodeAnalysis.CSharp.Syntax.ClassDeclarationSyntax>()!.Identifier.ValueText;
        var attribute = node.FirstAncestorOrSelf<Microsoft.CodeAnalysis.CSharp.Syntax.AttributeSyntax>()!;
        return $"{diagnostic.Id} {diagnostic.Severity} {owner}: {attribute}";
    }

    private static async Task<IEnumerable<Diagnostic>> Report(string file)
    {
        var compilation = CSharpCompilation.Create(
            "Zoo",
            [CSharpSyntaxTree.ParseText(await File.ReadAllTextAsync(PathOf(file)))],
            [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(FuseOptions).Assembly.Location), MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        var diagnostics = await compilation.WithAnalyzers([new DeclarationAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return diagnostics.OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(static diagnostic => diagnostic.Id, StringComparer.Ordinal);
    }

    private static string PathOf(string file) => Path.GetFullPath(Repository.Path("samples", "Zoo", "Networks", file));

    private static System.Text.RegularExpressions.Regex Rule() => new("BW[0-9]{4}");
}
