namespace Blockwright;

/// <summary>When each launch of a GPU's program began and ended, by the device's clock: in each part of a run the copy of its images to the device, the launches, and the copy of the results.</summary>
/// <param name="Device">What ran it, for people.</param>
/// <param name="Parts">The images of each part.</param>
/// <param name="Stamps">Their moments.</param>
/// <param name="Plain">Runs that nobody looks into, copies included, by the host's clock.</param>
internal sealed record LaunchTimes(string Device, IReadOnlyList<int> Parts, long[][] Stamps, long[] Plain) : RunTimes(Stamps, Plain)
{
    public override NetworkProfile Profile(NetworkPlans plans, int batch, int height, int width) => LaunchProfiler.Profile(plans, this, batch, height, width);
}
