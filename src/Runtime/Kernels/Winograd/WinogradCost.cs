using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels.Winograd;

/// <summary>
/// What a convolution takes, in multiply-adds of one register: the one place that weighs the forms against the direct sums, and ways to share the work out. It knows counts and sizes, and no network.
/// </summary>
internal static class WinogradCost
{
    /// <summary>
    /// Bytes of weights that come from memory while a core does one multiply-add of a float: networks of more weights than the caches hold wait for them on maps of a few pixels. Measured, with weights
    /// cold and within networks: 11 to 16 GB/s against 65 G/s on a Xeon, some 20 against 60 on a Zen 4. A number of the machine's own would let the same network give other bits on the next machine, or the next day.
    /// </summary>
    private const double BytesPerMultiplyAdd = 0.18;

    /// <summary>The form that is fastest for a convolution, or null where the direct sums are.</summary>
    /// <param name="set">The instructions.</param>
    /// <param name="runs">The input's runs of channels.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="height">Rows of the output.</param>
    /// <param name="width">Columns of the output.</param>
    public static WinogradForm? Best(InstructionSet set, ReadOnlySpan<int> runs, int outChannels, int height, int width)
    {
        var lanes = InstructionSets.Lanes(set);
        var (inChannels, pieces) = (0, 0);
        foreach (var run in runs)
            (inChannels, pieces) = (inChannels + run, pieces + Registers(run, lanes));
        var kernel = Microkernel.For(set, PanelWidth.Two);
        var (best, least) = ((WinogradForm?)null, Direct());
        foreach (var form in (ReadOnlySpan<WinogradForm>)[WinogradForm.Two, WinogradForm.Four])
        {
            var tiles = (double)((height + form.Outputs - 1) / form.Outputs) * ((width + form.Outputs - 1) / form.Outputs);
            var cost = Cost(form, kernel, tiles, pieces, inChannels, Registers(outChannels, lanes));
            if (cost < least)
                (best, least) = (form, cost);
        }
        return best;

        double Direct()
        {
            var taps = WinogradForm.Taps * WinogradForm.Taps;
            var products = (double)taps * inChannels * Registers(outChannels, lanes);
            return Math.Max(RowsOf(kernel, (long)height * width) * products, products * sizeof(float) / BytesPerMultiplyAdd);
        }
    }

    /// <summary>How many parts share the tiles, and how many the panels, so that the slowest is done first.</summary>
    public static (int Tiles, int Panels) Split(PackedWinograd weights, int tiles, int parts)
    {
        var lanes = InstructionSets.Lanes(weights.Set);
        var (best, least) = ((1, 1), double.PositiveInfinity);
        for (var panels = 1; panels <= Math.Min(parts, weights.Panels.Length); panels++)
        {
            var share = Math.Min(parts / panels, tiles);
            var columns = (weights.Panels.Length + panels - 1) / panels * weights.Panels[0].Kernel.Lanes;
            var cost = Cost(weights.Form, weights.Panels[0].Kernel, (tiles + share - 1) / share, Registers(weights.InChannels, lanes), weights.InChannels, Registers(columns, lanes));
            if (cost < least)
                (best, least) = ((share, panels), cost);
        }
        return best;
    }

    private static double Cost(WinogradForm form, Microkernel kernel, double tiles, int inRegisters, int inChannels, int outRegisters)
    {
        var products = (double)form.Positions * inChannels * outRegisters;
        // Along columns and along rows: with loads and stores some five instructions for each position and register, on either side.
        var transforms = tiles * form.Positions * 5 * (inRegisters + outRegisters);
        return transforms + Math.Max(RowsOf(kernel, (long)tiles) * products, products * sizeof(float) / BytesPerMultiplyAdd);
    }

    /// <summary>The rows that the kernels compute for so many: tiles are whole.</summary>
    private static double RowsOf(Microkernel kernel, long rows)
    {
        if (rows > int.MaxValue / 2)
            return rows;
        return kernel.Split((int)rows).RowsOf(kernel.Rows);
    }

    private static int Registers(int channels, int lanes) => (channels + lanes - 1) / lanes;
}
