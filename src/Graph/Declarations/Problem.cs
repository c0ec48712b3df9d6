namespace Blockwright.Graph;

/// <summary>Something wrong with a declaration: a value that an analyzer turns into a diagnostic.</summary>
/// <param name="Id">The diagnostic's id, BWnnnn.</param>
/// <param name="Owner">The full name of the declaration that <paramref name="Place"/> is in.</param>
/// <param name="Arguments">What the diagnostic's message is formatted with.</param>
/// <param name="Uses">By which uses the place is reached, outermost first; empty where the declaration is wrong by itself.</param>
public sealed record Problem(string Id, string Owner, Place Place, EquatableArray<string> Arguments, EquatableArray<UseSite> Uses)
{
    /// <summary>Where what is wrong is said, for people, if it is not at <see cref="Place"/>: <c>Height of [Shape] on Up</c>.</summary>
    public string? Said { get; init; }

    public static Problem InClass(string id, string owner, params string[] arguments) =>
        new(id, owner, Place.Class, arguments.ToEquatableArray(), EquatableArray<UseSite>.Empty);
}

/// <summary>A use of a block.</summary>
/// <param name="Owner">The full name of the declaration that uses it.</param>
/// <param name="Place">Where in it.</param>
/// <param name="Text">How a person reads it: <c>ShuffleNetV2, stage2.0, with in = 24</c>.</param>
public sealed record UseSite(string Owner, Place Place, string Text);

/// <summary>The ids of what can be wrong with a declaration. Each has a page (<see cref="RulePages"/>).</summary>
public static class ProblemIds
{
    public const string UnknownValue = "BW0001";
    public const string UnusedValue = "BW0002";
    public const string BoundTwice = "BW0003";
    public const string ShapeMismatch = "BW0004";
    public const string InvalidExpression = "BW0005";
    public const string UnknownName = "BW0006";
    public const string NotACount = "BW0007";
    public const string ArgumentCount = "BW0008";
    public const string GroupsDoNotDivide = "BW0009";
    public const string ShuffleDoesNotDivide = "BW0010";
    public const string KernelTooLarge = "BW0011";
    public const string EmptySplit = "BW0012";
    public const string Recursion = "BW0013";
    public const string UnsuitableClass = "BW0014";
    public const string SeveralDeclarations = "BW0015";
    public const string MissingInput = "BW0016";
    public const string TorchMissing = "BW0017";
    public const string LanguageTooOld = "BW0018";
    public const string NotABlock = "BW0019";
    public const string NoRunningValue = "BW0020";
    public const string KeyClash = "BW0021";
    public const string InvalidArgument = "BW0022";
    public const string WrongRank = "BW0023";
    public const string WrongChannelsOut = "BW0024";
    public const string MissingKind = "BW0025";
    public const string TooLarge = "BW0026";
    public const string WrittenByTheBuild = "BW0027";
    public const string UnsuitableModule = "BW0028";
    public const string NoConstructor = "BW0029";
    public const string TorchWord = "BW0030";
    public const string Internal = "BW0099";
}
