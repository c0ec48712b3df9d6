using System.Collections.Immutable;
using System.Reflection;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TorchSharp;

namespace Blockwright.Generator.Tests.Harness;

/// <summary>Compiles sources as a user's project does: nullable, warnings as errors, documentation checked, with the generator.</summary>
internal static class Compiling
{
    public const string Usings = "using Blockwright;\n";

    private static readonly Lazy<ImmutableArray<MetadataReference>> Torch = new(() =>
        [MetadataReference.CreateFromFile(typeof(torch).Assembly.Location), MetadataReference.CreateFromFile(typeof(BlockModule).Assembly.Location)]);

    // The SDK leaves these out in every project: TorchSharp is built against an older framework.
    private static readonly Dictionary<string, ReportDiagnostic> LeftOut = new() { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress };

    private static int _assemblies;

    public static ImmutableArray<MetadataReference> Framework { get; } = [.. Net100.References.All];

    public static ImmutableArray<MetadataReference> References => Framework.AddRange(Torch.Value);

    public static SyntaxTree Parse(string source, LanguageVersion version = LanguageVersion.Latest, string path = "Source.cs") =>
        CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(version, DocumentationMode.Diagnose), path);

    public static CSharpCompilation Compilation(params string[] sources) => Compilation(sources.Select((source, i) => Parse(source, path: $"Source{i}.cs")), References);

    public static CSharpCompilation Compilation(IEnumerable<SyntaxTree> trees, IEnumerable<MetadataReference> references) => CSharpCompilation.Create(
        $"Compiled{Interlocked.Increment(ref _assemblies)}",
        trees,
        references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, specificDiagnosticOptions: LeftOut, warningLevel: 9999));

    /// <summary>The compilation with what the generator adds.</summary>
    public static CSharpCompilation Generate(CSharpCompilation compilation) => Generate(compilation, out _);

    // What the build's property BlockwrightDevice says is handed to the compiler by the package's targets.
    public static CSharpCompilation Generate(CSharpCompilation compilation, out GeneratorDriverRunResult result, string devices = "")
    {
        result = Driver(compilation, devices).RunGeneratorsAndUpdateCompilation(compilation, out var output, out _).GetRunResult();
        return (CSharpCompilation)output;
    }

    public static GeneratorDriver Driver(CSharpCompilation compilation, string devices = "") => CSharpGeneratorDriver.Create(
        [new BlockwrightGenerator().AsSourceGenerator()],
        optionsProvider: new BuildProperties(new() { ["build_property.BlockwrightDevices"] = devices }),
        parseOptions: (CSharpParseOptions?)compilation.SyntaxTrees.FirstOrDefault()?.Options ?? CSharpParseOptions.Default,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Compiles, with the generator, and loads; fails on any warning.</summary>
    public static Assembly Load(params string[] sources) => Load(Generate(Compilation(sources)));

    public static Assembly Load(CSharpCompilation output) => Assembly.Load(Emit(output));

    public static byte[] Emit(CSharpCompilation output)
    {
        using var stream = new MemoryStream();
        var result = output.Emit(stream);
        Assert.True(result.Success, Explain(result.Diagnostics));
        AssertClean(result.Diagnostics);
        return stream.ToArray();
    }

    /// <summary>Fails on any error or warning, save that a test's own source leaves public classes without documentation.</summary>
    public static void AssertClean(IEnumerable<Diagnostic> diagnostics)
    {
        var bad = diagnostics.Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && !(diagnostic.Id == "CS1591" && !IsEmitted(diagnostic))).ToList();
        Assert.True(bad.Count == 0, Explain(bad));
    }

    /// <summary>Whether the diagnostic stands in what the generator wrote.</summary>
    public static bool IsEmitted(Diagnostic diagnostic) => diagnostic.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true;

    public static string Explain(IEnumerable<Diagnostic> diagnostics)
    {
        var lines = new List<string>();
        foreach (var diagnostic in diagnostics.Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Take(20))
        {
            lines.Add(diagnostic.ToString());
            if (diagnostic.Location.SourceTree is { } tree)
                lines.Add("    " + tree.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line]);
        }
        return string.Join("\n", lines);
    }

    /// <summary>Makes a module of a loaded assembly.</summary>
    public static BlockModule Make(Assembly assembly, string type, params int[] arguments) => Make(assembly, type, [.. arguments.Cast<object>()]);

    /// <summary>With activations among the arguments, too.</summary>
    public static BlockModule Make(Assembly assembly, string type, object[] arguments) => (BlockModule)Activator.CreateInstance(assembly.GetType(type, throwOnError: true)!, arguments)!;
}
