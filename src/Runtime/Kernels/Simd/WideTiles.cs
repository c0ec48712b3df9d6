using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>
/// <see cref="Tiles"/> of twice as many pixels, which lie at one distance from each other, for panels of less than two registers: seven sums do not keep two units busy, and what a tile costs beside its
/// products is paid half as often. With two registers it gains nothing, and short sums lose.
/// </summary>
/// <remarks>Each pixel is written out: a loop over accumulators, or a call, would make them stack slots.</remarks>
internal static unsafe class WideTiles
{
    /// <summary>Pixels of a tile.</summary>
    public const int Rows = 14;

    /// <summary>As <see cref="Tiles.Rows7"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows14<TPanel>(Segment* first, Segment* end, float* weights, float* bias, float* target, Pixels* pixels, nint tiles, float* ahead, nint aheadStep, Bounds* bounds)
        where TPanel : unmanaged, IPanel<TPanel>
    {
        var pitch = (nint)pixels->At[1];
        for (nint tile = 0; tile < tiles; tile++)
        {
            TPanel c0 = TPanel.Load(bias), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0, c8 = c0, c9 = c0, c10 = c0, c11 = c0, c12 = c0, c13 = c0;
            Prefetch.Panel<TPanel>(target);
            Prefetch.Panel<TPanel>(target + pitch);
            Prefetch.Panel<TPanel>(target + 2 * pitch);
            Prefetch.Panel<TPanel>(target + 3 * pitch);
            Prefetch.Panel<TPanel>(target + 4 * pitch);
            Prefetch.Panel<TPanel>(target + 5 * pitch);
            Prefetch.Panel<TPanel>(target + 6 * pitch);
            Prefetch.Panel<TPanel>(target + 7 * pitch);
            Prefetch.Panel<TPanel>(target + 8 * pitch);
            Prefetch.Panel<TPanel>(target + 9 * pitch);
            Prefetch.Panel<TPanel>(target + 10 * pitch);
            Prefetch.Panel<TPanel>(target + 11 * pitch);
            Prefetch.Panel<TPanel>(target + 12 * pitch);
            Prefetch.Panel<TPanel>(target + 13 * pitch);
            var w = weights;
            for (var segment = first; segment < end; segment++)
            {
                // In bytes, so that each address is one base and one offset.
                nint o1 = (nint)segment->Pixels->At[1] * sizeof(float), o2 = 2 * o1, o3 = 3 * o1, o4 = 4 * o1, o5 = 5 * o1, o6 = 6 * o1;
                var a = (byte*)(segment->Base + segment->Pixels->Origin) + (tile * Rows * o1);
                var b = a + (7 * o1);
                for (var left = segment->Count; left > 0; left--)
                {
                    var panel = TPanel.Load(w);
                    w += TPanel.Lanes;
                    Prefetch.Line(ahead);
                    Prefetch.Line(ahead + aheadStep);
                    ahead += 2 * aheadStep;
                    c0 = TPanel.MultiplyAdd(panel, (float*)(a), c0);
                    c1 = TPanel.MultiplyAdd(panel, (float*)(a + o1), c1);
                    c2 = TPanel.MultiplyAdd(panel, (float*)(a + o2), c2);
                    c3 = TPanel.MultiplyAdd(panel, (float*)(a + o3), c3);
                    c4 = TPanel.MultiplyAdd(panel, (float*)(a + o4), c4);
                    c5 = TPanel.MultiplyAdd(panel, (float*)(a + o5), c5);
                    c6 = TPanel.MultiplyAdd(panel, (float*)(a + o6), c6);
                    c7 = TPanel.MultiplyAdd(panel, (float*)(b), c7);
                    c8 = TPanel.MultiplyAdd(panel, (float*)(b + o1), c8);
                    c9 = TPanel.MultiplyAdd(panel, (float*)(b + o2), c9);
                    c10 = TPanel.MultiplyAdd(panel, (float*)(b + o3), c10);
                    c11 = TPanel.MultiplyAdd(panel, (float*)(b + o4), c11);
                    c12 = TPanel.MultiplyAdd(panel, (float*)(b + o5), c12);
                    c13 = TPanel.MultiplyAdd(panel, (float*)(b + o6), c13);
                    a += sizeof(float);
                    b += sizeof(float);
                }
            }

            if (bounds->HasLeast)
            {
                c0 = TPanel.AtLeast(c0, &bounds->Least);
                c1 = TPanel.AtLeast(c1, &bounds->Least);
                c2 = TPanel.AtLeast(c2, &bounds->Least);
                c3 = TPanel.AtLeast(c3, &bounds->Least);
                c4 = TPanel.AtLeast(c4, &bounds->Least);
                c5 = TPanel.AtLeast(c5, &bounds->Least);
                c6 = TPanel.AtLeast(c6, &bounds->Least);
                c7 = TPanel.AtLeast(c7, &bounds->Least);
                c8 = TPanel.AtLeast(c8, &bounds->Least);
                c9 = TPanel.AtLeast(c9, &bounds->Least);
                c10 = TPanel.AtLeast(c10, &bounds->Least);
                c11 = TPanel.AtLeast(c11, &bounds->Least);
                c12 = TPanel.AtLeast(c12, &bounds->Least);
                c13 = TPanel.AtLeast(c13, &bounds->Least);
            }

            if (bounds->HasGreatest)
            {
                c0 = TPanel.AtMost(c0, &bounds->Greatest);
                c1 = TPanel.AtMost(c1, &bounds->Greatest);
                c2 = TPanel.AtMost(c2, &bounds->Greatest);
                c3 = TPanel.AtMost(c3, &bounds->Greatest);
                c4 = TPanel.AtMost(c4, &bounds->Greatest);
                c5 = TPanel.AtMost(c5, &bounds->Greatest);
                c6 = TPanel.AtMost(c6, &bounds->Greatest);
                c7 = TPanel.AtMost(c7, &bounds->Greatest);
                c8 = TPanel.AtMost(c8, &bounds->Greatest);
                c9 = TPanel.AtMost(c9, &bounds->Greatest);
                c10 = TPanel.AtMost(c10, &bounds->Greatest);
                c11 = TPanel.AtMost(c11, &bounds->Greatest);
                c12 = TPanel.AtMost(c12, &bounds->Greatest);
                c13 = TPanel.AtMost(c13, &bounds->Greatest);
            }

            TPanel.Store(target, c0);
            TPanel.Store(target + pitch, c1);
            TPanel.Store(target + 2 * pitch, c2);
            TPanel.Store(target + 3 * pitch, c3);
            TPanel.Store(target + 4 * pitch, c4);
            TPanel.Store(target + 5 * pitch, c5);
            TPanel.Store(target + 6 * pitch, c6);
            TPanel.Store(target + 7 * pitch, c7);
            TPanel.Store(target + 8 * pitch, c8);
            TPanel.Store(target + 9 * pitch, c9);
            TPanel.Store(target + 10 * pitch, c10);
            TPanel.Store(target + 11 * pitch, c11);
            TPanel.Store(target + 12 * pitch, c12);
            TPanel.Store(target + 13 * pitch, c13);
            target += Rows * pitch;
        }
    }

    /// <summary>As <see cref="Tiles.Scattered7"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scattered14<TPanel>(float* input, Pixels* inputPixels, nint* steps, nint depth, float* weights, float* bias, float* target, Pixels* pixels, nint tiles, Bounds* bounds)
        where TPanel : unmanaged, IPanel<TPanel>
    {
        var pitch = (nint)pixels->At[1];
        nint o1 = (nint)inputPixels->At[1] * sizeof(float), o2 = 2 * o1, o3 = 3 * o1, o4 = 4 * o1, o5 = 5 * o1, o6 = 6 * o1;
        var from = (byte*)(input + inputPixels->Origin);
        for (nint tile = 0; tile < tiles; tile++)
        {
            TPanel c0 = TPanel.Load(bias), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0, c8 = c0, c9 = c0, c10 = c0, c11 = c0, c12 = c0, c13 = c0;
            Prefetch.Panel<TPanel>(target);
            Prefetch.Panel<TPanel>(target + pitch);
            Prefetch.Panel<TPanel>(target + 2 * pitch);
            Prefetch.Panel<TPanel>(target + 3 * pitch);
            Prefetch.Panel<TPanel>(target + 4 * pitch);
            Prefetch.Panel<TPanel>(target + 5 * pitch);
            Prefetch.Panel<TPanel>(target + 6 * pitch);
            Prefetch.Panel<TPanel>(target + 7 * pitch);
            Prefetch.Panel<TPanel>(target + 8 * pitch);
            Prefetch.Panel<TPanel>(target + 9 * pitch);
            Prefetch.Panel<TPanel>(target + 10 * pitch);
            Prefetch.Panel<TPanel>(target + 11 * pitch);
            Prefetch.Panel<TPanel>(target + 12 * pitch);
            Prefetch.Panel<TPanel>(target + 13 * pitch);
            var w = weights;
            var next = steps;
            for (var left = depth; left > 0; left--)
            {
                var a = from + *next++;
                var b = a + (7 * o1);
                var panel = TPanel.Load(w);
                w += TPanel.Lanes;
                c0 = TPanel.MultiplyAdd(panel, (float*)(a), c0);
                c1 = TPanel.MultiplyAdd(panel, (float*)(a + o1), c1);
                c2 = TPanel.MultiplyAdd(panel, (float*)(a + o2), c2);
                c3 = TPanel.MultiplyAdd(panel, (float*)(a + o3), c3);
                c4 = TPanel.MultiplyAdd(panel, (float*)(a + o4), c4);
                c5 = TPanel.MultiplyAdd(panel, (float*)(a + o5), c5);
                c6 = TPanel.MultiplyAdd(panel, (float*)(a + o6), c6);
                c7 = TPanel.MultiplyAdd(panel, (float*)(b), c7);
                c8 = TPanel.MultiplyAdd(panel, (float*)(b + o1), c8);
                c9 = TPanel.MultiplyAdd(panel, (float*)(b + o2), c9);
                c10 = TPanel.MultiplyAdd(panel, (float*)(b + o3), c10);
                c11 = TPanel.MultiplyAdd(panel, (float*)(b + o4), c11);
                c12 = TPanel.MultiplyAdd(panel, (float*)(b + o5), c12);
                c13 = TPanel.MultiplyAdd(panel, (float*)(b + o6), c13);
            }

            if (bounds->HasLeast)
            {
                c0 = TPanel.AtLeast(c0, &bounds->Least);
                c1 = TPanel.AtLeast(c1, &bounds->Least);
                c2 = TPanel.AtLeast(c2, &bounds->Least);
                c3 = TPanel.AtLeast(c3, &bounds->Least);
                c4 = TPanel.AtLeast(c4, &bounds->Least);
                c5 = TPanel.AtLeast(c5, &bounds->Least);
                c6 = TPanel.AtLeast(c6, &bounds->Least);
                c7 = TPanel.AtLeast(c7, &bounds->Least);
                c8 = TPanel.AtLeast(c8, &bounds->Least);
                c9 = TPanel.AtLeast(c9, &bounds->Least);
                c10 = TPanel.AtLeast(c10, &bounds->Least);
                c11 = TPanel.AtLeast(c11, &bounds->Least);
                c12 = TPanel.AtLeast(c12, &bounds->Least);
                c13 = TPanel.AtLeast(c13, &bounds->Least);
            }

            if (bounds->HasGreatest)
            {
                c0 = TPanel.AtMost(c0, &bounds->Greatest);
                c1 = TPanel.AtMost(c1, &bounds->Greatest);
                c2 = TPanel.AtMost(c2, &bounds->Greatest);
                c3 = TPanel.AtMost(c3, &bounds->Greatest);
                c4 = TPanel.AtMost(c4, &bounds->Greatest);
                c5 = TPanel.AtMost(c5, &bounds->Greatest);
                c6 = TPanel.AtMost(c6, &bounds->Greatest);
                c7 = TPanel.AtMost(c7, &bounds->Greatest);
                c8 = TPanel.AtMost(c8, &bounds->Greatest);
                c9 = TPanel.AtMost(c9, &bounds->Greatest);
                c10 = TPanel.AtMost(c10, &bounds->Greatest);
                c11 = TPanel.AtMost(c11, &bounds->Greatest);
                c12 = TPanel.AtMost(c12, &bounds->Greatest);
                c13 = TPanel.AtMost(c13, &bounds->Greatest);
            }

            TPanel.Store(target, c0);
            TPanel.Store(target + pitch, c1);
            TPanel.Store(target + 2 * pitch, c2);
            TPanel.Store(target + 3 * pitch, c3);
            TPanel.Store(target + 4 * pitch, c4);
            TPanel.Store(target + 5 * pitch, c5);
            TPanel.Store(target + 6 * pitch, c6);
            TPanel.Store(target + 7 * pitch, c7);
            TPanel.Store(target + 8 * pitch, c8);
            TPanel.Store(target + 9 * pitch, c9);
            TPanel.Store(target + 10 * pitch, c10);
            TPanel.Store(target + 11 * pitch, c11);
            TPanel.Store(target + 12 * pitch, c12);
            TPanel.Store(target + 13 * pitch, c13);
            target += Rows * pitch;
            from += Rows * o1;
        }
    }
}
