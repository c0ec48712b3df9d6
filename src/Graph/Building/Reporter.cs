using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>Where the problems and requirements of one walk through a declaration go.</summary>
internal sealed class Reporter(string owner, EquatableArray<UseSite> uses, ICollection<Problem> problems, ICollection<Requirement> requirements)
{
    /// <summary>What is wrong with a declaration whoever uses it: found where it is read by itself, so said there and only there.</summary>
    private static readonly ImmutableHashSet<string> OfTheDeclarationItself = ImmutableHashSet.Create(
        ProblemIds.UnknownValue, ProblemIds.UnusedValue, ProblemIds.BoundTwice, ProblemIds.InvalidExpression, ProblemIds.UnknownName, ProblemIds.ArgumentCount,
        ProblemIds.Recursion, ProblemIds.NotABlock, ProblemIds.NoRunningValue, ProblemIds.InvalidArgument);

    public string Owner => owner;

    public EquatableArray<UseSite> Uses => uses;

    /// <summary>Whether anything was reported, here or in a walk that shares the problems.</summary>
    public bool HasProblems => problems.Count > 0;

    public void Report(string id, Place place, params string[] arguments)
    {
        if (uses.Count == 0 || !OfTheDeclarationItself.Contains(id))
            problems.Add(new(id, owner, place, arguments.ToEquatableArray(), uses));
    }

    public void Require(Requirement requirement)
    {
        // Of several that ask the same the first is said.
        if (!requirement.IsTrivial && !requirements.Any(known => (known.Kind, known.Left, known.Right).Equals((requirement.Kind, requirement.Left, requirement.Right))))
            requirements.Add(requirement);
    }

    /// <summary>The place, in the outermost declaration, of the use that leads here.</summary>
    public Place OutermostPlace(Place here) => uses.Count == 0 ? here : uses[0].Place;

    /// <summary>Reports as the outermost declaration itself.</summary>
    public Reporter AsOwner(string outermost) => new(outermost, EquatableArray<UseSite>.Empty, problems, requirements);

    /// <summary>The reporter of a block that is used here.</summary>
    public Reporter Inside(string callee, UseSite use, ICollection<Requirement> itsRequirements) =>
        new(callee, uses.Concat([use]).ToEquatableArray(), problems, itsRequirements);
}
