using System.Collections;
using System.Collections.Immutable;
using System.Globalization;

namespace Blockwright.Graph;

/// <summary>What building a declaration by itself gives.</summary>
/// <param name="Graph">The graph, or null where there is none.</param>
/// <param name="Problems">What is wrong. Empty with no graph: the compiler has said what it does not understand.</param>
/// <param name="Opened">A network's graph with its blocks opened.</param>
public sealed record BuildResult(BlockGraph? Graph, ImmutableArray<Problem> Problems, FlatGraph? Opened = null)
{
    /// <summary>A network's graph with its parameters as symbols, from which its class is written; null where it has none.</summary>
    public BlockGraph? Symbolic { get; init; }

    /// <summary>What a network with parameters is planned at; first what it is where nobody gives them.</summary>
    public ImmutableArray<PlannedNetwork> Plans { get; init; } = ImmutableArray<PlannedNetwork>.Empty;
}

/// <summary>
/// Resolves declarations into graphs. A network is built for its input; a block by itself with its channels and parameters as symbols, and
/// once more for each use. Both are the same walk: where numbers are known, they are checked; where they are not, the constructor
/// gets a requirement.
/// </summary>
public sealed partial class GraphBuilder
{
    private readonly IReadOnlyDictionary<string, Declaration> _world;
    private readonly Dictionary<UseKey, BlockGraph?> _built = [];
    private readonly Expansion _expansion;
    private readonly Dictionary<string, bool> _saysOut = new(StringComparer.Ordinal);
    private readonly ProblemList _problems = [];
    private readonly List<string> _stack = [];
    private readonly CancellationToken _cancellation;
    private long _steps;

    private GraphBuilder(IReadOnlyDictionary<string, Declaration> world, CancellationToken cancellation) => (_world, _cancellation, _expansion) = (world, cancellation, new(world));

    /// <summary>Builds a declaration by itself. It does not throw for any declaration.</summary>
    /// <param name="world">The declarations of blocks by full name; what is missing there is reported as no block.</param>
    public static BuildResult Build(Declaration declaration, IReadOnlyDictionary<string, Declaration> world, CancellationToken cancellation = default)
    {
        var builder = new GraphBuilder(world, cancellation);
        var isRead = declaration.IsComplete
            && (builder._expansion.All(declaration) <= BuildLimits.Steps || !OversizedBlocks.AreUsedBy(declaration, world, builder._expansion, cancellation));
        return isRead ? builder.Build(declaration) : new(null, declaration.ClassProblems.ToImmutableArray());
    }

    /// <summary>Whether a block by itself is more than is read of one declaration, where those in it are not.</summary>
    internal static bool IsTooLarge(Declaration block, IReadOnlyDictionary<string, Declaration> world, CancellationToken cancellation) =>
        new GraphBuilder(world, cancellation).Build(block).Problems.Any(static problem => problem.Id == ProblemIds.TooLarge && problem.Uses.Count == 0);

    /// <summary>Whether a block has no problem where it gets the channels and arguments of one use, whatever comes in there.</summary>
    /// <param name="block">The block.</param>
    /// <param name="use">An attribute that names it.</param>
    /// <param name="first">The first block that the attribute names, whose parameters its arguments are for.</param>
    /// <param name="world">The declarations of blocks by full name.</param>
    public static bool CanServe(Declaration block, Step use, Declaration first, IReadOnlyDictionary<string, Declaration> world, CancellationToken cancellation)
    {
        var given = first.Parameters.Zip(use.List(nameof(StageAttribute.Arguments)), static (parameter, value) => (parameter.Name, Value: (Value?)value)).Append((Names.Out, use[nameof(StageAttribute.Channels)]));
        var known = new Dictionary<string, Amount>(StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            if (value is Value.Number { Expression: Expression.Number number })
                known[name] = Amount.Of(number.Value);
        }
        var builder = new GraphBuilder(world, cancellation);
        var requirements = new RequirementList();
        var names = Symbols(block, known);
        builder.BuildOne(block, InputOf(block, AnyMap(names)), names.Find(Names.Out), names, new Reporter(block.FullName, null, builder._problems, requirements), requirements);
        return builder._problems.Count == 0;
    }

    private BuildResult Build(Declaration declaration)
    {
        var requirements = new RequirementList();
        var reporter = new Reporter(declaration.FullName, null, _problems, requirements);
        foreach (var problem in declaration.ClassProblems)
            _problems.Add(problem);
        DeclarationChecks.Check(declaration, reporter);
        var graph = BuildAlone(declaration, Start(declaration), reporter, requirements);
        var opened = declaration.Kind == DeclarationKind.Network && graph is not null && _problems.Count == 0 ? NetworkLimits.Open(graph, reporter, _cancellation) : null;
        var result = new BuildResult(_problems.Count == 0 ? graph : null, Distinct(_problems), _problems.Count == 0 ? opened : null);
        return result.Opened is not null && declaration.Parameters.Count > 0 ? WithParameters(declaration, result) : result;
    }

    private BlockGraph? BuildAlone(Declaration declaration, (ImmutableArray<InputNode> Inputs, BlockNames Names) start, Reporter reporter, RequirementList requirements)
    {
        var graph = BuildOne(declaration, start.Inputs, start.Names.Find(Names.Out), start.Names, reporter, requirements);
        if (graph is null && _problems.Count == 0)
            _problems.AddRange(_problems.Unsaid.GroupBy(static problem => problem.Owner, StringComparer.Ordinal).SelectMany(OfTheUse).ToList());
        return graph;
    }

    /// <summary>Of the problems that a block has at uses, those that it has not by itself, where it may not know its size or numbers.</summary>
    private IEnumerable<Problem> OfTheUse(IGrouping<string, Problem> problems)
    {
        if (!_world.TryGetValue(problems.Key, out var owner))
            return problems;
        var own = new GraphBuilder(_world, _cancellation).Build(owner).Problems;
        return problems.Where(problem => !own.Any(each => each.Id == problem.Id && each.Place == problem.Place));
    }

    /// <summary>What comes into a declaration by itself, and what its names mean there. A network's parameters are what they are where nobody gives them.</summary>
    private static (ImmutableArray<InputNode> Inputs, BlockNames Names) Start(Declaration declaration) =>
        Start(declaration, declaration.Parameters.Select(static parameter => parameter.Default).ToImmutableArray());

    /// <param name="numbers">What a network's parameters are, each null where it stays a symbol.</param>
    private static (ImmutableArray<InputNode> Inputs, BlockNames Names) Start(Declaration declaration, ImmutableArray<long?> numbers)
    {
        if (declaration.Kind != DeclarationKind.Network)
        {
            var any = Symbols(declaration, ImmutableDictionary<string, Amount>.Empty);
            return (InputOf(declaration, AnyMap(any)), any);
        }
        var inputs = declaration.Inputs.Count <= 1
            ? InputOf(declaration, ShapeOf(declaration.Input))
            : declaration.Inputs.Select((input, i) => new InputNode(i, ShapeOf(input), input.Name ?? "", declaration.FullName, input.Place)).ToImmutableArray();
        var names = new BlockNames();
        names.Add(Names.In, inputs[0].Shape.Channels);
        foreach (var (parameter, number) in declaration.Parameters.Zip(numbers, static (parameter, number) => (parameter, number)).Where(static each => each.parameter.Kind == ParameterKind.Number && DeclarationChecks.HasSymbol(each.parameter)))
            names.Add(parameter.Name, number is { } known ? Amount.Of(known) : Amount.Of(new Atom(parameter.Name, parameter.Code)));
        return (inputs, names);
    }

    private static ImmutableArray<InputNode> InputOf(Declaration declaration, Shape shape) => ImmutableArray.Create(new InputNode(shape, declaration.FullName));

    /// <summary>What is wrong with an input is said there, and what would follow from it is not.</summary>
    private static Shape ShapeOf(InputSize? input)
    {
        var channels = input is { Channels: > 0 and var known } ? Amount.Of(known) : Amount.Of(new Atom(Names.In, "inChannels"));
        return Shape.Map(channels, Size(input?.Height, "H"), Size(input?.Width, "W"));

        static Extent Size(long? size, string name) => size > 0 ? Extent.Of(size.Value) : Extent.Unknown(name);
    }

    /// <summary>
    /// The graph of a block for one use, or null after a report. Built once for equal uses.
    /// </summary>
    internal BlockUse? Use(Declaration block, Shape input, Amount? asked, ImmutableArray<BlockArgument> arguments, Place place, string where, Reporter reporter)
    {
        if (!input.IsMap)
        {
            reporter.Report(ProblemIds.WrongRank, place, block.Name, "N x C x H x W", input.ToString());
            return null;
        }
        if (!Spend(1, place, reporter) || !block.IsCompleted || !DeclarationChecks.HasConstructor(block) || !DeclarationChecks.HasResultType(block) || !Enter(block, place, reporter))
            return null;
        try
        {
            var given = SaysOut(block) ? asked ?? input.Channels : null;
            var key = new UseKey(block.FullName, input, given, new(arguments));
            if (!_built.TryGetValue(key, out var graph))
            {
                var requirements = new RequirementList();
                var names = Bind(block, input.Channels, given, arguments);
                graph = BuildOne(block, InputOf(block, input), given, names, reporter.Inside(block.FullName, place, where, names, requirements), requirements);
                _built[key] = graph;
            }
            if (graph is null || !GivesAsked(block, graph.Results, graph.Nodes, (asked, given), place, reporter))
                return null;
            return new(block, graph, input.Channels, given, arguments);
        }
        finally
        {
            _stack.RemoveAt(_stack.Count - 1);
        }
    }

    /// <summary>Walks a block's steps as if they stood where it is applied. Gives the nodes of its results, or null after a report.</summary>
    internal ImmutableArray<int>? Inline(Declaration block, NodeList nodes, Amount? asked, ImmutableArray<BlockArgument> arguments, Place place, Reporter reporter, RequirementList requirements, int value)
    {
        if (!block.IsComplete || !DeclarationChecks.HasResultType(block) || !Enter(block, place, reporter))
            return null;
        try
        {
            // Inside a block that is applied inline all is counted.
            if (reporter.Owner == nodes.Owner && (nodes.Inlined += _expansion.Inlined(block)) > BuildLimits.Inlined)
            {
                reporter.Report(ProblemIds.TooLarge, place, $"at most {BuildLimits.Text(BuildLimits.Inlined)} attributes of blocks that are applied inline, found {Counts.Text(nodes.Inlined)}");
                return null;
            }
            var channels = nodes[value].Shape.Channels;
            var given = SaysOut(block) ? asked ?? channels : null;
            var names = Bind(block, channels, given, arguments);
            var walk = new BlockWalk(this, block, nodes, names, reporter.Inside(block.FullName, place, block.Name, names, requirements), requirements, _cancellation);
            return walk.Run(value) != BlockWalk.Poison && GivesAsked(block, walk.Results, nodes, (asked, given), place, reporter) ? walk.Results.Select(static result => result.Node).ToImmutableArray() : null;
        }
        finally
        {
            _stack.RemoveAt(_stack.Count - 1);
        }
    }

    /// <summary>
    /// Counts what is about to be read; false from the first on that is too much, which is said at the outermost declaration's own attribute.
    /// </summary>
    internal bool Spend(int steps, Place place, Reporter reporter)
    {
        if (_steps > BuildLimits.Steps)
            return false;
        _steps += steps;
        if (_steps <= BuildLimits.Steps)
            return true;
        reporter.AsOwner(_stack[0]).Report(
            ProblemIds.TooLarge, reporter.OutermostPlace(place), $"at most {BuildLimits.Text(BuildLimits.Steps)} attributes and units, a block's counted for each width that it is used at, found more");
        return false;
    }

    internal Declaration? Find(BlockReference reference) => _world.TryGetValue(reference.FullName, out var found) ? found : null;

    /// <summary>What a block's names mean before they are known.</summary>
    /// <param name="block">The block.</param>
    /// <param name="known">What is known of them.</param>
    private static BlockNames Symbols(Declaration block, IReadOnlyDictionary<string, Amount> known)
    {
        var names = new BlockNames();
        Add(Names.Out, "outChannels");
        foreach (var parameter in block.Parameters.Where(DeclarationChecks.HasSymbol))
        {
            var code = CodeNames.Parameter(parameter.Name);
            if (parameter.Kind == ParameterKind.Activation)
                names.Activations[parameter.Name] = new(parameter.Name, code, LayerTable.Given(code));
            else
                Add(parameter.Name, code);
        }
        Add(Names.In, "inChannels");
        return names;

        void Add(string name, string code) => names.Add(name, known.TryGetValue(name, out var amount) ? amount : Amount.Of(new Atom(name, code)));
    }

    private static Shape AnyMap(BlockNames names) => Shape.Map(names.Find(Names.In)!, Extent.Unknown("H"), Extent.Unknown("W"));

    /// <summary>What a block's names mean at one use, in the order in which a person reads them.</summary>
    private static BlockNames Bind(Declaration block, Amount channels, Amount? given, ImmutableArray<BlockArgument> arguments)
    {
        var names = new BlockNames();
        names.Add(Names.In, channels);
        if (given is not null)
            names.Add(Names.Out, given);
        for (var i = 0; i < Math.Min(block.Parameters.Count, arguments.Length); i++)
        {
            if (arguments[i].Activation is { } activation)
                names.Activations[block.Parameters[i].Name] = activation;
            else
                names.Add(block.Parameters[i].Name, arguments[i].Number!);
        }
        return names;
    }

    /// <summary>Whether the channels that come out are those that were asked for; of several results an <c>out</c> is a number as any other.</summary>
    private static bool GivesAsked(Declaration block, ImmutableArray<GraphResult> results, IReadOnlyList<Node> nodes, (Amount? Asked, Amount? Given) channels, Place place, Reporter reporter)
    {
        if (results.Length == 1)
            return (channels.Asked ?? channels.Given) is not { } expected || CheckResult(block, nodes[results[0].Node].Shape, expected, place, reporter);
        if (channels is not { Asked: { } asked, Given: null })
            return true;
        reporter.Report(ProblemIds.InvalidArgument, place with { Argument = nameof(StageAttribute.Channels) }, nameof(StageAttribute.Channels), $"none for {block.Name}, which gives several values and says no out", asked.Text);
        return false;
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
    /// What is wrong with a declaration whoever uses it is said once, without its uses; the same at one of the declaration's own attributes is said for the first that leads there.
    /// </summary>
    private static ImmutableArray<Problem> Distinct(List<Problem> problems)
    {
        var seen = new HashSet<(string, string, Place, string?, Place?)>();
        var result = ImmutableArray.CreateBuilder<Problem>();
        foreach (var problem in problems.OrderBy(static problem => problem.Uses.Count))
        {
            if (seen.Add((problem.Id, problem.Owner, problem.Place, problem.Said, problem.Uses.Count > 0 ? problem.Uses[0].Place : null)))
                result.Add(problem);
        }
        return result.ToImmutable();
    }

    private BlockGraph? BuildOne(Declaration block, ImmutableArray<InputNode> inputs, Amount? given, BlockNames names, Reporter reporter, RequirementList requirements)
    {
        if (_stack.Count == 0)
            _stack.Add(block.FullName);
        var nodes = new NodeList(inputs);
        var walk = new BlockWalk(this, block, nodes, names, reporter, requirements, _cancellation);
        var output = walk.Run(0);
        if (output == BlockWalk.Poison)
            return null;
        if (given is not null && walk.Results.Length == 1 && reporter.IsOutermost && SaysOut(block))
            reporter.Require(Requirement.Equal(nodes[output].Shape.Channels, given, "the channels that come out"));
        return new(block, inputs[0].Shape, given ?? nodes[output].Shape.Channels, nodes.ToImmutableArray(), walk.Results, requirements.ToImmutableArray())
        {
            Named = walk.Named,
        };
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
        if (_stack.Count >= BuildLimits.Depth)
        {
            reporter.Report(ProblemIds.TooLarge, place, $"blocks nested at most {BuildLimits.Text(BuildLimits.Depth)} deep, found more");
            return false;
        }
        _stack.Add(block.FullName);
        return true;
    }

    /// <summary>Asked for each block and each use, which are many more.</summary>
    private bool SaysOut(Declaration block)
    {
        if (!_saysOut.TryGetValue(block.FullName, out var says))
            _saysOut.Add(block.FullName, says = block.SaysOut);
        return says;
    }

    private static string ShortName(string fullName) => fullName.Substring(fullName.LastIndexOfAny(['.', ':']) + 1);
}

/// <summary>All that a block's graph depends on in one declaration: equal uses are one.</summary>
internal readonly record struct UseKey(string Block, Shape Input, Amount? Given, EquatableArray<BlockArgument> Arguments);

/// <summary>The nodes of a graph in the making, and the keys of its module.</summary>
internal sealed class NodeList(ImmutableArray<InputNode> inputs) : IReadOnlyList<Node>
{
    private readonly List<Node> _nodes = [.. inputs];

    /// <summary>The full name of the declaration that they are of.</summary>
    public string Owner => inputs[0].Owner;

    public KeyScope RootScope { get; } = new("", 0);

    public KeyRegistry Keys { get; } = new();

    public int Count => _nodes.Count;

    public int NextId => _nodes.Count;

    /// <summary>The attributes of blocks that were applied inline.</summary>
    public long Inlined { get; set; }

    public Node this[int id] => _nodes[id];

    public int Add(Node node)
    {
        _nodes.Add(node);
        return node.Id;
    }

    public IEnumerator<Node> GetEnumerator() => _nodes.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
