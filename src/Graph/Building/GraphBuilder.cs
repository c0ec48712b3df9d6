using System.Collections.Immutable;
using System.Globalization;

namespace Blockwright.Graph;

/// <summary>What building a declaration by itself gives.</summary>
/// <param name="Graph">The graph, or null where there is none.</param>
/// <param name="Problems">What is wrong. Empty with no graph: the compiler has said what it does not understand.</param>
public sealed record BuildResult(BlockGraph? Graph, ImmutableArray<Problem> Problems);

/// <summary>
/// Resolves declarations into graphs. A network is built for its input; a block by itself with its channels and parameters as symbols, and
/// once more for each use. Both are the same walk: where numbers are known, they are checked; where they are not, the constructor
/// gets a requirement.
/// </summary>
public sealed class GraphBuilder
{
    // Deep nesting of ever new widths is nothing that a person writes; it must not stop the editor.
    private const int MaximumBuilds = 20_000;
    private const int MaximumDepth = 64;

    private readonly IReadOnlyDictionary<string, Declaration> _world;
    private readonly Dictionary<string, BlockGraph?> _built = new(StringComparer.Ordinal);
    private readonly List<Problem> _problems = [];
    private readonly List<string> _stack = [];
    private readonly CancellationToken _cancellation;
    private bool _isTooLarge;

    private GraphBuilder(IReadOnlyDictionary<string, Declaration> world, CancellationToken cancellation) => (_world, _cancellation) = (world, cancellation);

    /// <summary>Builds a declaration by itself. It does not throw for any declaration.</summary>
    /// <param name="world">The declarations of blocks by full name; what is missing there is reported as no block.</param>
    public static BuildResult Build(Declaration declaration, IReadOnlyDictionary<string, Declaration> world, CancellationToken cancellation = default)
    {
        if (!declaration.IsComplete)
            return new(null, declaration.ClassProblems.ToImmutableArray());
        var builder = new GraphBuilder(world, cancellation);
        var requirements = new List<Requirement>();
        var reporter = new Reporter(declaration.FullName, EquatableArray<UseSite>.Empty, builder._problems, requirements);
        foreach (var problem in declaration.ClassProblems)
            builder._problems.Add(problem);
        DeclarationChecks.Check(declaration, reporter);
        var symbols = new Dictionary<string, Amount>(StringComparer.Ordinal);
        Amount channels;
        Shape input;
        if (declaration.Kind == DeclarationKind.Network)
        {
            channels = Amount.Of(declaration.Input?.Channels ?? 1);
            input = Shape.Map(channels, Extent.Of(declaration.Input?.Height ?? 1), Extent.Of(declaration.Input?.Width ?? 1));
        }
        else
        {
            channels = Amount.Of(new Atom(Names.In, "inChannels"));
            input = Shape.Map(channels, Extent.Unknown("H"), Extent.Unknown("W"));
            symbols[Names.Out] = Amount.Of(new Atom(Names.Out, "outChannels"));
            foreach (var parameter in declaration.Parameters)
                symbols[parameter.Name] = Amount.Of(new Atom(parameter.Name, CodeNames.Parameter(parameter.Name)));
        }
        symbols[Names.In] = channels;
        var graph = builder.BuildOne(declaration, input, symbols.TryGetValue(Names.Out, out var asked) ? asked : null, symbols, reporter, requirements);
        if (declaration.Kind == DeclarationKind.Network && graph?.Opened > BlockGraph.MostOpened)
            reporter.Report(ProblemIds.TooLarge, Place.Class, string.Format(CultureInfo.InvariantCulture, "at most {0:N0} layers, the blocks opened", BlockGraph.MostOpened));
        return new(builder._problems.Count == 0 ? graph : null, Distinct(builder._problems));
    }

    /// <summary>
    /// The graph of a block for one use, or null after a report. Built once for equal uses.
    /// </summary>
    internal BlockUse? Use(Declaration block, Shape input, Amount? asked, ImmutableArray<Amount> arguments, Place place, string where, Reporter reporter)
    {
        if (input.IsFlat)
        {
            reporter.Report(ProblemIds.WrongRank, place, block.Name, "N x C x H x W", input.ToString());
            return null;
        }
        if (!block.IsCompleted || !Enter(block, place, reporter))
            return null;
        try
        {
            var given = block.SaysOut ? asked ?? input.Channels : null;
            var key = $"{block.FullName}|{input}|{input.IsAlwaysPoint}|{given}|{string.Join("|", arguments.Select(static argument => argument.ToString()))}";
            if (!_built.TryGetValue(key, out var graph))
            {
                if (_built.Count >= MaximumBuilds)
                {
                    ReportTooLarge(place, reporter);
                    return null;
                }
                var requirements = new List<Requirement>();
                var inside = reporter.Inside(block.FullName, new(reporter.Owner, place, Describe(reporter, where, input.Channels, given, block, arguments)), requirements);
                graph = BuildOne(block, input, given, Bind(block, input.Channels, given, arguments), inside, requirements);
                _built[key] = graph;
            }
            if (graph is null || ((asked ?? given) is { } expected && !CheckResult(block, graph.Result, expected, place, reporter)))
                return null;
            return new(block, graph, input.Channels, given, arguments);
        }
        finally
        {
            _stack.RemoveAt(_stack.Count - 1);
        }
    }

    /// <summary>Walks a block's steps as if they stood where it is applied.</summary>
    internal bool Inline(Declaration block, NodeList nodes, Amount? asked, ImmutableArray<Amount> arguments, Place place, Reporter reporter, ICollection<Requirement> requirements, ref int value)
    {
        if (!block.IsComplete || !Enter(block, place, reporter))
            return false;
        try
        {
            var channels = nodes[value].Shape.Channels;
            var given = block.SaysOut ? asked ?? channels : null;
            var inside = reporter.Inside(block.FullName, new(reporter.Owner, place, Describe(reporter, block.Name, channels, given, block, arguments)), requirements);
            value = new BlockWalk(this, block, nodes, Bind(block, channels, given, arguments), inside, requirements, _cancellation).Run(value);
            return value == BlockWalk.Poison || (asked ?? given) is not { } expected || CheckResult(block, nodes[value].Shape, expected, place, reporter);
        }
        finally
        {
            _stack.RemoveAt(_stack.Count - 1);
        }
    }

    internal Declaration? Find(BlockReference reference) => _world.TryGetValue(reference.FullName, out var found) ? found : null;

    private static Dictionary<string, Amount> Bind(Declaration block, Amount channels, Amount? given, ImmutableArray<Amount> arguments)
    {
        var names = new Dictionary<string, Amount>(StringComparer.Ordinal) { [Names.In] = channels };
        if (given is not null)
            names[Names.Out] = given;
        for (var i = 0; i < Math.Min(block.Parameters.Count, arguments.Length); i++)
            names[block.Parameters[i].Name] = arguments[i];
        return names;
    }

    private static string Describe(Reporter reporter, string where, Amount channels, Amount? given, Declaration block, ImmutableArray<Amount> arguments)
    {
        var owner = reporter.Owner.Substring(reporter.Owner.LastIndexOfAny(['.', ':']) + 1);
        var text = $"{owner}, {where}, with in = {channels}";
        if (given is not null)
            text += $", out = {given}";
        for (var i = 0; i < Math.Min(block.Parameters.Count, arguments.Length); i++)
            text += $", {block.Parameters[i].Name} = {arguments[i]}";
        return text;
    }

    private static bool CheckResult(Declaration block, Shape result, Amount asked, Place place, Reporter reporter)
    {
        if (result.Channels.Constant is { } gives && asked.Constant is { } wants && gives != wants)
        {
            reporter.Report(ProblemIds.WrongChannelsOut, place, block.Name, wants.ToString(CultureInfo.InvariantCulture), gives.ToString(CultureInfo.InvariantCulture));
            return false;
        }
        reporter.Require(Requirement.Equal(result.Channels, asked, $"{block.Name}: the channels that come out"));
        return true;
    }

    /// <summary>
    /// What is wrong with a declaration whoever uses it is said once, without its uses; the same at several uses is said for the first.
    /// </summary>
    private static ImmutableArray<Problem> Distinct(List<Problem> problems)
    {
        var seen = new HashSet<(string, string, Place)>();
        var result = ImmutableArray.CreateBuilder<Problem>();
        foreach (var problem in problems.OrderBy(static problem => problem.Uses.Count))
        {
            if (seen.Add((problem.Id, problem.Owner, problem.Place)))
                result.Add(problem);
        }
        return result.ToImmutable();
    }

    private BlockGraph? BuildOne(Declaration block, Shape input, Amount? given, Dictionary<string, Amount> names, Reporter reporter, List<Requirement> requirements)
    {
        if (_stack.Count == 0)
            _stack.Add(block.FullName);
        var nodes = new NodeList(new InputNode(input, block.FullName));
        var output = new BlockWalk(this, block, nodes, names, reporter, requirements, _cancellation).Run(0);
        if (output == BlockWalk.Poison)
            return null;
        if (block.SaysOut && given is not null && reporter.Uses.Count == 0)
            reporter.Require(Requirement.Equal(nodes[output].Shape.Channels, given, "the channels that come out"));
        return new(block, input, given ?? nodes[output].Shape.Channels, nodes.ToImmutableArray(), output, requirements.ToImmutableArray());
    }

    private bool Enter(Declaration block, Place place, Reporter reporter)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_stack.Contains(block.FullName))
        {
            // A ring is said once in each of its members: where that member is read by itself.
            if (block.FullName == _stack[0])
                reporter.AsOwner(_stack[0]).Report(ProblemIds.Recursion, reporter.OutermostPlace(place), block.Name, string.Join(" -> ", _stack.Append(block.FullName).Select(ShortName)));
            return false;
        }
        if (_stack.Count >= MaximumDepth)
        {
            ReportTooLarge(place, reporter);
            return false;
        }
        _stack.Add(block.FullName);
        return true;
    }

    private void ReportTooLarge(Place place, Reporter reporter)
    {
        if (!_isTooLarge)
            reporter.Report(ProblemIds.TooLarge, place, $"at most {MaximumBuilds} uses of blocks at different widths, nested at most {MaximumDepth} deep");
        _isTooLarge = true;
    }

    private static string ShortName(string fullName) => fullName.Substring(fullName.LastIndexOfAny(['.', ':']) + 1);
}

/// <summary>The nodes of a graph in the making, and the keys of its module.</summary>
internal sealed class NodeList(InputNode input)
{
    private readonly List<Node> _nodes = [input];

    public KeyScope RootScope { get; } = new("", 0);

    public KeyRegistry Keys { get; } = new();

    public int NextId => _nodes.Count;

    public Node this[int id] => _nodes[id];

    public int Add(Node node)
    {
        _nodes.Add(node);
        return node.Id;
    }

    public ImmutableArray<Node> ToImmutableArray() => _nodes.ToImmutableArray();
}
