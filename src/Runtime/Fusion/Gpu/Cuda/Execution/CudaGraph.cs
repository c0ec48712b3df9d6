namespace Blockwright.Gpu.Cuda;

/// <summary>
/// A forward as one graph: a node for each launch, which waits for what its memory demands and for nothing else, and for images in host memory a copy before and behind. Built node by node: capturing a
/// stream is not possible on the default stream, which torch uses.
/// </summary>
/// <remarks>The device's context is the current one wherever this is used; one caller at a time.</remarks>
internal sealed unsafe class CudaGraph : IDisposable
{
    private readonly Driver _driver;
    private readonly KernelModules _modules;
    private readonly List<(nint Node, KernelLaunch Launch)> _ofCaller = [];
    private readonly string _network;
    private nint _graph;
    private nint _executable;
    private readonly MemoryAddresses _addresses;
    private bool _isPointed;

    /// <summary>Builds the graph.</summary>
    /// <param name="device">The device.</param>
    /// <param name="modules">The kernels.</param>
    /// <param name="network">The network's name.</param>
    /// <param name="schedule">What is launched.</param>
    /// <param name="addresses">Where its memory lies; this moves the caller's inputs and outputs.</param>
    /// <param name="host">Host memory that is copied from and to; null: the inputs and outputs are the device's.</param>
    /// <param name="moments">Events for the beginning, the end of the inputs' copies, of each launch and of the outputs' copies; null where nobody times them.</param>
    /// <exception cref="CudaException">The device refuses something.</exception>
    public CudaGraph(CudaDevice device, KernelModules modules, string network, LaunchSchedule schedule, MemoryAddresses addresses, HostSide? host, IReadOnlyList<nint>? moments = null)
    {
        (_driver, _modules, _network, _addresses) = (device.Driver, modules, network, addresses);
        try
        {
            _graph = _driver.CreateGraph();
            if (moments is null)
                AddNodes(Steps(schedule, host), device.Context);
            else
                AddTimed(Steps(schedule, host), device.Context, moments);
            _executable = _driver.Instantiate(_graph);
            _isPointed = true;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Lets the next launches read and write elsewhere; those before are not touched, even if they have not begun.</summary>
    public void Point(ReadOnlySpan<ulong> inputs, ReadOnlySpan<ulong> outputs)
    {
        if (_isPointed && _addresses.AreAt(inputs, outputs))
            return;
        // Where one of several nodes fails, nobody knows where the graph points.
        _isPointed = false;
        _addresses.Move(inputs, outputs);
        foreach (var (node, launch) in _ofCaller)
        {
            using var arguments = new ArgumentBlock(launch, _addresses);
            _driver.SetKernel(_executable, node, arguments.Parameters(_modules[launch.Kernel]), launch.Kernel);
        }
        _isPointed = true;
    }

    public void Launch(nint stream) => _driver.Launch(_executable, stream, _network);

    public void Dispose()
    {
        if (_executable != 0)
            _driver.DestroyExecutable(_executable);
        // It has to outlive what was made of it: its nodes are named in updates.
        if (_graph != 0)
            _driver.DestroyGraph(_graph);
        (_executable, _graph) = (0, 0);
    }

    private static List<GraphStep> Steps(LaunchSchedule schedule, HostSide? host)
    {
        var steps = schedule.Launches.Select(static launch => new GraphStep(launch, null)).ToList();
        if (host is { } memory)
        {
            steps.InsertRange(0, HostCopy.OfAll(memory.Inputs, schedule.Inputs, isInput: true).Select(static copy => new GraphStep(null, copy)));
            steps.AddRange(HostCopy.OfAll(memory.Outputs, schedule.Outputs, isInput: false).Select(static copy => new GraphStep(null, copy)));
        }
        return steps;
    }

    private void AddNodes(List<GraphStep> steps, nint context)
    {
        var order = LaunchOrder.Of([.. steps.Select(static step => step.Uses)]);
        var nodes = new nint[steps.Count];
        for (var i = 0; i < nodes.Length; i++)
        {
            var after = Array.ConvertAll(order[i], earlier => nodes[earlier]);
            nodes[i] = Add(after, steps[i], context);
        }
    }

    /// <summary>One after the other, whatever their memory allows: of what runs side by side nobody could say what it takes.</summary>
    private void AddTimed(List<GraphStep> steps, nint context, IReadOnlyList<nint> moments)
    {
        var noted = 0;
        var last = _driver.AddMoment(_graph, [], moments[noted++]);
        for (var i = 0; i < steps.Count; i++)
        {
            last = Add([last], steps[i], context);
            // The copies of one side are one step.
            if (i + 1 == steps.Count || steps[i].Copy is null || steps[i + 1].Copy is null)
                last = _driver.AddMoment(_graph, [last], moments[noted++]);
        }
    }

    private nint Add(ReadOnlySpan<nint> after, GraphStep step, nint context) => step.Launch is { } launch
        ? AddKernel(after, launch)
        : _driver.AddCopy(_graph, after, step.Copy!.Parameters(_addresses), context, step.Copy!.IsInput ? "the input from the host" : "the output to the host");

    private nint AddKernel(ReadOnlySpan<nint> after, KernelLaunch launch)
    {
        using var arguments = new ArgumentBlock(launch, _addresses);
        var node = _driver.AddKernel(_graph, after, arguments.Parameters(_modules[launch.Kernel]), launch.Kernel);
        if (launch.Arguments.Any(static argument => argument.Use.Owner is MemoryOwner.Input or MemoryOwner.Output))
            _ofCaller.Add((node, launch));
        return node;
    }

    /// <summary>Host memory for the inputs, one behind another, and for the results.</summary>
    public readonly record struct HostSide(nint Inputs, nint Outputs);

    private sealed record GraphStep(KernelLaunch? Launch, HostCopy? Copy)
    {
        public IReadOnlyList<MemoryUse> Uses { get; } = Copy is { } copy ? [copy.Use] : Launch!.Uses;
    }
}
