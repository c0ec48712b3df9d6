using System.Collections.Immutable;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>What steps are bound to: the buffers' maps of one image or of all, and the caller's memory.</summary>
internal sealed unsafe class StepMemory(CallerMemory caller, BufferMaps maps, ScratchMemory scratch, int image)
{
    /// <summary>Instead of an image's number: all of them.</summary>
    public const int All = -1;

    /// <summary>What a step needs only while it runs.</summary>
    public ScratchMemory Scratch => scratch;

    public FeatureMap Map(int buffer) => maps.Map(buffer, image);

    public PlanarImages Planes(int buffer) => maps.Planes(buffer, image);

    public FeatureMap[] Runs(ImmutableArray<PlanRun> runs)
    {
        var result = new FeatureMap[runs.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = maps.IsPlanes(runs[i].Buffer) ? Planes(runs[i].Buffer).Plane(runs[i].First) : Map(runs[i].Buffer).Slice(runs[i].First, runs[i].Count);
        return result;
    }

    /// <summary>Where a buffer's elements lie, or those of some of its channels.</summary>
    public ElementMemory Elements(PlanRun run) => maps.IsPlanes(run.Buffer) ? ElementMemory.Of(Planes(run.Buffer)) : ElementMemory.Of(Map(run.Buffer).Slice(run.First, run.Count));

    public ElementMemory Elements(int buffer) => maps.IsPlanes(buffer) ? ElementMemory.Of(Planes(buffer)) : ElementMemory.Of(Map(buffer));

    /// <summary>The height and width of what a buffer holds.</summary>
    public (int Height, int Width) SizeOf(int buffer) => maps.SizeOf(buffer);

    public bool IsPlanes(int buffer) => maps.IsPlanes(buffer);

    /// <summary>The one map that a convolution adds; default where it adds none.</summary>
    public FeatureMap Residual(PlanStep plan) => plan.Others.IsEmpty ? default : Runs(plan.Others)[0];

    /// <summary>One of the inputs that the caller gives, from this image on: to be asked in each run.</summary>
    public PlanarImages InputImages(int input, int images, int channels, int height, int width) => At(caller.Input(input), images, channels, height, width);

    /// <summary>Where the caller wants one of the results, from this image on: to be asked in each run.</summary>
    public PlanarImages OutputImages(int result, int images, int channels, int height, int width) => At(caller.Output(result), images, channels, height, width);

    private PlanarImages At(float* memory, int images, int channels, int height, int width) =>
        new(memory + (Math.Max(image, 0) * (long)channels * height * width), images, channels, height, width);
}

/// <summary>The memory of whoever calls: set before each run.</summary>
/// <param name="inputs">How many inputs there are.</param>
/// <param name="results">How many results.</param>
internal sealed unsafe class CallerMemory(int inputs, int results)
{
    private readonly float*[] _inputs = new float*[inputs];
    private readonly float*[] _outputs = new float*[results];

    /// <summary>An input's images, N x C x H x W.</summary>
    public float* Input(int input) => _inputs[input];

    /// <summary>Says where an input is.</summary>
    public void PlaceInput(int input, float* images) => _inputs[input] = images;

    /// <summary>Where a result goes, N x C' x H' x W'.</summary>
    public float* Output(int result) => _outputs[result];

    /// <summary>Says where a result goes.</summary>
    public void Place(int result, float* output) => _outputs[result] = output;
}
