using System.Collections.Immutable;

namespace Blockwright.Graph;

public enum DeclarationKind
{
    /// <summary>A class that carries dataflow but says neither what it is.</summary>
    None,
    Block,
    Network,
}

/// <summary>Who may name a class, as the members of another that give it have to ask.</summary>
public enum Visibility
{
    /// <summary>Some types round it.</summary>
    Few,

    /// <summary>Its own assembly, and those that this lets.</summary>
    Assembly,
    Everybody,
}

/// <summary>
/// A block or network as its attributes say it: a value, without symbols or positions in a file, so that it stays equal over edits that do not
/// concern it.
/// </summary>
/// <param name="FullName">The class with its namespace, as C# names it from anywhere: <c>global::Zoo.BasicUnit</c>. Its identity.</param>
/// <param name="Namespace">Empty for the global one.</param>
/// <param name="Containers">The types around it, outermost first: <c>partial class Zoo</c>.</param>
/// <param name="Name">The class's own name.</param>
/// <param name="IsExternal">Whether it comes from a referenced assembly, so that nothing in it can be marked.</param>
/// <param name="IsComplete">Whether the compiler understood each attribute; where it did not, it has said so itself.</param>
/// <param name="Form">What the class says beside its attributes.</param>
/// <param name="ClassProblems">What is wrong with the class itself.</param>
/// <param name="External">The blocks of referenced assemblies that it reaches.</param>
public sealed record Declaration(
    DeclarationKind Kind,
    string FullName,
    string Namespace,
    EquatableArray<string> Containers,
    string Name,
    bool IsExternal,
    bool IsComplete,
    EquatableArray<Parameter> Parameters,
    EquatableArray<InputSize> Inputs,
    EquatableArray<Step> Steps,
    ClassForm Form,
    EquatableArray<Problem> ClassProblems,
    EquatableArray<Declaration> External)
{
    /// <summary>The first of a network's inputs; null where there is none.</summary>
    public InputSize? Input => Inputs.Count > 0 ? Inputs[0] : null;

    /// <summary>What it may cost, of a class with [Budget].</summary>
    public Step? Budget { get; init; }

    /// <summary>What it gives.</summary>
    public ImmutableArray<DeclaredResult> Results => DeclaredResult.Of(Steps);

    /// <summary>Who may name the class.</summary>
    public Visibility Visibility { get; init; } = Visibility.Everybody;

    /// <summary>Whether the constructor that another build has written takes <c>out</c>: what it hands to modules of the user's own is not read again.</summary>
    public bool TakesOut { get; init; }

    /// <summary>Whether an expression of the block names <c>out</c>, so that its user has to say it.</summary>
    public bool SaysOut => TakesOut || Steps.Any(static step => step.Numbers.Any(static number => number.Mentions(Names.Out)));

    /// <summary>Whether a parameter of the constructor is an activation; else it is of type int.</summary>
    public bool IsActivation(string constructorParameter) => Parameters.Any(parameter => parameter.Kind == ParameterKind.Activation && CodeNames.Parameter(parameter.Name) == constructorParameter);

    /// <summary>The names of the constructor's parameters.</summary>
    public ImmutableArray<string> ConstructorParameters
    {
        get
        {
            var sizes = Kind == DeclarationKind.Network ? [] : new[] { Names.InChannels }.Concat(SaysOut ? [Names.OutChannels] : []);
            return sizes.Concat(Parameters.Where(static parameter => CodeNames.IsIdentifier(parameter.Name)).Select(static parameter => CodeNames.Parameter(parameter.Name))).Distinct().ToImmutableArray();
        }
    }

    /// <summary>Whether the build completes the class as a block, so that others can make one.</summary>
    public bool IsCompleted => IsComplete && ClassProblems.All(static problem => problem.Id is not (ProblemIds.UnsuitableClass or ProblemIds.WrittenByTheBuild or ProblemIds.MissingKind));

    /// <summary>The blocks that it applies.</summary>
    public IEnumerable<BlockReference> Uses => Steps.SelectMany(static step => step.Blocks);

    public bool Equals(Declaration? other) =>
        ReferenceEquals(this, other) || other is not null && Kind == other.Kind && FullName == other.FullName && Namespace == other.Namespace && Containers.Equals(other.Containers) && Name == other.Name
        && IsExternal == other.IsExternal && IsComplete == other.IsComplete && Parameters.Equals(other.Parameters) && Inputs.Equals(other.Inputs) && Budget == other.Budget && Visibility == other.Visibility && TakesOut == other.TakesOut && Steps.Equals(other.Steps)
        && Form == other.Form && ClassProblems.Equals(other.ClassProblems) && External.Equals(other.External);

    public override int GetHashCode() => unchecked((FullName.GetHashCode() * 31) + Steps.GetHashCode());
}

/// <summary>A parameter of a block or a network.</summary>
/// <param name="Kind">What its users give.</param>
/// <param name="Default">A network's, where nobody gives it; null where none is said.</param>
public sealed record Parameter(string Name, Place Place, ParameterKind Kind = ParameterKind.Number, long? Default = null)
{
    /// <summary>What else a network is planned at.</summary>
    public EquatableArray<long> Others { get; init; } = EquatableArray<long>.Empty;

    /// <summary>How C# names it.</summary>
    public string Code => CodeNames.Parameter(Name);
}

/// <summary>The size of one of a network's inputs.</summary>
/// <param name="Name">The name by which it is read; null where it has none.</param>
public sealed record InputSize(long Channels, long Height, long Width, Place Place, string? Name = null)
{
    /// <summary>The most inputs: torch's modules take no more.</summary>
    public const int Most = 6;

    /// <summary>Where its name stands; else the attribute.</summary>
    public Place NamePlace => Name is null ? Place : Place with { Argument = nameof(InputAttribute.Name) };

    /// <summary>Whether it has a name that a value and a parameter may have.</summary>
    public bool HasGoodName => Name is not null && CodeNames.IsIdentifier(Name) && Name is not (Names.In or Names.Out);
}

/// <summary>The words that the language keeps for itself.</summary>
public static class Names
{
    public const string In = "in";
    public const string Out = "out";

    /// <summary>A unit's number in its stage, from 0, in the arguments that the stage gives.</summary>
    public const string Unit = "unit";

    /// <summary>The channels that come into a module of one's own, beside <c>h</c> and <c>w</c>, in what it is given and in what it makes.</summary>
    public const string Channels = "c";

    /// <summary>in, where a constructor takes it.</summary>
    public const string InChannels = "inChannels";

    /// <summary>out, where a constructor takes it.</summary>
    public const string OutChannels = "outChannels";
}
