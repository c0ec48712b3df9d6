using Blockwright.Cpu.Steps;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu;

/// <summary>
/// Steps that follow each other a few rows at a time: a convolution, and the window that alone reads it; before them, the image's planes if they alone are what
/// the convolution reads; after them, a convolution of single pixels that alone reads the window. What lies between them is then a few rows that never leave the cache.
/// </summary>
internal static class RowBands
{
    /// <summary>The last of the steps that go by bands together from <paramref name="first"/> on; <paramref name="first"/> itself where none do.</summary>
    /// <param name="program">The program.</param>
    /// <param name="grids">Its grids' sizes.</param>
    /// <param name="first">The first step.</param>
    /// <param name="end">Where the steps end that go image by image.</param>
    /// <param name="bytes">What a band may take: maps of at most four times as much stay as they are.</param>
    public static int LastOf(CpuProgram program, (int Height, int Width)[] grids, int first, int end, int bytes)
    {
        var producer = program.Steps[first] is PlanesStep ? first + 1 : first;
        if (producer + 1 >= end || !Follows(program, grids, producer, bytes))
            return first;
        var (plan, isPlanes) = (program.Plan, producer > first);
        if (isPlanes && !(plan.Steps[producer] is { Inputs.IsEmpty: false, Inputs: var read } && read.All(run => run.Buffer == plan.Steps[first].Output) && IsReadOnce(plan, plan.Steps[first].Output, producer)))
            return first;
        // Where a window comes after it, it begins bands of its own: what it gives is as large as what it reads, or larger.
        var endsWithPixels = producer + 2 < end && Ends(program, producer) && !(producer + 3 < end && Follows(program, grids, producer + 2, bytes));
        return endsWithPixels ? producer + 2 : producer + 1;
    }

    /// <summary>Whether the step after the window is a convolution of single pixels that the bands can end with.</summary>
    private static bool Ends(CpuProgram program, int producer)
    {
        var plan = program.Plan;
        var (window, last) = (plan.Steps[producer + 1], plan.Steps[producer + 2]);
        return program.Steps[producer + 2] is ConvolutionStep && last.Window == Window.Pixel
            && last.Inputs.Length == 1 && last.Inputs[0] == new PlanRun(window.Output, 0, plan.Buffers[window.Output].Channels)
            && IsReadOnce(plan, window.Output, producer + 2)
            && plan.Steps[producer].Inputs.All(run => plan.Buffers[run.Buffer].Slot != plan.Buffers[last.Output].Slot);
    }

    private static bool Follows(CpuProgram program, (int Height, int Width)[] grids, int index, int bytes)
    {
        var plan = program.Plan;
        var (producer, consumer) = (plan.Steps[index], plan.Steps[index + 1]);
        if (program.Steps[index] is not ConvolutionStep || producer.Others.Length > 0 || program.Steps[index + 1] is not IRowWindow)
            return false;
        var between = plan.Buffers[producer.Output];
        var (height, width) = grids[between.Grid];
        var layout = new FeatureLayout(between.Channels, height, width, between.Halo);
        return layout.ImagePitch * sizeof(float) > 4L * bytes && IsWorthwhile(layout, consumer.Window, bytes)
            && consumer.Inputs.Length == 1 && consumer.Inputs[0] == new PlanRun(producer.Output, 0, between.Channels)
            && IsReadOnce(plan, producer.Output, index + 1)
            && LeavesRows(producer.Window) && LeavesRows(consumer.Window)
            // The last rows of what the producer reads are still to be read when the consumer's first rows are written.
            && producer.Inputs.All(run => plan.Buffers[run.Buffer].Slot != plan.Buffers[consumer.Output].Slot);
    }

    /// <summary>The consumer's rows that a band gives.</summary>
    public static int Rows(int rowPitch, Window window, int bytes) => Math.Max(1, (int)((((bytes / sizeof(float)) / (long)rowPitch) - window.ReachHeight) / window.StrideHeight) + 1);

    // A band that keeps more rows for the next one than it makes spends its time on moving them, and makes too few for a matrix multiplication. With a byte, as tests have it, everything goes by bands.
    private static bool IsWorthwhile(FeatureLayout between, Window window, int bytes) =>
        bytes == 1 || Rows(between.RowPitch, window, bytes) * window.StrideHeight >= window.ReachHeight - window.StrideHeight;

    private static bool LeavesRows(Window window) => window.ReachHeight > window.PaddingHeight + window.PaddingBelow;

    private static bool IsReadOnce(CpuPlan plan, int buffer, int reader)
    {
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            if (i != reader && plan.Steps[i].Reads.Any(run => run.Buffer == buffer))
                return false;
        }
        return true;
    }
}
