extern alias runtime;
using System.Diagnostics;
using Basic.Reference.Assemblies;
using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Text;

namespace Blockwright.Completion.Tests;

/// <summary>What Roslyn's own completion offers inside a declaration's strings; the provider comes with the project's analyzers, as a package brings it.</summary>
public sealed class DeclaredNamesTests : IClassFixture<LoadedProject>
{
    private const string Unit = """
        using Blockwright;
        [Block, Parameter("groups")]
        [Split("keep", "work", Ratio = 0.25)]
        [From("work", As = "y", Name = "branch"), Conv1x1("in*2"), BatchNorm2d, ReLU]
        [From("keep", As = "z"), Conv1x1(12, Stride = 2)]
        """;

    private static readonly string[] Insertions = ["", "\"", "]", "(\"", "\"\")", "\0", "{"];

    private readonly Project _project;

    public DeclaredNamesTests(LoadedProject loaded) => _project = loaded.Project;

    /// <summary>Inputs are values by their names.</summary>
    [Fact]
    public async Task InputsAreOffered()
    {
        var offered = await Offered("using Blockwright;\n[Network, Input(3, 8, 8, Name = \"image\"), Input(1, 4, 4, Name = \"depth\"), From(\"|\")] public partial class Net;");

        Assert.Equal("in N x 3 x 8 x 8; image N x 3 x 8 x 8; depth N x 1 x 4 x 4", string.Join("; ", offered.Select(static item => $"{item.DisplayText} {item.InlineDescription}")));
    }

    /// <summary>The | is the caret.</summary>
    [Theory]
    [InlineData("[From(\"|\")]", "in N x in x H x W; keep N x round(0.25*(in)) x H x W; work N x in - round(0.25*(in)) x H x W; y N x 2*in x H x W; z N x 12 x H/2 x W/2")]
    [InlineData("[From(value: \"k|\")]", "in *; keep *; work *; y *; z *")]
    [InlineData("[Concat(\"keep\", \"w|\")]", "in *; keep *; work *; y *; z *")]
    [InlineData("[Add(new[] { \"y\", \"|\" })]", "in *; keep *; work *; y *; z *")]
    [InlineData("[Multiply(\"|", "in *; keep *; work *; y *; z *")] // as it is while one types
    [InlineData("[Upsample(SizeOf = \"|\")]", "in *; keep *; work *; y *; z *")]
    [InlineData("[Conv2d(\"|\", 3)]", "in; out; groups; min; max; round")]
    [InlineData("[Conv2d(\"2*i|\", 3)]", "in; out; groups; min; max; round")]
    [InlineData("[Conv1x1(Groups = \"g|\")]", "in; out; groups; min; max; round")]
    [InlineData("[Conv1x1(8, Stride = \"|", "in; out; groups; min; max; round")]
    [InlineData("[Apply<Unit>(\"gr|\")]", "in; out; groups; min; max; round")]
    [InlineData("[Conv1x1(If = \"gr|\")]", "in; out; groups; min; max; round")]
    [InlineData("[Module<object>(Height = \"|\")]", "h; groups")]
    [InlineData("[Module<object>(Width = \"2*|\")]", "w; groups")]
    [InlineData("[Module<object>(Channels = \"|\")]", "in; out; groups; c; min; max; round")]
    [InlineData("[Module<object>(\"|\")]", "in; out; groups; c; min; max; round")]
    [InlineData("[Module<object>(8, \"2*|\")]", "in; out; groups; c; min; max; round")]
    [InlineData("[From(\"y\"), Split(\"a\", \"b\", Channels = \"|\")]", "in; out; groups; c; min; max; round")]
    [InlineData("[Stage<Unit>(\"stage\", \"|\")]", "in; out; groups; unit; min; max; round")]
    [InlineData("[Stage<Unit>(\"stage\", \"groups+u|\")]", "in; out; groups; unit; min; max; round")]
    [InlineData("[Stage<Unit>(\"stage\", 2, Channels = \"|\")]", "in; out; groups; min; max; round")]
    [InlineData("[Stage<Unit>(\"stage\", 2, Units = \"|\")]", "in; out; groups; min; max; round")]
    public async Task NamesInScopeAreOffered(string typed, string expected)
    {
        var offered = await Offered($"{Unit}\n{typed}\npublic partial class Unit;");

        Assert.Equal(expected, expected.Contains('*', StringComparison.Ordinal) && !expected.Contains(" x ", StringComparison.Ordinal)
            ? string.Join("; ", offered.Select(static item => $"{item.DisplayText} *"))
            : string.Join("; ", offered.Select(static item => $"{item.DisplayText} {item.InlineDescription}".TrimEnd())));
    }

    /// <summary>A name that is to be given is none that there is; and other strings are not ours.</summary>
    [Theory]
    [InlineData("[From(\"in\", As = \"|\")]")]
    [InlineData("[From(\"in\", Name = \"|\")]")]
    [InlineData("[Split(\"a\", \"|\")]")]
    [InlineData("[Path(\"|\")]")]
    [InlineData("[Stage<Unit>(\"|\")]")]
    [InlineData("[Parameter(\"|\")]")]
    [InlineData("[Upsample(2, Mode = \"|\")]")]
    [InlineData("[System.Obsolete(\"|\")]")]
    [InlineData("[From(\"in\"|)]")]
    [InlineData("[From(|\"in\")]")]
    [InlineData("[Linear(10, Name = \"|\")]")]
    public async Task ElsewhereNothingIs(string typed) => Assert.Empty(await Offered($"{Unit}\n{typed}\npublic partial class Unit;"));

    [Fact]
    public async Task ANetworksResultsAreOfAllItsValues()
    {
        var offered = await Offered("using Blockwright; [Network, Input(3, 8, 8), Output(\"|\"), From(\"in\", As = \"y\"), Conv1x1(4)] public partial class Net;");
        Assert.Equal(["in", "y"], offered.Select(static item => item.DisplayText));
    }

    [Fact]
    public async Task ANetworksNumbersAreKnown()
    {
        var offered = await Offered("using Blockwright; [Network, Input(3, 224, 224), Conv2d(24, 3, Stride = 2), Split(\"a\", \"b\"), From(\"|\")] public partial class Net;");
        Assert.Equal(["in N x 3 x 224 x 224", "a N x 12 x 112 x 112", "b N x 12 x 112 x 112"], offered.Select(static item => $"{item.DisplayText} {item.InlineDescription}"));
        Assert.Equal(["in 3", "min ", "max ", "round "], (await Offered("using Blockwright; [Network, Input(3, 224, 224), Conv2d(\"|\", 3)] public partial class Net;")).Select(static item => $"{item.DisplayText} {item.InlineDescription}"));
    }

    [Fact]
    public async Task ANetworksParametersAreOffered()
    {
        var offered = await Offered("using Blockwright; [Network, Input(3, 224, 224), Parameter(\"classes\", 1000), GlobalAvgPool2d, Linear(\"|\")] public partial class Net;");
        Assert.Equal(["in 3", "classes 1000", "min ", "max ", "round "], offered.Select(static item => $"{item.DisplayText} {item.InlineDescription}"));
    }

    /// <summary>What is before a mistake is known, and of what is behind it the names.</summary>
    [Fact]
    public async Task AMistakeBeforeHidesShapesAlone()
    {
        var offered = await Offered("using Blockwright; [Block, From(\"in\", As = \"a\"), Conv1x1(4), From(\"nowhere\", As = \"b\"), Conv2d(\"in/0\", 3), From(\"|\")] public partial class Unit;");
        Assert.Equal(["in N x in x H x W", "a N x 4 x H x W", "b"], offered.Select(static item => $"{item.DisplayText} {item.InlineDescription}".TrimEnd()));
    }

    [Fact]
    public async Task AChosenNameReplacesWhatIsTyped()
    {
        foreach (var (typed, expected) in new[] { ("[Concat(\"ke|ep\", \"y\")]", "[Concat(\"work\", \"y\")]"), ("[Conv1x1(\"2*gro|\")]", "[Conv1x1(\"2*groups\")]") })
        {
            var (document, position) = Open($"{Unit}\n{typed}\npublic partial class Unit;");
            var service = CompletionService.GetService(document)!;
            var list = await service.GetCompletionsAsync(document, position);
            var item = list.ItemsList.Single(item => item.DisplayText == (typed.Contains("ke|", StringComparison.Ordinal) ? "work" : "groups"));
            var change = await service.GetChangeAsync(document, item);
            Assert.Contains(expected, (await document.GetTextAsync()).WithChanges(change.TextChange).ToString(), StringComparison.Ordinal);
            Assert.NotEmpty((await service.GetDescriptionAsync(document, item))!.Text);
        }
    }

    [Theory]
    [InlineData("[From(\"", true)]
    [InlineData("[Concat(\"a\", \"b", true)]
    [InlineData("x = list[\"a\"] + b", false)]
    [InlineData("[From(\"a\"), C", false)]
    [InlineData("Console.WriteLine(\"a", false)]
    public void ALetterAsksOnlyWhereItMayBeAnAttributesString(string text, bool expected) =>
        Assert.Equal(expected, new DeclaredNames().ShouldTriggerCompletion(SourceText.From("class A { }\n" + text), 12 + text.Length, CompletionTrigger.CreateInsertionTrigger(text[^1]), null!));

    /// <summary>Any prefix of a declaration, with anything behind it, and any letters cut out: no answer throws, and none takes long.</summary>
    [Fact]
    public void NoBrokenCodeThrowsOrHangs()
    {
        var whole = $"{Unit}\n[Concat(\"y\", \"z\"), Conv2d(\"out\", \"groups+1\"), Apply<Unit>(\"groups\", Name = \"\"), Stage<Unit, Other>(\"s\", 2, Units = \"in/0\")]\npublic partial class Unit;\n[Network, Input(3, 9, 9), Apply<Unit>(2), From(\"in\")] public partial class Other;";
        var provider = new DeclaredNames();
        var slowest = TimeSpan.Zero;
        Gen.Select(Gen.Int[0, whole.Length], Gen.Int[0, whole.Length], Gen.Int[0, 12], Gen.Int[0, Insertions.Length - 1]).Sample(
            (cut, position, length, with) =>
            {
                var broken = string.Concat(whole.AsSpan(0, cut), Insertions[with], whole.AsSpan(Math.Min(whole.Length, cut + length)));
                var document = Open(broken, Math.Min(position, broken.Length));
                var watch = Stopwatch.StartNew();
                var context = new CompletionContext(provider, document, Math.Min(position, broken.Length), new TextSpan(Math.Min(position, broken.Length), 0), CompletionTrigger.Invoke, document.Project.Solution.Options, default);
                provider.ProvideCompletionsAsync(context).GetAwaiter().GetResult();
                slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            },
            iter: 400,
            threads: 1);
        Assert.True(slowest < TimeSpan.FromSeconds(5), slowest.ToString());
    }

    private async Task<IReadOnlyList<CompletionItem>> Offered(string marked)
    {
        var (document, position) = Open(marked);
        return LoadedProject.Ours(await CompletionService.GetService(document)!.GetCompletionsAsync(document, position));
    }

    private (Document Document, int Position) Open(string marked)
    {
        var position = marked.IndexOf('|', StringComparison.Ordinal);
        return (Open(marked.Remove(position, 1), position), position);
    }

    private Document Open(string text, int position)
    {
        Assert.InRange(position, 0, text.Length);
        return _project.AddDocument("Source.cs", SourceText.From(text));
    }
}

/// <summary>A project with the provider among its analyzers. Roslyn loads a project's providers behind the first question, and answers that one without them.</summary>
public sealed class LoadedProject : IAsyncLifetime, IDisposable
{
    private const string Probe = "using Blockwright; [Block, From(\"\")] public partial class Unit;";

    private readonly AdhocWorkspace _workspace = new(MefHostServices.DefaultHost);

    public LoadedProject() => Project = _workspace.AddProject(ProjectInfo.Create(
        ProjectId.CreateNewId(), VersionStamp.Create(), "Project", "Project", LanguageNames.CSharp,
        compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary),
        metadataReferences: [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(runtime::Blockwright.BlockModule).Assembly.Location)],
        analyzerReferences: [new AnalyzerFileReference(typeof(DeclaredNames).Assembly.Location, new Loader())]));

    public Project Project { get; }

    public static IReadOnlyList<CompletionItem> Ours(CompletionList list) =>
        [.. list.ItemsList.Where(static item => item.Properties.ContainsKey("Meaning")).OrderBy(static item => item.SortText, StringComparer.Ordinal)];

    public async Task InitializeAsync()
    {
        var document = Project.AddDocument("Probe.cs", SourceText.From(Probe));
        for (var i = 0; i < 60; i++)
        {
            if (Ours(await CompletionService.GetService(document)!.GetCompletionsAsync(document, Probe.IndexOf("\"\"", StringComparison.Ordinal) + 1)).Count > 0)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }
        Assert.Fail("Roslyn did not load the provider.");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _workspace.Dispose();

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public System.Reflection.Assembly LoadFromPath(string fullPath) => System.Reflection.Assembly.LoadFrom(fullPath);
    }
}
