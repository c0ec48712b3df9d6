using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>
/// Products of twice as many rows as <see cref="Tiles"/> has pixels, for rows that lie at one distance: 14 x 2 accumulators, the panel's weights and one input of 32 registers. Weights that stream from memory
/// are then read once for 14 rows: with four, what is fetched ahead holds the buffers that the second-level cache needs to bring the same weights again.
/// </summary>
/// <remarks>Each number of rows is written out: a loop over accumulators, or a call, would make them stack slots.</remarks>
internal static unsafe class LongTiles
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 14;

    /// <summary>Rows of a tile of one register.</summary>
    public const int MostRows = 16;

    /// <summary>target = input * weights.</summary>
    /// <param name="input">The first row.</param>
    /// <param name="pitch">Floats from a row to the next.</param>
    /// <param name="depth">Floats of a row, and rows of the weights.</param>
    /// <param name="weights">The panel's weights.</param>
    /// <param name="target">The first result.</param>
    /// <param name="targetPitch">Floats from a result to the next.</param>
    /// <param name="tiles">Tiles of <see cref="Rows"/> rows, one behind the other.</param>
    /// <param name="ahead">Weights that will be read next, fetched a little at each step.</param>
    /// <param name="aheadStep">How much.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TPanel>(float* input, nint pitch, nint depth, float* weights, float* target, nint targetPitch, nint tiles, float* ahead, nint aheadStep)
        where TPanel : unmanaged, IPanel<TPanel>
    {
        // In bytes, so that each address is one base and one offset.
        nint o1 = pitch * sizeof(float), o2 = 2 * o1, o3 = 3 * o1, o4 = 4 * o1, o5 = 5 * o1, o6 = 6 * o1;
        var half = aheadStep / 2;
        for (nint tile = 0; tile < tiles; tile++)
        {
            var w = weights;
            byte* a = (byte*)input, b = a + 7 * o1;
            TPanel c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default, c8 = default, c9 = default, c10 = default, c11 = default, c12 = default, c13 = default;
            for (var left = depth; left > 0; left--)
            {
                var panel = TPanel.Load(w);
                w += TPanel.Lanes;
                Prefetch.Line(ahead);
                Prefetch.Line(ahead + half);
                ahead += aheadStep;
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

            TPanel.Store(target, c0);
            TPanel.Store(target + targetPitch, c1);
            TPanel.Store(target + 2 * targetPitch, c2);
            TPanel.Store(target + 3 * targetPitch, c3);
            TPanel.Store(target + 4 * targetPitch, c4);
            TPanel.Store(target + 5 * targetPitch, c5);
            TPanel.Store(target + 6 * targetPitch, c6);
            TPanel.Store(target + 7 * targetPitch, c7);
            TPanel.Store(target + 8 * targetPitch, c8);
            TPanel.Store(target + 9 * targetPitch, c9);
            TPanel.Store(target + 10 * targetPitch, c10);
            TPanel.Store(target + 11 * targetPitch, c11);
            TPanel.Store(target + 12 * targetPitch, c12);
            TPanel.Store(target + 13 * targetPitch, c13);
            input += Rows * pitch;
            target += Rows * targetPitch;
        }
    }

    /// <summary>As <see cref="Run"/>, with <see cref="MostRows"/> rows and one register of the panel: 16 accumulators, and as many inputs read for each of its weights.</summary>
    /// <param name="input">The first row.</param>
    /// <param name="pitch">Floats from a row to the next.</param>
    /// <param name="depth">Floats of a row, and rows of the weights.</param>
    /// <param name="weights">The register's weights.</param>
    /// <param name="weightPitch">Floats from a row of the weights to the next.</param>
    /// <param name="target">The first result.</param>
    /// <param name="targetPitch">Floats from a result to the next.</param>
    /// <param name="ahead">Weights that will be read next, fetched a little at each step.</param>
    /// <param name="aheadStep">How much.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run16<TPanel>(float* input, nint pitch, nint depth, float* weights, nint weightPitch, float* target, nint targetPitch, float* ahead, nint aheadStep)
        where TPanel : unmanaged, IPanel<TPanel>
    {
        nint o1 = pitch * sizeof(float), o2 = 2 * o1, o3 = 3 * o1, o4 = 4 * o1, o5 = 5 * o1, o6 = 6 * o1, o7 = 7 * o1;
        byte* a = (byte*)input, b = a + 8 * o1;
        TPanel c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default, c8 = default, c9 = default, c10 = default, c11 = default, c12 = default, c13 = default, c14 = default, c15 = default;
        for (var left = depth; left > 0; left--)
        {
            var panel = TPanel.Load(weights);
            weights += weightPitch;
            Prefetch.Line(ahead);
            ahead += aheadStep;
            c0 = TPanel.MultiplyAdd(panel, (float*)(a), c0);
            c1 = TPanel.MultiplyAdd(panel, (float*)(a + o1), c1);
            c2 = TPanel.MultiplyAdd(panel, (float*)(a + o2), c2);
            c3 = TPanel.MultiplyAdd(panel, (float*)(a + o3), c3);
            c4 = TPanel.MultiplyAdd(panel, (float*)(a + o4), c4);
            c5 = TPanel.MultiplyAdd(panel, (float*)(a + o5), c5);
            c6 = TPanel.MultiplyAdd(panel, (float*)(a + o6), c6);
            c7 = TPanel.MultiplyAdd(panel, (float*)(a + o7), c7);
            c8 = TPanel.MultiplyAdd(panel, (float*)(b), c8);
            c9 = TPanel.MultiplyAdd(panel, (float*)(b + o1), c9);
            c10 = TPanel.MultiplyAdd(panel, (float*)(b + o2), c10);
            c11 = TPanel.MultiplyAdd(panel, (float*)(b + o3), c11);
            c12 = TPanel.MultiplyAdd(panel, (float*)(b + o4), c12);
            c13 = TPanel.MultiplyAdd(panel, (float*)(b + o5), c13);
            c14 = TPanel.MultiplyAdd(panel, (float*)(b + o6), c14);
            c15 = TPanel.MultiplyAdd(panel, (float*)(b + o7), c15);
            a += sizeof(float);
            b += sizeof(float);
        }

        TPanel.Store(target, c0);
        TPanel.Store(target + targetPitch, c1);
        TPanel.Store(target + 2 * targetPitch, c2);
        TPanel.Store(target + 3 * targetPitch, c3);
        TPanel.Store(target + 4 * targetPitch, c4);
        TPanel.Store(target + 5 * targetPitch, c5);
        TPanel.Store(target + 6 * targetPitch, c6);
        TPanel.Store(target + 7 * targetPitch, c7);
        TPanel.Store(target + 8 * targetPitch, c8);
        TPanel.Store(target + 9 * targetPitch, c9);
        TPanel.Store(target + 10 * targetPitch, c10);
        TPanel.Store(target + 11 * targetPitch, c11);
        TPanel.Store(target + 12 * targetPitch, c12);
        TPanel.Store(target + 13 * targetPitch, c13);
        TPanel.Store(target + 14 * targetPitch, c14);
        TPanel.Store(target + 15 * targetPitch, c15);
    }
}
