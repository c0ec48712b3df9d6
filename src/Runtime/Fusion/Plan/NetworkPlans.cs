using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using static System.FormattableString;

namespace Blockwright;

/// <summary>What the build decided for a network: a table for each device that has one. Written by the build's code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class NetworkPlans
{
    private readonly string[] _tables;
    private readonly Lazy<Plans.CpuPlan?> _cpu;
    private readonly Lazy<Plans.GpuProgram?> _gpu;
    private readonly Lazy<Plans.NodePlan?> _nodes;
    private readonly Lazy<Plans.OnnxPlan?> _onnx;
    private readonly Lazy<ImmutableArray<Plans.ValueName>> _names;
    private readonly Lazy<ImmutableArray<Plans.PlanInput>> _inputs;
    private readonly Lazy<NetworkCost> _cost;
    private readonly int[]? _given;

    /// <summary>Takes the tables; none is read before it is needed.</summary>
    /// <param name="network">The network's name.</param>
    /// <param name="channels">C of the declared input; of several the first.</param>
    /// <param name="height">H of the declared input.</param>
    /// <param name="width">W of the declared input.</param>
    /// <param name="tables">A table for each device, which begins with the device's name, or why there is none; one of the network's nodes, and one of how ONNX has them.</param>
    public NetworkPlans(string network, int channels, int height, int width, params string[] tables)
    {
        (Network, Channels, Height, Width, _tables) = (network, channels, height, width, tables);
        _cpu = new(() => TableOf("cpu") is { } table ? Plans.CpuTable.Read(table) with { Given = ParametersText } : null);
        _gpu = new(() => TableOf("gpu") is { } table ? Plans.GpuTable.Read(table) : null);
        _nodes = new(() => TableOf("nodes") is { } table ? Plans.NodeTable.Read(network, table) : null);
        _onnx = new(() => TableOf("onnx") is { } table ? Plans.OnnxTable.Read(table) : null);
        _names = new(() => TableOf(Plans.NamesTable.Header) is { } table ? Plans.NamesTable.Read(table) : []);
        _inputs = new(() => TableOf(Plans.InputsTable.Header) is { } table ? Plans.InputsTable.Read(table) : [new("input", channels, height, width)]);
        _cost = new(() => NetworkCost.Of(this));
    }

    /// <summary>The plans for other parameters. Of a network that they do not serve the names of values are left.</summary>
    private NetworkPlans(NetworkPlans plans, int[] given, Dictionary<string, int> last)
        : this(plans.Network, plans.Channels, plans.Height, plans.Width)
    {
        (Islands, Parameters, Given, _given, _names) = (plans.Islands, plans.Parameters, plans.Given, given, plans._names);
        if (Unplanned is not null)
            return;
        _tables = [.. plans._tables.Where(static table => table.StartsWith(Plans.CpuTable.None + " ", StringComparison.Ordinal))];
        _cpu = new(() => plans.Cpu is { } cpu ? Plans.LastChannels.Set(cpu, last) with { Given = ParametersText } : null);
        _nodes = new(() => plans.Nodes is { } nodes ? Plans.LastChannels.Set(nodes, last) : null);
        _onnx = new(() => plans.Onnx);
    }

    /// <summary>The network's name.</summary>
    public string Network { get; }

    /// <summary>C of the declared input; of several the first.</summary>
    public int Channels { get; }

    /// <summary>H of the declared input.</summary>
    public int Height { get; }

    /// <summary>W of the declared input.</summary>
    public int Width { get; }

    /// <summary>What comes in, as it is declared: one value or several.</summary>
    internal ImmutableArray<Plans.PlanInput> Inputs => _inputs.Value;

    /// <summary>Makes what computes the plan's islands; null where there are none. Written by the build's code.</summary>
    public Func<INetworkModule, NetworkIslands>? Islands { get; init; }

    /// <summary>The network's parameters. Written by the build's code.</summary>
    public IReadOnlyList<NetworkParameter> Parameters { get; init; } = [];

    /// <summary>The plans for what the network's constructor is given; null where it takes nothing. Written by the build's code.</summary>
    public Func<int[], NetworkPlans>? Given { get; init; }

    /// <summary>Whether the network's constructor was given other parameters than those that the build planned for.</summary>
    internal bool IsGiven => _given is not null;

    /// <summary>Why there are no plans for the parameters that the network was given; null where there are.</summary>
    internal string? Unplanned
    {
        get
        {
            var other = Parameters.Select((parameter, i) => (parameter.Name, parameter.Planned, Number: NumberOf(i), parameter.IsOpen)).Where(static each => !each.IsOpen && each.Number != each.Planned).ToList();
            return other.Count == 0 ? null : Invariant($"the build planned {Network} for {string.Join(", ", other.Select(static each => Invariant($"{each.Name} = {each.Planned}")))}, and this one has {string.Join(", ", other.Select(static each => Invariant($"{each.Name} = {each.Number}")))}");
        }
    }

    /// <summary>What the parameters are, as a saved snapshot says it: <c>classes=10</c>.</summary>
    internal string ParametersText => string.Join(";", Parameters.Select((parameter, i) => Invariant($"{parameter.Name}={NumberOf(i)}")));

    /// <summary>The plan for the CPU; null where torch computes all of the network.</summary>
    internal Plans.CpuPlan? Cpu => _cpu.Value;

    /// <summary>The program for a GPU; null where a layer has no kernel, or the build was not asked for one.</summary>
    internal Plans.GpuProgram? Gpu => _gpu.Value;

    /// <summary>What the network is made of; null where 64 bits do not hold what it costs, or an older version built it.</summary>
    internal Plans.NodePlan? Nodes => _nodes.Value;

    /// <summary>How the network's nodes are written in ONNX; null where an older version built it.</summary>
    internal Plans.OnnxPlan? Onnx => _onnx.Value;

    /// <summary>The names that its values may be asked for by.</summary>
    internal ImmutableArray<Plans.ValueName> Names => _names.Value;

    /// <summary>What the network costs at its declared input.</summary>
    /// <exception cref="NotSupportedException">There is no table of it.</exception>
    public NetworkCost Cost => _cost.Value;

    /// <summary>The layers for which there is no kernel, the first few of many; null where each has one.</summary>
    internal string? WithoutKernel => TableOf(Plans.CpuTable.None)?[(Plans.CpuTable.None.Length + 1)..] ?? (Cpu?.Islands.Select(static island => island.Layers).ToList() is { Count: > 0 } layers ? Plans.CpuTable.LayersText(layers) : null);

    /// <summary>The plans that a place holds, which may have been read already, as long as they are what the build says now: a hot reload changes that while the program runs.</summary>
    /// <param name="place">The place; null at first.</param>
    /// <param name="now">What the build says.</param>
    /// <returns>The plans in the place.</returns>
    public static NetworkPlans In(ref NetworkPlans? place, NetworkPlans now)
    {
        ArgumentNullException.ThrowIfNull(now);
        var held = Volatile.Read(ref place);
        while (held is null || !held.Says(now))
        {
            var found = Interlocked.CompareExchange(ref place, now, held);
            held = found == held ? now : found;
        }
        return held;
    }

    /// <summary>The plans for numbers that the network's constructor is given. Called by the build's code, before the constructor has checked them.</summary>
    /// <param name="numbers">The network's parameters.</param>
    /// <param name="last">The channels of last layers, by their keys, which parameters say.</param>
    /// <returns>The plans; these where they are for just those numbers.</returns>
    public NetworkPlans For(int[] numbers, params (string Layer, int Channels)[] last) =>
        numbers.SequenceEqual(Parameters.Select(static parameter => parameter.Planned)) ? this : new(this, numbers, last.ToDictionary(static each => each.Layer, static each => each.Channels));

    /// <summary>The plans for parameters as <see cref="ParametersText"/> has them; null where they are not this network's.</summary>
    internal NetworkPlans? ForText(string text)
    {
        var given = text.Split(';').Select(static each => each.Split('=')).Where(static each => each.Length == 2 && int.TryParse(each[1], NumberStyles.Integer, CultureInfo.InvariantCulture, out _)).ToLookup(static each => each[0], static each => int.Parse(each[1], CultureInfo.InvariantCulture));
        return Given is not null && given.Count == Parameters.Count && Parameters.All(parameter => given.Contains(parameter.Name)) ? Given([.. Parameters.Select(parameter => given[parameter.Name].First())]) : null;
    }

    private int NumberOf(int parameter) => _given?[parameter] ?? Parameters[parameter].Planned;

    // Tables are literals: those of unchanged code are one and the same string.
    private bool Says(NetworkPlans other) => (Channels, Height, Width) == (other.Channels, other.Height, other.Width) && Parameters.SequenceEqual(other.Parameters) && _tables.AsSpan().SequenceEqual(other._tables);

    private string? TableOf(string device) => Array.Find(_tables, table => table.StartsWith(device + " ", StringComparison.Ordinal));
}
