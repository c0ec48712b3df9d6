using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Gpu;

/// <summary>A program at one height and width of the input: how much memory it takes, and what its launches are given.</summary>
internal sealed class GpuSizes
{
    private readonly GpuProgram _program;
    private readonly (int Height, int Width)[] _grids;

    /// <exception cref="ArgumentException">The network does not take the size.</exception>
    public GpuSizes(string network, GpuProgram program, int height, int width)
    {
        (_program, _grids) = (program, GridSizes.Of(network, program.Grids, program.SizeRules, height, width));
        MostImages = (int)Enumerable.Range(0, program.Buffers.Length).Select(MostOf).Concat(program.Schedules.SelectMany(static schedule => schedule.Launches).Select(launch => MostOf(launch.Groups))).Min();
        if (MostImages < 1)
            throw new ArgumentException(Invariant($"{network}: maps of an input of {height} x {width} have more values than a GPU's kernels count: cut it into tiles."));
    }

    /// <summary>The most images that kernels can take at a time: they count an image's planes, pixels and floats in ints.</summary>
    public int MostImages { get; }

    /// <summary>The floats of all inputs for one image.</summary>
    public long InputFloats => Enumerable.Range(0, _program.Inputs).Sum(FloatsOf);

    /// <summary>The floats of all results for one image.</summary>
    public long OutputFloats => Enumerable.Range(_program.Inputs, _program.Results.Length).Sum(FloatsOf);

    /// <summary>A result's shape for some images.</summary>
    public long[] ShapeOf(PlanResult result, int batch) => KernelResult.Of(result.Name, result.Channels, _grids[result.Grid], result.IsFlat, result.Dimensions).Shape(batch);

    /// <summary>The floats of a buffer for one image.</summary>
    public long FloatsOf(int buffer) => (long)_program.Buffers[buffer].Planes * _grids[_program.Buffers[buffer].Grid].Height * _grids[_program.Buffers[buffer].Grid].Width;

    /// <summary>The floats of some planes for one image.</summary>
    public long FloatsOf(PlanRun planes) => (long)planes.Count * _grids[_program.Buffers[planes.Buffer].Grid].Height * _grids[_program.Buffers[planes.Buffer].Grid].Width;

    /// <summary>The floats of a piece of memory for one image.</summary>
    public long FloatsOfSlot(int slot) => Enumerable.Range(0, _program.Buffers.Length).Where(buffer => _program.Buffers[buffer].Slot == slot).Select(FloatsOf).DefaultIfEmpty(0).Max();

    /// <summary>How many groups of threads a launch has.</summary>
    public long GroupsOf(GpuLaunch launch, int batch) => launch.Groups.Of(batch, _grids[launch.Groups.Grid]);

    /// <summary>The value of an argument that is an int.</summary>
    public int ValueOf(GpuArgument argument, int batch) => argument.Kind switch
    {
        GpuArgumentKind.Number => argument.Value,
        GpuArgumentKind.Batch => batch,
        GpuArgumentKind.Height => _grids[argument.Value].Height,
        GpuArgumentKind.Width => _grids[argument.Value].Width,
        var other => throw new ArgumentException($"{other} is an address.", nameof(argument)),
    };

    private long MostOf(int buffer)
    {
        var (planes, (height, width)) = (_program.Buffers[buffer].Planes, _grids[_program.Buffers[buffer].Grid]);
        // Of the pixels, which a tile may overstep, half an int's.
        return FloatsOf(buffer) > int.MaxValue ? 0 : Math.Min(int.MaxValue / 2 / ((long)height * width), int.MaxValue / Math.Max(1, planes));
    }

    private long MostOf(GpuGroups groups)
    {
        var (height, width) = _grids[groups.Grid];
        return ((int.MaxValue / (long)groups.Each) - 1) * groups.Pixels / ((long)height * width);
    }
}
