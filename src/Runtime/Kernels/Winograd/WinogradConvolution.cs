using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels.Winograd;

/// <summary>
/// 3 x 3 convolutions of stride 1 with fewer products: tiles of the input are transformed, multiplied position by position by the transformed weights, and transformed back. Padding, bias, residual and
/// activation are part of it; runs of channels are read where they lie.
/// </summary>
/// <remarks>
/// Some tiles at a time, whose transforms stay in the second-level cache; for some panels of output channels all positions, one after the other, then those panels' outputs while they are there. What is not
/// finite makes its whole tile NaN, for the transforms subtract infinities; so may values beyond 1e36.
/// </remarks>
internal static unsafe class WinogradConvolution
{
    // The transformed tiles of a block, before and after the products.
    private const int BlockBytes = 512 * 1024;

    // As many tiles as weights that stream from memory take to come (WinogradCost), in whole long tiles: with fewer, each block would wait for them.
    private const int LeastTiles = 28;

    /// <summary>The floats of scratch that each share of <see cref="Run"/> needs.</summary>
    public static long ScratchFloats(PackedWinograd weights, in FeatureMap output) => new WinogradScratch(weights, BlockTiles(weights, Tiles(weights.Form, output))).Length;

    /// <summary>How many of so many parts have work, the first ones: the others need no scratch.</summary>
    public static int PartsUsed(PackedWinograd weights, in FeatureMap output, int parts)
    {
        var split = WinogradCost.Split(weights, Tiles(weights.Form, output), parts);
        return split.Tiles * split.Panels;
    }

    /// <summary>output = activation(convolution(input) + bias + residual).</summary>
    /// <param name="weights">The packed weights.</param>
    /// <param name="window">How the window moves: 3 x 3, stride and dilation 1.</param>
    /// <param name="input">The runs, as counted when the weights were packed; all of the same images and size.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="residual">Added before the activation; default for none. It must not overlap the output.</param>
    /// <param name="scratch">As many floats as <see cref="ScratchFloats"/> says, this share's own.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Run(
        PackedWinograd weights, Window window, ReadOnlySpan<FeatureMap> input, in FeatureMap output, Activation activation, in FeatureMap residual, float* scratch, Share share)
    {
        if (!IsServed(window))
            throw new ArgumentException(Invariant($"The window is {window}; {weights.Form} takes 3 x 3 of stride and dilation 1."), nameof(window));
        Shapes.CheckConvolution(weights.Runs, weights.OutChannels, window, input, output, residual);
        var tiles = Tiles(weights.Form, output);
        var split = WinogradCost.Split(weights, tiles, share.Parts);
        if (share.Part >= split.Tiles * split.Panels)
            return;
        var epilogue = new Epilogue(weights.Set, activation, hasResidual: false);
        var block = BlockTiles(weights, tiles);
        var pass = new WinogradPass(weights, window, input, output, residual, &epilogue, new WinogradScratch(weights, block), scratch, block)
        {
            TileRange = new Share(share.Part / split.Panels, split.Tiles).Of(tiles),
            PanelRange = new Share(share.Part % split.Panels, split.Panels).Of(weights.Panels.Length),
        };
        InstructionSets.Dispatch(weights.Set, ref pass);
    }

    /// <summary>Whether a window is one that the forms have.</summary>
    public static bool IsServed(Window window) => window is { KernelHeight: WinogradForm.Taps, KernelWidth: WinogradForm.Taps, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1 };

    private static int Tiles(WinogradForm form, in FeatureMap output) =>
        output.Images * ((output.Height + form.Outputs - 1) / form.Outputs) * ((output.Width + form.Outputs - 1) / form.Outputs);

    private static int BlockTiles(PackedWinograd weights, int tiles)
    {
        var bytes = (long)weights.Form.Positions * (weights.InChannels + weights.LanesAtOnce) * sizeof(float);
        var whole = 2 * weights.Panels[0].Kernel.Rows;
        return (int)Math.Min(Math.Max(BlockBytes / bytes / whole, (LeastTiles + whole - 1) / whole) * whole, tiles);
    }
}

/// <summary>Where the parts of a share's scratch lie, in floats. A cache line between rows keeps them from falling on each other's places in the cache.</summary>
internal readonly struct WinogradScratch
{
    private const int Line = CacheLine.Floats;

    public WinogradScratch(PackedWinograd weights, int tiles)
    {
        var lanes = InstructionSets.Lanes(weights.Set);
        // The last products of a block are computed with rows that are not there.
        var rows = tiles + Pixels.Most;
        InputPitch = CacheLine.WholeLines(weights.InChannels) + Line;
        InputPosition = ((long)rows * InputPitch) + Line;
        ProductPitch = CacheLine.WholeLines(weights.LanesAtOnce) + Line;
        ProductPosition = ((long)rows * ProductPitch) + Line;
        Products = weights.Form.Positions * InputPosition;
        Half = Products + (weights.Form.Positions * ProductPosition);
        Tile = Half + (WinogradForm.MostInputs * WinogradForm.MostInputs * lanes);
        Sums = Tile + (WinogradForm.MostInputs * WinogradForm.MostInputs * lanes);
        Length = Sums + (weights.Chain < weights.InChannels ? ProductPosition : 0);
    }

    /// <summary>From a tile's inputs at a position to the next tile's.</summary>
    public int InputPitch { get; }

    /// <summary>From a position's inputs to the next position's.</summary>
    public long InputPosition { get; }

    /// <summary>From a tile's products of a panel to the next tile's.</summary>
    public int ProductPitch { get; }

    /// <summary>From a position's products to the next position's.</summary>
    public long ProductPosition { get; }

    /// <summary>Where the products begin.</summary>
    public long Products { get; }

    /// <summary>A tile transformed along its columns.</summary>
    public long Half { get; }

    /// <summary>A tile of inputs or of outputs, where it does not go straight from or to its map.</summary>
    public long Tile { get; }

    /// <summary>A position's products of a panel, summed over some of the channels.</summary>
    public long Sums { get; }

    /// <summary>All floats.</summary>
    public long Length { get; }
}
