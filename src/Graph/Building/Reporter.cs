using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>Where the problems and requirements of one walk through a declaration go.</summary>
/// <param name="said">See <see cref="Problem.Said"/>.</param>
internal sealed class Reporter(string owner, UseFrame? use, ProblemList problems, RequirementList requirements, string? said = null)
{
    /// <summary>What is wrong with a declaration whoever uses it: found where it is read by itself, so said there and only there.</summary>
    private static readonly ImmutableHashSet<string> OfTheDeclarationItself = ImmutableHashSet.Create(
        ProblemIds.UnknownValue, ProblemIds.UnusedValue, ProblemIds.BoundTwice, ProblemIds.InvalidExpression, ProblemIds.UnknownName, ProblemIds.ArgumentCount,
        ProblemIds.Recursion, ProblemIds.NotABlock, ProblemIds.NoRunningValue, ProblemIds.InvalidArgument,
        ProblemIds.UnsuitableModule, ProblemIds.NoConstructor);

    /// <summary>Whether it is wrong whoever uses the declaration.</summary>
    public static bool IsOfTheDeclarationItself(string id) => OfTheDeclarationItself.Contains(id);

    public string Owner => owner;

    /// <summary>Whether the declaration is read by itself.</summary>
    public bool IsOutermost => use is null;

    /// <summary>Whether anything was reported, here or in a walk that shares the problems.</summary>
    public bool HasProblems => problems.Count > 0;

    public void Report(string id, Place place, params string[] arguments)
    {
        var problem = new Problem(id, owner, place, arguments.ToEquatableArray(), UseFrame.Sites(use)) { Said = said };
        if (use is null || !OfTheDeclarationItself.Contains(id))
            problems.Add(problem);
        else
            problems.Unsaid.Add(problem);
    }

    /// <summary>What is wrong with a name that is to be new.</summary>
    public static string TakenOrEmpty(string name) => name.Length == 0 ? "empty" : "taken";

    public void Require(Requirement requirement) => requirements.Add(requirement);

    /// <summary>When what is required from here on must hold.</summary>
    public Condition When
    {
        get => requirements.When;
        set => requirements.When = value;
    }

    /// <summary>The place, in the outermost declaration, of the use that leads here.</summary>
    public Place OutermostPlace(Place here) => use?.OutermostPlace ?? here;

    /// <summary>Reports as the outermost declaration itself.</summary>
    public Reporter AsOwner(string outermost) => new(outermost, null, problems, requirements);

    /// <summary>The reporter of what is said elsewhere and matters here.</summary>
    public Reporter Saying(string where) => new(owner, use, problems, requirements, where);

    /// <summary>The reporter of what is read a second time: what it requires is required already.</summary>
    public Reporter WithoutRequirements() => new(owner, use, problems, new RequirementList(), said);

    /// <summary>The reporter of a block that is used here.</summary>
    public Reporter Inside(string callee, Place place, string where, BlockNames names, RequirementList itsRequirements) =>
        new(callee, new UseFrame(use, owner, place, where, names), problems, itsRequirements);
}

/// <summary>What is wrong with a declaration.</summary>
internal sealed class ProblemList : List<Problem>
{
    /// <summary>What was found at uses of blocks, and is theirs to say where they are read by themselves; unless it is wrong at this use alone.</summary>
    public List<Problem> Unsaid { get; } = [];
}
