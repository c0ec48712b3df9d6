using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Generator.Parse;

/// <summary>What the emitted code depends on beside the declarations.</summary>
/// <param name="HasTypeCalledVar">Whether <c>var x = ...</c> may mean a type of the user's.</param>
/// <param name="WantsDeviceCode">Whether the build asks for kernels for a GPU.</param>
internal readonly record struct HostFacts(bool HasTorch, bool HasGenericAttributes, bool HasTypeCalledVar, bool WantsDeviceCode = false)
{
    /// <summary>The devices that the build's property BlockwrightDevice names, with commas, as the package's targets hand them to the compiler.</summary>
    private const string Devices = "build_property.BlockwrightDevices";

    /// <summary>Whether the build's properties ask for kernels for a GPU: the same serve both words.</summary>
    public static bool DeviceCodeIsWanted(AnalyzerConfigOptions options) =>
        options.TryGetValue(Devices, out var devices) && devices.Split(',').Any(static device => device.Trim() is "cuda" or "opencl");

    public static HostFacts Of(Compilation compilation, CancellationToken cancellation) => new(
        compilation.GetTypeByMetadataName("TorchSharp.torch") is not null,
        compilation is CSharpCompilation { LanguageVersion: >= LanguageVersion.CSharp11 },
        DeclarationIndex.Of(compilation, cancellation).HasTypeCalledVar);
}
