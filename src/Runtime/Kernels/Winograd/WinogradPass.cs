using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels.Winograd;

/// <summary>One share of a convolution by tiles: its operands, and what it does with a block of tiles.</summary>
internal unsafe ref partial struct WinogradPass : IVectorJob
{
    private readonly PackedWinograd _weights;
    private readonly Window _window;
    private readonly ReadOnlySpan<FeatureMap> _input;
    private readonly FeatureMap _output;
    private readonly FeatureMap _residual;
    private readonly Epilogue* _epilogue;
    private readonly WinogradScratch _lies;
    private readonly float* _scratch;
    private readonly int _block;
    private readonly int _across;
    private readonly int _down;

    public WinogradPass(
        PackedWinograd weights, Window window, ReadOnlySpan<FeatureMap> input, in FeatureMap output, in FeatureMap residual, Epilogue* epilogue, in WinogradScratch lies, float* scratch, int block)
    {
        (_weights, _window, _output, _residual, _lies, _block) = (weights, window, output, residual, lies, block);
        _epilogue = epilogue;
        _scratch = scratch;
        _input = input;
        var side = weights.Form.Outputs;
        (_across, _down) = ((output.Width + side - 1) / side, (output.Height + side - 1) / side);
    }

    /// <summary>The share's tiles.</summary>
    public (int Start, int End) TileRange { get; init; }

    /// <summary>The share's panels.</summary>
    public (int Start, int End) PanelRange { get; init; }

    /// <inheritdoc/>
    public void Run<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        if (_weights.Form == F2.Form)
            Run<F2, TSimd, TVector>();
        else
            Run<F4, TSimd, TVector>();
    }

    private void Run<TTransform, TSimd, TVector>()
        where TTransform : struct, ITransform
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        // Blocks of nearly the same size, and of whole tiles of the kernels: a short one at the end would pay for all the weights.
        var (tiles, rows) = (TileRange.End - TileRange.Start, _weights.Panels[0].Kernel.Rows);
        var blocks = (tiles + _block - 1) / _block;
        for (var block = 0; block < blocks; block++)
        {
            var (first, last) = new Share(block, blocks).Of((tiles + rows - 1) / rows);
            var (start, end) = (first * rows, Math.Min(last * rows, tiles));
            for (var tile = start; tile < end; tile++)
                Inward<TTransform, TSimd, TVector>(TileRange.Start + tile, tile - start);
            for (var panel = PanelRange.Start; panel < PanelRange.End; panel += _weights.PanelsAtOnce)
            {
                var panels = (panel, Math.Min(panel + _weights.PanelsAtOnce, PanelRange.End));
                Multiply<TSimd, TVector>(panels, end - start);
                for (var tile = start; tile < end; tile++)
                    Outward<TTransform, TSimd, TVector>(panels, TileRange.Start + tile, tile - start);
            }
        }
    }

    /// <summary>All panels at one position before the next: its inputs stay in the first-level cache while the weights pass by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply<TSimd, TVector>((int First, int End) panels, int tiles)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var parts = stackalloc PanelPart[PackedWinograd.MostPanelsAtOnce];
        Divide<TSimd, TVector>(panels, tiles, parts);
        int rows = _weights.Panels[panels.First].Kernel.Rows, count = panels.End - panels.First;
        Pixels many = default, few = default, manyProducts = default, fewProducts = default;
        many.Set(_lies.InputPitch, rows);
        few.Set(_lies.InputPitch, Microkernel.ShortRows);
        manyProducts.Set(_lies.ProductPitch, rows);
        fewProducts.Set(_lies.ProductPitch, Microkernel.ShortRows);
        var lies = new Lies { Many = &many, Few = &few, ManyProducts = &manyProducts, FewProducts = &fewProducts };
        for (var position = 0; position < _weights.Form.Positions; position++)
        {
            var weights = OfPanel(position, panels.First);
            for (var index = 0; index < count; index++)
            {
                ref readonly var kernel = ref _weights.Panels[panels.First + index].Kernel;
                var part = parts + index;
                var source = _scratch + position * _lies.InputPosition;
                var target = _scratch + _lies.Products + position * _lies.ProductPosition + part->Column;
                // What is read next comes while this panel's tiles pass.
                var next = index + 1 < count ? weights + part->Weights : Following(position, panels);
                nint depth;
                for (nint done = 0; done < _weights.InChannels; done += depth, weights += depth * kernel.Lanes)
                {
                    depth = Math.Min(_weights.Chain, _weights.InChannels - done);
                    next = Multiply<TSimd, TVector>(kernel, part, source + done, depth, weights, done == 0 ? target : _scratch + _lies.Sums, lies, next);
                    if (done > 0)
                        Add<TSimd, TVector>(target, _scratch + _lies.Sums, tiles, kernel.Lanes);
                }
            }
        }
    }

    /// <summary>A panel's products at one position, summed over some channels; gives what is fetched next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly float* Multiply<TSimd, TVector>(in Microkernel kernel, PanelPart* part, float* source, nint depth, float* weights, float* target, in Lies lies, float* next)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        nint pitch = _lies.InputPitch, productPitch = _lies.ProductPitch, rows = kernel.Rows, ahead = part->Ahead;
        var segment = new Segment { Count = depth };
        Bounds none = default;
        if (part->Rows.Fourteen > 0)
        {
            nint whole = part->Rows.Fourteen;
            kernel.Long(source, pitch, depth, weights, target, productPitch, whole, next, ahead);
            next += whole * depth * ahead;
            source += whole * LongTiles.Rows * pitch;
            target += whole * LongTiles.Rows * productPitch;
        }
        if (part->Rows.Sixteen > 0)
        {
            for (nint lane = 0; lane < kernel.Lanes; lane += TSimd.Lanes, next += depth * ahead)
                kernel.Longest(source, pitch, depth, weights + lane, kernel.Lanes, target + lane, productPitch, next, ahead);
            source += LongTiles.MostRows * pitch;
            target += LongTiles.MostRows * productPitch;
        }
        if (part->Rows.Many > 0)
        {
            nint tiles = part->Rows.Many;
            segment.Base = source;
            segment.Pixels = lies.Many;
            kernel.Tile(&segment, &segment + 1, weights, _weights.Zeros, target, lies.ManyProducts, tiles, next, ahead, &none);
            next += tiles * depth * ahead;
            source += tiles * rows * pitch;
            target += tiles * rows * productPitch;
        }
        if (part->Rows.Few > 0)
        {
            segment.Base = source;
            segment.Pixels = lies.Few;
            kernel.Short(&segment, &segment + 1, weights, _weights.Zeros, target, lies.FewProducts, part->Rows.Few, next, ahead, &none);
            next += part->Rows.Few * depth * ahead;
        }
        return next;
    }

    /// <summary>Sums over some channels to those over the ones before them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Add<TSimd, TVector>(float* target, float* sums, nint tiles, nint lanes)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        for (; tiles > 0; tiles--, target += _lies.ProductPitch, sums += _lies.ProductPitch)
        {
            for (nint lane = 0; lane < lanes; lane += TSimd.Lanes)
                TSimd.Store(target + lane, TSimd.Add(TSimd.Load(target + lane), TSimd.Load(sums + lane)));
        }
    }

    /// <summary>What is the same for a panel at all positions.</summary>
    private readonly void Divide<TSimd, TVector>((int First, int End) panels, int tiles, PanelPart* parts)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        for (var index = panels.First; index < panels.End; index++, parts++)
        {
            ref readonly var panel = ref _weights.Panels[index];
            parts->Column = panel.First - _weights.Panels[panels.First].First;
            parts->Weights = (nint)_weights.InChannels * panel.Kernel.Lanes;
            if (index > panels.First && parts[-1].Weights == parts->Weights)
            {
                (parts->Rows, parts->Ahead) = (parts[-1].Rows, parts[-1].Ahead);
                continue;
            }
            parts->Rows = panel.Kernel.Split(tiles);
            // Each step fetches two lines at most.
            var steps = (parts->Rows.Calls + parts->Rows.Sixteen * (panel.Kernel.Lanes / TSimd.Lanes - 1)) * (nint)_weights.InChannels;
            parts->Ahead = Math.Min((parts->Weights + steps - 1) / steps, 2 * CacheLine.Floats);
        }
    }

    private readonly float* OfPanel(int position, int panel) => _weights.Memory.Pointer + position * _weights.PositionPitch + _weights.Panels[panel].Weights;

    /// <summary>The weights that are read after some panels' at a position.</summary>
    private readonly float* Following(int position, (int First, int End) panels)
    {
        if (position + 1 < _weights.Form.Positions)
            return OfPanel(position + 1, panels.First);
        if (panels.End < PanelRange.End)
            return OfPanel(0, panels.End);
        return _weights.Following is { } following ? following.Pointer : OfPanel(0, PanelRange.Start);
    }

    /// <summary>How rows lie, of inputs and of products, for the kernels that are told.</summary>
    private struct Lies
    {
        public Pixels* Many;
        public Pixels* Few;
        public Pixels* ManyProducts;
        public Pixels* FewProducts;
    }

    /// <summary>A panel's part of a block.</summary>
    private struct PanelPart
    {
        /// <summary>The tiles that make the block's rows.</summary>
        public RowSplit Rows;

        /// <summary>Where its products begin in a row of them.</summary>
        public nint Column;

        /// <summary>Its weights at one position.</summary>
        public nint Weights;

        /// <summary>Floats that each step fetches of what is read next.</summary>
        public nint Ahead;
    }
}
