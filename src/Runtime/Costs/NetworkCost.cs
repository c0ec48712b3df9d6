using System.Collections.Immutable;
using Blockwright.Plans;

namespace Blockwright;

/// <summary>
/// What a network costs, layer by layer, at one input size and batch: known from its declaration alone, without weights and without torch. Memory access is counted twice: as the paper counts
/// it, each layer an operation of its own, and as the steps of a snapshot's plan for the CPU move it.
/// </summary>
public sealed class NetworkCost
{
    private readonly NetworkPlans _plans;
    private readonly NodePlan _nodes;

    private NetworkCost(NetworkPlans plans, NodePlan nodes, int batch, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        (_plans, _nodes, Batch, Height, Width) = (plans, nodes, batch, height, width);
        HasPlan = plans.Cpu is not null && nodes.Nodes.Any(static node => node.Parameters > 0);
        try
        {
            Layers = LayersOf(plans, nodes, HasPlan ? plans.Cpu : null, batch, height, width);
        }
        catch (OverflowException e)
        {
            throw new ArgumentException($"64 bits do not hold what {Network} costs at {InputText}.", e);
        }
    }

    /// <summary>The network's name.</summary>
    public string Network => _plans.Network;

    /// <summary>Images at a time, N.</summary>
    public int Batch { get; }

    /// <summary>C of the input; of several inputs the first, as H and W.</summary>
    public int Channels => _plans.Channels;

    /// <summary>H of the input.</summary>
    public int Height { get; }

    /// <summary>W of the input.</summary>
    public int Width { get; }

    /// <summary>Every layer, join and part of a split, in an order in which each comes after what it reads; the first is the input, or of several the first ones are.</summary>
    public IReadOnlyList<LayerCost> Layers { get; }

    /// <summary>The number of the layer whose result is the network's; of several results the first.</summary>
    public int Output => _nodes.Output;

    /// <summary>What the network gives in inference: each result's name, empty where it is the only one, and the number of the layer that gives it.</summary>
    public IReadOnlyList<(string Name, int Layer)> Results => [.. _nodes.Results.Select(static result => (result.Name, result.Node))];

    /// <summary>The shapes of what it gives, for people.</summary>
    internal string ResultText => string.Join(", ", Results.Select(result => (result.Name.Length == 0 ? "" : result.Name + " ") + SummaryText.Shape(Layers[result.Layer].OutputShape)));

    /// <summary>The layers that the build cannot look into: none of the sums has their parameters and multiply-adds.</summary>
    public IEnumerable<LayerCost> Uncounted => Layers.Where(static layer => layer.IsUncounted);

    /// <summary>Learned parameters.</summary>
    public long Parameters => Layers.Sum(static layer => layer.Parameters);

    /// <summary>Multiply-adds: what papers call FLOPs.</summary>
    public long MultiplyAdds => Layers.Sum(static layer => layer.MultiplyAdds);

    /// <summary>Bytes that the layers read and write when each is an operation of its own, weights too.</summary>
    public long MemoryAccessBytes => Layers.Sum(static layer => layer.MemoryAccessBytes);

    /// <summary>Bytes that the steps of a snapshot's plan for the CPU read and write, folded weights too; 0 where there is no plan.</summary>
    public long FusedBytes => Layers.Sum(static layer => layer.FusedBytes);

    /// <summary>Bytes of all results that are written, the layers one by one: what training keeps for its gradients.</summary>
    public long ActivationBytes => Layers.Sum(static layer => layer.BytesWritten);

    /// <summary>Bytes of the results of layers with parameters, once forward and once backward: torchinfo's "forward/backward pass size".</summary>
    public long ForwardBackwardBytes => Layers.Where(static layer => layer.Parameters > 0).Sum(static layer => 2 * layer.OutputBytes);

    /// <summary>Bytes of the inputs.</summary>
    public long InputBytes => Inputs.Sum(static input => input.Layer.OutputBytes);

    /// <summary>What comes in: each input's name, empty where it is the only one, and what stands for it in <see cref="Layers"/>.</summary>
    public IReadOnlyList<(string Name, LayerCost Layer)> Inputs => [.. _plans.Inputs.Select((input, i) => (_plans.Inputs.Length == 1 ? "" : input.Name, Layers[i]))];

    /// <summary>Bytes of the parameters in float32.</summary>
    public long ParameterBytes => Parameters * OperationCost.BytesPerValue;

    /// <summary>Floating-point operations for each byte that moves when each layer is an operation of its own.</summary>
    public double ArithmeticIntensity => 2.0 * MultiplyAdds / MemoryAccessBytes;

    /// <summary>Whether <c>Fuse()</c> takes the CPU's kernels: there is a plan for them, and the network has weights, which say that it is of float32.</summary>
    public bool HasPlan { get; }

    internal NodePlan Nodes => _nodes;

    internal NetworkPlans Plans => _plans;

    /// <summary>The same network's cost at another size or batch.</summary>
    /// <param name="batch">N.</param>
    /// <returns>The cost.</returns>
    /// <exception cref="ArgumentException">64 bits do not hold it.</exception>
    public NetworkCost At(int batch) => At(batch, Height, Width);

    /// <summary>The same network's cost at another size or batch.</summary>
    /// <param name="batch">N.</param>
    /// <param name="height">H of the input.</param>
    /// <param name="width">W of the input.</param>
    /// <returns>The cost.</returns>
    /// <exception cref="ArgumentException">The network does not take the size, or 64 bits do not hold what it costs there.</exception>
    public NetworkCost At(int batch, int height, int width) => new(_plans, _nodes, batch, height, width);

    /// <summary>The cost as a table.</summary>
    /// <param name="options">What of it is shown; null for the usual.</param>
    /// <returns>The table.</returns>
    public NetworkSummary Summary(SummaryOptions? options = null) => new(this, options ?? new SummaryOptions(), null);

    /// <summary>The graph as a flowchart in Mermaid's language, which GitHub and others draw in a Markdown page between <c>```mermaid</c> and <c>```</c>.</summary>
    /// <param name="depth">How deep it goes, as <see cref="SummaryOptions.Depth"/>: 1 for the network's own layers and its stages; what is deeper is one box.</param>
    /// <returns>The text.</returns>
    public string ToMermaid(int depth = 2) => MermaidText.Of(this, depth);

    /// <summary>The table of the usual columns, as text.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Summary().ToString();

    /// <summary>At the declared size.</summary>
    /// <exception cref="NotSupportedException">There is no table of the network.</exception>
    internal static NetworkCost Of(NetworkPlans plans) => plans.Nodes is { } nodes
        ? new(plans, nodes, 1, plans.Height, plans.Width)
        : throw new NotSupportedException($"There is no table of what {plans.Network} costs: {plans.Unplanned ?? "64 bits do not hold it, or an older version of Blockwright built the class"}.");

    private static ImmutableArray<LayerCost> LayersOf(NetworkPlans plans, NodePlan nodes, CpuPlan? cpu, int batch, int height, int width)
    {
        var sizes = GridSizes.Of(plans.Network, nodes.Grids, nodes.SizeRules, height, width);
        var owners = Owners(nodes);
        var fused = cpu is not null ? FusedBytesOf(cpu, owners, GridSizes.Of(plans.Network, cpu.Grids, cpu.SizeRules, height, width), batch) : [];
        var layers = ImmutableArray.CreateBuilder<LayerCost>(nodes.Nodes.Length);
        for (var i = 0; i < nodes.Nodes.Length; i++)
            layers.Add(LayerOf(i));
        return layers.MoveToImmutable();

        LayerCost LayerOf(int index)
        {
            var node = nodes.Nodes[index];
            var cost = nodes.CostOf(index, sizes).For(batch);
            var owner = node.Step == PlanNode.NoStep ? -1 : owners[node.Step];
            return new(index, node.Kind)
            {
                Key = nodes.Blocks[node.Block].Key(node.Key),
                Numbers = string.Join(" ", node.Words),
                Block = nodes.Blocks[node.Block].Path,
                Inputs = node.Inputs,
                InputShape = node.Inputs.IsEmpty ? [] : ShapeOf(node.Inputs[0]),
                OutputShape = ShapeOf(index),
                IsUncounted = node.IsUncounted,
                Parameters = cost.Parameters,
                MultiplyAdds = cost.MultiplyAdds,
                BytesRead = checked(cost.Read * OperationCost.BytesPerValue),
                BytesWritten = checked(cost.Written * OperationCost.BytesPerValue),
                OutputBytes = checked(nodes.Values(index, sizes) * batch * OperationCost.BytesPerValue),
                MemoryAccessBytes = cost.Bytes,
                ArithmeticIntensity = cost.Intensity,
                Pass = cpu is null || (owner >= 0 && cpu.Steps[node.Step].Kind == KernelKind.Island) ? LayerPass.Torch : owner < 0 ? LayerPass.Free : owner == index ? LayerPass.Own : LayerPass.Fused,
                ComputedBy = owner,
                FusedBytes = owner == index ? fused.GetValueOrDefault(index) : 0,
            };
        }

        ImmutableArray<long> ShapeOf(int index) => [batch, .. nodes.Nodes[index].Sizes(sizes[nodes.Nodes[index].Grid])];
    }

    /// <summary>The first node of each step.</summary>
    private static Dictionary<int, int> Owners(NodePlan nodes)
    {
        var owners = new Dictionary<int, int>();
        for (var i = 0; i < nodes.Nodes.Length; i++)
        {
            if (nodes.Nodes[i].Step != PlanNode.NoStep)
                owners.TryAdd(nodes.Nodes[i].Step, i);
        }
        return owners;
    }

    /// <summary>What moves for each node that begins a pass: its step, and what is gathered for it before; behind the last one, what brings the result into torch's order.</summary>
    private static Dictionary<int, long> FusedBytesOf(CpuPlan cpu, Dictionary<int, int> owners, (int Height, int Width)[] sizes, int batch)
    {
        var bytes = new Dictionary<int, long>();
        var (waiting, last) = (0L, 0);
        for (var step = 0; step < cpu.Steps.Length; step++)
        {
            waiting = checked(waiting + PlanCosts.Of(cpu, sizes, step, step).For(batch).Bytes);
            if (!owners.TryGetValue(step, out var owner))
                continue;
            bytes[last = owner] = waiting;
            waiting = 0;
        }
        bytes[last] = checked(bytes.GetValueOrDefault(last) + waiting);
        return bytes;
    }

    internal string InputText => InputSizes.Text(_plans, Batch, Height, Width);
}
