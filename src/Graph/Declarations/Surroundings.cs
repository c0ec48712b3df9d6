using System.Globalization;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Graph;

/// <summary>
/// What the meaning of an attribute can depend on beside the files: the language, who the assembly is (others may show it what they hide), and what is referred to,
/// by which names. Preprocessor symbols are not in it: they choose tokens, and the tokens count.
/// </summary>
internal static class Surroundings
{
    private static readonly WeakNumbers Numbers = new();

    public static string Of(Compilation compilation)
    {
        var text = new TokenText().Add(compilation.Language).Add(compilation.AssemblyName ?? "").Add(Identity(compilation.Options));
        // All trees of a compilation are of one language version and have the same features.
        if (compilation.SyntaxTrees.FirstOrDefault()?.Options is CSharpParseOptions options)
            text.Add(options.LanguageVersion.ToString()).Add(string.Join(",", options.Features.OrderBy(static feature => feature.Key, StringComparer.Ordinal).Select(static feature => feature.Key + "=" + feature.Value)));
        if (compilation.Options is CSharpCompilationOptions { Usings: { IsEmpty: false } usings })
            text.Add(string.Join(",", usings));
        foreach (var reference in compilation.References)
            text.Add(Number(reference)).Add(Properties(reference.Properties));
        return text.ToString();
    }

    private static string Identity(CompilationOptions options) =>
        $"{options.CryptoKeyFile}|{options.CryptoKeyContainer}|{string.Concat(options.CryptoPublicKey.Select(static each => each.ToString(CultureInfo.InvariantCulture)))}|{options.DelaySign}|{options.PublicSign}|{options.MetadataImportOptions}";

    private static string Properties(MetadataReferenceProperties properties) =>
        properties.Aliases.IsEmpty && !properties.EmbedInteropTypes ? "" : $"{string.Join(",", properties.Aliases)}{(properties.EmbedInteropTypes ? "|embedded" : "")}";

    /// <summary>A number for what is referred to, so that what is kept does not keep it. A compiler that serves many builds reads a file once for all.</summary>
    private static string Number(MetadataReference reference) => Numbers.Of(Referred(reference)).ToString(CultureInfo.InvariantCulture);

    private static object Referred(MetadataReference reference)
    {
        try
        {
            return reference switch
            {
                PortableExecutableReference file => file.GetMetadataId(),
                CompilationReference project => project.Compilation,
                _ => reference,
            };
        }
        catch (Exception unreadable) when (unreadable is IOException or BadImageFormatException)
        {
            return reference;
        }
    }
}
