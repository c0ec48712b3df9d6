using Blockwright.Kernels;

namespace Blockwright.Cpu;

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
