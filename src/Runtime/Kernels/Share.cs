namespace Blockwright.Kernels;

/// <summary>
/// The part of an operation that one thread does. Kernels know no threads: each member of a team calls the same kernel with its own share, and
/// what the shares write does not overlap.
/// </summary>
/// <param name="Part">Which part, from 0.</param>
/// <param name="Parts">How many parts there are.</param>
public readonly record struct Share(int Part, int Parts)
{
    /// <summary>All of it.</summary>
    public static Share Whole => new(0, 1);

    /// <summary>This share's range of <paramref name="count"/> things, cut at multiples of <paramref name="grain"/>.</summary>
    public (int Start, int End) Of(int count, int grain = 1)
    {
        var grains = (count + grain - 1) / grain;
        return (Cut(Part, Parts), Cut(Part + 1, Parts));

        int Cut(int part, int parts) => (int)Math.Min((long)grains * part / parts * grain, count);
    }
}
