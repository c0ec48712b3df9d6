namespace Blockwright.Gpu.OpenCl;

/// <summary>Workspaces of their own, on queues that keep moments.</summary>
internal sealed class TimedOpenCl : ITimedCalls
{
    private readonly Dictionary<int, OpenClWorkspace> _workspaces = [];

    public TimedOpenCl(OpenClProgram program, GpuSizes sizes, IEnumerable<int> images, int height, int width)
    {
        try
        {
            foreach (var batch in images)
                _workspaces.Add(batch, new(program, sizes, batch, height, width, isTimed: true));
        }
        catch (OpenClException)
        {
            Dispose();
            throw;
        }
    }

    public double[] Run(ImagePart part, ReadOnlySpan<float> input, Span<float> output)
    {
        const double NanosecondsInASecond = 1e9;
        var moments = _workspaces[part.Count].Time(input, output, part);
        return [.. moments.Select(moment => (moment - moments[0]) / NanosecondsInASecond)];
    }

    public void Dispose()
    {
        foreach (var workspace in _workspaces.Values)
            workspace.Dispose();
    }
}
