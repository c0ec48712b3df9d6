using System.Diagnostics;
using Blockwright.Kernels;
using Blockwright.Plans;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>
/// What a module's layers take when torch computes them: the moments before and after each layer that is a module, by hooks. What lies between two of them belongs to the functions between: activations, joins, shuffles.
/// </summary>
internal sealed class ModuleProfiler
{
    private readonly NodePlan _nodes;
    private readonly Dictionary<string, int> _byKey = new(StringComparer.Ordinal);
    private readonly List<int> _called = [];
    private readonly List<long> _stamps = [];
    private readonly bool _isCuda;
    private readonly int _thread = Environment.CurrentManagedThreadId;

    private ModuleProfiler(NodePlan nodes, bool isCuda)
    {
        (_nodes, _isCuda) = (nodes, isCuda);
        for (var i = 0; i < nodes.Nodes.Length; i++)
        {
            if (nodes.Nodes[i].Key.Length > 0)
                _byKey.Add(nodes.Blocks[nodes.Nodes[i].Block].Key(nodes.Nodes[i].Key), i);
        }
    }

    /// <summary>Runs a module in the mode that it is in, without gradients.</summary>
    public static NetworkProfile Profile(INetworkModule network, Tensor[] inputs, int iterations)
    {
        var input = inputs[0];
        var (batch, height, width) = ((int)input.size(0), (int)input.size(2), (int)input.size(3));
        var nodes = network.GetCost().Nodes;
        var sizes = GridSizes.Of(network.Plans.Network, nodes.Grids, nodes.SizeRules, height, width);
        var profiler = new ModuleProfiler(nodes, input.device_type == TorchSharp.DeviceType.CUDA);
        var (stamps, plain) = (new long[iterations][], new long[iterations]);
        using var noGradient = no_grad();
        var turns = new TimedTurns(iterations);
        while (turns.Next())
        {
            var start = profiler.Now();
            Call(network, inputs);
            var took = profiler.Now() - start;
            var times = profiler.Time(network, inputs);
            if (turns.Run >= 0)
                (plain[turns.Run], stamps[turns.Run]) = (took, times);
        }
        var (rows, rowOf) = profiler.Rows();
        var threads = get_num_threads();
        var (peak, speed) = profiler._isCuda ? (0, 0) : MachineCeilings.Measure(InstructionSets.Best, threads);
        var title = Invariant($"{network.Plans.Network}, torch's operations, {InputSizes.Text(network.Plans, batch, height, width)}, {input.device}{(profiler._isCuda ? "" : Invariant($", {threads} {(threads == 1 ? "thread" : "threads")}: {peak / 1e9:F0} GFLOP/s and {speed / 1e9:F0} GB/s at most"))}");
        return Moments.Profile(title, [.. rows.Select(row => profiler.WithCost(row, sizes, batch, peak, speed))], rowOf, stamps, plain, peak, speed);
    }

    /// <summary>What has no steps that can be told apart, as one.</summary>
    public static NetworkProfile Whole(string title, Action run, int iterations)
    {
        var (stamps, plain) = (new long[iterations][], new long[iterations]);
        var turns = new TimedTurns(iterations);
        while (turns.Next())
        {
            var start = Stopwatch.GetTimestamp();
            run();
            var end = Stopwatch.GetTimestamp();
            if (turns.Run >= 0)
                (plain[turns.Run], stamps[turns.Run]) = (end - start, [start, end]);
        }
        return Moments.Profile(title, [new("all", "", "")], [0], stamps, plain);
    }

    private long Now()
    {
        // What a GPU was given is not done yet.
        if (_isCuda)
            cuda.synchronize();
        return Stopwatch.GetTimestamp();
    }

    /// <summary>One run with hooks.</summary>
    private long[] Time(INetworkModule network, Tensor[] inputs)
    {
        _called.Clear();
        _stamps.Clear();
        var removers = new List<Action>();
        foreach (var (key, module) in network.Module.named_modules())
        {
            if (!_byKey.TryGetValue(key, out var node) || module is not nn.Module<Tensor, Tensor> layer)
                continue;
            var (before, after) = (layer.register_forward_pre_hook((_, x) => Before(node, x)), layer.register_forward_hook((_, _, x) => After(x)));
            removers.Add(before.remove);
            removers.Add(after.remove);
        }
        try
        {
            _stamps.Add(Now());
            Call(network, inputs);
            _stamps.Add(Now());
            return [.. _stamps];
        }
        finally
        {
            removers.ForEach(static remove => remove());
        }
    }

    private static void Call(INetworkModule network, Tensor[] inputs) => Array.ForEach(network.Results(inputs), static result => result.Dispose());

    private Tensor Before(int node, Tensor input)
    {
        // Another thread may call the module meanwhile.
        if (_thread == Environment.CurrentManagedThreadId)
        {
            _called.Add(node);
            _stamps.Add(Now());
        }
        return input;
    }

    private Tensor After(Tensor result)
    {
        if (_thread == Environment.CurrentManagedThreadId)
            _stamps.Add(Now());
        return result;
    }

    /// <summary>The rows of a run: a layer that is a module, and what stands behind it. Where nothing does, the time is the calls' own.</summary>
    private (List<Row> Rows, List<int> RowOf) Rows()
    {
        var behind = Functions().ToLookup(function => _called.Where(called => called < function).DefaultIfEmpty(-1).Max());
        var rows = new List<Row>();
        var rowOf = new List<int>();
        var calls = -1;
        Gap(-1);
        foreach (var node in _called)
        {
            Add([node]);
            Gap(node);
        }
        return (rows, rowOf);

        void Gap(int after)
        {
            if (behind[after].Any())
            {
                Add([.. behind[after]]);
                return;
            }
            if (calls < 0)
            {
                calls = rows.Count;
                rows.Add(new([]));
            }
            rowOf.Add(calls);
        }

        void Add(IReadOnlyList<int> nodes)
        {
            rowOf.Add(rows.Count);
            rows.Add(new(nodes));
        }
    }

    private IEnumerable<int> Functions() => Enumerable.Range(0, _nodes.Nodes.Length).Where(node => !_nodes.Nodes[node].Inputs.IsEmpty && _nodes.Nodes[node].Key.Length == 0);

    private ProfileRow WithCost(Row row, (int Height, int Width)[] sizes, int batch, double peak, double speed)
    {
        if (row.Nodes.Count == 0)
            return new("calls", "calls", "");
        var first = _nodes.Nodes[row.Nodes[0]];
        var block = _nodes.Blocks[first.Block];
        var kind = string.Join(" + ", row.Nodes.Select(node => _nodes.Nodes[node].Kind).Distinct());
        var name = first.Key.Length > 0 ? block.Key(first.Key) : block.Path.Length > 0 ? $"{block.Path}: {kind}" : kind;
        var cost = row.Nodes.Select(node => _nodes.CostOf(node, sizes).For(batch)).Aggregate(static (sum, each) => sum + each);
        var (flops, bytes) = (2.0 * cost.MultiplyAdds, (double)cost.Bytes);
        return new(name, first.Key.Length > 0 ? ProfileText.Kind(first, kind) : kind, block.Path)
        {
            Layers = row.Nodes,
            Flops = flops,
            Bytes = bytes,
            FloorSeconds = peak > 0 ? Math.Max(flops / peak, bytes / speed) : 0,
        };
    }

    /// <param name="Nodes">The nodes that it stands for; none for the calls.</param>
    private sealed record Row(IReadOnlyList<int> Nodes);
}
