using System.Globalization;
using System.Reflection;
using Blockwright.Graph;

namespace Blockwright.Tests.Shared;

/// <summary>An argument of an attribute: a property's value as code.</summary>
/// <param name="Property">The property that it sets.</param>
/// <param name="Code">The value.</param>
/// <param name="IsNamed">Whether it is written with the property's name.</param>
internal sealed record LayerArgument(PropertyInfo Property, string Code, bool IsNamed)
{
    /// <summary>The value of a real number; null for any other.</summary>
    public double? Real => Property.PropertyType == typeof(double) ? double.Parse(Code, CultureInfo.InvariantCulture) : null;

    public override string ToString() => IsNamed ? $"{Property.Name} = {Code}" : Code;
}

/// <summary>A layer as a declaration writes it: its attribute with arguments.</summary>
internal sealed record LayerWord(string Kind, IReadOnlyList<LayerArgument> Arguments)
{
    public IEnumerable<LayerArgument> Positional => Arguments.Where(static argument => !argument.IsNamed);

    public IEnumerable<LayerArgument> Named => Arguments.Where(static argument => argument.IsNamed);

    public override string ToString() => Arguments.Count == 0 ? Kind : $"{Kind}({string.Join(", ", Arguments)})";
}

/// <summary>
/// What can be written of each layer, read from its attribute's constructors and properties: a layer that is added is tested without a word here, unless an
/// argument of a new meaning has values that nobody can guess.
/// </summary>
internal static class LayerWords
{

    /// <summary>Values of what may be an expression, or a pair; the first is the plainest. Those that do not fit somewhere are refused there.</summary>
    private static readonly Dictionary<string, string[]> Numbers = new(StringComparer.Ordinal)
    {
        ["KernelSize"] = ["3", "new[] { 2, 3 }", "new[] { 7, 10 }"],
        ["OutChannels"] = ["12"],
        ["OutFeatures"] = ["12"],
        ["Stride"] = ["2", "new[] { 2, 3 }"],
        ["Sizes"] = ["-1, \"h*w\"", "2, 4, \"h\", \"w\"", "\"w*h\", \"in\"", "\"in\", \"h\", \"w\"", "4, -1", "2, 1, -1, \"2*h\""],
        ["Dims"] = ["0, 2, 3, 1", "0, 1, 3, 2", "0, 1, 2, 3", "0, 1"],
        ["Padding"] = ["0", "new[] { 1, 0 }", "new[] { 0, 1, 2, 1 }", "new[] { 1, 0, 0, 1 }", "\"same\""],
        ["Dilation"] = ["2"],
        ["OutputPadding"] = ["1", "new[] { 0, 1 }"],
        ["Approximate"] = ["\"tanh\""],
        ["Groups"] = ["2", "\"in\""],
        ["Dim"] = ["2", "3"],
        ["NumGroups"] = ["2", "4", "\"in\""],
        ["ScaleFactor"] = ["2", "new[] { 2, 3 }"],
        ["Size"] = ["9", "new[] { 5, 12 }"],
        ["OutputSize"] = ["3", "1", "new[] { 7, 5 }", "new[] { 9, 12 }"],
        ["SizeOf"] = ["\"in\""],
        ["UpscaleFactor"] = ["2"],
        ["DownscaleFactor"] = ["2"],
        ["Mode"] = ["\"bilinear\""],
        ["Layer"] = ["3"],
        ["Layers"] = ["4", "12"],
        // So far out that no rounding decides on which side of the step a value is.
        ["Threshold"] = ["9"],
        // Left out, it depends on what follows.
        ["Bias"] = ["true", "false"],
    };

    /// <summary>One that no layer has left out, one that is negative, one above 1.</summary>
    private static readonly string[] Reals = ["0.3", "-0.5", "1.5"];

    /// <summary>The names of all layers.</summary>
    public static IEnumerable<string> Kinds => LayerTable.All.Select(static layer => layer.Kind);

    /// <summary>The attribute in the runtime, where a user's project has it from.</summary>
    public static Type AttributeOf(string kind)
    {
        var type = typeof(BlockModule).Assembly.GetType($"Blockwright.{kind}Attribute");
        Assert.True(type is { IsPublic: true }, $"{kind} stands in LayerTable, and src/Runtime/Attributes has no public class {kind}Attribute.");
        return type!;
    }

    /// <summary>With nothing but what its shortest constructor asks for.</summary>
    public static LayerWord Plain(string kind) => Plain(kind, AttributeOf(kind).GetConstructors().MinBy(static each => each.GetParameters().Count(static parameter => !parameter.IsOptional))!)[0];

    /// <summary>Each constructor's plainest arguments, and each other value.</summary>
    public static IEnumerable<LayerWord> Fewest(string kind) => AttributeOf(kind).GetConstructors().SelectMany(constructor => Of(kind, constructor, 0, 0));

    /// <summary>Each constructor's plainest arguments; each other value; and each property by itself.</summary>
    public static IEnumerable<LayerWord> Few(string kind) => AttributeOf(kind).GetConstructors().SelectMany(constructor => Of(kind, constructor, 1, 0));

    /// <summary>
    /// Beside, with one constructor, several properties at a time: many a mistake of a pool needs a stride, a padding and a mode. A layer with weights has
    /// two at a time, lest there be thousands.
    /// </summary>
    public static IEnumerable<LayerWord> Many(string kind)
    {
        var constructors = AttributeOf(kind).GetConstructors();
        var first = constructors.MaxBy(static each => each.GetParameters().Length)!;
        var (plain, others) = LayerTable.Find(kind)!.HasState ? (2, 0) : (3, 3);
        return Of(kind, first, plain, others).Concat(constructors.Where(each => each != first).SelectMany(constructor => Of(kind, constructor, 0, 0)));
    }

    /// <param name="kind">The layer.</param>
    /// <param name="constructor">A constructor of its attribute.</param>
    /// <param name="atATime">The most properties that are set at a time beside the constructor's plainest arguments.</param>
    /// <param name="besideOthers">The same beside its other arguments.</param>
    private static IEnumerable<LayerWord> Of(string kind, ConstructorInfo constructor, int atATime, int besideOthers)
    {
        var plain = Plain(kind, constructor);
        var properties = Properties(constructor).Select(property => Values(property).Select(code => new LayerArgument(property, code, IsNamed: true)).ToList()).ToList();
        foreach (var named in Choices(properties, atATime))
            yield return new(kind, [.. plain[0].Arguments, .. named]);
        foreach (var (word, named) in plain.Skip(1).SelectMany(word => Choices(properties, besideOthers).Select(named => (word, named))))
            yield return new(kind, [.. word.Arguments, .. named]);
    }

    /// <summary>A constructor's arguments, each value of each once.</summary>
    private static List<LayerWord> Plain(string kind, ConstructorInfo constructor)
    {
        var values = constructor.GetParameters().Select(parameter => Positional(constructor.DeclaringType!, parameter)).ToList();
        var words = new List<LayerWord> { new(kind, [.. values.Select(static each => each[0])]) };
        for (var i = 0; i < values.Count; i++)
            words.AddRange(values[i].Skip(1).Select(other => new LayerWord(kind, [.. words[0].Arguments.Take(i), other, .. words[0].Arguments.Skip(i + 1)])));
        return words;
    }

    private static List<LayerArgument> Positional(Type type, ParameterInfo parameter)
    {
        var property = type.GetProperties().SingleOrDefault(property => string.Equals(property.Name, parameter.Name, StringComparison.OrdinalIgnoreCase));
        Assert.True(property is not null, $"{type.Name} takes {parameter.Name} and has no property of that name, which the layer's definition would read.");
        return [.. Values(property!).Select(code => new LayerArgument(property!, code, IsNamed: false))];
    }

    /// <summary>What can be set beside a constructor's arguments. Whether it is there at all is no layer's matter.</summary>
    private static IEnumerable<PropertyInfo> Properties(ConstructorInfo constructor)
    {
        var taken = constructor.GetParameters().Select(static parameter => parameter.Name!).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return constructor.DeclaringType!.GetProperties().Where(property => property.SetMethod is { IsPublic: true } && property.Name != "If" && !taken.Contains(property.Name));
    }

    private static IReadOnlyList<string> Values(PropertyInfo property)
    {
        // Others draw lots, too, and not for pixels.
        if (property is { Name: "Mode", DeclaringType.Name: "StochasticDepthAttribute" })
            return ["\"batch\""];
        // A number of channels, where it is the one thing that is asked for.
        if (property is { Name: "Size", SetMethod: null })
            return ["3", "2", "\"in\""];
        // What a window has on two sides, a layer that only pads has on four.
        if (property is { Name: "Padding", SetMethod: null })
            return ["1", "new[] { 2, 0, 1, 3 }"];
        if (Numbers.TryGetValue(property.Name, out var known))
            return known;
        if (property.PropertyType == typeof(bool))
            return [IsLeftOutAs(property) ? "false" : "true"];
        if (property.PropertyType == typeof(double))
            return Reals;
        Assert.True(property.PropertyType == typeof(string), $"Say in {nameof(LayerWords)}.{nameof(Numbers)} what {property.DeclaringType!.Name}.{property.Name} may be.");
        return ["\"own\""];
    }

    private static bool IsLeftOutAs(PropertyInfo property)
    {
        var constructor = property.ReflectedType!.GetConstructors()[0];
        var attribute = constructor.Invoke([.. constructor.GetParameters().Select(static parameter => parameter.ParameterType == typeof(double) ? 0.5 : (object)1)]);
        return (bool)property.GetValue(attribute)!;
    }

    /// <summary>Every choice of at most so many properties, with each of their values.</summary>
    private static IEnumerable<IReadOnlyList<LayerArgument>> Choices(IReadOnlyList<IReadOnlyList<LayerArgument>> properties, int most, int from = 0)
    {
        yield return [];
        for (var i = from; most > 0 && i < properties.Count; i++)
        {
            foreach (var value in properties[i])
            {
                foreach (var rest in Choices(properties, most - 1, i + 1))
                    yield return [value, .. rest];
            }
        }
    }
}
