using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using Blockwright.Analyzers.Declared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Tests.Declared;

/// <summary>Whatever stands in the editor while somebody types, the analyzer reports or stays silent.</summary>
public class NeverThrows
{
    private const string Source = """
        using Blockwright;
        namespace N;
        [Block, Parameter("expand")]
        [Split("keep", "work", Ratio = 0.4)]
        [From("work", Name = "branch2"), Conv1x1("in*expand/2"), BatchNorm2d, ReLU, DepthwiseConv2d(new[] { 3, 5 }, Stride = 1), Conv1x1("in-in/2")]
        [Concat("keep", "work"), ChannelShuffle(2), Dropout(0.1)]
        public partial class Unit;
        [Network, Input(3, 64, 64)]
        [Path("conv1", FirstIndex = 1), Conv2d(24, 3, Stride = 2, Groups = 3), LeakyReLU(NegativeSlope = 0.1), MaxPool2d(3, Stride = 2, CeilMode = true)]
        [Stage<Unit, Unit>("stage", 2, Channels = 24, Units = 3, UnitName = "u{1}")]
        [From("in", As = "gate"), GlobalAvgPool2d, Conv1x1(24), Hardsigmoid]
        [Apply<Unit>(4, Name = ""), Linear(10, Name = "fc")]
        public partial class Net;
        """;

    [Fact]
    public async Task OnRandomEdits()
    {
        var random = new Random(1);
        var references = Net100.References.All.Append<MetadataReference>(MetadataReference.CreateFromFile(typeof(FuseOptions).Assembly.Location))
            .Append(MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location));
        var compilation = CSharpCompilation.Create("Typing", references: references, options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        for (var i = 0; i < 400; i++)
        {
            var edited = Edit(Source, random);
            var failures = new List<Exception>();
            var options = new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), (exception, _, _) => failures.Add(exception), concurrentAnalysis: false, logAnalyzerExecutionTime: false);
            var withAnalyzers = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(edited)).WithAnalyzers(ImmutableArray.Create<DiagnosticAnalyzer>(new DeclarationAnalyzer()), options);
            var diagnostics = await withAnalyzers.GetAnalyzerDiagnosticsAsync();

            Assert.True(failures.Count == 0, $"{failures.FirstOrDefault()}\n{edited}");
            Assert.DoesNotContain(diagnostics, static diagnostic => diagnostic.Id == "BW0099");
        }
    }

    private static string Edit(string source, Random random)
    {
        const string Characters = "()[]<>\",.*+-/= aEe019\n;{}";
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(source.Length);
            source = random.Next(4) switch
            {
                0 => source.Remove(at, Math.Min(random.Next(1, 12), source.Length - at)),
                1 => source.Insert(at, Characters[random.Next(Characters.Length)].ToString()),
                2 => source[..at] + Characters[random.Next(Characters.Length)] + source[(at + 1)..],
                _ => random.Next(10) == 0 ? source[..at] : source.Insert(at, source.Substring(random.Next(source.Length / 2), 10)),
            };
            if (source.Length == 0)
                return ";";
        }
        return source;
    }
}
