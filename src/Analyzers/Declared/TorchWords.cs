using System.Collections.Immutable;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Analyzers.Declared;

/// <summary>Attributes that the compiler does not find (CS0246) and torch has a layer for: what declarations have in its place, or that a module of one's own can hold it.</summary>
internal static class TorchWords
{
    private const string Modules = "TorchSharp.Modules.";
    private const string Ending = "2d";

    /// <summary>What has another name here.</summary>
    private static readonly ImmutableDictionary<string, string> Others = ImmutableDictionary.CreateRange(StringComparer.Ordinal, new Dictionary<string, string>
    {
        ["LayerNorm"] = "LayerNorm2d, over the channels",
        ["Identity"] = "nothing in its place: a value goes on as it is",
        ["Sequential"] = "Path(\"key\"), which numbers the layers that follow as it does",
        ["ConstantPad2d"] = "ZeroPad2d, or a module of your own for another constant",
        ["Softmax2d"] = "Softmax, which is over the channels",
        ["Dropout1d"] = "Dropout or Dropout2d",
        ["UpsamplingNearest2d"] = "Upsample, which is this where no mode is said",
        ["UpsamplingBilinear2d"] = "Upsample(..., Mode = \"bilinear\", AlignCorners = true)",
    });

    private static readonly ImmutableDictionary<string, string> Words = LayerTable.All.ToImmutableDictionary(static layer => layer.Kind, static layer => layer.Kind, StringComparer.OrdinalIgnoreCase);

    /// <summary>What other libraries and papers call them, and what is left of a name without its ending.</summary>
    private static readonly ImmutableDictionary<string, string> Aliases = LayerTable.All
        .SelectMany(static layer => new[] { (Name: layer.OtherName, layer.Kind), (Name: WithoutEnding(layer.Kind), layer.Kind) })
        .Where(static each => each.Name is not null && !Words.ContainsKey(each.Name))
        .ToImmutableDictionary(static each => each.Name!, static each => each.Kind, StringComparer.OrdinalIgnoreCase);

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

    private static string? WithoutEnding(string kind) => kind.EndsWith(Ending, StringComparison.Ordinal) ? kind.Substring(0, kind.Length - Ending.Length) : null;
}
