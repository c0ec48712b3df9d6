using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Generator.Parse;

/// <summary>What the emitted code depends on beside the declarations.</summary>
internal readonly record struct HostFacts(bool HasTorch, bool HasGenericAttributes)
{
    public static HostFacts Of(Compilation compilation) => new(
        compilation.GetTypeByMetadataName("TorchSharp.torch") is not null,
        compilation is CSharpCompilation { LanguageVersion: >= LanguageVersion.CSharp11 });
}
