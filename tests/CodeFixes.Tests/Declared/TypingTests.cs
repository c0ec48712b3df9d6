using Basic.Reference.Assemblies;
using Blockwright.Analyzers.Declared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Blockwright.CodeFixes.Tests.Declared;

/// <summary>What an editor does: a document of a sample is opened, a number is typed wrong, the diagnostic comes with its fix, and goes with it.</summary>
public sealed class TypingTests : IDisposable
{
    private readonly AdhocWorkspace _workspace = new();

    [Theory]
    [InlineData("Systems.cs", "[Conv2d(\"in\", 3), BatchNorm2d, ReLU]", "[Conv1x1(|\"in*4\"|), BatchNorm2d, ReLU, Conv2d(\"in\", 3)]", "BW1001", "Keep the input's channels (changes the weights' shape)", "[Conv1x1, BatchNorm2d, ReLU, Conv2d(\"in\", 3)]")]
    [InlineData("Systems.cs", "[Conv2d(\"in\", 3), BatchNorm2d, ReLU]", "[Conv2d(\"in\", 3), BatchNorm2d, ReLU, Sigmoid, |ReLU6|]", "BW4003", "Drop the ReLU6", "[Conv2d(\"in\", 3), BatchNorm2d, ReLU, Sigmoid]")]
    [InlineData("ResNet.cs", "[Conv2d(64, 7, Stride = 2, Name = \"conv1\")", "[From(|\"inn\"|), Conv2d(64, 7, Stride = 2, Name = \"conv1\")", "BW0001", "Change 'inn' to 'in'", "[From(\"in\"), Conv2d(64, 7, Stride = 2, Name = \"conv1\")")]
    public async Task A_number_typed_wrong_is_said_and_mended(string file, string before, string typed, string id, string title, string mended)
    {
        var original = await File.ReadAllTextAsync(Path.Combine(Root(), "samples", "Zoo", "Networks", file));
        Assert.Contains(before, original, StringComparison.Ordinal);
        var document = Open(file, original);
        Assert.DoesNotContain(await Diagnose(document), diagnostic => IsTypedHere(diagnostic, typed));

        document = Type(document, original.Replace(before, typed.Replace("|", "", StringComparison.Ordinal), StringComparison.Ordinal));
        var diagnostic = Assert.Single(await Diagnose(document), diagnostic => diagnostic.Id == id && IsTypedHere(diagnostic, typed));
        document = await Apply(document, diagnostic, title);

        Assert.Equal(original.Replace(before, mended, StringComparison.Ordinal), (await document.GetTextAsync()).ToString());
        Assert.DoesNotContain(await Diagnose(document), each => each.Id == id && mended.Contains(TextOf(each), StringComparison.Ordinal));
    }

    public void Dispose() => _workspace.Dispose();

    private static bool IsTypedHere(Diagnostic diagnostic, string typed) => TextOf(diagnostic) == typed.Split('|')[1];

    private static string TextOf(Diagnostic diagnostic) => diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan);

    private Document Open(string name, string text)
    {
        var project = ProjectInfo.Create(
            ProjectId.CreateNewId(),
            VersionStamp.Default,
            "Zoo",
            "Zoo",
            LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary),
            metadataReferences: [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(FuseOptions).Assembly.Location), MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location)]);
        _workspace.AddProject(project);
        var document = _workspace.AddDocument(project.Id, name, SourceText.From(text));
        _workspace.OpenDocument(document.Id);
        return _workspace.CurrentSolution.GetDocument(document.Id)!;
    }

    private Document Type(Document document, string text)
    {
        Assert.True(_workspace.TryApplyChanges(document.WithText(SourceText.From(text)).Project.Solution));
        return _workspace.CurrentSolution.GetDocument(document.Id)!;
    }

    private static async Task<IEnumerable<Diagnostic>> Diagnose(Document document)
    {
        var compilation = await document.Project.GetCompilationAsync();
        return await compilation!.WithAnalyzers([new DeclarationAnalyzer()], document.Project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync();
    }

    private async Task<Document> Apply(Document document, Diagnostic diagnostic, string title)
    {
        foreach (var operation in await (await OfferedFixes.One(document, diagnostic, title)).GetOperationsAsync(CancellationToken.None))
            operation.Apply(_workspace, CancellationToken.None);
        return _workspace.CurrentSolution.GetDocument(document.Id)!;
    }

    internal static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Generator.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"No Generator.sln above {AppContext.BaseDirectory}.");
        return folder.FullName;
    }
}
