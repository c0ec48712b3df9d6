using System.Collections.Immutable;
using Blockwright.Cpu.Steps;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu;

/// <summary>A convolution and the window over it, by bands of rows, and what becomes of them.</summary>
internal sealed unsafe class BandedStep : BoundStep
{
    private readonly RowSource _source;
    private readonly ConvolutionStep _convolution;
    private readonly IRowWindow _window;
    private readonly RowTarget _target;
    private readonly int _rows;
    private readonly RowBuffer[] _between;

    private BandedStep(ConvolutionStep convolution, IRowWindow window, RowSource source, FeatureMap between, RowTarget target, BandMemory memory)
    {
        (_convolution, _window, _source, _target) = (convolution, window, source, target);
        var pitch = CacheLine.OddPitch(between.PixelPitch);
        between = between with { PixelPitch = pitch, RowPitch = CacheLine.RowPitch((between.Width + (2 * between.Halo)) * pitch) };
        var (reach, stride) = (window.Window.ReachHeight, window.Window.StrideHeight);
        _rows = RowBands.Rows(between.RowPitch, window.Window, memory.Bytes);
        var capacity = ((_rows - 1) * stride) + reach;
        _between = memory.RowsOf(between, capacity);
        source.Prepare(RowView.End(Sliding, capacity) - RowView.First(Sliding, 0));
        target.Prepare(_rows);
    }

    private Window Sliding => _convolution.Plan.Window;

    /// <summary>Binds a convolution and the window over it, before them the image's planes and after them a convolution of single pixels if there are such, to go by bands of rows.</summary>
    public static BandedStep Bind(CpuProgram program, int first, int last, StepMemory memory, BandMemory bands)
    {
        var hasPlanes = program.Steps[first] is PlanesStep;
        var producer = hasPlanes ? first + 1 : first;
        var (convolution, window) = ((ConvolutionStep)program.Steps[producer], program.Steps[producer + 1]);
        RowSource source = hasPlanes
            ? new PlaneRows(memory, memory.Planes(program.Steps[first].Plan.Output), convolution.Plan.Inputs, bands)
            : new MapRows(memory.Runs(convolution.Plan.Inputs), bands);
        var windowed = memory.Map(window.Plan.Output);
        RowTarget target = last == producer + 1
            ? new WholeMap(windowed)
            : new PixelProducts((ConvolutionStep)program.Steps[last], windowed, memory.Map(program.Steps[last].Plan.Output), memory.Residual(program.Steps[last].Plan), bands);
        return new(convolution, (IRowWindow)window, source, memory.Map(convolution.Plan.Output), target, bands);
    }

    public override void Run(Share share)
    {
        var between = _between[share.Part];
        between.Clear();
        var (start, end) = share.Of(_target.Height);
        for (var y = start; y < end; y += _rows)
        {
            var count = Math.Min(_rows, end - y);
            var (from, to) = between.MoveTo(RowView.First(_window.Window, y), RowView.End(_window.Window, y + count));
            if (from < to)
                Convolution.Run(_convolution.Packed, Sliding, _source.Rows(Sliding, from, to - from, share.Part), between.Map.Rows(from, to - from), _convolution.Function, default, Share.Whole);
            _window.Run(between.Map, _target.Rows(y, count, share.Part), y, count);
            _target.Finish(y, count, share.Part);
        }
    }
}

/// <summary>Where the window's rows go.</summary>
internal abstract class RowTarget(int height)
{
    /// <summary>All rows.</summary>
    public int Height => height;

    /// <summary>Makes room for so many rows.</summary>
    public virtual void Prepare(int rows)
    {
    }

    /// <summary>The map that takes some rows.</summary>
    public abstract FeatureMap Rows(int first, int count, int part);

    /// <summary>Does what is to be done with them.</summary>
    public virtual void Finish(int first, int count, int part)
    {
    }
}

/// <summary>They stay.</summary>
internal sealed class WholeMap(FeatureMap map) : RowTarget(map.Height)
{
    public override FeatureMap Rows(int first, int count, int part) => map;
}

/// <summary>They are multiplied, pixel by pixel, and forgotten.</summary>
internal sealed class PixelProducts(ConvolutionStep step, FeatureMap windowed, FeatureMap output, FeatureMap residual, BandMemory memory) : RowTarget(output.Height)
{
    private RowBuffer[] _rows = [];

    public override void Prepare(int rows) => _rows = memory.RowsOf(windowed, rows);

    public override FeatureMap Rows(int first, int count, int part)
    {
        _rows[part].Clear();
        _rows[part].MoveTo(first, first + count);
        return _rows[part].Map;
    }

    public override unsafe void Finish(int first, int count, int part) =>
        Convolution.Run(
            step.Packed, step.Plan.Window, [_rows[part].Map.Rows(first, count)], output.Rows(first, count), step.Function, residual.Data == null ? default : residual.Rows(first, count), Share.Whole);
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
internal sealed class PlaneRows(StepMemory images, PlanarImages whole, ImmutableArray<PlanRun> runs, BandMemory memory) : RowSource
{
    private readonly FeatureMap[][] _views = Enumerable.Range(0, memory.Parts).Select(_ => new FeatureMap[runs.Length]).ToArray();
    private RowBuffer[][] _planes = [];

    public override void Prepare(int rows) =>
        _planes = [.. Enumerable.Range(0, whole.Channels).Select(channel => memory.RowsOf(whole.Plane(channel), rows))];

    public override ReadOnlySpan<FeatureMap> Rows(Window window, int first, int count, int part)
    {
        var source = images.InputImages(runs[0].Buffer, 1, whole.Channels, whole.Height, whole.Width);
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
