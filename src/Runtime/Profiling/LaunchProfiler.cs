using Blockwright.Gpu;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright;

/// <summary>What a GPU's launches took, named by the layers that they compute. What the device can do at most nobody has measured: there is no roofline.</summary>
internal sealed class LaunchProfiler
{
    private readonly GpuProgram _program;
    private readonly NodePlan? _nodes;
    private readonly GpuSizes _sizes;
    private readonly (int Height, int Width)[] _nodeSizes;
    private readonly Dictionary<string, int> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
    private readonly List<ProfileRow> _rows = [];
    private readonly List<int> _rowOf = [];

    private LaunchProfiler(NetworkPlans plans, int height, int width)
    {
        (_program, _nodes, _sizes) = (plans.Gpu!, plans.Nodes, new GpuSizes(plans.Network, plans.Gpu!, height, width));
        _nodeSizes = _nodes is null ? [] : GridSizes.Of(plans.Network, _nodes.Grids, _nodes.SizeRules, height, width);
        for (var i = 0; i < (_nodes?.Nodes.Length ?? 0); i++)
        {
            if (_nodes!.Nodes[i].Key.Length > 0)
                _byKey.Add(_nodes.Blocks[_nodes.Nodes[i].Block].Key(_nodes.Nodes[i].Key), i);
        }
    }

    public static NetworkProfile Profile(NetworkPlans plans, LaunchTimes times, int batch, int height, int width)
    {
        var profiler = new LaunchProfiler(plans, height, width);
        foreach (var images in times.Parts)
            profiler.Add(images);
        var title = Invariant($"{plans.Network}, fused, {InputSizes.Text(plans, batch, height, width)}, {times.Device}");
        return Moments.Profile(title, profiler._rows, profiler._rowOf, times.Stamps, times.Plain);
    }

    private void Add(int images)
    {
        Add(new(_program.Inputs == 1 ? "the input to the device" : "the inputs to the device", "copy", ""), 0, CopiedBytes(_sizes.InputFloats, images));
        foreach (var launch in _program.ScheduleOf(images).Launches)
            Add(launch, images);
        Add(new(_program.Results.Length == 1 ? "the result to the host" : "the results to the host", "copy", ""), 0, CopiedBytes(_sizes.OutputFloats, images));
    }

    private void Add(GpuLaunch launch, int images)
    {
        // A layer's key, and what the kernel does; the latter alone where there is no layer with weights.
        var colon = launch.What.IndexOf(": ", StringComparison.Ordinal);
        var key = colon < 0 ? "" : launch.What[..colon];
        var bytes = launch.Reads.Concat(launch.Writes).Sum(run => (double)_sizes.FloatsOf(run) * images) + WeightFloats(launch, key);
        if (!_byKey.TryGetValue(key, out var node))
        {
            Add(new(launch.What, launch.What, ""), 0, bytes * sizeof(float));
            return;
        }
        // Of several launches of a layer the first counts its products.
        var flops = _known.ContainsKey(key) ? 0 : 2.0 * _nodes!.CostOf(node, _nodeSizes).For(images).MultiplyAdds;
        Add(new(key, launch.What[(colon + 2)..], _nodes!.Blocks[_nodes.Nodes[node].Block].Path) { Layers = [node] }, flops, bytes * sizeof(float));
    }

    private void Add(ProfileRow row, double flops, double bytes)
    {
        if (!_known.TryGetValue(row.Name, out var number))
        {
            _known.Add(row.Name, number = _rows.Count);
            _rows.Add(row);
        }
        _rows[number] = _rows[number] with { Flops = _rows[number].Flops + flops, Bytes = _rows[number].Bytes + bytes };
        _rowOf.Add(number);
    }

    private static double CopiedBytes(long floats, int images) => (double)floats * images * sizeof(float);

    private long WeightFloats(GpuLaunch launch, string key) =>
        launch.Arguments.Any(static argument => argument.Kind == GpuArgumentKind.Weights) ? _program.Weights.FirstOrDefault(weights => weights.Of.Key == key)?.Floats ?? 0 : 0;
}
