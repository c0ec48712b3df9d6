namespace Blockwright.Weights;

/// <summary>Where pickles lie: a record of an archive, or a part of a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Name">The archive's record; null where the file itself is meant.</param>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many bytes there are at most.</param>
internal sealed record PickleSource(WeightStream File, string? Name, long Start, long Length)
{
    /// <summary>A fault at a position from the start of the pickles.</summary>
    public WeightsException Fault(string problem, string? entry = null, long position = 0, Exception? inner = null)
        => new(File.Path, problem, entry ?? Name, Start + position, inner);
}
