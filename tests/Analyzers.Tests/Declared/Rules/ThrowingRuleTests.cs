using Basic.Reference.Assemblies;
using Blockwright.Analyzers.Configuration;
using Blockwright.Analyzers.Declared;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Tests.Declared.Rules;

/// <summary>A mistake of ours in one rule is said at the class, and silences no other rule.</summary>
public sealed class ThrowingRuleTests
{
    [Fact]
    public void Is_said_and_silences_no_other()
    {
        var compilation = CSharpCompilation.Create(
            "Declared",
            [CSharpSyntaxTree.ParseText("using Blockwright; [Network, Input(3, 64, 64), Conv2d(60, 3, Stride = 2), BatchNorm2d, MaxPool2d(3), ReLU] public partial class Net;")],
            [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(FuseOptions).Assembly.Location), MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location)],
            new(OutputKind.DynamicallyLinkedLibrary));
        var type = compilation.GetTypeByMetadataName("Net")!;
        var nodes = new DeclaredWorld(compilation).NodesOf(type, default);

        var found = Guidelines.Judge([new Throws(), new ElementwisePassRule()], type, nodes, new RuleOptions(new NoOptions(), static _ => null), default).ToList();

        Assert.Equal(["BW0099", "BW4001"], found.Select(static diagnostic => diagnostic.Id));
        Assert.Equal(DiagnosticSeverity.Warning, found[0].Severity);
        Assert.Contains("failed to judge 'Net'", found[0].GetMessage(null), StringComparison.Ordinal);
        Assert.Contains("KeyNotFoundException: no row", found[0].GetMessage(null), StringComparison.Ordinal);
    }

    private sealed class Throws() : DeclaredRule(Descriptors.NoKernel)
    {
        public override Finding Judge(DeclaredNetwork network, FlatNode node, RuleOptions options, CancellationToken cancellation) => throw new KeyNotFoundException("no row");
    }

    private sealed class NoOptions : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
        {
            value = null;
            return false;
        }
    }
}
