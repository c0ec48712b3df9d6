using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Generator.Parse;

/// <summary>What the emitted code depends on beside the declarations.</summary>
/// <param name="HasTypeCalledVar">Whether <c>var x = ...</c> may mean a type of the user's.</param>
internal readonly record struct HostFacts(bool HasTorch, bool HasGenericAttributes, bool HasTypeCalledVar)
{
    public static HostFacts Of(Compilation compilation) => new(
        compilation.GetTypeByMetadataName("TorchSharp.torch") is not null,
        compilation is CSharpCompilation { LanguageVersion: >= LanguageVersion.CSharp11 },
        compilation.ContainsSymbolsWithName("var", SymbolFilter.Type));
}
