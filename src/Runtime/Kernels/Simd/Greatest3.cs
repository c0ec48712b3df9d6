using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>
/// A max pool of 3 x 3 taps side by side, one register of channels. A tap beyond the map counts as the window's nearest within it, which no maximum can tell from leaving it out: so borders need no loops of their own.
/// Each column is looked at once for all windows that it is part of.
/// </summary>
internal unsafe struct Greatest3
{
    // Pixels from the one that is written to the one whose line is asked for.
    private const int Ahead = 12;

    /// <summary>The image's first pixel.</summary>
    public float* Source;

    /// <summary>Floats from a pixel to the next.</summary>
    public nint Column;

    /// <summary>Floats from a row to the next.</summary>
    public nint Row;

    /// <summary>Rows of the image.</summary>
    public nint Height;

    /// <summary>Columns of the image.</summary>
    public nint Width;

    /// <summary>How the window moves: 3 x 3, a padding of 1 at most, columns 1 or 2 apart.</summary>
    public Window Window;

    /// <summary>The image's first output pixel.</summary>
    public float* Target;

    /// <summary>Floats from an output pixel to the next.</summary>
    public nint TargetColumn;

    /// <summary>Floats from an output row to the next.</summary>
    public nint TargetRow;

    /// <summary>The output rows to make.</summary>
    public (int First, int End) Rows;

    /// <summary>Columns of the output.</summary>
    public nint Outputs;

    /// <summary>Whether it can make a pool's result.</summary>
    public static bool Serves(Window window) =>
        window is { KernelHeight: 3, KernelWidth: 3, DilationHeight: 1, DilationWidth: 1, PaddingHeight: <= 1, PaddingWidth: <= 1, PaddingBelow: <= 1, PaddingRight: <= 1, StrideWidth: 1 or 2 };

    /// <summary>
    /// The greatest of each window if no input is NaN: keeping NaN in the maximum itself costs three instructions a tap. A sum shows whether there was one; it may also be NaN for infinities of both signs, and for sums
    /// beyond all numbers of both.
    /// </summary>
    /// <returns>Whether there may be a NaN, and the result is not to be trusted.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool IsDoubtful<TSimd, TVector>(Greatest3* job)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var check = TSimd.Zero;
        nint column = job->Column, last = job->Height - 1, right = job->Width - 1, padding = job->Window.PaddingWidth, stride = job->Window.StrideWidth, targetColumn = job->TargetColumn;
        for (nint y = job->Rows.First; y < job->Rows.End; y++)
        {
            var first = (y * job->Window.StrideHeight) - job->Window.PaddingHeight;
            var source = job->Source + Math.Clamp(first, 0, last) * job->Row;
            nint middle = (Math.Min(first + 1, last) - Math.Clamp(first, 0, last)) * job->Row, bottom = (Math.Min(first + 2, last) - Math.Clamp(first, 0, last)) * job->Row;
            var target = job->Target + y * job->TargetRow;
            var end = target + job->Outputs * targetColumn;
            var one = Greatest<TSimd, TVector>(source, middle, bottom, ref check);
            if (stride == 2)
            {
                // The column that two windows share.
                var at = source + (1 - padding) * column;
                for (var whole = target + (right + padding) / 2 * targetColumn; target < whole; target += targetColumn)
                {
                    var inner = Greatest<TSimd, TVector>(at, middle, bottom, ref check);
                    var shared = Greatest<TSimd, TVector>(at + column, middle, bottom, ref check);
                    at += 2 * column;
                    TSimd.Store(target, TSimd.MaximumOfNumbers(TSimd.MaximumOfNumbers(one, inner), shared));
                    Prefetch.Written(target + Ahead * targetColumn);
                    one = shared;
                }
                if (target < end)
                    TSimd.Store(target, TSimd.MaximumOfNumbers(one, Greatest<TSimd, TVector>(source + right * column, middle, bottom, ref check)));
            }
            else
            {
                // The last column, and the greatest of the last two.
                var at = source + Math.Min(1 - padding, right) * column;
                var before = Greatest<TSimd, TVector>(at, middle, bottom, ref check);
                var both = TSimd.MaximumOfNumbers(one, before);
                var stop = source + right * column;
                while (at < stop)
                {
                    at += column;
                    one = Greatest<TSimd, TVector>(at, middle, bottom, ref check);
                    TSimd.Store(target, TSimd.MaximumOfNumbers(both, one));
                    Prefetch.Written(target + Ahead * targetColumn);
                    target += targetColumn;
                    (both, before) = (TSimd.MaximumOfNumbers(before, one), one);
                }
                for (; target < end; target += targetColumn)
                    TSimd.Store(target, both);
            }
        }
        return TSimd.IsAnyNaN(check);
    }

    // The greatest of a column's three taps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Greatest<TSimd, TVector>(float* top, nint middle, nint bottom, ref TVector check)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        TVector a = TSimd.Load(top), b = TSimd.Load(top + middle), c = TSimd.Load(top + bottom);
        check = TSimd.Add(check, TSimd.Add(TSimd.Add(a, b), c));
        return TSimd.MaximumOfNumbers(TSimd.MaximumOfNumbers(a, b), c);
    }
}
