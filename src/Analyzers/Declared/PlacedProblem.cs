using Blockwright.Graph;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// A problem where somebody made it. What a block cannot give stands where that was asked for: at the outermost use that leads to the mistake. A block that is wrong by itself, or that none of
/// its uses would be served by, has its mistake at its own attribute.
/// </summary>
/// <param name="Problem">What is wrong. Its own place is the attribute that cannot be served.</param>
/// <param name="Use">The use that cannot be served; null where it is the declaration itself.</param>
internal sealed record PlacedProblem(Problem Problem, UseSite? Use)
{
    /// <summary>The full name of the declaration that <see cref="Place"/> is in, which is of this compilation.</summary>
    public string Owner => Use?.Owner ?? Problem.Owner;

    public Place Place => Use?.Place ?? Problem.Place;
}

/// <summary>Finds out whether a block or its user is to blame.</summary>
/// <param name="own">The declarations of the compilation, by full name.</param>
/// <param name="world">Those and the blocks that they refer to.</param>
internal sealed class Blame(IReadOnlyDictionary<string, Declaration> own, IReadOnlyDictionary<string, Declaration> world, CancellationToken cancellation)
{
    // Each is a walk through the block, on every keystroke while the mistake stands.
    private const int MostTried = 4;

    private readonly Dictionary<string, bool> _serveNobody = new(StringComparer.Ordinal);

    /// <summary>Each problem once at each place, said in the fewest uses.</summary>
    public IEnumerable<PlacedProblem> Place(IEnumerable<Problem> problems) => problems
        .GroupBy(static problem => (problem.Id, problem.Owner, problem.Place))
        .SelectMany(Innermost)
        .Select(problem => new PlacedProblem(problem, IsBlocks(problem) ? null : problem.Uses[0]))
        .GroupBy(static placed => (placed.Problem.Id, placed.Owner, placed.Place))
        .Select(static same => same.First());

    /// <summary>Too many blocks in each other are nobody's number.</summary>
    private bool IsBlocks(Problem problem) => problem.Uses.Count == 0 || (own.ContainsKey(problem.Owner) && (problem.Id == ProblemIds.TooLarge || ServesNobody(problem.Owner)));

    /// <summary>One mistake, found by the uses of many declarations: where a use is wrong by itself, nobody who uses that one is to blame.</summary>
    private static IEnumerable<Problem> Innermost(IEnumerable<Problem> same)
    {
        var known = new HashSet<EquatableArray<(string Owner, Place Place)>>();
        foreach (var problem in same.OrderBy(static problem => problem.Uses.Count))
        {
            var way = problem.Uses.Select(static use => (use.Owner, use.Place)).ToList();
            if (!Enumerable.Range(0, way.Count + 1).Any(outer => known.Contains(way.Skip(outer).ToEquatableArray())) && known.Add(way.ToEquatableArray()))
                yield return problem;
        }
    }

    /// <summary>Whether a block has several uses, and could serve none of them whatever came in there. With one use it may be the use.</summary>
    private bool ServesNobody(string block)
    {
        if (!_serveNobody.TryGetValue(block, out var servesNobody))
            _serveNobody.Add(block, servesNobody = UsesOf(own[block]) is { Count: > 1 } uses && !Differing(uses).Any(use => Serves(own[block], use)));
        return servesNobody;
    }

    private List<Step> UsesOf(Declaration block) => own.Values.SelectMany(static user => user.Steps).Where(step => step.Blocks.Any(each => each.FullName == block.FullName)).ToList();

    /// <summary>Those that ask for different things, as many as are tried.</summary>
    private static IEnumerable<Step> Differing(List<Step> uses) => uses
        .GroupBy(static use => (use.Blocks[0], use[nameof(StageAttribute.Channels)], use.List(nameof(StageAttribute.Arguments))))
        .Select(static same => same.First())
        .Take(MostTried);

    private bool Serves(Declaration block, Step use)
    {
        try
        {
            return world.TryGetValue(use.Blocks[0].FullName, out var first) && GraphBuilder.CanServe(block, use, first, world, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The generator reports what it cannot build (BW0099).
            return false;
        }
    }
}
