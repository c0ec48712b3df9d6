using Blockwright.Analyzers.Declared;
using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Tests.Declared.Rules;

/// <summary>Editors fade what can go.</summary>
public sealed class FadeTests
{
    private const string Block = "[Block, ReLU, Conv2d(\"in\", 3)] public partial class Unit;";

    [Theory]
    [InlineData("[Network, Input(3, 64, 64), Conv2d(64, 3), ReLU, MaxPool2d(2), ReLU, Conv2d(8, 3)] public partial class Net;", true)]
    [InlineData(Block + "[Network, Input(3, 64, 64), Conv2d(64, 3), ReLU, Apply<Unit>] public partial class Net;", true)]
    // Another use needs it.
    [InlineData(Block + "[Network, Input(3, 64, 64), Conv2d(64, 3), ReLU, Apply<Unit>, Apply<Unit>] public partial class Net;", false)]
    // A batch norm that is a pass does something.
    [InlineData("[Network, Input(3, 64, 64), Conv2d(64, 3), MaxPool2d(2), BatchNorm2d, Conv2d(8, 3)] public partial class Net;", false)]
    public async Task AnActivationFadesThatDoesNothingAtAnyUse(string source, bool fades)
    {
        var compilation = CSharpCompilation.Create("Own", [CSharpSyntaxTree.ParseText("using Blockwright;" + source)], TorchProject.Declaring, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

        var said = await compilation.WithAnalyzers([new DeclarationAnalyzer()]).GetAnalyzerDiagnosticsAsync();

        Assert.Equal(fades, Assert.Single(said, static each => each.Id == "BW4003").Descriptor.CustomTags.Contains(WellKnownDiagnosticTags.Unnecessary));
    }
}
