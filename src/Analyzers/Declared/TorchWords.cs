using System.Collections.Immutable;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Analyzers.Declared;

/// <summary>Attributes that the compiler does not find (CS0246) and torch has a layer for: what declarations have in its place, or that a module of one's own can hold it.</summary>
internal static class TorchWords
{
    private const string Modules = "TorchSharp.Modules.";

    /// <summary>What has another name here.</summary>
    private static readonly ImmutableDictionary<string, string> Others = ImmutableDictionary.CreateRange(StringComparer.Ordinal, new Dictionary<string, string>
    {
        ["LayerNorm"] = "LayerNorm2d, over the channels",
        ["Identity"] = "nothing in its place: a value goes on as it is",
        ["Sequential"] = "Path(\"key\"), which numbers the layers that follow as it does",
        ["ConstantPad2d"] = "ZeroPad2d, or a module of your own for another constant",
        ["Softmax2d"] = "Softmax, which is over the channels",
        ["Dropout1d"] = "Dropout or Dropout2d",
        ["UpsamplingNearest2d"] = "Upsample",
        ["UpsamplingBilinear2d"] = "Upsample(..., Mode = \"bilinear\", AlignCorners = true)",
    });

    /// <summary>What other libraries and papers call it.</summary>
    private static readonly ImmutableDictionary<string, string> Aliases = ImmutableDictionary.CreateRange(StringComparer.OrdinalIgnoreCase, new Dictionary<string, string>
    {
        ["Swish"] = "SiLU",
        ["HSwish"] = "Hardswish",
        ["HSigmoid"] = "Hardsigmoid",
        ["BatchNorm"] = "BatchNorm2d",
        ["Conv"] = "Conv2d",
        ["DepthwiseConv"] = "DepthwiseConv2d",
        ["MaxPool"] = "MaxPool2d",
        ["AvgPool"] = "AvgPool2d",
        ["GlobalAvgPool"] = "GlobalAvgPool2d",
        ["Dense"] = "Linear",
    });

    private static readonly ImmutableDictionary<string, string> Words = LayerTable.All.ToImmutableDictionary(static layer => layer.Kind, static layer => layer.Kind, StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<Diagnostic> Unknown(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        foreach (var attribute in type.GetAttributes())
        {
            if (attribute.AttributeClass is not { TypeKind: TypeKind.Error } || attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax { Name: IdentifierNameSyntax { Identifier.ValueText: var name } word })
                continue;
            if (Advice(name, compilation) is { } advice)
                yield return DeclarationRules.Report(Problem.InClass(ProblemIds.TorchWord, DeclarationReader.FullNameOf(type), name, advice), word.GetLocation());
        }
    }

    /// <summary>The word here for what others call so; null where there is none.</summary>
    public static string? Alias(string name) => Aliases.TryGetValue(name, out var word) ? word : null;

    private static string? Advice(string name, Compilation compilation) =>
        Others.TryGetValue(name, out var other) ? other
        : Alias(name) is { } alias ? alias
        : Words.TryGetValue(name, out var spelled) ? spelled
        : compilation.GetTypeByMetadataName(Modules + name) is not null ? $"a class of your own that holds the layer, in a {DeclarationReader.ModuleStep}<T>"
        : null;
}
