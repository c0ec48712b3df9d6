using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>
/// Elements brought into another order of their sizes, from and to memory of any kind: torch.permute with what lies there. Sizes that follow each other on both sides are one; of what remains two are told apart, the one along which
/// the target's elements lie side by side, and the one along which the source's do.
/// </summary>
internal sealed unsafe class Permutation
{
    // So much of the two sizes is one piece of work: what it reads and writes stays in the first-level cache.
    private const int MostAlong = 1024;
    private const int MostAcross = 16;

    private readonly ElementMemory _source;
    private readonly ElementMemory _target;
    private readonly Axis[] _outer;
    private readonly Axis _along;
    private readonly Axis _across;
    private readonly int _alongs;
    private readonly int _acrosses;
    private readonly int _pieces;

    /// <param name="source">What is read.</param>
    /// <param name="target">What is written; it shares nothing with the source.</param>
    /// <param name="sizes">Sizes of the source, of which both are made.</param>
    /// <param name="dims">Which of them each of the target's is.</param>
    /// <exception cref="ArgumentException">The elements do not lie so.</exception>
    public Permutation(ElementMemory source, ElementMemory target, ReadOnlySpan<int> sizes, ReadOnlySpan<int> dims)
    {
        if (source.Images != target.Images || dims.Length != sizes.Length || !dims.ToArray().Order().SequenceEqual(Enumerable.Range(0, sizes.Length)))
            throw new ArgumentException(Invariant($"{dims.Length} dimensions, of {source.Images} and {target.Images} images, are none of {sizes.Length} sizes in another order."), nameof(dims));
        (_source, _target) = (source, target);
        var permuted = new int[sizes.Length];
        for (var i = 0; i < permuted.Length; i++)
            permuted[i] = sizes[dims[i]];
        var (from, to) = (source.Pitches(sizes), target.Pitches(permuted));
        var axes = new List<Axis> { new(source.Images, source.ImagePitch, target.ImagePitch) };
        for (var i = 0; i < permuted.Length; i++)
            axes.Add(new(permuted[i], from[dims[i]], to[i]));
        axes = Merged(axes);
        _along = Take(axes, static axis => axis.To == 1);
        _across = Take(axes, static axis => axis.From == 1);
        _outer = [.. axes];
        (_alongs, _acrosses) = ((_along.Size + MostAlong - 1) / MostAlong, (_across.Size + MostAcross - 1) / MostAcross);
        _pieces = _outer.Aggregate(checked(_alongs * _acrosses), static (product, axis) => checked(product * axis.Size));
    }

    /// <summary>Copies a share of the elements, and applies a function to them.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="function">What is applied to each.</param>
    /// <param name="share">The part to do.</param>
    public void Run(InstructionSet set, Activation function, Share share)
    {
        var (start, end) = share.Of(_pieces);
        for (var piece = start; piece < end; piece++)
        {
            var (rest, along) = Math.DivRem(piece, _alongs);
            (rest, var across) = Math.DivRem(rest, _acrosses);
            (along, across) = (along * MostAlong, across * MostAcross);
            var from = _source.Data + (along * _along.From) + (across * _across.From);
            var to = _target.Data + (along * _along.To) + (across * _across.To);
            for (var i = _outer.Length - 1; i >= 0; i--)
            {
                (rest, var at) = Math.DivRem(rest, _outer[i].Size);
                from += at * _outer[i].From;
                to += at * _outer[i].To;
            }
            var (length, rows) = (Math.Min(MostAlong, _along.Size - along), Math.Min(MostAcross, _across.Size - across));
            Copy(from, to, length, rows);
            if (function != Activation.None)
                Apply(set, function, to, length, rows);
        }
    }

    private void Copy(float* from, float* to, int length, int rows)
    {
        if (_along.To == 1 && _across.From == 1 && rows > 1)
        {
            Transposition.Run(from, (nint)_along.From, length, rows, to, (nint)_across.To);
            return;
        }
        for (var row = 0; row < rows; row++, from += _across.From, to += _across.To)
        {
            if (_along is { From: 1, To: 1 })
            {
                new ReadOnlySpan<float>(from, length).CopyTo(new Span<float>(to, length));
                continue;
            }
            for (var i = 0; i < length; i++)
                to[i * _along.To] = from[i * _along.From];
        }
    }

    private void Apply(InstructionSet set, Activation function, float* to, int length, int rows)
    {
        for (var row = 0; row < rows; row++, to += _across.To)
        {
            var written = new FeatureMap { Data = to, Images = 1, Channels = length, Height = 1, Width = 1, PixelPitch = length, RowPitch = length, ImagePitch = length, Lanes = length };
            if (_along.To != 1)
                written = written with { Channels = 1, Width = length, PixelPitch = checked((int)_along.To), Lanes = 1 };
            Elementwise.Copy(set, written, written, function, Share.Whole);
        }
    }

    /// <summary>Without those of one element, and those together that follow each other on both sides.</summary>
    private static List<Axis> Merged(List<Axis> axes)
    {
        var merged = new List<Axis>();
        foreach (var axis in axes.Where(static axis => axis.Size > 1))
        {
            if (merged.Count > 0 && merged[^1] is var last && last.From == axis.From * axis.Size && last.To == axis.To * axis.Size)
                merged[^1] = axis with { Size = checked(last.Size * axis.Size) };
            else
                merged.Add(axis);
        }
        return merged;
    }

    /// <summary>Takes out the axis that is asked for, or else the innermost one.</summary>
    private static Axis Take(List<Axis> axes, Predicate<Axis> isAsked)
    {
        if (axes.Count == 0)
            return new(1, 0, 0);
        var at = axes.FindIndex(isAsked);
        var taken = axes[at < 0 ? axes.Count - 1 : at];
        axes.Remove(taken);
        return taken;
    }

    /// <summary>A size, and how far its elements lie apart on both sides.</summary>
    private readonly record struct Axis(int Size, long From, long To);
}
