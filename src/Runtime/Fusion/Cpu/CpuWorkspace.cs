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
    private readonly Part[] _steps;

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
        var (inputs, stretches) = (plan.Inputs.ToList(), Stretches(program, grids, images));
        (InputPitches, OutputPitches, Caller) = (new long[inputs.Count], new long[plan.Results.Length], new(inputs.Count, plan.Results.Length));
        for (var i = 0; i < InputPitches.Length; i++)
            InputPitches[i] = Pitch(inputs[i].Channels, inputs[i].Grid);
        for (var i = 0; i < OutputPitches.Length; i++)
            OutputPitches[i] = Pitch(plan.Results[i].Channels, plan.Results[i].Grid);
        allocate ??= Allocate;
        var bands = stretches.ConvertAll(stretch => stretch.IsTogether ? [] : Bands(program, grids, stretch, bandBytes));
        var maps = new BufferMaps(plan, grids, images, stretches, Passing(plan, bands), allocate);
        var memory = new BandMemory(parts, bandBytes, allocate);
        var scratch = new ScratchMemory(parts, allocate);
        var steps = new List<Part>();
        for (var i = 0; i < stretches.Count; i++)
        {
            var stretch = stretches[i];
            for (var image = 0; image < images && !stretch.IsTogether; image++)
            {
                foreach (var (first, last) in bands[i])
                {
                    var own = new StepMemory(Caller, maps, scratch, image);
                    steps.Add(new(first == last ? program.Steps[first].Bind(own) : BandedStep.Bind(program, first, last, own, memory), first, last, 1));
                }
            }
            for (var step = stretch.First; step < stretch.End && stretch.IsTogether; step++)
                steps.Add(new(program.Steps[step].Bind(new StepMemory(Caller, maps, scratch, StepMemory.All)), step, step, images));
        }
        scratch.Allocate();
        _steps = [.. steps];
        Callers = CallersOf(_steps);

        long Pitch(int channels, int grid) => (long)channels * grids[grid].Height * grids[grid].Width;
    }

    public int Images { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>The values of each input of one image.</summary>
    public long[] InputPitches { get; }

    /// <summary>The values of each result of one image.</summary>
    public long[] OutputPitches { get; }

    public int StepCount => _steps.Length;

    /// <summary>The steps that the thread does by itself which asks for a run.</summary>
    public int[] Callers { get; }

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
    private static List<Band> Bands(CpuProgram program, (int Height, int Width)[] grids, Stretch stretch, int bandBytes)
    {
        var bands = new List<Band>();
        for (var first = stretch.First; first < stretch.End; first = bands[^1].Last + 1)
            bands.Add(new(first, RowBands.LastOf(program, grids, first, stretch.End, bandBytes)));
        return bands;
    }

    /// <summary>The buffers between the steps of a band, of which only some rows are ever there.</summary>
    private static bool[] Passing(CpuPlan plan, List<List<Band>> bands)
    {
        var passing = new bool[plan.Buffers.Length];
        foreach (var stretch in bands)
        {
            foreach (var band in stretch)
            {
                for (var step = band.First; step < band.Last; step++)
                    passing[plan.Steps[step].Output] = true;
            }
        }
        return passing;
    }

    private static int[] CallersOf(Part[] steps)
    {
        var callers = new int[steps.Length];
        var count = 0;
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Step.IsCallers)
                callers[count++] = i;
        }
        return callers[..count];
    }

    /// <summary>Steps of the plan that go together by bands of rows, or one by itself. A class, and no pair, for the reason that <see cref="PlanRun"/> is one.</summary>
    private sealed record Band(int First, int Last);

    /// <summary>A step of the workspace: those of the plan that it does, and for how many images at a time.</summary>
    private sealed record Part(BoundStep Step, int First, int Last, int Images);

    private float* Allocate(long floats)
    {
        var memory = new AlignedMemory(floats);
        _memory.Add(memory);
        return memory.Pointer;
    }
}
