using System.Collections.Immutable;
using System.ComponentModel;

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

    /// <summary>Takes the tables; none is read before it is needed.</summary>
    /// <param name="network">The network's name.</param>
    /// <param name="channels">C of the declared input; of several the first.</param>
    /// <param name="height">H of the declared input.</param>
    /// <param name="width">W of the declared input.</param>
    /// <param name="tables">A table for each device, which begins with the device's name, or why there is none; one of the network's nodes, and one of how ONNX has them.</param>
    public NetworkPlans(string network, int channels, int height, int width, params string[] tables)
    {
        (Network, Channels, Height, Width, _tables) = (network, channels, height, width, tables);
        _cpu = new(() => TableOf("cpu") is { } table ? Plans.CpuTable.Read(table) : null);
        _gpu = new(() => TableOf("gpu") is { } table ? Plans.GpuTable.Read(table) : null);
        _nodes = new(() => TableOf("nodes") is { } table ? Plans.NodeTable.Read(network, table) : null);
        _onnx = new(() => TableOf("onnx") is { } table ? Plans.OnnxTable.Read(table) : null);
        _names = new(() => TableOf(Plans.NamesTable.Header) is { } table ? Plans.NamesTable.Read(table) : []);
        _inputs = new(() => TableOf(Plans.InputsTable.Header) is { } table ? Plans.InputsTable.Read(table) : [new("input", channels, height, width)]);
        _cost = new(() => NetworkCost.Of(this));
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

    // Tables are literals: those of unchanged code are one and the same string.
    private bool Says(NetworkPlans other) => (Channels, Height, Width) == (other.Channels, other.Height, other.Width) && _tables.AsSpan().SequenceEqual(other._tables);

    private string? TableOf(string device) => Array.Find(_tables, table => table.StartsWith(device + " ", StringComparison.Ordinal));
}
