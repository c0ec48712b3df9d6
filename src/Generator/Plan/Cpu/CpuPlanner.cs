using System.Collections.Immutable;
using Blockwright.Generator.Plan.Rows;
using Blockwright.Graph;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Cpu;

/// <summary>
/// Lays a network's rows out for the CPU. Each tensor's channels are laid in the order that its consumers want: sorted by who reads them, so that every
/// consumer reads a few runs. A consumer that takes any order (a convolution, whose weights' columns follow; an operation on each channel by itself) reads the
/// runs where they lie; one that needs its channels in one piece or in order gets them gathered, once.
/// </summary>
internal sealed class CpuPlanner
{
    private readonly RowsPlan _plan;
    private readonly Readers _readers;
    private readonly List<CpuTensor> _tensors;
    private readonly List<PlanStep> _steps = [];
    private (int[] Made, int[] Read)? _lives;
    private int _islands;

    private CpuPlanner(RowsPlan plan, CancellationToken cancellation)
    {
        _plan = plan;
        _readers = new Readers(plan, cancellation);
        _tensors = plan.Tensors.Select(static (tensor, id) => new CpuTensor(id, tensor.Channels, tensor.Grid)).ToList();
    }

    public static CpuPlan Plan(RowsPlan plan, CancellationToken cancellation = default) => new CpuPlanner(plan, cancellation).Plan(cancellation);

    private CpuPlan Plan(CancellationToken cancellation)
    {
        for (var i = 0; i < _plan.Inputs; i++)
            PlanInput(_tensors[i]);
        foreach (var operation in _plan.Operations)
        {
            cancellation.ThrowIfCancellationRequested();
            PlanOperation(operation, _tensors[operation.Result]);
        }
        for (var i = 0; i < _plan.Results.Count; i++)
            PlanOutput(i);
        var named = _plan.Named.Select(value => PlanNamed(value, cancellation)).OfType<PlanNamed>().ToImmutableArray();
        var (buffers, slots) = SlotAssignment.Assign(_tensors, _steps, _plan.Grids);
        return new(
            WeightIdentity.Of(_plan), _plan.Element, _plan.Tensors[0].Channels, _plan.Results.Select(static result => result.Planned).ToImmutableArray(), slots,
            _plan.Grids.ToImmutableArray(), _plan.SizeRules.ToImmutableArray(), buffers, _steps.ToImmutableArray())
        {
            Named = named,
        };
    }

    /// <summary>Where a named value lies once its last channel has been computed; null where other values have the memory of some of its channels by then, and where it is an image's planes.</summary>
    private PlanNamed? PlanNamed(RowResult value, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var reading = Reading.Of(value.Rows, _tensors);
        var buffers = reading.Runs.Select(static run => run.Buffer).Distinct().ToList();
        if (value.Dimensions.IsEmpty && buffers.Exists(buffer => _tensors[buffer].IsPlanes))
            return null;
        var (made, read) = _lives ??= SlotAssignment.Lives(_tensors.Count, _steps);
        var whole = buffers.Max(buffer => made[buffer]);
        return buffers.TrueForAll(buffer => made[buffer] == whole || read[buffer] >= whole) ? new(value.Name, value.Grid, value.IsFlat, reading.Runs, Compact(reading.Order)) { Dimensions = value.Dimensions } : null;
    }

    /// <summary>A stem reads the image plane by plane as torch has it; any other first operation wants it pixel by pixel.</summary>
    private void PlanInput(CpuTensor input)
    {
        const int MostPlanes = 4;
        input.ArrangeInOrder();
        input.IsPlanes = input.Channels <= MostPlanes && !_plan.Results.SelectMany(static result => result.Rows).Any(row => row.Tensor == input.Id) && IsReadByConvolutionsAlone(input.Id);
        _steps.Add(new(input.IsPlanes ? KernelKind.Planes : KernelKind.Input, input.Id));
    }

    private bool IsReadByConvolutionsAlone(int input)
    {
        var readers = _plan.Operations.Where(operation => operation.Operands.Any(operand => operand.Items.Any(IsOfInput))).ToList();
        return readers.Count > 0
            && readers.TrueForAll(operation => operation is { Kernel: { Kind: KernelKind.Convolution, ReadsPixel: false }, Operands: [var only] } && only.Items.All(IsOfInput));

        bool IsOfInput(Row row) => row.Tensor == input;
    }

    private void PlanOperation(RowOperation operation, CpuTensor tensor)
    {
        switch (operation.Kernel.Kind)
        {
            case KernelKind.Convolution or KernelKind.ConvTranspose: PlanConvolution(operation, tensor); break;
            case KernelKind.Add or KernelKind.Multiply: PlanBinary(operation, tensor); break;
            case KernelKind.LocalResponseNorm: PlanResponse(operation, tensor); break;
            case KernelKind.Flatten: PlanFlatten(operation, tensor); break;
            case KernelKind.ChannelMean or KernelKind.ChannelMax: PlanReduction(operation, tensor); break;
            case KernelKind.PixelShuffle: PlanShuffle(operation, tensor); break;
            case KernelKind.PixelUnshuffle: PlanUnshuffle(operation, tensor); break;
            case KernelKind.GroupNorm: PlanGroupNorm(operation, tensor); break;
            case KernelKind.Permute: PlanArrangement(operation, tensor); break;
            case KernelKind.Island: PlanIsland(operation, tensor); break;
            case var _ when operation.Kernel.IsChannelwiseWindow: PlanWindow(operation, tensor); break;
            default: PlanUnary(operation, tensor); break;
        }
    }

    private void PlanConvolution(RowOperation operation, CpuTensor tensor)
    {
        var groups = operation.Kernel.Groups;
        var reading = ReadingOf(operation.Operands[0], groups);
        foreach (var run in reading.Runs)
            _tensors[run.Buffer].Surround(operation.Kernel.Halo);
        if (!operation.Epilogue.Any(static step => step.IsAdd))
        {
            if (groups == 1)
                tensor.Arrange(_readers.Order(tensor.Id));
            else
                tensor.ArrangeInOrder();
            _steps.Add(Convolve(operation, reading, tensor));
            return;
        }
        // The epilogue adds channel by channel: what is written follows the order in which the residual lies.
        var residual = Reading.Of(operation.Operands[1], _tensors);
        var follows = groups == 1 && residual.Runs.Length == 1 && !_tensors[residual.Runs[0].Buffer].IsPlanes;
        if (follows || (residual.Runs.Length == 1 && residual.IsInOrder))
        {
            tensor.Arrange(residual.Order);
            _steps.Add(Convolve(operation, reading, tensor) with { Others = residual.Runs });
            return;
        }
        var alone = NewTensor(tensor.Channels, tensor.Grid);
        if (groups == 1)
            alone.Arrange(residual.Order);
        else
            alone.ArrangeInOrder();
        _steps.Add(Convolve(operation, reading, alone) with { Function = PlanFunction.None });
        Combine(KernelKind.Add, Row.AllOf(alone.Id, alone.Channels), operation.Operands[1], tensor, FunctionOf(operation));
    }

    /// <summary>Planes are runs of one channel, as they are.</summary>
    private Reading ReadingOf(EquatableArray<Row> value, int groups) => _tensors[value[0].Tensor].IsPlanes
        ? new(value.Select(static row => new PlanRun(row.Tensor, row.Channel, 1)).ToImmutableArray(), Enumerable.Range(0, value.Count).ToArray())
        : Reading.OfGroups(value, groups, _tensors);

    private PlanStep Convolve(RowOperation operation, Reading reading, CpuTensor output) => new(operation.Kernel.Kind, output.Id)
    {
        Inputs = reading.Runs,
        Weights = operation.Weights,
        Window = operation.Kernel.Window,
        Groups = operation.Kernel.Groups,
        Function = FunctionOf(operation),
        InOrder = Compact(reading.Order),
        OutOrder = Compact(output.Order),
    };

    /// <summary>
    /// Windows over each channel by themselves read their channels where they lie, as long as the registers that the runs fill in part are not too many. What slides
    /// from pixel to pixel wants its padding in a halo, and that only one buffer gets; not so what is gathered before: a halo would be memory of its own, cold, instead of what was written just before.
    /// </summary>
    private void PlanWindow(RowOperation operation, CpuTensor tensor)
    {
        var (kernel, rows) = (operation.Kernel, operation.Operands[0]);
        var slides = kernel is { Kind: KernelKind.Depthwise, Window: { StrideHeight: 1, StrideWidth: 1 } };
        var reading = Reading.Of(rows, _tensors);
        if (slides || reading.Runs.Sum(static run => CacheLine.WholeLines(run.Count)) > 2 * CacheLine.WholeLines(tensor.Channels))
            reading = InOnePiece(rows, order => _readers.OrderOf(tensor.Id, order));
        if (slides && !Gathering.PaysAlways(kernel.Window, CacheLine.Pitch(tensor.Channels), _plan.Grids[tensor.Grid].Width, CacheLine.Floats))
            _tensors[reading.Runs[0].Buffer].Surround(kernel.Window.Halo);
        tensor.ArrangeByLines(reading.Order, reading.Runs.Select(static run => run.Count));
        _steps.Add(Unary(operation, reading, tensor) with { Window = kernel.Window, CeilMode = kernel.CeilMode, CountIncludePad = kernel.CountIncludePad });
    }

    /// <summary>Operations on each element by itself read runs where they lie and write them side by side.</summary>
    private void PlanUnary(RowOperation operation, CpuTensor tensor)
    {
        var reading = Reading.Of(operation.Operands[0], _tensors);
        tensor.Arrange(reading.Order);
        _steps.Add(Unary(operation, reading, tensor));
    }

    /// <summary>What is measured of each map lies behind one another in pixels of its own; then each element is by itself, and whose group a channel is of its place in the layer says.</summary>
    private void PlanGroupNorm(RowOperation operation, CpuTensor tensor)
    {
        var reading = Reading.Of(operation.Operands[0], _tensors);
        tensor.Arrange(reading.Order);
        var moments = NewTensor(2 * tensor.Channels, _plan.PointGrid);
        moments.ArrangeInOrder();
        _steps.Add(new(KernelKind.Moments, moments.Id) { Inputs = reading.Runs });
        _steps.Add(Unary(operation, reading, tensor) with
        {
            Others = ImmutableArray.Create(new PlanRun(moments.Id, 0, moments.Channels)),
            Groups = operation.Kernel.Groups,
            OutOrder = Compact(tensor.Order),
        });
    }

    private static PlanStep Unary(RowOperation operation, Reading reading, CpuTensor output) => new(operation.Kernel.Kind, output.Id)
    {
        Inputs = reading.Runs,
        Weights = operation.Weights,
        Function = FunctionOf(operation),
        Eps = operation.Kernel is { Kind: KernelKind.LayerNorm or KernelKind.GroupNorm, Eps: var eps } ? eps : 0,
        // Only weights have an order to follow.
        OutOrder = operation.Weights is null ? ImmutableArray<int>.Empty : Compact(output.Order),
    };

    private void PlanBinary(RowOperation operation, CpuTensor tensor)
    {
        var left = operation.Operands[0];
        for (var i = 1; i < operation.Operands.Count; i++)
        {
            var isLast = i == operation.Operands.Count - 1;
            var result = isLast ? tensor : NewTensor(tensor.Channels, tensor.Grid);
            Combine(operation.Kernel.Kind, left, operation.Operands[i], result, isLast ? FunctionOf(operation) : PlanFunction.None);
            left = Row.AllOf(result.Id, result.Channels);
        }
    }

    /// <summary>left + right or left * right, where the left lies; the right is read to match, gathered where it lies in too many pieces.</summary>
    private void Combine(KernelKind kind, EquatableArray<Row> left, EquatableArray<Row> right, CpuTensor result, PlanFunction function)
    {
        const int FewestChannelsPerPiece = 16;
        var reading = Reading.Of(left, _tensors);
        result.Arrange(reading.Order);
        // A map of one channel is every channel's.
        var matched = right.Count == 1 ? right : Array.ConvertAll(reading.Order, channel => right[channel]).ToEquatableArray();
        var runs = Reading.InOrder(matched, _tensors);
        if (runs.Length > 1 && runs.Length * FewestChannelsPerPiece > matched.Count)
            runs = ImmutableArray.Create(Gather(matched, runs));
        _steps.Add(new(kind, result.Id) { Inputs = reading.Runs, Others = runs, Function = function });
    }

    /// <summary>One number of all channels of a pixel, in whatever order they lie.</summary>
    private void PlanReduction(RowOperation operation, CpuTensor tensor)
    {
        var reading = Reading.Of(operation.Operands[0], _tensors);
        tensor.ArrangeInOrder();
        _steps.Add(new(operation.Kernel.Kind, tensor.Id) { Inputs = reading.Runs });
    }

    /// <summary>Which channels are a channel's neighbours the layer's order says.</summary>
    private void PlanResponse(RowOperation operation, CpuTensor tensor)
    {
        var runs = InTorchOrder(operation.Operands[0]);
        tensor.ArrangeInOrder();
        _steps.Add(new(operation.Kernel.Kind, tensor.Id) { Inputs = runs, Response = operation.Kernel.Response });
    }

    private void PlanFlatten(RowOperation operation, CpuTensor tensor)
    {
        var runs = InTorchOrder(operation.Operands[0]);
        tensor.ArrangeInOrder();
        _steps.Add(new(KernelKind.Flatten, tensor.Id) { Inputs = runs });
    }

    /// <summary>What become the pixels of a place lies side by side, place by place.</summary>
    private void PlanShuffle(RowOperation operation, CpuTensor tensor)
    {
        var (rows, places) = (operation.Operands[0], operation.Kernel.Window.Taps);
        var byPlaces = Enumerable.Range(0, rows.Count).Select(at => rows[(at % tensor.Channels * places) + (at / tensor.Channels)]).ToEquatableArray();
        tensor.ArrangeInOrder();
        _steps.Add(new(operation.Kernel.Kind, tensor.Id) { Inputs = InTorchOrder(byPlaces), Window = operation.Kernel.Window });
    }

    /// <summary>The pixels of each place come to lie side by side, in the order in which the channels were read.</summary>
    private void PlanUnshuffle(RowOperation operation, CpuTensor tensor)
    {
        var (reading, places) = (Reading.Of(operation.Operands[0], _tensors), operation.Kernel.Window.Taps);
        tensor.Arrange(Enumerable.Range(0, tensor.Channels).Select(at => (reading.Order[at % reading.Order.Length] * places) + (at / reading.Order.Length)).ToArray());
        _steps.Add(new(operation.Kernel.Kind, tensor.Id) { Inputs = reading.Runs, Window = operation.Kernel.Window });
    }

    /// <summary>Torch gets each operand as one piece, in its own order, and gives its result in that order.</summary>
    private void PlanIsland(RowOperation operation, CpuTensor tensor)
    {
        var runs = operation.Operands.SelectMany(operand => InTorchOrder(operand)).ToImmutableArray();
        tensor.ArrangeInOrder();
        _steps.Add(new(KernelKind.Island, tensor.Id) { Inputs = runs, Island = _islands++, Layers = operation.Layers });
    }

    /// <summary>Each pass writes where the next one reads. Elements that lie one behind another lie in planes, as torch has an image's.</summary>
    private void PlanArrangement(RowOperation operation, CpuTensor tensor)
    {
        var runs = InTorchOrder(operation.Operands[0]);
        var (channels, grid) = (runs[0].Count, _tensors[runs[0].Buffer].Grid);
        var passes = ArrangementPasses.Of(operation.Arrangement!, !IsPoint(grid), operation.Arrangement!.IsHeld && !IsPoint(tensor.Grid));
        for (var i = 0; i < passes.Count; i++)
        {
            var (pass, target) = (passes[i], i == passes.Count - 1 ? tensor : NewTensor(channels, grid));
            target.ArrangeInOrder();
            target.IsPlanes = !pass.IntoPixels && !IsPoint(target.Grid);
            _steps.Add(new(pass.Kind, target.Id) { Inputs = runs, Sizes = pass.Sizes, Dims = pass.Dims, Function = pass.Function });
            runs = ImmutableArray.Create(new PlanRun(target.Id, 0, target.Channels));
        }
    }

    private bool IsPoint(int grid) => _plan.Grids[grid].Kind == GridKind.Point;

    private void PlanOutput(int result)
    {
        var runs = InTorchOrder(_plan.Results[result].Rows);
        _steps.Add(new(KernelKind.Output, -1) { Inputs = runs, Result = result });
    }

    private ImmutableArray<PlanRun> InTorchOrder(EquatableArray<Row> value)
    {
        var runs = Reading.InOrder(value, _tensors);
        return runs.Length == 1 ? runs : ImmutableArray.Create(Gather(value, runs));
    }

    private Reading InOnePiece(EquatableArray<Row> value, Func<int[], int[]> best)
    {
        var reading = Reading.Of(value, _tensors);
        if (reading.Runs.Length == 1)
            return reading;
        var order = best(reading.Order);
        var ordered = Array.ConvertAll(order, channel => value[channel]).ToEquatableArray();
        return new(ImmutableArray.Create(Gather(ordered, Reading.InOrder(ordered, _tensors))), order);
    }

    /// <summary>Copies a value's channels side by side.</summary>
    private PlanRun Gather(EquatableArray<Row> value, ImmutableArray<PlanRun> runs)
    {
        var gathered = NewTensor(value.Count, _tensors[value[0].Tensor].Grid);
        gathered.ArrangeInOrder();
        _steps.Add(new(KernelKind.Gather, gathered.Id) { Inputs = runs });
        return new(gathered.Id, 0, value.Count);
    }

    private CpuTensor NewTensor(int channels, int grid)
    {
        var tensor = new CpuTensor(_tensors.Count, channels, grid);
        _tensors.Add(tensor);
        return tensor;
    }

    /// <summary>The function that the kernel applies: an epilogue's, or what an activation by itself is.</summary>
    private static PlanFunction FunctionOf(RowOperation operation) =>
        operation.Kernel.Function ?? operation.Epilogue.Select(static step => step.Function).SingleOrDefault(static function => function is not null) ?? PlanFunction.None;

    /// <summary>Empty where the order is the natural one.</summary>
    private static ImmutableArray<int> Compact(int[] order) => Reading.IsNatural(order) ? ImmutableArray<int>.Empty : ImmutableArray.Create(order);
}
