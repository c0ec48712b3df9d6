using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>Channels that become pixels: those of each place of a window, which lie side by side, go to every so many pixels.</summary>
internal sealed class PixelShuffleStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory)
    {
        var (input, output) = (memory.Runs(Plan.Inputs)[0], memory.Map(Plan.Output));
        return new PlaceCopies(set, Places.Of(Plan.Window, output).Select((part, place) => (new[] { input.Slice(place * output.Channels, output.Channels) }, part)));
    }
}

/// <summary>Pixels that become channels: every so many pixels go to those of a place of a window.</summary>
internal sealed class PixelUnshuffleStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory)
    {
        var (runs, output) = (memory.Runs(Plan.Inputs), memory.Map(Plan.Output));
        var channels = output.Channels / Plan.Window.Taps;
        var places = Array.ConvertAll(runs, run => Places.Of(Plan.Window, run).ToArray());
        return new PlaceCopies(set, Enumerable.Range(0, Plan.Window.Taps).Select(place => (Array.ConvertAll(places, each => each[place]), output.Slice(place * channels, channels))));
    }
}

/// <summary>The pixels at each place of a window that moves by its own size.</summary>
internal static class Places
{
    public static IEnumerable<FeatureMap> Of(Window window, FeatureMap map) =>
        from row in Enumerable.Range(0, window.KernelHeight)
        from column in Enumerable.Range(0, window.KernelWidth)
        select map.Every(row, window.KernelHeight, map.Height / window.KernelHeight, column, window.KernelWidth, map.Width / window.KernelWidth);
}

/// <summary>Runs that are copied, one behind the other, to each of some maps.</summary>
internal sealed class PlaceCopies(InstructionSet set, IEnumerable<(FeatureMap[] Runs, FeatureMap Target)> copies) : BoundStep
{
    private readonly (FeatureMap[] Runs, FeatureMap Target)[] _copies = [.. copies];

    public override void Run(Share share)
    {
        foreach (var (runs, target) in _copies)
            Elementwise.Gather(set, runs, target, share);
    }
}
