using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Analyzers.Declared;

/// <summary>From a declaration's place to the text that a diagnostic underlines.</summary>
internal static class PlaceResolver
{
    public static Location Resolve(INamedTypeSymbol type, Place place, CancellationToken cancellation)
    {
        if (place.MemberName is { } member)
            return OwnMembers.Of(type, member).ElementAtOrDefault(place.Item)?.Locations.FirstOrDefault() ?? ClassLocation.Of(type, cancellation);
        var attributes = DeclarationReader.AttributesOf(type);
        if (place.Attribute == Place.Whole || place.Attribute >= attributes.Length)
            return ClassLocation.Of(type, cancellation);
        var attribute = attributes[place.Attribute];
        if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax)
            return ClassLocation.Of(type, cancellation);
        var node = place switch
        {
            { IsTypeArgument: true } => TypeArgument(syntax, place.Item),
            { Argument: { } name } => Argument(syntax, attribute, name, place.Item),
            _ => syntax,
        };
        return node.GetLocation();
    }

    private static SyntaxNode TypeArgument(AttributeSyntax attribute, int number)
    {
        var name = attribute.Name switch
        {
            QualifiedNameSyntax qualified => qualified.Right,
            AliasQualifiedNameSyntax alias => alias.Name,
            var simple => simple,
        };
        return name is GenericNameSyntax generic && number < generic.TypeArgumentList.Arguments.Count ? generic.TypeArgumentList.Arguments[number] : attribute;
    }

    private static SyntaxNode Argument(AttributeSyntax attribute, AttributeData data, string property, int item)
    {
        var arguments = attribute.ArgumentList?.Arguments ?? default;
        if (arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == property) is { } named)
            return Item(named.Expression, item) ?? named.Expression;
        var parameters = data.AttributeConstructor?.Parameters.ToList() ?? [];
        var index = parameters.FindIndex(parameter => string.Equals(parameter.Name, property, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
            return attribute;
        if (arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == parameters[index].Name) is { } colon)
            return Item(colon.Expression, item) ?? colon.Expression;
        var positional = arguments.Where(static argument => argument.NameEquals is null && argument.NameColon is null).ToList();
        var isExpanded = parameters[index].IsParams && (positional.Count != parameters.Count || Item(positional[index].Expression, 0) is not { } first || (IsArray(data, index) && Item((ExpressionSyntax)first, 0) is null));
        if (isExpanded)
            return item >= 0 && index + item < positional.Count ? positional[index + item].Expression : attribute;
        return index < positional.Count ? Item(positional[index].Expression, item) ?? positional[index].Expression : attribute;
    }

    /// <summary>Whether the one thing that is given for a list is an array itself.</summary>
    private static bool IsArray(AttributeData data, int index) => data.ConstructorArguments[index] is { Kind: TypedConstantKind.Array, IsNull: false, Values: [{ Kind: TypedConstantKind.Array }] };

    /// <summary>The item of an array that is written out.</summary>
    private static SyntaxNode? Item(ExpressionSyntax expression, int item)
    {
        var items = expression switch
        {
            ArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions,
            ImplicitArrayCreationExpressionSyntax implicitly => implicitly.Initializer.Expressions,
            _ => default,
        };
        return item >= 0 && item < items.Count ? items[item] : null;
    }
}
