using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Blockwright.Completion;

/// <summary>What goes into a string of an attribute.</summary>
internal enum Wanted
{
    /// <summary>The name of a value that there is.</summary>
    Value,

    /// <summary>An expression over numbers.</summary>
    Expression,

    /// <summary>An expression over numbers and a unit's own.</summary>
    OfUnit,

    /// <summary>An expression over numbers and the channels that come into a module of one's own, or are cut.</summary>
    OfChannels,

    /// <summary>An expression of the height that comes in.</summary>
    Height,

    /// <summary>An expression of the width that comes in.</summary>
    Width,
}

/// <summary>A string in an attribute of a declared class where a name is typed.</summary>
/// <param name="Type">The class.</param>
/// <param name="Attribute">The attribute's number among those of Blockwright.</param>
/// <param name="Wanted">What goes there.</param>
/// <param name="Span">What a name that is chosen stands for.</param>
internal sealed record DeclaredPlace(INamedTypeSymbol Type, int Attribute, Wanted Wanted, TextSpan Span)
{
    /// <summary>The string's token where the position is inside one, of an attribute on a class; it looks at the syntax alone.</summary>
    public static SyntaxToken? StringAt(SyntaxNode root, int position)
    {
        if (position <= 0 || position > root.FullSpan.End)
            return null;
        var token = root.FindToken(position - 1);
        return token.IsKind(SyntaxKind.StringLiteralToken) && position > token.SpanStart && token.Text[0] == '"' && !IsBehind(token, position)
            && token.Parent?.FirstAncestorOrSelf<AttributeArgumentSyntax>()?.FirstAncestorOrSelf<AttributeListSyntax>()?.Parent is TypeDeclarationSyntax
            ? token
            : null;
    }

    public static DeclaredPlace? Of(SemanticModel model, SyntaxToken token, int position, CancellationToken cancellation)
    {
        var argument = token.Parent!.FirstAncestorOrSelf<AttributeArgumentSyntax>()!;
        var attribute = (AttributeSyntax)argument.Parent!.Parent!;
        var declaration = attribute.FirstAncestorOrSelf<TypeDeclarationSyntax>()!;
        if (model.GetDeclaredSymbol(declaration, cancellation) is not INamedTypeSymbol type
            || model.GetTypeInfo(attribute, cancellation).Type is not INamedTypeSymbol { ContainingNamespace: { Name: DeclarationReader.Namespace, ContainingNamespace.IsGlobalNamespace: true } } kind
            || WantedIn(kind, argument) is not { } wanted)
            return null;
        // What a network gives is named wherever it stands.
        var number = DeclarationReader.AttributesOf(type).Count(each => kind.Name == nameof(OutputAttribute) || each.ApplicationSyntaxReference is { } place && place.SyntaxTree == token.SyntaxTree && place.Span.Start < attribute.SpanStart);
        return new(type, number, wanted, wanted == Wanted.Value ? Content(token) : Word(token, position));
    }

    private static bool IsBehind(SyntaxToken token, int position) => position == token.Span.End && token.Text.Length > 1 && token.Text[token.Text.Length - 1] == '"';

    /// <summary>What the property that the argument sets takes.</summary>
    private static Wanted? WantedIn(INamedTypeSymbol attribute, AttributeArgumentSyntax argument)
    {
        var (name, type) = argument.NameEquals is { Name.Identifier.ValueText: var property }
            ? (property, Bases(attribute).SelectMany(each => each.GetMembers(property)).OfType<IPropertySymbol>().FirstOrDefault()?.Type)
            : Parameter(attribute, argument) is { } parameter ? (parameter.Name, parameter.Type) : ("", null);
        return type switch
        {
            not null when name == nameof(FlowAttribute.If) => Wanted.Expression,
            not null when attribute.Name == nameof(ModuleAttribute<object>) && name == nameof(ModuleAttribute<object>.Height) => Wanted.Height,
            not null when attribute.Name == nameof(ModuleAttribute<object>) && name == nameof(ModuleAttribute<object>.Width) => Wanted.Width,
            IArrayTypeSymbol when attribute.Name == nameof(StageAttribute) && string.Equals(name, nameof(StageAttribute.Arguments), StringComparison.OrdinalIgnoreCase) => Wanted.OfUnit,
            { SpecialType: SpecialType.System_Object } or IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Object } when attribute.Name is nameof(ModuleAttribute<object>) or nameof(SplitAttribute) => Wanted.OfChannels,
            { SpecialType: SpecialType.System_Object } or IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Object } => Wanted.Expression,
            // By what the words are called: a name that is to be given is none of those that there are.
            not null when string.Equals(name, nameof(FromAttribute.Value), StringComparison.OrdinalIgnoreCase) || string.Equals(name, nameof(JoinAttribute.Values), StringComparison.OrdinalIgnoreCase) || name == nameof(UpsampleAttribute.SizeOf) => Wanted.Value,
            _ => null,
        };
    }

    /// <summary>The parameter that an argument is for, in a constructor that has it: while one types, none may fit.</summary>
    private static IParameterSymbol? Parameter(INamedTypeSymbol attribute, AttributeArgumentSyntax argument)
    {
        var index = ((AttributeArgumentListSyntax)argument.Parent!).Arguments.IndexOf(argument);
        foreach (var constructor in attribute.InstanceConstructors.OrderByDescending(static each => each.Parameters.Length))
        {
            var found = argument.NameColon is { Name.Identifier.ValueText: var name } ? constructor.Parameters.FirstOrDefault(each => each.Name == name)
                : index < constructor.Parameters.Length ? constructor.Parameters[index]
                : constructor.Parameters.LastOrDefault(static each => each.IsParams);
            if (found is not null)
                return found;
        }
        return null;
    }

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (var each = type; each is not null; each = each.BaseType)
            yield return each;
    }

    private static TextSpan Content(SyntaxToken token) =>
        TextSpan.FromBounds(token.SpanStart + 1, IsBehind(token, token.Span.End) ? token.Span.End - 1 : token.Span.End);

    private static TextSpan Word(SyntaxToken token, int position)
    {
        var content = Content(token);
        var (start, end) = (position, position);
        while (start > content.Start && IsPart(token.Text[start - 1 - token.SpanStart]))
            start--;
        while (end < content.End && IsPart(token.Text[end - token.SpanStart]))
            end++;
        return TextSpan.FromBounds(start, end);
    }

    private static bool IsPart(char c) => char.IsLetterOrDigit(c) || c == '_';
}
