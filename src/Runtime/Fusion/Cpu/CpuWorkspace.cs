using System.Collections.Immutable;
using Blockwright.Cpu.Steps;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu;

/// <summary>
/// Memory for some images of one size, and the steps bound to it. Images go one by one through the first steps, whose maps would not stay in the cache
/// together, and side by side through the last ones, whose maps are too small to fill a tile by themselves; and through what torch computes, which may look at its batch.
/// </summary>
internal sealed unsafe class CpuWorkspace : IDisposable
{
    /// <summary>Maps of at most so many pixels go side by side: each by itself would leave a good part of its last tile empty.</summary>
    private const int SmallMap = 4 * 4;

    private readonly List<AlignedMemory> _memory = [];
    private readonly (BoundStep Step, int First, int Last, int Images)[] _steps;

    /// <summary>Allocates memory and binds the steps.</summary>
    /// <param name="program">The program.</param>
    /// <param name="images">Images at a time.</param>
    /// <param name="height">Their height.</param>
    /// <param name="width">Their width.</param>
    /// <param name="parts">Parts that a step is done in at once.</param>
    /// <param name="bandBytes">What rows that pass from a step to the next may take: what a thread has in its cache.</param>
    /// <param name="allocate">For tests that put guards round each piece of memory; its memory is the caller's.</param>
    public CpuWorkspace(CpuProgram program, int images, int height, int width, int parts, int bandBytes, Allocator? allocate = null)
    {
        var plan = program.Plan;
        (Images, Height, Width) = (images, height, width);
        var grids = GridSizes.Of(program.Network, plan.Grids, plan.SizeRules, height, width);
        InputPitches = [.. plan.Inputs.Select(input => (long)input.Channels * grids[input.Grid].Height * grids[input.Grid].Width)];
        Caller = new(InputPitches.Length, plan.Results.Length);
        OutputPitches = [.. plan.Results.Select(result => (long)result.Channels * grids[result.Grid].Height * grids[result.Grid].Width)];
        var stretches = Stretches(program, grids, images);
        var bands = stretches.ConvertAll(stretch => stretch.IsTogether ? [] : Bands(program, grids, stretch, bandBytes));
        allocate ??= Allocate;
        var passing = bands.SelectMany(static stretch => stretch).SelectMany(static band => Enumerable.Range(band.First, band.Last - band.First)).Select(step => plan.Steps[step].Output);
        var maps = new BufferMaps(plan, grids, images, stretches, [.. passing], allocate);
        var memory = new BandMemory(parts, bandBytes, allocate);
        var scratch = new ScratchMemory(parts, allocate);
        var steps = new List<(BoundStep, int, int, int)>();
        foreach (var (stretch, single) in stretches.Zip(bands))
        {
            for (var image = 0; image < images && !stretch.IsTogether; image++)
            {
                foreach (var (first, last) in single)
                {
                    var own = new StepMemory(Caller, maps, scratch, image);
                    steps.Add((first == last ? program.Steps[first].Bind(own) : BandedStep.Bind(program, first, last, own, memory), first, last, 1));
                }
            }
            for (var i = stretch.First; i < stretch.End && stretch.IsTogether; i++)
                steps.Add((program.Steps[i].Bind(new StepMemory(Caller, maps, scratch, StepMemory.All)), i, i, images));
        }
        scratch.Allocate();
        _steps = [.. steps];
        Callers = [.. Enumerable.Range(0, _steps.Length).Where(i => _steps[i].Step.IsCallers)];
    }

    public int Images { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>The values of each input of one image.</summary>
    public ImmutableArray<long> InputPitches { get; }

    /// <summary>The values of each result of one image.</summary>
    public ImmutableArray<long> OutputPitches { get; }

    public int StepCount => _steps.Length;

    /// <summary>The steps that the thread does by itself which asks for a run.</summary>
    public ImmutableArray<int> Callers { get; }

    /// <summary>The bytes that it allocated.</summary>
    public long Bytes => _memory.Sum(static memory => memory.Length * sizeof(float));

    /// <summary>Where the images are and the results go.</summary>
    public CallerMemory Caller { get; }

    public void Run(int step, Share share) => _steps[step].Step.Run(share);

    /// <summary>The plan's steps that a step does: the first and the last.</summary>
    public (int First, int Last) PlanStepsOf(int step) => (_steps[step].First, _steps[step].Last);

    /// <summary>The images that a step does at a time: one, or all side by side.</summary>
    public int ImagesOf(int step) => _steps[step].Images;

    public void Dispose()
    {
        foreach (var memory in _memory)
            memory.Dispose();
    }

    private static List<Stretch> Stretches(CpuProgram program, (int Height, int Width)[] grids, int images)
    {
        var (stretches, count) = (new List<Stretch>(), program.Steps.Length);
        var together = images == 1 ? count : FirstTogether(program, grids);
        for (var (first, end) = (0, 0); first < count; first = end)
        {
            while (end < count && IsTogether(end) == IsTogether(first))
                end++;
            stretches.Add(new(first, end, IsTogether(first)));
        }
        return stretches;

        bool IsTogether(int step) => step >= together || (images > 1 && program.Steps[step] is IslandStep);
    }

    /// <summary>The first step from which on every map is small.</summary>
    private static int FirstTogether(CpuProgram program, (int Height, int Width)[] grids)
    {
        var plan = program.Plan;
        var first = plan.Steps.Length - 1;
        while (first > 0 && IsSmall(program.Steps[first - 1]))
            first--;
        return first;

        bool IsSmall(CpuStep step) =>
            step is not (PlanesStep or InputStep)
            && (step.Plan.Output < 0 || IsSmallMap(step.Plan.Output))
            && step.Plan.Reads.All(run => IsSmallMap(run.Buffer));

        bool IsSmallMap(int buffer)
        {
            var (height, width) = grids[plan.Buffers[buffer].Grid];
            return height * width <= SmallMap;
        }
    }

    /// <summary>A stretch's steps, those together that go by bands of rows.</summary>
    private static List<(int First, int Last)> Bands(CpuProgram program, (int Height, int Width)[] grids, Stretch stretch, int bandBytes)
    {
        var bands = new List<(int First, int Last)>();
        for (var first = stretch.First; first < stretch.End; first = bands[^1].Last + 1)
            bands.Add((first, RowBands.LastOf(program, grids, first, stretch.End, bandBytes)));
        return bands;
    }

    private float* Allocate(long floats)
    {
        var memory = new AlignedMemory(floats);
        _memory.Add(memory);
        return memory.Pointer;
    }
}
