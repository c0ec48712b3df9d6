using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// Arguments of Blockwright's attributes that no property and no parameter takes: the compiler says CS0246, CS1729 or CS1739, which names nothing that would do. An editor shows what there is beside that.
/// </summary>
internal static class AttributeArguments
{
    public static IEnumerable<Diagnostic> Unfit(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var owner = DeclarationReader.FullNameOf(type);
        foreach (var attribute in DeclarationReader.AttributesOf(type))
        {
            if (attribute.AttributeClass is not { TypeKind: TypeKind.Class } word || attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax { ArgumentList: { } list })
                continue;
            foreach (var (place, expected, found) in Unfit(word, list))
                yield return DeclarationRules.Report(Problem.InClass(ProblemIds.InvalidArgument, owner, DeclarationReader.WordOf(word), expected, found), place.GetLocation());
        }
    }

    private static IEnumerable<(SyntaxNode Place, string Expected, string Found)> Unfit(INamedTypeSymbol word, AttributeArgumentListSyntax list)
    {
        var properties = PropertiesOf(word);
        var constructors = word.InstanceConstructors.Where(static constructor => constructor.DeclaredAccessibility == Accessibility.Public).ToList();
        var parameters = constructors.SelectMany(static constructor => constructor.Parameters).ToList();
        var misnamed = false;
        foreach (var argument in list.Arguments)
        {
            if (argument is { NameEquals.Name: { } name } && !properties.Contains(name.Identifier.ValueText))
                yield return (name, Choice(name.Identifier.ValueText, properties), name.Identifier.ValueText);
            else if (argument is { NameColon.Name: { } colon } && parameters.TrueForAll(parameter => parameter.Name != colon.Identifier.ValueText))
            {
                misnamed = true;
                // What torch's constructors take by name is a property here.
                yield return (argument.NameColon!, properties.Find(each => each.Equals(colon.Identifier.ValueText.Replace("_", ""), StringComparison.OrdinalIgnoreCase)) is { } property ? $"{property} = ..." : Choice(colon.Identifier.ValueText, parameters.ConvertAll(static parameter => parameter.Name)), argument.NameColon!.ToString());
            }
        }
        var given = list.Arguments.Count(static argument => argument.NameEquals is null);
        if (!misnamed && constructors.Count > 0 && parameters.TrueForAll(static parameter => !parameter.IsParams) && constructors.TrueForAll(constructor => constructor.Parameters.Length < given))
            yield return (list, Longest(word, constructors, properties), given == 1 ? "1 argument" : FormattableString.Invariant($"{given} arguments"));
    }

    private static string Longest(INamedTypeSymbol word, List<IMethodSymbol> constructors, List<string> properties)
    {
        var most = constructors.OrderByDescending(static constructor => constructor.Parameters.Length).First().Parameters;
        var named = properties.Count == 0 ? "" : $"by name {string.Join(", ", properties)}";
        var expected = most.IsEmpty ? named : $"{DeclarationReader.WordOf(word)}({string.Join(", ", most.Select(static parameter => parameter.Name))}){(named.Length == 0 ? "" : $", and {named}")}";
        // torch's layers are told what comes in.
        return $"{(expected.Length == 0 ? "no arguments" : expected)}{(BasesOf(word).Any(static each => each.Name == nameof(LayerAttribute)) ? "; the channels that come in are known" : "")}";
    }

    private static string Choice(string found, List<string> known) =>
        known.Count == 0 ? "no such argument" : NameDistance.Nearest(found, known) is { } nearest ? $"{nearest}, if that is meant (there are {string.Join(", ", known)})" : string.Join(", ", known);

    private static List<string> PropertiesOf(INamedTypeSymbol word)
    {
        var names = new List<string>();
        foreach (var each in BasesOf(word))
            names.AddRange(each.GetMembers().OfType<IPropertySymbol>().Where(static property => property.SetMethod is { DeclaredAccessibility: Accessibility.Public }).Select(static property => property.Name));
        return names;
    }

    private static IEnumerable<INamedTypeSymbol> BasesOf(INamedTypeSymbol word)
    {
        for (var each = word; each is { ContainingNamespace.Name: DeclarationReader.Namespace }; each = each.BaseType)
            yield return each;
    }
}
