using System.Numerics;
using System.Runtime.Intrinsics;

namespace Blockwright.Kernels.Simd;

/// <summary>How wide a panel is, in registers of its instruction set.</summary>
internal enum PanelWidth
{
    /// <summary>A 256-bit register where the others are 512-bit.</summary>
    Half,
    One,
    OneAndHalf,
    Two,
    Three,
}

/// <summary>The inner loop for one instruction set and panel width.</summary>
internal readonly unsafe struct Microkernel(
    int lanes,
    int rows,
    delegate* managed<Segment*, Segment*, float*, float*, float*, Pixels*, nint, float*, nint, Bounds*, void> tile,
    delegate* managed<Segment*, Segment*, float*, float*, float*, Pixels*, nint, float*, nint, Bounds*, void> shortTile,
    delegate* managed<Segment*, Segment*, float*, float*, float*, Pixels*, nint, float*, nint, Bounds*, void> single,
    delegate* managed<float*, Pixels*, nint*, nint, float*, float*, float*, Pixels*, nint, Bounds*, void> scattered,
    delegate* managed<Segment*, Segment*, float*, float*, float*, Pixels*, nint, float*, nint, Bounds*, void> wide = null,
    delegate* managed<float*, Pixels*, nint*, nint, float*, float*, float*, Pixels*, nint, Bounds*, void> wideScattered = null,
    delegate* managed<float*, nint, nint, float*, float*, nint, nint, float*, nint, void> longTile = null,
    delegate* managed<float*, nint, nint, float*, nint, float*, nint, float*, nint, void> longest = null)
{
    /// <summary>Output channels of the panel.</summary>
    public readonly int Lanes = lanes;

    /// <summary>Pixels of a tile.</summary>
    public readonly int Rows = rows;

    /// <summary>The loop for <see cref="Rows"/> pixels.</summary>
    public readonly delegate* managed<Segment*, Segment*, float*, float*, float*, Pixels*, nint, float*, nint, Bounds*, void> Tile = tile;

    /// <summary>The loop for <see cref="ShortRows"/> pixels, for what is left of others.</summary>
    public readonly delegate* managed<Segment*, Segment*, float*, float*, float*, Pixels*, nint, float*, nint, Bounds*, void> Short = shortTile;

    /// <summary>The loop for one pixel.</summary>
    public readonly delegate* managed<Segment*, Segment*, float*, float*, float*, Pixels*, nint, float*, nint, Bounds*, void> Single = single;

    /// <summary>The loop for inputs that lie apart.</summary>
    public readonly delegate* managed<float*, Pixels*, nint*, nint, float*, float*, float*, Pixels*, nint, Bounds*, void> Scattered = scattered;

    /// <summary>The loop for <see cref="WideTiles.Rows"/> pixels, which are two tiles; null where it would gain nothing.</summary>
    public readonly delegate* managed<Segment*, Segment*, float*, float*, float*, Pixels*, nint, float*, nint, Bounds*, void> Wide = wide;

    /// <summary>As <see cref="Wide"/>, for inputs that lie apart.</summary>
    public readonly delegate* managed<float*, Pixels*, nint*, nint, float*, float*, float*, Pixels*, nint, Bounds*, void> WideScattered = wideScattered;

    /// <summary>The pixels of <see cref="Short"/>.</summary>
    public const int ShortRows = 4;

    /// <summary>The loop for <see cref="LongTiles.Rows"/> rows; null where there are too few registers.</summary>
    public readonly delegate* managed<float*, nint, nint, float*, float*, nint, nint, float*, nint, void> Long = longTile;

    /// <summary>The loop for <see cref="LongTiles.MostRows"/> rows of one register; null where there are too few.</summary>
    public readonly delegate* managed<float*, nint, nint, float*, nint, float*, nint, float*, nint, void> Longest = longest;

    /// <summary>The most lanes of any panel: three registers of the widest Vector&lt;float&gt; there can be.</summary>
    public const int MostLanes = 3 * 16;

    /// <summary>The tiles that make so many rows in the least time: what is computed for nothing counts, and the weights that every call reads again.</summary>
    public RowSplit Split(int rows)
    {
        // A call costs as much as so many rows.
        const int Call = 2;
        var most = Long == null ? 0 : rows / LongTiles.Rows;
        var (best, least) = (default(RowSplit), int.MaxValue);
        for (var long14 = Math.Max(most - 1, 0); long14 <= most; long14++)
        {
            for (var long16 = 0; long16 <= (Longest == null ? 0 : 1); long16++)
            {
                var rest = rows - (long14 * LongTiles.Rows) - (long16 * LongTiles.MostRows);
                for (var few = 0; few == 0 || (few <= Rows && (few - 1) * ShortRows < rest); few++)
                {
                    var split = new RowSplit(long14, long16, Math.Max((rest - (few * ShortRows) + Rows - 1) / Rows, 0), few);
                    // Sixteen rows read an input for each of their products.
                    var cost = split.RowsOf(Rows) + long16 + (Call * split.Calls);
                    if (cost < least && rest > -LongTiles.MostRows)
                        (best, least) = (split, cost);
                }
            }
        }
        return best;
    }

    public static Microkernel For(InstructionSet set, PanelWidth width) => set switch
    {
        InstructionSet.Avx512 => width switch
        {
            PanelWidth.Half => Narrow<Panel1<Simd256, Vector256<float>>>(),
            PanelWidth.One => Narrow<Panel1<Simd512, Vector512<float>>>(&LongTiles.Run16<Panel1<Simd512, Vector512<float>>>),
            PanelWidth.OneAndHalf => Narrow<PanelOneAndHalf>(),
            PanelWidth.Two => Tall<Panel2<Simd512, Vector512<float>>>(&LongTiles.Run<Panel2<Simd512, Vector512<float>>>, &LongTiles.Run16<Panel1<Simd512, Vector512<float>>>),
            _ => Tall<Panel3<Simd512, Vector512<float>>>(),
        },
        InstructionSet.Avx2 => Few<Simd256, Vector256<float>>(width),
        InstructionSet.AdvSimd => width switch
        {
            PanelWidth.One => Narrow<Panel1<Simd128, Vector128<float>>>(&LongTiles.Run16<Panel1<Simd128, Vector128<float>>>),
            PanelWidth.Two => Tall<Panel2<Simd128, Vector128<float>>>(&LongTiles.Run<Panel2<Simd128, Vector128<float>>>, &LongTiles.Run16<Panel1<Simd128, Vector128<float>>>),
            _ => Tall<Panel3<Simd128, Vector128<float>>>(),
        },
        _ => Few<SimdPortable, Vector<float>>(width),
    };

    /// <summary>The widths, in order, that cover <paramref name="channels"/> with the least that is computed for nothing.</summary>
    /// <param name="set">The instructions.</param>
    /// <param name="channels">The channels.</param>
    /// <param name="most">The widest panel: two registers make parts that are easier to share out than three.</param>
    public static PanelWidth[] Cover(InstructionSet set, int channels, PanelWidth most = PanelWidth.Three)
    {
        var lanes = InstructionSets.Lanes(set);
        var registers = (channels + lanes - 1) / lanes;
        PanelWidth? narrow = null;
        if (set == InstructionSet.Avx512)
        {
            var halves = (channels + 7) / 8;
            narrow = halves == 1 ? PanelWidth.Half : halves % 2 == 1 ? PanelWidth.OneAndHalf : null;
            registers = (halves / 2) - (narrow == PanelWidth.OneAndHalf ? 1 : 0);
        }

        // In threes, but for what twos have to cover: one alone would be left by four.
        var threes = most != PanelWidth.Three ? 0 : registers % 3 == 1 ? Math.Max((registers - 4) / 3, 0) : registers / 3;
        var (twos, one) = Math.DivRem(registers - (3 * threes), 2);
        var panels = new PanelWidth[one + twos + threes + (narrow is null ? 0 : 1)];
        for (var i = 0; i < panels.Length; i++)
            panels[i] = i < one ? PanelWidth.One : i < one + twos ? PanelWidth.Two : PanelWidth.Three;
        // The narrow panel comes last: only it may hold channels that do not exist.
        if (narrow is { } last)
            panels[^1] = last;
        return panels;
    }

    // 32 registers.
    private static Microkernel Tall<TPanel>(
        delegate* managed<float*, nint, nint, float*, float*, nint, nint, float*, nint, void> longTile = null,
        delegate* managed<float*, nint, nint, float*, nint, float*, nint, float*, nint, void> longest = null)
        where TPanel : unmanaged, IPanel<TPanel> =>
        new(TPanel.Lanes, 7, &Tiles.Rows7<TPanel>, &Tiles.Rows4<TPanel>, &Tiles.Row1<TPanel>, &Tiles.Scattered7<TPanel>, longTile: longTile, longest: longest);

    // 32 registers, and a panel so narrow that seven pixels do not fill them.
    private static Microkernel Narrow<TPanel>(delegate* managed<float*, nint, nint, float*, nint, float*, nint, float*, nint, void> longest = null)
        where TPanel : unmanaged, IPanel<TPanel> =>
        new(TPanel.Lanes, 7, &Tiles.Rows7<TPanel>, &Tiles.Rows4<TPanel>, &Tiles.Row1<TPanel>, &Tiles.Scattered7<TPanel>, &WideTiles.Rows14<TPanel>, &WideTiles.Scattered14<TPanel>, longest: longest);

    // 16 registers.
    private static Microkernel Few<TSimd, TVector>(PanelWidth width)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => width switch
        {
            PanelWidth.One => new(TSimd.Lanes, 6, &Tiles.Rows6<Panel1<TSimd, TVector>>, &Tiles.Rows4<Panel1<TSimd, TVector>>, &Tiles.Row1<Panel1<TSimd, TVector>>, &Tiles.Scattered6<Panel1<TSimd, TVector>>),
            PanelWidth.Two => new(2 * TSimd.Lanes, 6, &Tiles.Rows6<Panel2<TSimd, TVector>>, &Tiles.Rows4<Panel2<TSimd, TVector>>, &Tiles.Row1<Panel2<TSimd, TVector>>, &Tiles.Scattered6<Panel2<TSimd, TVector>>),
            _ => new(3 * TSimd.Lanes, 4, &Tiles.Rows4<Panel3<TSimd, TVector>>, &Tiles.Rows4<Panel3<TSimd, TVector>>, &Tiles.Row1<Panel3<TSimd, TVector>>, &Tiles.Scattered4<Panel3<TSimd, TVector>>),
        };
}

/// <summary>Tiles that make some rows, in this order.</summary>
/// <param name="Fourteen">Of <see cref="LongTiles.Rows"/> rows.</param>
/// <param name="Sixteen">Of <see cref="LongTiles.MostRows"/> rows.</param>
/// <param name="Many">Of <see cref="Microkernel.Rows"/> rows.</param>
/// <param name="Few">Of <see cref="Microkernel.ShortRows"/> rows.</param>
internal readonly record struct RowSplit(int Fourteen, int Sixteen, int Many, int Few)
{
    public int Calls => Fourteen + Sixteen + Many + Few;

    /// <summary>The rows that are computed.</summary>
    /// <param name="many">The kernel's <see cref="Microkernel.Rows"/>.</param>
    public int RowsOf(int many) => (Fourteen * LongTiles.Rows) + (Sixteen * LongTiles.MostRows) + (Many * many) + (Few * Microkernel.ShortRows);
}
