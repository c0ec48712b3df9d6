using Blockwright.Analyzers.Declared;
using Blockwright.CodeFixes.Declared;
using Blockwright.Graph;
using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.CodeFixes.Tests.Declared;

/// <summary>The fixes of declarations around every layer of the table, with all that can be written of it: they go as far as the layer's answers let them.</summary>
public sealed class LayerFixTests : IDisposable
{
    private readonly AdhocWorkspace _workspace = new();

    public static TheoryData<string> Kinds => [.. LayerWords.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_leaves_values_as_they_are_is_dropped(string kind)
    {
        foreach (var word in LayerWords.Few(kind))
        {
            var source = $"[Network, Input(64, 16, 20), Conv2d(64, 3), BatchNorm2d, Sigmoid, {word}] public partial class Net;";
            if (await Open(source) is not ({ } document, [.., { } last]))
                continue;
            var isIdle = last.Layer.Identity?.Contains(new(0, 1)) == true;
            var offered = await Offered(document, "BW4003");
            Assert.Equal(isIdle, offered.Count > 0);
            if (isIdle)
                Assert.Equal(source.Replace($", {word}]", "]", StringComparison.Ordinal), await Apply(document, Assert.Single(offered)));
        }
    }

    /// <summary>Channels are balanced with those of a convolution before, through layers that keep them.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Channels_are_balanced_through_what_keeps_them(string kind)
    {
        foreach (var word in LayerWords.Few(kind))
        {
            if (await Open($"[Network, Input(16, 16, 20), Conv2d(16, 3), {word}, Conv1x1(64), Conv2d(10, 3)] public partial class Net;") is not ({ } document, { Count: > 0 } layers))
                continue;
            var through = layers[1];
            var definition = LayerTable.Find(kind)!;
            var says = definition.OutChannelsAt(word.Positional.Count()) >= 0;
            var offered = (await Offered(document, "BW1001")).Where(static action => action.Title.StartsWith("Balance", StringComparison.Ordinal)).ToList();
            var keeps = definition.KeepsChannels && definition.KeepsChannelsApart;
            // Where the channels are the layer's own, they are balanced, if that costs no more; and what stands before a smaller map costs most.
            if (!says && through.Shape is { Height.Size: 16, Width.Size: 20 })
                Assert.Equal(keeps, offered.Count > 0);
            else
                Assert.True(says || keeps || offered.Count == 0);
        }
    }

    /// <summary>A branch works on half of the channels instead where each of its layers takes whatever come in.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_branch_of_what_takes_any_channels_is_concatenated_instead_of_added(string kind)
    {
        foreach (var word in LayerWords.Few(kind))
        {
            var block = $"[Block, From(\"in\", As = \"y\"), Conv1x1, BatchNorm2d, {word}, Add(\"in\", \"y\")] public partial class Unit;";
            if (await Open($"{block}\n[Network, Input(64, 16, 20), Apply<Unit>] public partial class Net;") is not ({ } document, _) || word.Arguments.Any(static argument => argument.Code == "\"in\""))
                continue;
            var definition = LayerTable.Find(kind)!;
            // What is left of a map is one pixel, which the sum spreads over the input: a Concat would not.
            var isSpread = kind is "GlobalAvgPool2d" or "AdaptiveAvgPool2d" or "AdaptiveMaxPool2d";
            var takesAny = definition.KeepsChannels && definition.OutChannelsAt(word.Positional.Count()) < 0 && !isSpread;
            var offered = await Offered(document, "BW4002");
            Assert.Equal(takesAny, offered.Count > 0);
            if (takesAny)
                Assert.Contains($"[Block, Split(\"keep\", \"work\"), From(\"work\", As = \"y\"), Conv1x1, BatchNorm2d, {word}, Concat(\"keep\", \"y\"), ChannelShuffle(2)]", await Apply(document, Assert.Single(offered)), StringComparison.Ordinal);
        }
    }

    public void Dispose() => _workspace.Dispose();

    /// <summary>The document with the layers of Net; null where the declaration is refused.</summary>
    private async Task<(Document? Document, IReadOnlyList<LayerNode> Layers)> Open(string source)
    {
        var project = ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Default, "Own", "Own", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary), parseOptions: TorchProject.Latest, metadataReferences: TorchProject.Declaring);
        var document = _workspace.CurrentSolution.AddProject(project).GetProject(project.Id)!.AddDocument("Own.cs", "using Blockwright;\n\n" + source);
        var compilation = (await document.Project.GetCompilationAsync())!;
        var world = new[] { "Unit", "Net" }.Select(compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>().Select(type => DeclarationReader.Read(type, compilation, default)).ToDictionary(static each => each.FullName);
        return GraphBuilder.Build(world["global::Net"], world) is { Problems.IsEmpty: true, Graph: { } graph }
            ? (document, graph.Nodes.OfType<LayerNode>().ToList())
            : (null, []);
    }

    private static async Task<IReadOnlyList<CodeAction>> Offered(Document document, string id)
    {
        var compilation = (await document.Project.GetCompilationAsync())!;
        var diagnostics = await compilation.WithAnalyzers([new DeclarationAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        var fixes = new CodeFixProvider[] { new DropActivation(), new BalanceChannels(), new ConcatInsteadOfAdd() }.Where(fix => fix.FixableDiagnosticIds.Contains(id));
        var offered = new List<CodeAction>();
        foreach (var fix in fixes)
        {
            foreach (var diagnostic in diagnostics.Where(each => each.Id == id))
                await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => offered.Add(action), default));
        }
        return offered;
    }

    /// <summary>The text after the fix, without the line that is always there.</summary>
    private static async Task<string> Apply(Document document, CodeAction action)
    {
        var changed = (await action.GetOperationsAsync(default)).OfType<ApplyChangesOperation>().Single().ChangedSolution;
        return (await changed.GetDocument(document.Id)!.GetTextAsync()).ToString()["using Blockwright;\n\n".Length..];
    }
}
