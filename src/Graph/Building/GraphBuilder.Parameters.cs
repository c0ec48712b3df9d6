using System.Collections.Immutable;
using System.Globalization;

namespace Blockwright.Graph;

/// <summary>A network as it is planned at some numbers of its parameters.</summary>
/// <param name="Numbers">The parameters' numbers.</param>
/// <param name="Graph">The network's graph.</param>
/// <param name="Opened">The graph with its blocks opened.</param>
/// <param name="Open">Those of the parameters that the plan serves whatever they are.</param>
public sealed record PlannedNetwork(ImmutableArray<long> Numbers, BlockGraph Graph, FlatGraph Opened, OpenParameters Open);

public sealed partial class GraphBuilder
{
    /// <summary>A network without mistakes where nobody gives its parameters, and what is to be said of it for other numbers.</summary>
    private BuildResult WithParameters(Declaration network, BuildResult built)
    {
        var usual = network.Parameters.Select(static parameter => parameter.Default!.Value).ToImmutableArray();
        var names = network.Parameters.Select(static parameter => parameter.Name).ToImmutableArray();
        var symbolic = BuildAt(network, usual, names, _problems)?.Graph;
        var plans = ImmutableArray.CreateBuilder<PlannedNetwork>();
        if (symbolic is not null)
            plans.Add(Planned(network, usual, built.Graph!, built.Opened!));
        foreach (var numbers in symbolic is null ? [] : OthersToPlan(network, usual, plans[0].Open))
        {
            if (BuildAt(network, numbers, ImmutableArray<string>.Empty, _problems) is (var graph, { } opened))
                plans.Add(Planned(network, numbers, graph, opened));
        }
        return _problems.Count > 0 ? new(null, Distinct(_problems)) : built with { Symbolic = symbolic, Plans = plans.ToImmutable() };
    }

    private PlannedNetwork Planned(Declaration network, ImmutableArray<long> numbers, BlockGraph graph, FlatGraph opened) =>
        new(numbers, graph, opened, OpenParameters.Of(graph, symbols => BuildAt(network, numbers, symbols, [])?.Graph));

    /// <summary>What is declared beside the usual numbers, in every combination, of those parameters that the plan does not serve whatever they are.</summary>
    private List<ImmutableArray<long>> OthersToPlan(Declaration network, ImmutableArray<long> usual, OpenParameters open)
    {
        var all = new List<ImmutableArray<long>> { usual };
        for (var i = 0; i < usual.Length; i++)
        {
            var parameter = network.Parameters[i];
            if (parameter.Others.Count == 0 || open.Names.Contains(parameter.Name))
                continue;
            all = all.SelectMany(numbers => parameter.Others.Prepend(usual[i]).Distinct().Select(number => numbers.SetItem(i, number))).ToList();
            if (all.Count <= BuildLimits.Plans)
                continue;
            _problems.Add(new(
                ProblemIds.InvalidArgument, network.FullName, parameter.Place with { Argument = nameof(ParameterAttribute.Others) },
                new[] { nameof(ParameterAttribute.Others), $"at most {BuildLimits.Text(BuildLimits.Plans)} plans of a network, one for each choice of its parameters", all.Count.ToString(CultureInfo.InvariantCulture) }.ToEquatableArray(), EquatableArray<UseSite>.Empty));
            return [];
        }
        return all.Skip(1).ToList();
    }

    /// <summary>A network at some numbers of its parameters, of which some are symbols; opened where none is. Null after a report.</summary>
    private (BlockGraph Graph, FlatGraph? Opened)? BuildAt(Declaration network, ImmutableArray<long> numbers, ImmutableArray<string> symbols, ProblemList problems)
    {
        var builder = new GraphBuilder(_world, _cancellation);
        var requirements = new RequirementList();
        var reporter = new Reporter(network.FullName, null, builder._problems, requirements);
        var known = numbers.Select((number, i) => symbols.Contains(network.Parameters[i].Name) ? null : (long?)number).ToImmutableArray();
        var graph = builder.BuildAlone(network, Start(network, known), reporter, requirements);
        var opened = graph is null || symbols.Length > 0 ? null : NetworkLimits.Open(graph, reporter, _cancellation);
        problems.AddRange(builder._problems);
        return graph is null || builder._problems.Count > 0 ? null : (graph, opened);
    }
}
