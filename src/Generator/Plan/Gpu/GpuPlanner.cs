using System.Collections.Immutable;
using Blockwright.Generator.Plan.Rows;
using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Gpu;

/// <summary>
/// Lays a network's rows out for a GPU: each channel is a plane, and the planes of a tensor are in the order that its readers want. Any kernel reads its channels where they lie, in as many runs as it takes, so
/// that nothing is ever moved but a result that is not just one operation's, or a map that becomes features.
/// </summary>
internal sealed class GpuPlanner
{
    private const int MostResidualRuns = 4;

    private readonly RowsPlan _plan;
    private readonly Readers _readers;
    private readonly ImmutableArray<int> _last;
    private readonly List<GpuTensor> _tensors;
    private readonly PlanePools _pools;
    private readonly List<GpuStep> _steps = [];
    // The results that lie where their tensors are written, by these.
    private readonly Dictionary<int, int> _resultOf = [];
    private long _weightsEnd;

    private GpuPlanner(RowsPlan plan, CancellationToken cancellation)
    {
        _plan = plan;
        _readers = new Readers(plan, cancellation);
        _last = plan.LastReaders();
        _tensors = plan.Tensors.Select(static (tensor, id) => new GpuTensor(id, tensor.Channels, tensor.Grid)).ToList();
        _pools = new(plan.Inputs + plan.Results.Count);
        for (var result = 0; result < plan.Results.Count; result++)
        {
            if (WholeTensor(plan.Results[result]) is { } tensor && !_resultOf.ContainsKey(tensor))
                _resultOf.Add(tensor, result);
        }
    }

    /// <summary>Plans a network; null where its numbers are more than a kernel's ints hold.</summary>
    public static GpuPlan? Plan(RowsPlan plan, CancellationToken cancellation = default) => new GpuPlanner(plan, cancellation).Plan(cancellation);

    private GpuPlan? Plan(CancellationToken cancellation)
    {
        for (var input = 0; input < _plan.Inputs; input++)
        {
            _tensors[input].ArrangeInOrder();
            _tensors[input].Put(input, 0);
        }
        for (var i = 0; i < _plan.Operations.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            PlanOperation(_plan.Operations[i], i);
        }
        foreach (var result in Enumerable.Range(0, _plan.Results.Count).Except(_resultOf.Values))
            Gather(result);
        var (pools, slots) = _pools.Assign();
        var inputs = _plan.Tensors.Take(_plan.Inputs).Select(static input => new GpuBuffer(input.Channels, input.Grid, -1));
        var results = _plan.Results.Select(static result => new GpuBuffer(result.Rows.Count, result.Grid, -1));
        var buffers = inputs.Concat(results).ToImmutableArray().AddRange(pools);
        return _weightsEnd <= int.MaxValue && buffers.All(FitsInts) ? new(_plan, WeightIdentity.Of(_plan), buffers, slots, _steps.ToImmutableArray()) : null;
    }

    /// <summary>Whether an image's floats can be counted by an int, at the declared size.</summary>
    private bool FitsInts(GpuBuffer buffer) => (long)buffer.Planes * _plan.Grids[buffer.Grid].Height * _plan.Grids[buffer.Grid].Width <= int.MaxValue;

    /// <summary>The tensor that a result is, its channels in whatever order; null where the result is of several, of a part, or came in.</summary>
    private int? WholeTensor(RowResult result)
    {
        var tensor = result.Rows[0].Tensor;
        var channels = new HashSet<int>(result.Rows.Where(row => row.Tensor == tensor).Select(static row => row.Channel));
        return tensor >= _plan.Inputs && result.Rows.Count == channels.Count && channels.Count == _plan.Tensors[tensor].Channels ? tensor : null;
    }

    private void PlanOperation(RowOperation operation, int index)
    {
        var tensor = _tensors[operation.Result];
        if (operation.Arrangement is { } arrangement)
        {
            PlanArrangement(operation, arrangement, tensor, index);
            return;
        }
        if (operation.Kernel is { Kind: KernelKind.Flatten or KernelKind.GroupNorm or KernelKind.PixelShuffle or KernelKind.PixelUnshuffle } or { Kind: KernelKind.Convolution or KernelKind.ConvTranspose, Groups: > 1 })
            Put(tensor, index, OrderOfResult(tensor.Id) ?? Enumerable.Range(0, tensor.Channels).ToArray());
        else
            Put(tensor, index, OrderOfResult(tensor.Id) ?? OrderWithResidual(operation, _readers.Order(tensor.Id)));
        _steps.Add(operation.Kernel.Kind switch
        {
            KernelKind.Convolution => Tiled(operation, tensor, Product(operation, tensor)),
            KernelKind.ConvTranspose => Product(operation, tensor),
            KernelKind.PixelShuffle or KernelKind.PixelUnshuffle => Step(operation, tensor, Enumerable.Range(0, tensor.Channels).ToArray()) with { Operands = ImmutableArray.Create(Reading.InOrder(operation.Operands[0], _tensors)) },
            KernelKind.ChannelMean or KernelKind.ChannelMax => Step(operation, tensor, null) with { Operands = ImmutableArray.Create(Reading.InOrder(operation.Operands[0], _tensors)) },
            KernelKind.Flatten => Step(operation, tensor, null) with { Operands = ImmutableArray.Create(Reading.InOrder(operation.Operands[0], _tensors)) },
            // Groups and neighbours are computed in their order, wherever they are written.
            KernelKind.GroupNorm or KernelKind.LocalResponseNorm => Channelwise(operation, tensor, Enumerable.Range(0, tensor.Channels).ToArray()),
            _ => Channelwise(operation, tensor, tensor.Order),
        });
    }

    /// <summary>Planes hold elements in torch's order as they are. What one pass leaves for the next is there for no longer than that.</summary>
    private void PlanArrangement(RowOperation operation, Arrangement arrangement, GpuTensor tensor, int index)
    {
        var runs = Reading.InOrder(operation.Operands[0], _tensors);
        var (channels, grid) = (operation.Operands[0].Count, _tensors[operation.Operands[0][0].Tensor].Grid);
        var passes = ArrangementPasses.Of(arrangement, fromPixels: false, intoPixels: false);
        for (var i = 0; i < passes.Count; i++)
        {
            var pass = passes[i];
            var target = i == passes.Count - 1 ? tensor : Passing(channels, grid);
            Put(target, index, OrderOfResult(target.Id) ?? Enumerable.Range(0, target.Channels).ToArray());
            var output = Runs(Row.AllOf(target.Id, target.Channels), null);
            _steps.Add(new(pass.Kind, target.Grid, output, pass.Kind.ToString()) { Operands = ImmutableArray.Create(runs), Sizes = pass.Sizes, Dims = pass.Dims, Function = pass.Function });
            runs = output;
        }
    }

    private GpuTensor Passing(int channels, int grid)
    {
        var tensor = new GpuTensor(_tensors.Count, channels, grid);
        _tensors.Add(tensor);
        return tensor;
    }

    private void Put(GpuTensor tensor, int step, int[] order)
    {
        tensor.Arrange(order);
        if (_resultOf.TryGetValue(tensor.Id, out var result))
            tensor.Put(BufferOf(result), 0);
        else
            _pools.Put(tensor, step, tensor.Id < _last.Length ? _last[tensor.Id] : step);
    }

    private int BufferOf(int result) => _plan.Inputs + result;

    private int[]? OrderOfResult(int tensor) => _resultOf.TryGetValue(tensor, out var result) ? _plan.Results[result].Rows.Select(static row => row.Channel).ToArray() : null;

    /// <summary>The order that the readers want, as long as what is added lies in few runs there; else the order in which that lies.</summary>
    private int[] OrderWithResidual(RowOperation operation, int[] order)
    {
        if (!operation.Epilogue.Any(static step => step.IsAdd))
            return order;
        var residual = Reading.Of(operation.Operands[1], _tensors);
        return Runs(operation.Operands[1], order).Length <= Math.Max(MostResidualRuns, residual.Runs.Length) ? order : residual.Order;
    }

    private GpuStep Product(RowOperation operation, GpuTensor tensor)
    {
        var groups = operation.Kernel.Groups;
        var reading = Reading.OfGroups(operation.Operands[0], groups, _tensors);
        // Groups are computed in their order, wherever they are written.
        var order = groups == 1 ? tensor.Order : Enumerable.Range(0, tensor.Channels).ToArray();
        return Step(operation, tensor, order) with { Operands = ImmutableArray.Create(reading.Runs), Weights = Weights(operation, GpuPacking.Products, reading.Order, order) };
    }

    private GpuStep Tiled(RowOperation operation, GpuTensor tensor, GpuStep step)
    {
        var (kernel, groups) = (operation.Kernel, operation.Kernel.Groups);
        var grid = _plan.Grids[tensor.Grid];
        var numbers = new ProductNumbers(tensor.Channels / groups, operation.Operands[0].Count / groups * kernel.Window.Taps, groups);
        return step with { Tiles = GpuPlan.Batches.Select(batch => TileCost.Best(numbers, (long)batch.ChosenAt * grid.Height * grid.Width, GpuCard.Reference)).ToImmutableArray() };
    }

    private GpuStep Channelwise(RowOperation operation, GpuTensor tensor, int[] order)
    {
        var operands = operation.Operands.Take(operation.Operands.Count - operation.Epilogue.Count(static step => step.IsAdd));
        return Step(operation, tensor, order) with
        {
            // A map of one channel is every channel's.
            Operands = operands.Select(operand => Runs(operand, operand.Count == 1 ? null : order)).ToImmutableArray(),
            // One number for all channels has no order.
            Weights = operation.Weights is { } weights ? Weights(operation, GpuPacking.Channels, [], weights.Shape[0] == tensor.Channels ? order : []) : null,
        };
    }

    /// <param name="order">The channels in the order in which the step writes them; null for the tensor's own.</param>
    private GpuStep Step(RowOperation operation, GpuTensor tensor, int[]? order) => new(operation.Kernel.Kind, tensor.Grid, Runs(Row.AllOf(tensor.Id, tensor.Channels), order), What(operation))
    {
        Residual = operation.Epilogue.Any(static step => step.IsAdd) ? Runs(operation.Operands[operation.Operands.Count - 1], order) : ImmutableArray<PlanRun>.Empty,
        Window = operation.Kernel.Window,
        CountIncludePad = operation.Kernel.CountIncludePad,
        Groups = operation.Kernel.Groups,
        Eps = operation.Kernel.Eps,
        Response = operation.Kernel.Response,
        Function = operation.Kernel.Function ?? operation.Epilogue.Select(static step => step.Function).SingleOrDefault(static function => function is not null) ?? PlanFunction.None,
    };

    private GpuWeights Weights(RowOperation operation, GpuPacking packing, int[] inOrder, int[] outOrder)
    {
        const int Alignment = 32;
        var weights = new GpuWeights(operation.Weights!, packing, operation.Kernel.Groups, Compact(inOrder), Compact(outOrder), _weightsEnd);
        _weightsEnd = (_weightsEnd + weights.Floats + Alignment - 1) / Alignment * Alignment;
        return weights;
    }

    private void Gather(int number)
    {
        var result = _plan.Results[number];
        _steps.Add(new(KernelKind.Gather, result.Grid, ImmutableArray.Create(new PlanRun(BufferOf(number), 0, result.Rows.Count)), result.Name.Length > 0 ? "result " + result.Name : "result")
        {
            Operands = ImmutableArray.Create(Reading.InOrder(result.Rows, _tensors)),
        });
    }

    private ImmutableArray<PlanRun> Runs(EquatableArray<Row> value, int[]? order) =>
        Reading.InOrder(order is null ? value : Array.ConvertAll(order, channel => value[channel]).ToEquatableArray(), _tensors);

    private static ImmutableArray<int> Compact(int[] order) => Reading.IsNatural(order) ? ImmutableArray<int>.Empty : ImmutableArray.Create(order);

    private static string What(RowOperation operation)
    {
        var what = operation.Weights is { } weights ? $"{weights.FoldedKey}: {operation.Kernel.Kind}" : operation.Kernel.Kind.ToString();
        return what + string.Concat(operation.Epilogue.Select(static step => step.IsAdd ? " + residual" : $", {step.Function!.Name}"));
    }
}
