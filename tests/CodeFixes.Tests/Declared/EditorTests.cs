using System.Collections.Immutable;
using System.Reflection;
using Basic.Reference.Assemblies;
using Blockwright.Analyzers.Declared;
using Blockwright.CodeFixes.Declared;
using Blockwright.CodeFixes.Tests.Declared.Campaign;
using Blockwright.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Blockwright.CodeFixes.Tests.Declared;

/// <summary>
/// All of a sample's networks in a project that loads generator, analyzers and fixes from their files, as an editor does: what is typed is said, mended, and
/// in the generated code at every step.
/// </summary>
public sealed class EditorTests : IDisposable
{
    private const string Edited = "Systems.cs";

    /// <summary>Compiles with what the generator makes, and not without.</summary>
    private const string Use = "public static class Use { public static Blockwright.FusedModule Snapshot() => new Zoo.Systems.SinglePath().Fuse(); }";

    private readonly AdhocWorkspace _workspace = new();
    private readonly ProjectId _project = ProjectId.CreateNewId();

    public EditorTests()
    {
        var loader = new Loader();
        var compilerParts = new[] { typeof(BlockwrightGenerator), typeof(DeclarationAnalyzer), typeof(DeclaredFix) };
        _workspace.AddProject(ProjectInfo.Create(
            _project,
            VersionStamp.Default,
            "Zoo",
            "Zoo",
            LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable),
            metadataReferences: [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(BlockModule).Assembly.Location), MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location)],
            analyzerReferences: compilerParts.Select(part => new AnalyzerFileReference(part.Assembly.Location, loader))));
        foreach (var file in Directory.GetFiles(Path.Combine(TypingTests.Root(), "samples", "Zoo", "Networks"), "*.cs"))
            _workspace.AddDocument(_project, Path.GetFileName(file), SourceText.From(File.ReadAllText(file)));
        _workspace.AddDocument(_project, "Use.cs", SourceText.From(Use));
        _workspace.OpenDocument(Document.Id);
    }

    private Project Project => _workspace.CurrentSolution.GetProject(_project)!;

    private Document Document => Project.Documents.Single(static document => document.Name == Edited);

    [Theory]
    [InlineData("[Conv1x1(\"in*4\"), Conv2d(\"in\", 3)]", "BW1001", "Keep the input's channels (changes the weights' shape)", "[Conv1x1, Conv2d(\"in\", 3)]", "4 * inChannels")]
    [InlineData("[Conv2d(\"inn\", 3), BatchNorm2d, ReLU]", "BW0006", "Change 'inn' to 'in'", "[Conv2d(\"in\", 3), BatchNorm2d, ReLU]", "throw")]
    public async Task What_is_typed_is_said_and_mended_and_generated(string typed, string id, string title, string mended, string generatedMeanwhile)
    {
        const string Original = "[Conv2d(\"in\", 3), BatchNorm2d, ReLU]";
        var text = (await Document.GetTextAsync()).ToString();
        Assert.Empty(await Diagnose(id));
        Assert.DoesNotContain(generatedMeanwhile, await Generated(), StringComparison.Ordinal);

        Assert.True(_workspace.TryApplyChanges(Document.WithText(SourceText.From(text.Replace(Original, typed, StringComparison.Ordinal))).Project.Solution));
        var diagnostic = Assert.Single(await Diagnose(id));
        Assert.Contains(generatedMeanwhile, await Generated(), StringComparison.Ordinal);

        await Apply(diagnostic, title);
        Assert.Equal(text.Replace(Original, mended, StringComparison.Ordinal), (await Document.GetTextAsync()).ToString());
        Assert.Empty(await Diagnose(id));
        Assert.DoesNotContain(generatedMeanwhile, await Generated(), StringComparison.Ordinal);
    }

    /// <summary>The build's constructor is there only where the generator runs.</summary>
    [Fact]
    public async Task A_networks_constructor_begins_with_the_builds()
    {
        const string network = "[Network, Input(3, 32, 32), Conv2d(8, 3)]\npublic partial class Net\n{\n    public Net(bool frozen) // kept\n    {\n    }\n}\n";
        const string mended = "[Network, Input(3, 32, 32), Conv2d(8, 3)]\npublic partial class Net\n{\n    public Net(bool frozen) : this() // kept\n    {\n    }\n}\n";
        var document = Add(network, network.Replace(" Net", " Other", StringComparison.Ordinal));
        var found = await BadConstructors(document);
        Assert.Equal(2, found.Count);

        var one = (await (await OfferedFixes.One(document, found[0], "Begin with the build's constructor: this()")).GetOperationsAsync(default)).OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
        var all = (await CampaignProject.Swept(document, new CallBuild(), key: null))!;

        Assert.Single(await BadConstructors(one));
        Assert.Empty(await BadConstructors(all));
        Assert.Equal(Text(mended, mended.Replace(" Net", " Other", StringComparison.Ordinal)), (await all.GetTextAsync()).ToString());
        Assert.DoesNotContain((await all.Project.GetCompilationAsync())!.GetDiagnostics(), static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>The build's own, one that begins with another, and a block's, whose widths nobody knows.</summary>
    [Theory]
    [InlineData("[Network, Input(3, 32, 32), Conv2d(8, 3)] public partial class Net { public Net() { } }")]
    [InlineData("[Network, Input(3, 32, 32), Conv2d(8, 3)] public partial class Net { public Net(bool frozen) : base(null!) { } }")]
    [InlineData("[Block, Conv2d(8, 3)] public partial class Net { public Net(bool frozen) { } }")]
    public async Task Other_constructors_are_left_alone(string declaration)
    {
        var document = Add(declaration);
        var offered = await CampaignProject.Offered(document, new CallBuild(), Assert.Single(await BadConstructors(document)));
        Assert.Empty(offered);
    }

    public void Dispose() => _workspace.Dispose();

    private static string Text(params string[] declarations) => "using Blockwright;\n\nnamespace Typed;\n\n" + string.Join("\n", declarations);

    private Document Add(params string[] declarations)
    {
        var id = _workspace.AddDocument(_project, "Typed.cs", SourceText.From(Text(declarations))).Id;
        return _workspace.CurrentSolution.GetDocument(id)!;
    }

    private static async Task<List<Diagnostic>> BadConstructors(Document document) =>
        [.. (await CampaignProject.Diagnose(document)).Where(static each => each.Id == "BW0027")];

    /// <summary>What the project's analyzers say of the edited document; all of the project compiles.</summary>
    private async Task<IEnumerable<Diagnostic>> Diagnose(string id)
    {
        var compilation = (await Project.GetCompilationAsync())!;
        Assert.DoesNotContain(compilation.GetDiagnostics(), static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        var analyzers = Project.AnalyzerReferences.SelectMany(static reference => reference.GetAnalyzers(LanguageNames.CSharp)).ToImmutableArray();
        var found = await compilation.WithAnalyzers(analyzers, Project.AnalyzerOptions).GetAnalyzerSemanticDiagnosticsAsync((await Document.GetSemanticModelAsync())!, null, default);
        return found.Where(diagnostic => diagnostic.Id == id && diagnostic.Location.SourceTree!.ToString().Contains("SinglePathUnit", StringComparison.Ordinal));
    }

    /// <summary>The edited block's generated code, which stands in the compilation.</summary>
    private async Task<string> Generated()
    {
        var document = Assert.Single(await Project.GetSourceGeneratedDocumentsAsync(), static document => document.Name.Contains("SinglePathUnit", StringComparison.Ordinal));
        var tree = (await document.GetSyntaxTreeAsync())!;
        Assert.Contains(tree, (await Project.GetCompilationAsync())!.SyntaxTrees);
        return tree.ToString();
    }

    private async Task Apply(Diagnostic diagnostic, string title)
    {
        foreach (var operation in await (await OfferedFixes.One(Document, diagnostic, title)).GetOperationsAsync(default))
            operation.Apply(_workspace, default);
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
