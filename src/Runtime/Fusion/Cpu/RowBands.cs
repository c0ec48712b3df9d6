using Blockwright.Kernels;

namespace Blockwright.Cpu;

/// <summary>
/// Steps that follow each other a few rows at a time: a convolution, and the window that alone reads it; before them, the image's planes if they alone are what
/// the convolution reads. What lies between them is then a few rows that never leave the cache.
/// </summary>
internal static class RowBands
{
    /// <summary>The last of the steps that go by bands together from <paramref name="first"/> on; <paramref name="first"/> itself where none do.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="grids">Its grids' sizes.</param>
    /// <param name="first">The first step.</param>
    /// <param name="end">Where the steps end that go image by image.</param>
    /// <param name="bytes">What a band may take: maps of at most twice as much stay as they are.</param>
    public static int LastOf(CpuPlan plan, (int Height, int Width)[] grids, int first, int end, int bytes)
    {
        var producer = plan.Steps[first].Kind == StepKind.Planes ? first + 1 : first;
        if (producer + 1 >= end || !Follows(plan, grids, producer, bytes))
            return first;
        var isPlanes = producer > first;
        if (isPlanes && !(plan.Steps[producer].Inputs.All(run => run.Buffer == plan.Steps[first].Output) && IsReadOnce(plan, plan.Steps[first].Output, producer)))
            return first;
        return producer + 1;
    }

    private static bool Follows(CpuPlan plan, (int Height, int Width)[] grids, int index, int bytes)
    {
        var (producer, consumer) = (plan.Steps[index], plan.Steps[index + 1]);
        if (producer.Kind != StepKind.Convolution || producer.Others.Length > 0 || consumer.Kind is not (StepKind.Depthwise or StepKind.MaxPool or StepKind.AvgPool))
            return false;
        var between = plan.Buffers[producer.Output];
        var (height, width) = grids[between.Grid];
        var layout = new FeatureLayout(between.Channels, height, width, between.Halo);
        return layout.ImagePitch * sizeof(float) > 2L * bytes
            && consumer.Inputs.Length == 1 && consumer.Inputs[0] == new PlanRun(producer.Output, 0, between.Channels)
            && IsReadOnce(plan, producer.Output, index + 1)
            && LeavesRows(producer.Window) && LeavesRows(consumer.Window)
            // The last rows of what the producer reads are still to be read when the consumer's first rows are written.
            && producer.Inputs.All(run => plan.Buffers[run.Buffer].Slot != plan.Buffers[consumer.Output].Slot);
    }

    private static bool LeavesRows(Window window) => RowView.Reach(window) > 2 * window.PaddingHeight;

    private static bool IsReadOnce(CpuPlan plan, int buffer, int reader)
    {
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            if (i != reader && plan.Steps[i].Inputs.Concat(plan.Steps[i].Others).Any(run => run.Buffer == buffer))
                return false;
        }
        return true;
    }
}

/// <summary>Parts of maps that a window's rows see.</summary>
internal static unsafe class RowView
{
    /// <summary>The rows that one window spans.</summary>
    public static int Reach(Window window) => ((window.KernelHeight - 1) * window.DilationHeight) + 1;

    /// <summary>The first input row of an output row, which may be padding.</summary>
    public static int First(Window window, int row) => (row * window.StrideHeight) - window.PaddingHeight;

    /// <summary>The first input row that no window of the output rows up to <paramref name="end"/> sees.</summary>
    public static int End(Window window, int end) => First(window, end - 1) + Reach(window);

    /// <summary>The map that gives <paramref name="count"/> output rows from <paramref name="first"/> on. What its window finds above and below are the map's own rows.</summary>
    public static FeatureMap Of(in FeatureMap map, Window window, int first, int count) => map with
    {
        Data = map.Data + ((long)first * window.StrideHeight * map.RowPitch),
        Height = ((count - 1) * window.StrideHeight) + Reach(window) - (2 * window.PaddingHeight),
    };
}

/// <summary>Some rows of a map, addressed as if all were there. It moves down the map.</summary>
internal sealed unsafe class RowBuffer(float* memory, FeatureMap whole, int capacity)
{
    private const int None = int.MinValue / 2;

    private int _base;
    private int _end = None;

    /// <summary>The whole map; only the rows that are held may be touched.</summary>
    public FeatureMap Map => whole with { Data = memory + ((long)whole.Halo * whole.PixelPitch) - ((long)_base * whole.RowPitch) };

    /// <summary>Forgets all rows.</summary>
    public void Clear() => _end = None;

    /// <summary>
    /// Makes room for the rows from <paramref name="first"/> up to <paramref name="end"/>, which may be padding; keeps those that it has, and fills what lies outside
    /// the map with zeros.
    /// </summary>
    /// <returns>The rows that are to be made.</returns>
    public (int First, int End) MoveTo(int first, int end)
    {
        if (end - first > capacity)
            throw new InvalidOperationException($"A band of {capacity} rows was asked for the rows {first} to {end}.");
        var kept = Math.Max(_end - first, 0);
        if (kept > 0)
            Buffer.MemoryCopy(memory + ((long)(first - _base) * whole.RowPitch), memory, kept * whole.RowPitch * sizeof(float), kept * whole.RowPitch * sizeof(float));
        var from = first + kept;
        (_base, _end) = (first, end);
        for (var row = from; row < Math.Min(end, 0); row++)
            Zero(row);
        for (var row = Math.Max(from, whole.Height); row < end; row++)
            Zero(row);
        return (Math.Max(from, 0), Math.Min(end, whole.Height));
    }

    private void Zero(int row) => new Span<float>(memory + ((long)(row - _base) * whole.RowPitch), whole.RowPitch).Clear();
}

/// <summary>Memory for bands of rows: a piece for each part that a step is done in.</summary>
/// <param name="Parts">The parts.</param>
/// <param name="Bytes">What a band may take.</param>
/// <param name="Allocate">Allocates zeroed floats.</param>
internal sealed record BandMemory(int Parts, int Bytes, Allocator Allocate)
{
    /// <summary>A buffer for so many rows of a map, for each part.</summary>
    public unsafe RowBuffer[] RowsOf(FeatureMap whole, int rows)
    {
        var buffers = new RowBuffer[Parts];
        for (var i = 0; i < Parts; i++)
            buffers[i] = new RowBuffer(Allocate((long)rows * whole.RowPitch), whole, rows);
        return buffers;
    }
}

/// <summary>A convolution and the window over it, by bands of rows.</summary>
internal sealed unsafe class BandedStep : BoundStep
{
    private readonly RowSource _source;
    private readonly PackedConvolution _weights;
    private readonly Window _window;
    private readonly Activation _activation;
    private readonly RowTarget _target;
    private readonly FeatureMap _output;
    private readonly int _rows;
    private readonly RowBuffer[] _between;

    public BandedStep(CpuProgram program, int convolution, RowSource source, FeatureMap between, FeatureMap output, BandMemory memory)
    {
        var step = program.Plan.Steps[convolution];
        _source = source;
        _weights = (PackedConvolution)program.Packed[convolution]!;
        _window = step.Window;
        _activation = CpuProgram.ActivationOf(step);
        _target = new RowTarget(program, convolution + 1);
        _output = output;
        var (reach, stride) = (RowView.Reach(_target.Window), _target.Window.StrideHeight);
        _rows = Math.Max(1, (int)(((memory.Bytes / sizeof(float) / between.RowPitch) - reach) / stride) + 1);
        var capacity = ((_rows - 1) * stride) + reach;
        _between = memory.RowsOf(between, capacity);
        source.Prepare(RowView.End(_window, capacity) - RowView.First(_window, 0));
    }

    public override void Run(Share share)
    {
        var between = _between[share.Part];
        between.Clear();
        var (start, end) = share.Of(_output.Height);
        for (var y = start; y < end; y += _rows)
        {
            var count = Math.Min(_rows, end - y);
            var (from, to) = between.MoveTo(RowView.First(_target.Window, y), RowView.End(_target.Window, y + count));
            if (from < to)
                Convolution.Run(_weights, _window, _source.Rows(_window, from, to - from, share.Part), between.Map.Rows(from, to - from), _activation, default, Share.Whole);
            _target.Run(between.Map, _output, y, count);
        }
    }
}

/// <summary>What a banded convolution reads.</summary>
internal abstract class RowSource
{
    /// <summary>Makes room for so many rows.</summary>
    public virtual void Prepare(int rows)
    {
    }

    /// <summary>The maps that give some rows of the output.</summary>
    public abstract ReadOnlySpan<FeatureMap> Rows(Window window, int first, int count, int part);
}

/// <summary>Whole maps.</summary>
internal sealed class MapRows(FeatureMap[] maps, BandMemory memory) : RowSource
{
    private readonly FeatureMap[][] _views = Enumerable.Range(0, memory.Parts).Select(_ => new FeatureMap[maps.Length]).ToArray();

    public override ReadOnlySpan<FeatureMap> Rows(Window window, int first, int count, int part)
    {
        for (var i = 0; i < maps.Length; i++)
            _views[part][i] = RowView.Of(maps[i], window, first, count);
        return _views[part];
    }
}

/// <summary>The image's planes, brought into a halo as they are needed.</summary>
internal sealed unsafe class PlaneRows(CpuWorkspace workspace, int image, PlanarImages whole, PlanRun[] runs, BandMemory memory) : RowSource
{
    private readonly FeatureMap[][] _views = Enumerable.Range(0, memory.Parts).Select(_ => new FeatureMap[runs.Length]).ToArray();
    private RowBuffer[][] _planes = [];

    public override void Prepare(int rows) =>
        _planes = [.. Enumerable.Range(0, whole.Channels).Select(channel => memory.RowsOf(whole.Plane(channel), rows))];

    public override ReadOnlySpan<FeatureMap> Rows(Window window, int first, int count, int part)
    {
        var pitch = (long)whole.Channels * whole.Height * whole.Width;
        var source = new PlanarImages(workspace.Input + (image * pitch), 1, whole.Channels, whole.Height, whole.Width);
        for (var channel = 0; channel < whole.Channels; channel++)
        {
            var plane = _planes[channel][part];
            plane.Clear();
            var (from, to) = plane.MoveTo(RowView.First(window, first), RowView.End(window, first + count));
            PlanarImages.CopyRows(source.Plane(channel).Rows(from, to - from), plane.Map.Rows(from, to - from));
        }
        for (var i = 0; i < runs.Length; i++)
            _views[part][i] = RowView.Of(_planes[runs[i].First][part].Map, window, first, count);
        return _views[part];
    }
}

/// <summary>The window over a banded convolution.</summary>
internal sealed class RowTarget(CpuProgram program, int index)
{
    private readonly PlanStep _step = program.Plan.Steps[index];
    private readonly PackedDepthwise? _weights = (program.Packed[index] as PackedDepthwise[])?[0];
    private readonly Activation _activation = CpuProgram.ActivationOf(program.Plan.Steps[index]);

    public Window Window => _step.Window;

    public void Run(in FeatureMap input, in FeatureMap output, int first, int count)
    {
        if (_step.Kind == StepKind.Depthwise)
            Depthwise.Run(_weights!, Window, input, output, _activation, first, count);
        else if (_step.Kind == StepKind.MaxPool)
            Pooling.Max(program.Set, Window, input, output, first, count);
        else
            Pooling.Average(program.Set, Window, _step.CountIncludePad, input, output, first, count);
    }
}
