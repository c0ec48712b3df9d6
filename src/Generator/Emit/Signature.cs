using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>A block's constructor, as its users see it: <c>int inChannels, int outChannels, int expand</c>.</summary>
internal static class Signature
{
    public const string In = "inChannels";
    public const string Out = "outChannels";

    public static IEnumerable<string> Names(Declaration declaration)
    {
        if (declaration.Kind == DeclarationKind.Network)
            yield break;
        yield return In;
        if (declaration.SaysOut)
            yield return Out;
        foreach (var parameter in declaration.Parameters)
        {
            if (CodeNames.IsIdentifier(parameter.Name))
                yield return CodeNames.Parameter(parameter.Name);
        }
    }

    public static string Parameters(Declaration declaration) => string.Join(", ", Names(declaration).Distinct().Select(static name => $"int {name}"));

    /// <summary>A member of the module as its constructor names it: a parameter of that name would hide it.</summary>
    public static string Member(Declaration declaration, string name) => Names(declaration).Contains(name) ? "this." + name : name;

    /// <summary>A name that no parameter has.</summary>
    public static string Local(Declaration declaration, string name)
    {
        var taken = Names(declaration).ToList();
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
