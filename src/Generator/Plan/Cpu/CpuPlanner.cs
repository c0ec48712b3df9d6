using System.Collections.Immutable;
using Blockwright.Graph;

namespace Blockwright.Generator.Plan.Cpu;

/// <summary>
/// Plans a network for the CPU. Each tensor's channels are laid in the order that its consumers want: sorted by who reads them, so that every
/// consumer reads a few runs. A consumer that takes any order (a convolution, whose weights' columns follow; an operation on each channel by itself) reads the
/// runs where they lie; one that needs its channels in one piece or in order gets them gathered, once.
/// </summary>
internal sealed class CpuPlanner
{
    private readonly FlatGraph _graph;
    private readonly ImmutableArray<CpuOperation> _operations;
    private readonly Dictionary<int, int> _tensorOfNode = [];
    private readonly List<CpuTensor> _tensors = [];
    private readonly GridTable _grids;
    private readonly ValueRows _values;
    private readonly ConsumerTable _consumers;
    private readonly List<CpuStep> _steps = [];

    private CpuPlanner(BlockGraph network)
    {
        _graph = FlatGraph.Of(network);
        _operations = CpuOperation.Of(_graph);
        _grids = new GridTable(_graph);
        NewTensor(_graph.Nodes[0].Channels, 0);
        _tensorOfNode[0] = 0;
        foreach (var operation in _operations)
            _tensorOfNode[operation.Result.Id] = NewTensor(operation.Result.Channels, _grids.Of(operation.Result.Id)).Id;
        _values = new ValueRows(_graph, _tensorOfNode);
        _consumers = new ConsumerTable(_graph, _operations, _values, _tensorOfNode, _tensors);
    }

    public static CpuPlan Plan(BlockGraph network) => new CpuPlanner(network).Plan();

    private CpuPlan Plan()
    {
        PlanInput();
        foreach (var operation in _operations)
            PlanOperation(operation);
        PlanOutput();
        var (buffers, slots) = SlotAssignment.Assign(_tensors, _steps);
        var output = _graph.Nodes[_graph.Output];
        return new(_grids.ToImmutableArray(), buffers, _steps.ToImmutableArray(), slots, _graph.Nodes[0].Channels, output.Channels, _grids.Of(_graph.Output), output.Shape.IsFlat);
    }

    /// <summary>A stem reads the image plane by plane as torch has it; any other first operation wants it pixel by pixel.</summary>
    private void PlanInput()
    {
        var input = _tensors[0];
        input.Arrange(Enumerable.Range(0, input.Channels));
        var readers = _operations.Where(operation => operation.Operands.Any(operand => _values[operand].Any(static row => row.Tensor == 0))).ToList();
        input.IsPlanes = input.Channels <= 4 && readers.Count > 0 && !_values[_graph.Output].Any(static row => row.Tensor == 0)
            && readers.All(operation => operation.Kind == CpuKind.Convolution && !operation.HasResidual && operation.First.Layer is Blockwright.Graph.Convolution && _values[operation.Operands[0]].All(static row => row.Tensor == 0));
        _steps.Add(new(input.IsPlanes ? StepKind.Planes : StepKind.Input, input.IsPlanes ? "the image's planes" : "the image, pixel by pixel", ImmutableArray<Run>.Empty, ImmutableArray<Run>.Empty, 0));
    }

    private void PlanOperation(CpuOperation operation)
    {
        var tensor = _tensors[_tensorOfNode[operation.Result.Id]];
        switch (operation.Kind)
        {
            case CpuKind.Convolution: PlanConvolution(operation, tensor); break;
            case CpuKind.Depthwise or CpuKind.MaxPool or CpuKind.AvgPool: PlanWindow(operation, tensor); break;
            case CpuKind.Add or CpuKind.Multiply: PlanBinary(operation, tensor); break;
            case CpuKind.Flatten: PlanFlatten(operation, tensor); break;
            default: PlanUnary(operation, tensor); break;
        }
    }

    private void PlanConvolution(CpuOperation operation, CpuTensor tensor)
    {
        var value = _values[operation.Operands[0]];
        var groups = operation.First.Layer is Blockwright.Graph.Convolution { Groups.Constant: { } count } ? (int)count : 1;
        var reading = Reading.OfGroups(value, groups, _tensors);
        var window = WindowOf(operation.First.Layer!);
        foreach (var run in reading.Runs)
            _tensors[run.Buffer].Halo = Math.Max(_tensors[run.Buffer].Halo, window.Halo);
        var residual = operation.HasResidual ? Reading.Of(_values[operation.Operands[1]], _tensors) : null;
        if (residual is null)
        {
            tensor.Arrange(groups == 1 ? _consumers.Order(tensor) : Enumerable.Range(0, tensor.Channels));
            _steps.Add(Convolve(operation, reading, tensor, window, groups, ImmutableArray<Run>.Empty, operation.Activation));
            return;
        }
        // The epilogue adds channel by channel: what is written follows the order in which the residual lies.
        var follows = groups == 1 && residual.Runs.Length == 1 && !_tensors[residual.Runs[0].Buffer].IsPlanes;
        if (follows || (residual.Runs.Length == 1 && residual.Order.SequenceEqual(Enumerable.Range(0, tensor.Channels))))
        {
            tensor.Arrange(residual.Order);
            _steps.Add(Convolve(operation, reading, tensor, window, groups, residual.Runs, operation.Activation));
            return;
        }
        var alone = NewTensor(tensor.Channels, tensor.Grid);
        alone.Arrange(groups == 1 ? residual.Order : Enumerable.Range(0, tensor.Channels));
        _steps.Add(Convolve(operation, reading, alone, window, groups, ImmutableArray<Run>.Empty, null));
        AddSeparately(operation, alone, _values[operation.Operands[1]], tensor);
    }

    private void AddSeparately(CpuOperation operation, CpuTensor alone, ImmutableArray<Row> residual, CpuTensor tensor)
    {
        var own = Enumerable.Range(0, alone.Channels).Select(channel => new Row(alone.Id, channel)).ToImmutableArray();
        Combine(StepKind.Add, "Add", own, residual, tensor, operation.Activation);
    }

    private CpuStep Convolve(CpuOperation operation, Reading reading, CpuTensor output, WindowSize window, int groups, ImmutableArray<Run> residual, Blockwright.Graph.Activation? activation) => new(
        StepKind.Convolution,
        Describe(operation, activation is not null || operation.Activation is null),
        reading.Runs,
        residual,
        output.Id,
        operation.First.Key,
        operation.Norm?.Key ?? "",
        (operation.Norm?.Layer as BatchNorm)?.Eps ?? 0,
        window,
        Groups: groups,
        Activation: activation?.Kind ?? "",
        Slope: activation?.NegativeSlope ?? 0,
        InOrder: Compact(reading.Order),
        OutOrder: Compact(output.Order));

    /// <summary>
    /// Windows over each channel by themselves read their channels where they lie, as long as the registers that the runs fill in part are not too many. What slides
    /// from pixel to pixel wants its padding in a halo, and that only one buffer gets.
    /// </summary>
    private void PlanWindow(CpuOperation operation, CpuTensor tensor)
    {
        var layer = operation.First.Layer!;
        var window = WindowOf(layer);
        var slides = operation.Kind == CpuKind.Depthwise && window is { StrideHeight: 1, StrideWidth: 1 };
        var reading = Reading.Of(_values[operation.Operands[0]], _tensors);
        if (slides || reading.Runs.Sum(static run => CpuTensor.WholeLines(run.Count)) > 2 * CpuTensor.WholeLines(tensor.Channels))
            reading = InOnePiece(_values[operation.Operands[0]], order => _consumers.OrderOf(tensor, order));
        if (slides)
            _tensors[reading.Runs[0].Buffer].Halo = Math.Max(_tensors[reading.Runs[0].Buffer].Halo, window.Halo);
        tensor.ArrangeByLines(reading.Order, reading.Runs.Select(static run => run.Count));
        var kind = operation.Kind switch { CpuKind.Depthwise => StepKind.Depthwise, CpuKind.MaxPool => StepKind.MaxPool, _ => StepKind.AvgPool };
        _steps.Add(Unary(kind, operation, reading, tensor) with
        {
            Key = operation.First.Key,
            NormKey = operation.Norm?.Key ?? "",
            Window = window,
            CeilMode = layer is Pool { CeilMode: true },
            CountIncludePad = layer is not Pool { CountIncludePad: false },
        });
    }

    /// <summary>Operations on each element by itself read runs where they lie and write them side by side.</summary>
    private void PlanUnary(CpuOperation operation, CpuTensor tensor)
    {
        var reading = Reading.Of(_values[operation.Operands[0]], _tensors);
        tensor.Arrange(reading.Order);
        var kind = operation.Kind switch { CpuKind.Affine => StepKind.Affine, CpuKind.GlobalPool => StepKind.GlobalPool, _ => StepKind.Activation };
        _steps.Add(Unary(kind, operation, reading, tensor));
    }

    private static CpuStep Unary(StepKind kind, CpuOperation operation, Reading reading, CpuTensor output) => new(
        kind,
        Describe(operation, withActivation: true),
        reading.Runs,
        ImmutableArray<Run>.Empty,
        output.Id,
        NormKey: operation.Norm?.Key ?? "",
        Eps: (operation.Norm?.Layer as BatchNorm)?.Eps ?? 0,
        Activation: operation.Activation?.Kind ?? "",
        Slope: operation.Activation?.NegativeSlope ?? 0,
        OutOrder: Compact(output.Order));

    private void PlanBinary(CpuOperation operation, CpuTensor tensor)
    {
        // A gate comes second.
        var operands = operation.Operands.OrderBy(operand => _graph.Nodes[operand].Shape.IsPoint).ToList();
        var left = _values[operands[0]];
        for (var i = 1; i < operands.Count; i++)
        {
            var isLast = i == operands.Count - 1;
            var result = isLast ? tensor : NewTensor(tensor.Channels, tensor.Grid);
            Combine(operation.Kind == CpuKind.Add ? StepKind.Add : StepKind.Multiply, operation.Kind.ToString(), left, _values[operands[i]], result, isLast ? operation.Activation : null);
            left = Enumerable.Range(0, result.Channels).Select(channel => new Row(result.Id, channel)).ToImmutableArray();
        }
    }

    /// <summary>left + right or left * right, where the left lies; the right is read to match, gathered where it lies in too many pieces.</summary>
    private void Combine(StepKind kind, string comment, ImmutableArray<Row> left, ImmutableArray<Row> right, CpuTensor result, Blockwright.Graph.Activation? activation)
    {
        const int FewestChannelsPerPiece = 16;
        var reading = Reading.Of(left, _tensors);
        result.Arrange(reading.Order);
        var matched = reading.Order.Select(channel => right[channel]).ToImmutableArray();
        var runs = Reading.InOrder(matched, _tensors).Runs;
        if (runs.Length > 1 && runs.Length * FewestChannelsPerPiece > matched.Length)
            runs = ImmutableArray.Create(Gather(matched, Enumerable.Range(0, matched.Length)));
        _steps.Add(new(kind, activation is null ? comment : $"{comment}, {activation.Kind}", reading.Runs, runs, result.Id, Activation: activation?.Kind ?? "", Slope: activation?.NegativeSlope ?? 0));
    }

    private void PlanFlatten(CpuOperation operation, CpuTensor tensor)
    {
        var reading = InTorchOrder(_values[operation.Operands[0]]);
        tensor.Arrange(Enumerable.Range(0, tensor.Channels));
        _steps.Add(new(StepKind.Flatten, "Flatten", reading, ImmutableArray<Run>.Empty, tensor.Id));
    }

    private void PlanOutput()
    {
        var runs = InTorchOrder(_values[_graph.Output]);
        _steps.Add(new(StepKind.Output, "the result, in torch's order", runs, ImmutableArray<Run>.Empty, -1));
    }

    private ImmutableArray<Run> InTorchOrder(ImmutableArray<Row> value)
    {
        var reading = Reading.InOrder(value, _tensors);
        return reading.Runs.Length == 1 ? reading.Runs : ImmutableArray.Create(Gather(value, Enumerable.Range(0, value.Length)));
    }

    private Reading InOnePiece(ImmutableArray<Row> value, Func<IEnumerable<int>, IEnumerable<int>> best)
    {
        var reading = Reading.Of(value, _tensors);
        if (reading.Runs.Length == 1)
            return reading;
        var order = best(reading.Order).ToImmutableArray();
        return new(ImmutableArray.Create(Gather(value, order)), order);
    }

    /// <summary>Copies a value's channels side by side, in the order given.</summary>
    private Run Gather(ImmutableArray<Row> value, IEnumerable<int> order)
    {
        var channels = order.ToImmutableArray();
        var gathered = NewTensor(channels.Length, _tensors[value[0].Tensor].Grid);
        gathered.Arrange(Enumerable.Range(0, channels.Length));
        var reading = Reading.InOrder(channels.Select(channel => value[channel]).ToImmutableArray(), _tensors);
        _steps.Add(new(StepKind.Gather, "gathered into one piece", reading.Runs, ImmutableArray<Run>.Empty, gathered.Id));
        return new(gathered.Id, 0, channels.Length);
    }

    private CpuTensor NewTensor(int channels, int grid)
    {
        var tensor = new CpuTensor(_tensors.Count, channels, grid);
        _tensors.Add(tensor);
        return tensor;
    }

    private static WindowSize WindowOf(Layer layer)
    {
        return layer switch
        {
            Blockwright.Graph.Convolution convolution => Make(convolution.Kernel, convolution.Stride, convolution.Padding, convolution.Dilation),
            Pool pool => Make(pool.Kernel, pool.Stride, pool.Padding, Pair.One),
            _ => WindowSize.Pixel,
        };

        static WindowSize Make(Pair kernel, Pair stride, Pair padding, Pair dilation) => new(
            Int(kernel.Height), Int(kernel.Width), Int(stride.Height), Int(stride.Width), Int(padding.Height), Int(padding.Width), Int(dilation.Height), Int(dilation.Width));

        static int Int(Amount amount) => (int)amount.Constant!;
    }

    private static string Describe(CpuOperation operation, bool withActivation)
    {
        var parts = operation.Nodes
            .Where(node => withActivation || node.Layer is not Blockwright.Graph.Activation)
            .Select(static node => node.Layer is { } layer ? (node.Key.Length > 0 ? $"{node.Key}: " : "") + layer.Describe() : node.Join.ToString());
        return string.Join(", ", parts);
    }

    /// <summary>Empty where the order is the natural one.</summary>
    private static ImmutableArray<int> Compact(IEnumerable<int> order)
    {
        var array = order.ToImmutableArray();
        return array.SequenceEqual(Enumerable.Range(0, array.Length)) ? ImmutableArray<int>.Empty : array;
    }
}
