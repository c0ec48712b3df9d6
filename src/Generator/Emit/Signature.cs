using System.Globalization;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>A block's constructor, as its users see it: <c>int inChannels, int outChannels, int expand</c>.</summary>
internal static class Signature
{
    /// <summary>The type of an activation that a constructor takes.</summary>
    public const string Function = $"global::System.Func<{Emitted.Torch}Tensor, {Emitted.Torch}Tensor>";

    public static string Parameters(Declaration declaration) => string.Join(", ", declaration.ConstructorParameters.Select(name => $"{(declaration.IsActivation(name) ? Function : "int")} {name}"));

    /// <summary>The same with what a network's parameters are where nobody gives them.</summary>
    public static string OptionalParameters(Declaration declaration) => declaration.Kind != DeclarationKind.Network ? Parameters(declaration)
        : string.Join(", ", declaration.ConstructorParameters.Select(name => $"int {name}{(declaration.Parameters.First(parameter => parameter.Code == name).Default is { } number ? " = " + number.ToString(CultureInfo.InvariantCulture) : "")}"));

    /// <summary>A member of our base class, as the constructor names it: a parameter or a member of the user's own may hide it.</summary>
    public static string Member(Declaration declaration, string name) =>
        declaration.ConstructorParameters.Contains(name) || declaration.Form.TakenNames.Contains(name) ? "base." + name : name;

    /// <summary>A name that no parameter has.</summary>
    public static string Local(Declaration declaration, string name)
    {
        var taken = declaration.ConstructorParameters;
        while (taken.Contains(name))
            name += "_";
        return name;
    }

    /// <summary>What a use of a block hands to its constructor.</summary>
    public static string Arguments(BlockUse use, string? channelsIn = null)
    {
        var arguments = new List<string> { channelsIn ?? use.In.Code };
        if (use.Out is not null)
            arguments.Add(use.Out.Code);
        arguments.AddRange(use.Arguments.Select(static argument => argument.Code));
        return string.Join(", ", arguments);
    }
}
