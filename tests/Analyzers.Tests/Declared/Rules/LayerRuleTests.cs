using Blockwright.Analyzers.Declared;
using Blockwright.Graph;
using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Tests.Declared.Rules;

/// <summary>The rules on every layer of the table, with all that can be written of it: what they say is what the layer answers of itself.</summary>
public sealed class LayerRuleTests
{
    private const string Stem = "Conv2d(64, 3), BatchNorm2d, ReLU, MaxPool2d(3, Stride = 1), ";

    public static TheoryData<string> Kinds => [.. LayerWords.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_pass_of_its_own_is_named_and_one_that_does_nothing(string kind)
    {
        foreach (var (layer, input, output, found) in await Look(kind, Stem))
        {
            var isIdle = layer.Identity?.Contains(ValueRange.NonNegative) == true;
            var isPass = layer.Kernel(input)?.Function is not null && !output.IsPoint;
            Assert.Equal(isIdle || layer.Module?.IsNorm == true, found.Contains("BW4003"));
            Assert.Equal(isPass && !isIdle, found.Contains("BW4001"));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Behind_a_convolution_nothing_is_a_pass(string kind)
    {
        foreach (var (_, _, _, found) in await Look(kind, "Conv2d(64, 3), "))
        {
            Assert.DoesNotContain("BW4001", found);
            Assert.DoesNotContain("BW4003", found);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Behind_values_from_0_to_1_what_leaves_them_as_they_are_does_nothing(string kind)
    {
        foreach (var (layer, _, _, found) in await Look(kind, "Conv2d(64, 3), BatchNorm2d, Sigmoid, "))
            Assert.Equal(layer.Identity?.Contains(new(0, 1)) == true || layer.Module?.IsNorm == true, found.Contains("BW4003"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Unequal_channels_of_what_is_pointwise_are_named(string kind)
    {
        // Behind it another convolution, lest it be the prediction.
        foreach (var (layer, _, _, found) in await Look(kind, Stem, ", Conv2d(24, 3)"))
        {
            var isUnequal = layer.Numbers is { IsPointwise: true, IsDepthwise: false } numbers && !numbers.In.Equals(numbers.Out);
            Assert.Equal(isUnequal, found.Contains("BW1001"));
        }
    }

    /// <summary>Of each network that can be: the layer, what comes in and out, and what is said of it. On one pixel where it takes no map.</summary>
    private static async Task<IReadOnlyList<(Layer Layer, Shape Input, Shape Output, IReadOnlyList<string> Found)>> Look(string kind, string before, string behind = "")
    {
        var onMap = await LookAt(kind, before, behind);
        var looked = onMap.Count > 0 ? onMap : await LookAt(kind, before + "GlobalAvgPool2d, ", "");
        Assert.NotEmpty(looked);
        return looked;
    }

    private static async Task<IReadOnlyList<(Layer Layer, Shape Input, Shape Output, IReadOnlyList<string> Found)>> LookAt(string kind, string before, string behind)
    {
        var words = LayerWords.Few(kind).Select(static (word, i) => (Text: word.ToString(), Name: $"Net{i}")).ToList();
        var trees = words.Select(word => CSharpSyntaxTree.ParseText($"using Blockwright;\n[Network, Input(64, 16, 20), {before}{word.Text}{behind}] public partial class {word.Name};", path: word.Name));
        var compilation = CSharpCompilation.Create("Layers", trees, TorchProject.Declaring, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var failures = new List<Exception>();
        var options = new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), (exception, _, _) => failures.Add(exception), concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        var diagnostics = await compilation.WithAnalyzers([new DeclarationAnalyzer()], options).GetAnalyzerDiagnosticsAsync();
        Assert.Empty(failures);
        var looked = new List<(Layer, Shape, Shape, IReadOnlyList<string>)>();
        foreach (var (text, name) in words)
        {
            var declaration = DeclarationReader.Read(compilation.GetTypeByMetadataName(name)!, compilation, default);
            if (GraphBuilder.Build(declaration, new Dictionary<string, Declaration>()) is not { Problems.IsEmpty: true, Graph: { } graph })
                continue;
            var node = (LayerNode)graph.Nodes[graph.Output - (behind.Length > 0 ? 1 : 0)];
            // Its attribute, or an argument of it.
            var source = compilation.SyntaxTrees.Single(tree => tree.FilePath == name).ToString();
            var at = source.LastIndexOf(text, StringComparison.Ordinal);
            var found = diagnostics.Where(each => each.Location.SourceTree!.FilePath == name && each.Location.SourceSpan.Start >= at && each.Location.SourceSpan.End <= at + text.Length).Select(static each => each.Id).ToList();
            looked.Add((node.Layer, graph.Nodes[node.Source].Shape, node.Shape, found));
        }
        return looked;
    }
}
