using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Declared;

/// <summary>The descriptors of declaration errors, BW0001 to BW0099. Their messages are formatted with the problem's arguments; the last is the block and the uses that lead there.</summary>
internal static class DeclarationRules
{
    private const string Category = "Blockwright.Declaration";

    private static readonly DiagnosticDescriptor UnknownValue = new(
        ProblemIds.UnknownValue,
        "Unknown value",
        "No value is called '{0}' here; there are {1}{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.UnknownValue));

    private static readonly DiagnosticDescriptor UnusedValue = new(
        ProblemIds.UnusedValue,
        "Value never used",
        "{0} is never used{1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.UnusedValue));

    private static readonly DiagnosticDescriptor BoundTwice = new(
        ProblemIds.BoundTwice,
        "Name bound twice",
        "The name '{0}' is {1}: expected a new one{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.BoundTwice));

    private static readonly DiagnosticDescriptor ShapeMismatch = new(
        ProblemIds.ShapeMismatch,
        "Shapes that do not match",
        "{0} takes {1}; found {2}{3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.ShapeMismatch));

    private static readonly DiagnosticDescriptor InvalidExpression = new(
        ProblemIds.InvalidExpression,
        "Expression that does not parse",
        "'{0}' is no expression: expected {1} at character {2}{3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.InvalidExpression));

    private static readonly DiagnosticDescriptor UnknownName = new(
        ProblemIds.UnknownName,
        "Unknown name in an expression",
        "{2} names '{0}'; expected one of: {1}{3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.UnknownName));

    private static readonly DiagnosticDescriptor NotACount = new(
        ProblemIds.NotACount,
        "Number that is no count",
        "Expected {0}, found {1}{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.NotACount));

    private static readonly DiagnosticDescriptor ArgumentCount = new(
        ProblemIds.ArgumentCount,
        "Arguments of a block",
        "{0} takes {1}; found {2}{3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.ArgumentCount));

    private static readonly DiagnosticDescriptor GroupsDoNotDivide = new(
        ProblemIds.GroupsDoNotDivide,
        "Groups that do not divide the channels",
        "{0} not divide the {2} {1}{3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.GroupsDoNotDivide));

    private static readonly DiagnosticDescriptor ShuffleDoesNotDivide = new(
        ProblemIds.ShuffleDoesNotDivide,
        "Shuffle that does not divide the channels",
        "{0} not divide the {2} {1}{3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.ShuffleDoesNotDivide));

    private static readonly DiagnosticDescriptor KernelTooLarge = new(
        ProblemIds.KernelTooLarge,
        "Kernel larger than its padded input",
        "{0} reaches over {1}, but its padded input is {2} (the input {3}){4}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.KernelTooLarge));

    private static readonly DiagnosticDescriptor EmptySplit = new(
        ProblemIds.EmptySplit,
        "Split that does not come out",
        "Split needs {0}; found {1}{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.EmptySplit));

    private static readonly DiagnosticDescriptor Recursion = new(
        ProblemIds.Recursion,
        "Block that contains itself",
        "{0} contains itself: {1}{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.Recursion));

    private static readonly DiagnosticDescriptor UnsuitableClass = new(
        ProblemIds.UnsuitableClass,
        "Class that cannot be completed",
        "The build cannot complete '{0}': {1}{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.UnsuitableClass));

    private static readonly DiagnosticDescriptor SeveralDeclarations = new(
        ProblemIds.SeveralDeclarations,
        "Attributes on several declarations",
        "The attributes of '{0}' stand on several partial declarations, so they have no order: expected all on one{1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.SeveralDeclarations));

    private static readonly DiagnosticDescriptor MissingInput = new(
        ProblemIds.MissingInput,
        "Network without input",
        "The network '{0}' does not say its input: expected [Input(channels, height, width)]{1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.MissingInput));

    private static readonly DiagnosticDescriptor TorchMissing = new(
        ProblemIds.TorchMissing,
        "TorchSharp is not referenced",
        "'{0}' becomes a TorchSharp module, but TorchSharp is not referenced: add the package TorchSharp-cpu or TorchSharp-cuda-linux{1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.TorchMissing));

    private static readonly DiagnosticDescriptor LanguageTooOld = new(
        ProblemIds.LanguageTooOld,
        "C# version too old",
        "'{0}' needs C# 11 or later, found C# {1}: set LangVersion{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.LanguageTooOld));

    private static readonly DiagnosticDescriptor NotABlock = new(
        ProblemIds.NotABlock,
        "Type that is no block",
        "'{0}' is no block: expected {1}{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.NotABlock));

    private static readonly DiagnosticDescriptor NoRunningValue = new(
        ProblemIds.NoRunningValue,
        "No value to go on from",
        "{0} has no value to go on from: expected a From, which says what goes on (there are {1}){2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.NoRunningValue));

    private static readonly DiagnosticDescriptor KeyClash = new(
        ProblemIds.KeyClash,
        "Unsuitable key",
        "'{0}' cannot be a key here: expected {1}{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.KeyClash));

    private static readonly DiagnosticDescriptor InvalidArgument = new(
        ProblemIds.InvalidArgument,
        "Unsuitable argument",
        "{0}: expected {1}, found {2}{3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.InvalidArgument));

    private static readonly DiagnosticDescriptor WrongRank = new(
        ProblemIds.WrongRank,
        "Value of the wrong rank",
        "{0} takes {1}; found {2}{3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.WrongRank));

    private static readonly DiagnosticDescriptor WrongChannelsOut = new(
        ProblemIds.WrongChannelsOut,
        "Block that does not give the channels asked for",
        "{0} is asked for {1} channels and gives {2}{3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.WrongChannelsOut));

    private static readonly DiagnosticDescriptor MissingKind = new(
        ProblemIds.MissingKind,
        "Neither block nor network",
        "'{0}' has {1}{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.MissingKind));

    private static readonly DiagnosticDescriptor TooLarge = new(
        ProblemIds.TooLarge,
        "Declaration too large",
        "Too large: expected {0}{1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.TooLarge));

    private static readonly DiagnosticDescriptor WrittenByTheBuild = new(
        ProblemIds.WrittenByTheBuild,
        "Member that the build writes",
        "{0}: expected {1}{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.WrittenByTheBuild));

    private static readonly DiagnosticDescriptor UnsuitableModule = new(
        ProblemIds.UnsuitableModule,
        "Class that is no module",
        "'{0}' cannot be a module in a declaration: {1}{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.UnsuitableModule));

    private static readonly DiagnosticDescriptor NoConstructor = new(
        ProblemIds.NoConstructor,
        "No constructor for a module's arguments",
        "No constructor of '{0}' takes {1}: expected {2}{3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.NoConstructor));

    private static readonly DiagnosticDescriptor TorchWord = new(
        ProblemIds.TorchWord,
        "Word of torch's that declarations do not have",
        "Declarations have no '{0}': expected {1}{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Descriptors.HelpLink(ProblemIds.TorchWord));

    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> ById = new[]
    {
        UnknownValue,
        UnusedValue,
        BoundTwice,
        ShapeMismatch,
        InvalidExpression,
        UnknownName,
        NotACount,
        ArgumentCount,
        GroupsDoNotDivide,
        ShuffleDoesNotDivide,
        KernelTooLarge,
        EmptySplit,
        Recursion,
        UnsuitableClass,
        SeveralDeclarations,
        MissingInput,
        TorchMissing,
        LanguageTooOld,
        NotABlock,
        NoRunningValue,
        KeyClash,
        InvalidArgument,
        WrongRank,
        WrongChannelsOut,
        MissingKind,
        TooLarge,
        WrittenByTheBuild,
        UnsuitableModule,
        NoConstructor,
        TorchWord,
        InternalError.Descriptor,
    }.ToImmutableDictionary(static rule => rule.Id, StringComparer.Ordinal);

    public static ImmutableArray<DiagnosticDescriptor> All { get; } = ById.Values.OrderBy(static rule => rule.Id, StringComparer.Ordinal).ToImmutableArray();

    /// <param name="problem">What is wrong.</param>
    /// <param name="location">Where it stands.</param>
    /// <param name="beside">The attribute of a block that cannot serve what stands there.</param>
    public static Diagnostic Report(Problem problem, Location location, Location? beside = null)
    {
        var uses = string.Join(" > ", problem.Uses.Select(static use => use.Text));
        var block = beside is null ? "" : $"{problem.Owner.Substring(problem.Owner.LastIndexOfAny(['.', ':']) + 1)} for ";
        var inside = string.Concat(new[] { problem.Said, uses.Length == 0 ? null : block + uses }.OfType<string>().Select(static place => $" (in {place})"));
        // A single letter is as near to any other.
        object[] arguments = [.. problem.Arguments, $"{(problem.Arguments.Count > 0 && problem.Arguments[0].Length > 1 && NearestName(problem) is { } nearest ? $"; '{nearest}' is nearest" : "")}{inside}"];
        // What is wrong with the rules is no reason not to build.
        return problem.Id == ProblemIds.Internal
            ? Diagnostic.Create(InternalError.Descriptor, location, DiagnosticSeverity.Warning, additionalLocations: null, properties: null, arguments)
            : Diagnostic.Create(ById[problem.Id], location, beside is null ? null : [beside], Properties(problem), arguments);
    }

    /// <summary>What does not divide a number: the message's arguments say it.</summary>
    private static string? DivisorIn(Problem problem)
    {
        var found = problem.Id switch
        {
            ProblemIds.NotACount => Regex.Match(problem.Arguments[1], "^[0-9]+/([0-9]+), which leaves a rest", RegexOptions.CultureInvariant),
            ProblemIds.EmptySplit => Regex.Match(problem.Arguments[0], "^channels that ([0-9]+) divides", RegexOptions.CultureInvariant),
            _ => Match.Empty,
        };
        return found.Success ? found.Groups[1].Value : null;
    }

    /// <summary>
    /// For an unknown name the nearest known one, which is among those that the message's second argument lists; for a number that does not divide what it has to be a multiple of. None where what is wrong stands elsewhere.
    /// </summary>
    private static ImmutableDictionary<string, string?>? Properties(Problem problem)
    {
        if (problem.Said is not null)
            return null;
        if (DivisorIn(problem) is { } divisor)
            return ImmutableDictionary<string, string?>.Empty.Add(Descriptors.Divisor, divisor);
        return NearestName(problem) is { } nearest
            ? ImmutableDictionary<string, string?>.Empty.Add(Descriptors.Replaced, problem.Arguments[0]).Add(Descriptors.Replacement, nearest)
            : null;
    }

    /// <summary>The known name that an unknown one means to others, or is nearest to.</summary>
    private static string? NearestName(Problem problem)
    {
        if (problem.Id is not (ProblemIds.UnknownValue or ProblemIds.UnknownName))
            return null;
        var known = problem.Arguments[1].Split(["; "], StringSplitOptions.None)[0].Split([", "], StringSplitOptions.RemoveEmptyEntries).Select(static name => name.Trim('"')).ToList();
        return TorchWords.Alias(problem.Arguments[0]) is { } alias && known.Contains(alias) ? alias : NameDistance.Nearest(problem.Arguments[0], known);
    }
}
