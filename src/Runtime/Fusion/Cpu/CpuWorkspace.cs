using Blockwright.Kernels;

namespace Blockwright.Cpu;

/// <summary>
/// Memory for some images of one size, and the steps bound to it. Images go one by one through the first steps, whose maps would not stay in the cache
/// together, and side by side through the last ones, whose maps are too small to fill a tile by themselves.
/// </summary>
internal sealed unsafe class CpuWorkspace : IDisposable
{
    /// <summary>Maps of at most so many pixels go side by side: each by itself would leave a good part of its last tile empty.</summary>
    private const int SmallMap = 4 * 4;

    private readonly List<AlignedMemory> _memory = [];
    private readonly (BoundStep Step, int First, int Last)[] _steps;

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
        var grids = Sizes(plan, height, width);
        (OutHeight, OutWidth) = grids[plan.OutGrid];
        var together = images == 1 ? plan.Steps.Length : FirstTogether(plan, grids);
        var single = Bands(plan, grids, together, bandBytes);
        allocate ??= Allocate;
        var maps = new BufferMaps(plan, grids, images, together, [.. single.SelectMany(static band => Enumerable.Range(band.First, band.Last - band.First)).Select(step => plan.Steps[step].Output)], allocate);
        var memory = new BandMemory(parts, bandBytes, allocate);
        var steps = new List<(BoundStep, int, int)>();
        for (var image = 0; image < images; image++)
        {
            foreach (var (first, last) in single)
                steps.Add((first == last ? StepBinder.Bind(program, first, this, maps.Of(image), image) : StepBinder.BindBand(program, first, last, this, maps.Of(image), image, memory), first, last));
        }
        for (var i = together; i < plan.Steps.Length; i++)
            steps.Add((StepBinder.Bind(program, i, this, maps.OfAll(), 0), i, i));
        _steps = [.. steps];
    }

    public int Images { get; }

    public int Height { get; }

    public int Width { get; }

    public int OutHeight { get; }

    public int OutWidth { get; }

    public int StepCount => _steps.Length;

    /// <summary>The images, N x C x H x W: set before a run.</summary>
    public float* Input { get; set; }

    /// <summary>Where the result goes, N x C' x H' x W': set before a run.</summary>
    public float* Output { get; set; }

    public void Run(int step, Share share) => _steps[step].Step.Run(share);

    /// <summary>The plan's steps that a step does: the first and the last.</summary>
    public (int First, int Last) PlanStepsOf(int step) => (_steps[step].First, _steps[step].Last);

    public void Dispose()
    {
        foreach (var memory in _memory)
            memory.Dispose();
    }

    /// <summary>Every grid's height and width for an input.</summary>
    /// <exception cref="ArgumentException">A window does not fit.</exception>
    public static (int Height, int Width)[] Sizes(CpuPlan plan, int height, int width)
    {
        var sizes = new (int Height, int Width)[plan.Grids.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            var grid = plan.Grids[i];
            sizes[i] = grid.IsPoint ? (1, 1) : grid.From < 0 ? (height, width) : (grid.Window.OutputHeight(sizes[grid.From].Height, grid.CeilMode), grid.Window.OutputWidth(sizes[grid.From].Width, grid.CeilMode));
            if (sizes[i].Height < 1 || sizes[i].Width < 1)
                throw new ArgumentException($"{plan.Network}: an input of {height} x {width} is too small: a window of {grid.Window.KernelHeight} x {grid.Window.KernelWidth} finds only {sizes[grid.From].Height} x {sizes[grid.From].Width}.");
        }
        return sizes;
    }

    /// <summary>The first step from which on every map is small.</summary>
    private static int FirstTogether(CpuPlan plan, (int Height, int Width)[] grids)
    {
        var first = plan.Steps.Length - 1;
        while (first > 0 && IsSmall(plan.Steps[first - 1]))
            first--;
        return first;

        bool IsSmall(PlanStep step) =>
            step.Kind is not (StepKind.Planes or StepKind.Input)
            && (step.Output < 0 || IsSmallMap(step.Output))
            && step.Inputs.Concat(step.Others).All(run => IsSmallMap(run.Buffer));

        bool IsSmallMap(int buffer)
        {
            var (height, width) = grids[plan.Buffers[buffer].Grid];
            return height * width <= SmallMap;
        }
    }

    /// <summary>The plan's steps up to <paramref name="end"/>, those together that go by bands of rows.</summary>
    private static List<(int First, int Last)> Bands(CpuPlan plan, (int Height, int Width)[] grids, int end, int bandBytes)
    {
        var bands = new List<(int First, int Last)>();
        for (var first = 0; first < end; first = bands[^1].Last + 1)
            bands.Add((first, RowBands.LastOf(plan, grids, first, end, bandBytes)));
        return bands;
    }

    private float* Allocate(long floats)
    {
        var memory = new AlignedMemory(floats);
        _memory.Add(memory);
        return memory.Pointer;
    }
}

/// <summary>Allocates memory of floats, zeroed.</summary>
internal unsafe delegate float* Allocator(long floats);

/// <summary>The maps of each buffer.</summary>
internal sealed unsafe class BufferMaps
{
    private readonly CpuPlan _plan;
    private readonly (int Height, int Width)[] _grids;
    private readonly float*[] _memory;
    private readonly int[] _images;

    public BufferMaps(CpuPlan plan, (int Height, int Width)[] grids, int images, int together, IReadOnlyCollection<int> passing, Allocator allocate)
    {
        (_plan, _grids) = (plan, grids);
        _memory = new float*[plan.Buffers.Length];
        _images = new int[plan.Buffers.Length];
        var isShared = new bool[plan.Buffers.Length];
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            foreach (var run in plan.Steps[i].Inputs.Concat(plan.Steps[i].Others))
                isShared[run.Buffer] |= i >= together; // read by steps for all images
            if (plan.Steps[i].Output >= 0)
                _images[plan.Steps[i].Output] = i >= together ? images : 1;
        }

        // What one image's steps leave for the steps of all images has memory of its own: the next image's steps would write over it in a shared slot.
        var slots = new long[plan.Slots];
        for (var i = 0; i < plan.Buffers.Length; i++)
        {
            if (passing.Contains(i))
                continue; // only some of its rows are ever there
            if (isShared[i] && _images[i] < images)
                _memory[i] = allocate(Floats(i) * (_images[i] = images));
            else
                slots[plan.Buffers[i].Slot] = Math.Max(slots[plan.Buffers[i].Slot], Floats(i) * _images[i]);
        }
        var slotMemory = new float*[plan.Slots];
        for (var i = 0; i < slots.Length; i++)
            slotMemory[i] = slots[i] > 0 ? allocate(slots[i]) : null;
        for (var i = 0; i < plan.Buffers.Length; i++)
        {
            if (_memory[i] == null && !passing.Contains(i))
                _memory[i] = slotMemory[plan.Buffers[i].Slot];
        }
    }

    /// <summary>One image's maps.</summary>
    public MapLookup Of(int image) => new(this, image);

    /// <summary>All images' maps.</summary>
    public MapLookup OfAll() => new(this, -1);

    public FeatureMap Map(int buffer, int image)
    {
        var map = Layout(buffer).At(_memory[buffer], _images[buffer]);
        return image < 0 || _images[buffer] == 1 ? map : map.Batch(image, 1);
    }

    public PlanarImages Planes(int buffer, int image)
    {
        var (channels, (height, width)) = (_plan.Buffers[buffer].Channels, _grids[_plan.Buffers[buffer].Grid]);
        return image < 0 || _images[buffer] == 1
            ? new(_memory[buffer], _images[buffer], channels, height, width, _plan.Buffers[buffer].Halo)
            : new(_memory[buffer] + (image * Floats(buffer)), 1, channels, height, width, _plan.Buffers[buffer].Halo);
    }

    public bool IsPlanes(int buffer) => _plan.Steps.Any(step => step.Output == buffer && step.Kind == StepKind.Planes);

    private FeatureLayout Layout(int buffer)
    {
        var (height, width) = _grids[_plan.Buffers[buffer].Grid];
        return new(_plan.Buffers[buffer].Channels, height, width, _plan.Buffers[buffer].Halo);
    }

    private long Floats(int buffer)
    {
        var layout = Layout(buffer);
        return IsPlanes(buffer) ? (long)layout.Channels * (layout.Height + (2 * layout.Halo)) * (layout.Width + (2 * layout.Halo)) : layout.ImagePitch;
    }
}

/// <summary>Buffers' maps of one image, or of all.</summary>
internal readonly struct MapLookup(BufferMaps maps, int image)
{
    public FeatureMap Map(int buffer) => maps.Map(buffer, image);

    public PlanarImages Planes(int buffer) => maps.Planes(buffer, image);

    public FeatureMap[] Runs(IReadOnlyList<PlanRun> runs)
    {
        var result = new FeatureMap[runs.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var run = runs[i];
            result[i] = maps.IsPlanes(run.Buffer) ? Planes(run.Buffer).Plane(run.First) : Map(run.Buffer).Slice(run.First, run.Count);
        }
        return result;
    }
}
