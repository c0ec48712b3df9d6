using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>Where a tile's pixels lie in one run of channels, or in the output.</summary>
internal unsafe struct Pixels
{
    /// <summary>The most pixels of any tile.</summary>
    public const int Most = 7;

    /// <summary>The tile, in floats from the run's beginning.</summary>
    public nint Origin;

    /// <summary>From a tile to the next, in floats.</summary>
    public nint Advance;

    /// <summary>Each pixel, in floats from the tile.</summary>
    public fixed long At[Most];

    /// <summary>Pixels side by side, and tiles of some pixels after each other.</summary>
    public void Set(nint step, int pixels)
    {
        Advance = pixels * step;
        for (var i = 0; i < Most; i++)
            At[i] = i * step;
    }

    /// <summary>Pixels side by side, of which those from <paramref name="first"/> on lie further by a jump; the last of <paramref name="count"/> is repeated.</summary>
    public void Set(nint step, int first, int count, nint jump)
    {
        for (var i = 0; i < Most; i++)
        {
            var pixel = Math.Min(i, count - 1);
            At[i] = pixel * step + (pixel >= first ? jump : 0);
        }
    }

    /// <summary>The places of another run's pixels.</summary>
    public void CopyFrom(in Pixels other)
    {
        for (var i = 0; i < Most; i++)
            At[i] = other.At[i];
    }
}

/// <summary>
/// A stretch of the sum over input channels: <see cref="Count"/> floats that lie side by side at each pixel of a tile. A 1x1 convolution has one
/// for each run of channels; a larger window has them for each tap.
/// </summary>
internal unsafe struct Segment
{
    /// <summary>The first float, for the run's first pixel.</summary>
    public float* Base;

    /// <summary>The tile's pixels in the run.</summary>
    public Pixels* Pixels;

    /// <summary>Floats, and rows of the weights.</summary>
    public nint Count;
}

/// <summary>
/// The inner loops of every matrix multiplication: some pixels times one panel of output channels. The accumulators, the panel's weights and
/// nothing else live in registers: 7 x 3 + 3 of 32, 6 x 2 + 2 + 1 or 4 x 3 + 3 + 1 of 16.
/// </summary>
/// <remarks>
/// weights: K rows of the panel, packed. bias: the panel's. target and pixels: where each pixel's result goes. tiles: how many tiles follow each other: the
/// call, and finding the pixels, cost as much as a few of the K steps. ahead: weights that will be read next, fetched a little at each K step.
/// bounds: the clamp at the end.
/// Full optimisation at the first call: a kernel is too hot to wait for the tiers.
/// </remarks>
internal static unsafe class Tiles
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows7<TPanel>(Segment* first, Segment* end, float* weights, float* bias, float* target, Pixels* pixels, nint tiles, float* ahead, nint aheadStep, Bounds* bounds)
        where TPanel : unmanaged, IPanel<TPanel>
    {
        for (nint tile = 0; tile < tiles; tile++)
        {
            TPanel c0 = TPanel.Load(bias), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0;
            var following = target + pixels->Advance;
            Prefetch.Panel<TPanel>(following + pixels->At[0]);
            Prefetch.Panel<TPanel>(following + pixels->At[1]);
            Prefetch.Panel<TPanel>(following + pixels->At[2]);
            Prefetch.Panel<TPanel>(following + pixels->At[3]);
            Prefetch.Panel<TPanel>(following + pixels->At[4]);
            Prefetch.Panel<TPanel>(following + pixels->At[5]);
            Prefetch.Panel<TPanel>(following + pixels->At[6]);
            var w = weights;
            for (var segment = first; segment < end; segment++)
            {
                var at = segment->Pixels->At;
                var from = segment->Base + segment->Pixels->Origin + tile * segment->Pixels->Advance;
                float* a0 = from + at[0], a1 = from + at[1], a2 = from + at[2], a3 = from + at[3];
                float* a4 = from + at[4], a5 = from + at[5], a6 = from + at[6];
                var count = segment->Count;
                for (nint k = 0; k < count; k++)
                {
                    var panel = TPanel.Load(w);
                    w += TPanel.Lanes;
                    Prefetch.Line(ahead);
                    ahead += aheadStep;
                    c0 = TPanel.MultiplyAdd(panel, a0 + k, c0);
                    c1 = TPanel.MultiplyAdd(panel, a1 + k, c1);
                    c2 = TPanel.MultiplyAdd(panel, a2 + k, c2);
                    c3 = TPanel.MultiplyAdd(panel, a3 + k, c3);
                    c4 = TPanel.MultiplyAdd(panel, a4 + k, c4);
                    c5 = TPanel.MultiplyAdd(panel, a5 + k, c5);
                    c6 = TPanel.MultiplyAdd(panel, a6 + k, c6);
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
            }

            TPanel.Store(target + pixels->At[0], c0);
            TPanel.Store(target + pixels->At[1], c1);
            TPanel.Store(target + pixels->At[2], c2);
            TPanel.Store(target + pixels->At[3], c3);
            TPanel.Store(target + pixels->At[4], c4);
            TPanel.Store(target + pixels->At[5], c5);
            TPanel.Store(target + pixels->At[6], c6);
            target += pixels->Advance;
        }
    }

    /// <summary>
    /// As <see cref="Rows7"/>, for sums whose stretches are so short that finding them would cost as much as they do: a stem reads three floats in a row. steps: where
    /// each input of the sum lies, in bytes; all runs have the same pitches.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scattered7<TPanel>(float* input, Pixels* inputPixels, nint* steps, nint depth, float* weights, float* bias, float* target, Pixels* pixels, nint tiles, Bounds* bounds)
        where TPanel : unmanaged, IPanel<TPanel>
    {
        for (nint tile = 0; tile < tiles; tile++)
        {
            TPanel c0 = TPanel.Load(bias), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0;
            var following = target + pixels->Advance;
            Prefetch.Panel<TPanel>(following + pixels->At[0]);
            Prefetch.Panel<TPanel>(following + pixels->At[1]);
            Prefetch.Panel<TPanel>(following + pixels->At[2]);
            Prefetch.Panel<TPanel>(following + pixels->At[3]);
            Prefetch.Panel<TPanel>(following + pixels->At[4]);
            Prefetch.Panel<TPanel>(following + pixels->At[5]);
            Prefetch.Panel<TPanel>(following + pixels->At[6]);
            var w = weights;
            var at = inputPixels->At;
            var from = input + inputPixels->Origin + tile * inputPixels->Advance;
            float* a0 = from + at[0], a1 = from + at[1], a2 = from + at[2], a3 = from + at[3];
            float* a4 = from + at[4], a5 = from + at[5], a6 = from + at[6];
            var next = steps;
            for (var left = depth; left > 0; left--)
            {
                var step = *next++;
                var panel = TPanel.Load(w);
                w += TPanel.Lanes;
                c0 = TPanel.MultiplyAdd(panel, (float*)((byte*)a0 + step), c0);
                c1 = TPanel.MultiplyAdd(panel, (float*)((byte*)a1 + step), c1);
                c2 = TPanel.MultiplyAdd(panel, (float*)((byte*)a2 + step), c2);
                c3 = TPanel.MultiplyAdd(panel, (float*)((byte*)a3 + step), c3);
                c4 = TPanel.MultiplyAdd(panel, (float*)((byte*)a4 + step), c4);
                c5 = TPanel.MultiplyAdd(panel, (float*)((byte*)a5 + step), c5);
                c6 = TPanel.MultiplyAdd(panel, (float*)((byte*)a6 + step), c6);
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
            }

            TPanel.Store(target + pixels->At[0], c0);
            TPanel.Store(target + pixels->At[1], c1);
            TPanel.Store(target + pixels->At[2], c2);
            TPanel.Store(target + pixels->At[3], c3);
            TPanel.Store(target + pixels->At[4], c4);
            TPanel.Store(target + pixels->At[5], c5);
            TPanel.Store(target + pixels->At[6], c6);
            target += pixels->Advance;
        }
    }

    /// <summary>As <see cref="Scattered7"/>, for sixteen registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scattered6<TPanel>(float* input, Pixels* inputPixels, nint* steps, nint depth, float* weights, float* bias, float* target, Pixels* pixels, nint tiles, Bounds* bounds)
        where TPanel : unmanaged, IPanel<TPanel>
    {
        for (nint tile = 0; tile < tiles; tile++)
        {
            TPanel c0 = TPanel.Load(bias), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
            var following = target + pixels->Advance;
            Prefetch.Panel<TPanel>(following + pixels->At[0]);
            Prefetch.Panel<TPanel>(following + pixels->At[1]);
            Prefetch.Panel<TPanel>(following + pixels->At[2]);
            Prefetch.Panel<TPanel>(following + pixels->At[3]);
            Prefetch.Panel<TPanel>(following + pixels->At[4]);
            Prefetch.Panel<TPanel>(following + pixels->At[5]);
            var w = weights;
            var at = inputPixels->At;
            var from = input + inputPixels->Origin + tile * inputPixels->Advance;
            float* a0 = from + at[0], a1 = from + at[1], a2 = from + at[2], a3 = from + at[3];
            float* a4 = from + at[4], a5 = from + at[5];
            var next = steps;
            for (var left = depth; left > 0; left--)
            {
                var step = *next++;
                var panel = TPanel.Load(w);
                w += TPanel.Lanes;
                c0 = TPanel.MultiplyAdd(panel, (float*)((byte*)a0 + step), c0);
                c1 = TPanel.MultiplyAdd(panel, (float*)((byte*)a1 + step), c1);
                c2 = TPanel.MultiplyAdd(panel, (float*)((byte*)a2 + step), c2);
                c3 = TPanel.MultiplyAdd(panel, (float*)((byte*)a3 + step), c3);
                c4 = TPanel.MultiplyAdd(panel, (float*)((byte*)a4 + step), c4);
                c5 = TPanel.MultiplyAdd(panel, (float*)((byte*)a5 + step), c5);
            }

            if (bounds->HasLeast)
            {
                c0 = TPanel.AtLeast(c0, &bounds->Least);
                c1 = TPanel.AtLeast(c1, &bounds->Least);
                c2 = TPanel.AtLeast(c2, &bounds->Least);
                c3 = TPanel.AtLeast(c3, &bounds->Least);
                c4 = TPanel.AtLeast(c4, &bounds->Least);
                c5 = TPanel.AtLeast(c5, &bounds->Least);
            }

            if (bounds->HasGreatest)
            {
                c0 = TPanel.AtMost(c0, &bounds->Greatest);
                c1 = TPanel.AtMost(c1, &bounds->Greatest);
                c2 = TPanel.AtMost(c2, &bounds->Greatest);
                c3 = TPanel.AtMost(c3, &bounds->Greatest);
                c4 = TPanel.AtMost(c4, &bounds->Greatest);
                c5 = TPanel.AtMost(c5, &bounds->Greatest);
            }

            TPanel.Store(target + pixels->At[0], c0);
            TPanel.Store(target + pixels->At[1], c1);
            TPanel.Store(target + pixels->At[2], c2);
            TPanel.Store(target + pixels->At[3], c3);
            TPanel.Store(target + pixels->At[4], c4);
            TPanel.Store(target + pixels->At[5], c5);
            target += pixels->Advance;
        }
    }

    /// <summary>As <see cref="Scattered7"/>, for sixteen registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scattered4<TPanel>(float* input, Pixels* inputPixels, nint* steps, nint depth, float* weights, float* bias, float* target, Pixels* pixels, nint tiles, Bounds* bounds)
        where TPanel : unmanaged, IPanel<TPanel>
    {
        for (nint tile = 0; tile < tiles; tile++)
        {
            TPanel c0 = TPanel.Load(bias), c1 = c0, c2 = c0, c3 = c0;
            var following = target + pixels->Advance;
            Prefetch.Panel<TPanel>(following + pixels->At[0]);
            Prefetch.Panel<TPanel>(following + pixels->At[1]);
            Prefetch.Panel<TPanel>(following + pixels->At[2]);
            Prefetch.Panel<TPanel>(following + pixels->At[3]);
            var w = weights;
            var at = inputPixels->At;
            var from = input + inputPixels->Origin + tile * inputPixels->Advance;
            float* a0 = from + at[0], a1 = from + at[1], a2 = from + at[2], a3 = from + at[3];
            var next = steps;
            for (var left = depth; left > 0; left--)
            {
                var step = *next++;
                var panel = TPanel.Load(w);
                w += TPanel.Lanes;
                c0 = TPanel.MultiplyAdd(panel, (float*)((byte*)a0 + step), c0);
                c1 = TPanel.MultiplyAdd(panel, (float*)((byte*)a1 + step), c1);
                c2 = TPanel.MultiplyAdd(panel, (float*)((byte*)a2 + step), c2);
                c3 = TPanel.MultiplyAdd(panel, (float*)((byte*)a3 + step), c3);
            }

            if (bounds->HasLeast)
            {
                c0 = TPanel.AtLeast(c0, &bounds->Least);
                c1 = TPanel.AtLeast(c1, &bounds->Least);
                c2 = TPanel.AtLeast(c2, &bounds->Least);
                c3 = TPanel.AtLeast(c3, &bounds->Least);
            }

            if (bounds->HasGreatest)
            {
                c0 = TPanel.AtMost(c0, &bounds->Greatest);
                c1 = TPanel.AtMost(c1, &bounds->Greatest);
                c2 = TPanel.AtMost(c2, &bounds->Greatest);
                c3 = TPanel.AtMost(c3, &bounds->Greatest);
            }

            TPanel.Store(target + pixels->At[0], c0);
            TPanel.Store(target + pixels->At[1], c1);
            TPanel.Store(target + pixels->At[2], c2);
            TPanel.Store(target + pixels->At[3], c3);
            target += pixels->Advance;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows6<TPanel>(Segment* first, Segment* end, float* weights, float* bias, float* target, Pixels* pixels, nint tiles, float* ahead, nint aheadStep, Bounds* bounds)
        where TPanel : unmanaged, IPanel<TPanel>
    {
        for (nint tile = 0; tile < tiles; tile++)
        {
            TPanel c0 = TPanel.Load(bias), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
            var following = target + pixels->Advance;
            Prefetch.Panel<TPanel>(following + pixels->At[0]);
            Prefetch.Panel<TPanel>(following + pixels->At[1]);
            Prefetch.Panel<TPanel>(following + pixels->At[2]);
            Prefetch.Panel<TPanel>(following + pixels->At[3]);
            Prefetch.Panel<TPanel>(following + pixels->At[4]);
            Prefetch.Panel<TPanel>(following + pixels->At[5]);
            var w = weights;
            for (var segment = first; segment < end; segment++)
            {
                var at = segment->Pixels->At;
                var from = segment->Base + segment->Pixels->Origin + tile * segment->Pixels->Advance;
                float* a0 = from + at[0], a1 = from + at[1], a2 = from + at[2];
                float* a3 = from + at[3], a4 = from + at[4], a5 = from + at[5];
                var count = segment->Count;
                for (nint k = 0; k < count; k++)
                {
                    var panel = TPanel.Load(w);
                    w += TPanel.Lanes;
                    Prefetch.Line(ahead);
                    ahead += aheadStep;
                    c0 = TPanel.MultiplyAdd(panel, a0 + k, c0);
                    c1 = TPanel.MultiplyAdd(panel, a1 + k, c1);
                    c2 = TPanel.MultiplyAdd(panel, a2 + k, c2);
                    c3 = TPanel.MultiplyAdd(panel, a3 + k, c3);
                    c4 = TPanel.MultiplyAdd(panel, a4 + k, c4);
                    c5 = TPanel.MultiplyAdd(panel, a5 + k, c5);
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
            }

            if (bounds->HasGreatest)
            {
                c0 = TPanel.AtMost(c0, &bounds->Greatest);
                c1 = TPanel.AtMost(c1, &bounds->Greatest);
                c2 = TPanel.AtMost(c2, &bounds->Greatest);
                c3 = TPanel.AtMost(c3, &bounds->Greatest);
                c4 = TPanel.AtMost(c4, &bounds->Greatest);
                c5 = TPanel.AtMost(c5, &bounds->Greatest);
            }

            TPanel.Store(target + pixels->At[0], c0);
            TPanel.Store(target + pixels->At[1], c1);
            TPanel.Store(target + pixels->At[2], c2);
            TPanel.Store(target + pixels->At[3], c3);
            TPanel.Store(target + pixels->At[4], c4);
            TPanel.Store(target + pixels->At[5], c5);
            target += pixels->Advance;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows4<TPanel>(Segment* first, Segment* end, float* weights, float* bias, float* target, Pixels* pixels, nint tiles, float* ahead, nint aheadStep, Bounds* bounds)
        where TPanel : unmanaged, IPanel<TPanel>
    {
        for (nint tile = 0; tile < tiles; tile++)
        {
            TPanel c0 = TPanel.Load(bias), c1 = c0, c2 = c0, c3 = c0;
            var following = target + pixels->Advance;
            Prefetch.Panel<TPanel>(following + pixels->At[0]);
            Prefetch.Panel<TPanel>(following + pixels->At[1]);
            Prefetch.Panel<TPanel>(following + pixels->At[2]);
            Prefetch.Panel<TPanel>(following + pixels->At[3]);
            var w = weights;
            for (var segment = first; segment < end; segment++)
            {
                var at = segment->Pixels->At;
                var from = segment->Base + segment->Pixels->Origin + tile * segment->Pixels->Advance;
                float* a0 = from + at[0], a1 = from + at[1], a2 = from + at[2], a3 = from + at[3];
                var count = segment->Count;
                for (nint k = 0; k < count; k++)
                {
                    var panel = TPanel.Load(w);
                    w += TPanel.Lanes;
                    Prefetch.Line(ahead);
                    ahead += aheadStep;
                    c0 = TPanel.MultiplyAdd(panel, a0 + k, c0);
                    c1 = TPanel.MultiplyAdd(panel, a1 + k, c1);
                    c2 = TPanel.MultiplyAdd(panel, a2 + k, c2);
                    c3 = TPanel.MultiplyAdd(panel, a3 + k, c3);
                }
            }

            if (bounds->HasLeast)
            {
                c0 = TPanel.AtLeast(c0, &bounds->Least);
                c1 = TPanel.AtLeast(c1, &bounds->Least);
                c2 = TPanel.AtLeast(c2, &bounds->Least);
                c3 = TPanel.AtLeast(c3, &bounds->Least);
            }

            if (bounds->HasGreatest)
            {
                c0 = TPanel.AtMost(c0, &bounds->Greatest);
                c1 = TPanel.AtMost(c1, &bounds->Greatest);
                c2 = TPanel.AtMost(c2, &bounds->Greatest);
                c3 = TPanel.AtMost(c3, &bounds->Greatest);
            }

            TPanel.Store(target + pixels->At[0], c0);
            TPanel.Store(target + pixels->At[1], c1);
            TPanel.Store(target + pixels->At[2], c2);
            TPanel.Store(target + pixels->At[3], c3);
            target += pixels->Advance;
        }
    }

    /// <summary>One pixel: a matrix times a vector. It adds in the tiles' order, so that a pixel's result does not depend on how many others are computed with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row1<TPanel>(Segment* first, Segment* end, float* weights, float* bias, float* target, Pixels* pixels, nint tiles, float* ahead, nint aheadStep, Bounds* bounds)
        where TPanel : unmanaged, IPanel<TPanel>
    {
        var c = TPanel.Load(bias);
        for (var segment = first; segment < end; segment++)
        {
            var a = segment->Base + segment->Pixels->Origin + segment->Pixels->At[0];
            var count = segment->Count;
            for (nint k = 0; k < count; k++)
            {
                c = TPanel.MultiplyAdd(TPanel.Load(weights), a + k, c);
                weights += TPanel.Lanes;
            }
        }

        if (bounds->HasLeast)
            c = TPanel.AtLeast(c, &bounds->Least);
        if (bounds->HasGreatest)
            c = TPanel.AtMost(c, &bounds->Greatest);
        TPanel.Store(target + pixels->At[0], c);
    }
}
