using Blockwright.Plans;

namespace Blockwright.Gpu.OpenCl;

/// <summary>
/// Runs a network on a device of OpenCL's, from and to memory of the host's. Each call has memory of its own there, which is kept for the next of its size; what is too large for a device's buffers goes in parts.
/// </summary>
internal sealed class OpenClExecutor : IKernelExecutor
{
    private readonly OpenClProgram _program;
    private readonly FoldedWeights _weights;
    private readonly CpuPlan _plan;
    private readonly IdleCalls<OpenClWorkspace> _calls;
    private readonly CallGate _gate;

    /// <exception cref="NotSupportedException">The class was built without kernels for a GPU.</exception>
    /// <exception cref="OpenClException">There is no device.</exception>
    public OpenClExecutor(NetworkPlans plans, FoldedWeights weights, FuseOptions options)
    {
        var program = plans.Gpu ?? throw KernelExecutors.WithoutKernels(plans, FuseDevice.OpenCl);
        _calls = new IdleCalls<OpenClWorkspace>(options.KeptBytes);
        (_weights, _plan, _program) = (weights, plans.Cpu!, new OpenClProgram(plans.Network, program, weights, options.DeviceIndex));
        _gate = new CallGate(plans.Network, Free);
    }

    public string Device => $"OpenCL: {_program.Device.Name}";

    public long IdleBytes => _calls.IdleBytes;

    public void Save(string path)
    {
        using var inside = _gate.Enter();
        _weights.Save(path, _program.Network, _plan);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        using var inside = _gate.Enter();
        var sizes = new GpuSizes(_program.Network, _program.Program, height, width);
        RunLengths.CheckOutput(_program.Network, output.Length, sizes.OutputFloats * batch);
        var most = MostImages(sizes);
        for (var part = ImagePart.Of(batch, most); part.Count > 0; part = part.Next(most))
            Run(sizes, input, output, part, height, width);
    }

    public RunTimes Profile(ReadOnlySpan<float> input, int batch, int height, int width, int runs)
    {
        using var inside = _gate.Enter();
        var sizes = new GpuSizes(_program.Network, _program.Program, height, width);
        var parts = TimedRuns.Parts(batch, MostImages(sizes));
        using var timed = new TimedOpenCl(_program, sizes, parts.Distinct(), height, width);
        return TimedRuns.Time(this, timed, sizes, parts, input, height, width, runs);
    }

    public void Trim()
    {
        using var inside = _gate.Enter();
        _calls.Trim();
    }

    /// <summary>Calls that run come to their end; later ones throw.</summary>
    public void Dispose() => _gate.Close();

    private void Run(GpuSizes sizes, ReadOnlySpan<float> input, Span<float> output, ImagePart part, int height, int width)
    {
        var call = _calls.Take(_program, part.Count, height, width) ?? new OpenClWorkspace(_program, sizes, part.Count, height, width);
        try
        {
            call.Run(input, output, part);
        }
        catch (OpenClException)
        {
            call.Dispose();
            throw;
        }
        _calls.Return(call);
    }

    /// <summary>The images whose largest piece of memory a device's buffer holds; at least one, which the device may then refuse.</summary>
    private int MostImages(GpuSizes sizes)
    {
        var callers = Enumerable.Range(0, _program.Program.Callers).Select(sizes.FloatsOf);
        var largest = Enumerable.Range(0, _program.Program.Slots).Select(sizes.FloatsOfSlot).Concat(callers).Max();
        return (int)Math.Clamp(_program.Device.MostBytes / (largest * sizeof(float)), 1, sizes.MostImages);
    }

    private void Free()
    {
        _calls.Dispose();
        _program.Dispose();
    }
}
