using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels.Winograd;

/// <summary>One share of a convolution by tiles: its operands, and what it does with a block of tiles.</summary>
internal unsafe ref struct WinogradPass : IVectorJob
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

    private readonly (int Image, int Y, int X) Position(int tile)
    {
        var side = _weights.Form.Outputs;
        var (line, x) = Math.DivRem(tile, _across);
        var (image, y) = Math.DivRem(line, _down);
        return (image, y * side, x * side);
    }

    private readonly void Inward<TTransform, TSimd, TVector>(int tile, int row)
        where TTransform : struct, ITransform
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var inputs = TTransform.Form.Inputs;
        var (image, y, x) = Position(tile);
        (y, x) = (y - _window.PaddingHeight, x - _window.PaddingWidth);
        var (height, width) = (Math.Min(inputs, _input[0].Height + _window.PaddingHeight - y), Math.Min(inputs, _input[0].Width + _window.PaddingWidth - x));
        var target = _scratch + (long)row * _lies.InputPitch;
        foreach (ref readonly var run in _input)
        {
            Inward<TTransform, TSimd, TVector>(run.Pixel(image, y, x), run.RowPitch, run.PixelPitch, run.Channels, height, width, target);
            // What lies beyond a run's channels is overwritten by the next run's.
            target += run.Channels;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Inward<TTransform, TSimd, TVector>(float* source, nint rowPitch, nint pixelPitch, nint channels, nint height, nint width, float* target)
        where TTransform : struct, ITransform
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        nint inputs = TTransform.Form.Inputs, position = (nint)_lies.InputPosition;
        var half = _scratch + _lies.Half;
        for (nint channel = 0; channel < channels; channel += TSimd.Lanes)
        {
            for (nint column = 0; column < width; column++)
                TTransform.Inward<TSimd, TVector>(source + channel + column * pixelPitch, rowPitch, height, half + column * TSimd.Lanes, inputs * TSimd.Lanes);
            for (nint row = 0; row < inputs; row++)
                TTransform.Inward<TSimd, TVector>(half + row * inputs * TSimd.Lanes, TSimd.Lanes, width, target + channel + row * inputs * position, position);
        }
    }

    /// <summary>All panels at one position before the next: its inputs stay in the first-level cache while the weights pass by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply<TSimd, TVector>((int First, int End) panels, int tiles)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var splits = stackalloc RowSplit[PackedWinograd.MostPanelsAtOnce];
        for (var i = 0; i < panels.End - panels.First; i++)
        {
            ref readonly var panel = ref _weights.Panels[panels.First + i];
            splits[i] = i > 0 && panel.Kernel.Lanes == _weights.Panels[panels.First + i - 1].Kernel.Lanes ? splits[i - 1] : panel.Kernel.Split(tiles);
        }
        Pixels many = default, few = default, manyProducts = default, fewProducts = default;
        many.Set(_lies.InputPitch, _weights.Panels[0].Kernel.Rows);
        few.Set(_lies.InputPitch, Microkernel.ShortRows);
        manyProducts.Set(_lies.ProductPitch, _weights.Panels[0].Kernel.Rows);
        fewProducts.Set(_lies.ProductPitch, Microkernel.ShortRows);
        nint depth = _weights.InChannels, pitch = _lies.InputPitch, productPitch = _lies.ProductPitch;
        var segment = new Segment { Count = depth };
        Bounds none = default;
        for (var position = 0; position < _weights.Form.Positions; position++)
        {
            for (var index = panels.First; index < panels.End; index++)
            {
                ref readonly var panel = ref _weights.Panels[index];
                var (kernel, split, weights) = (panel.Kernel, splits[index - panels.First], (nint)OfPanel(position, index));
                var source = _scratch + position * _lies.InputPosition;
                var target = _scratch + _lies.Products + position * _lies.ProductPosition + panel.First - _weights.Panels[panels.First].First;
                // What is read next comes while this panel's tiles pass: each step fetches two lines at most.
                var next = Following(position, index, panels);
                var registers = kernel.Lanes / TSimd.Lanes;
                var steps = (split.Calls + split.Sixteen * (registers - 1)) * depth;
                var ahead = Math.Min((kernel.Lanes * depth + steps - 1) / steps, 2 * CacheLine.Floats);
                if (split.Fourteen > 0)
                {
                    kernel.Long(source, pitch, depth, (float*)weights, target, productPitch, split.Fourteen, next, ahead);
                    next += split.Fourteen * depth * ahead;
                    source += split.Fourteen * LongTiles.Rows * pitch;
                    target += split.Fourteen * LongTiles.Rows * productPitch;
                }
                if (split.Sixteen > 0)
                {
                    for (var register = 0; register < registers; register++, next += depth * ahead)
                        kernel.Longest(source, pitch, depth, (float*)weights + register * TSimd.Lanes, kernel.Lanes, target + register * TSimd.Lanes, productPitch, next, ahead);
                    source += LongTiles.MostRows * pitch;
                    target += LongTiles.MostRows * productPitch;
                }
                if (split.Many > 0)
                {
                    segment.Base = source;
                    segment.Pixels = &many;
                    kernel.Tile(&segment, &segment + 1, (float*)weights, _weights.Zeros, target, &manyProducts, split.Many, next, ahead, &none);
                    next += split.Many * depth * ahead;
                    source += split.Many * kernel.Rows * pitch;
                    target += split.Many * kernel.Rows * productPitch;
                }
                if (split.Few > 0)
                {
                    segment.Base = source;
                    segment.Pixels = &few;
                    kernel.Short(&segment, &segment + 1, (float*)weights, _weights.Zeros, target, &fewProducts, split.Few, next, ahead, &none);
                }
            }
        }
    }

    private readonly float* OfPanel(int position, int panel) => _weights.Memory.Pointer + position * _weights.PositionPitch + _weights.Panels[panel].Weights;

    /// <summary>The weights that are read after a panel's at a position.</summary>
    private readonly float* Following(int position, int panel, (int First, int End) panels)
    {
        if (panel + 1 < panels.End)
            return OfPanel(position, panel + 1);
        if (position + 1 < _weights.Form.Positions)
            return OfPanel(position + 1, panels.First);
        if (panels.End < PanelRange.End)
            return OfPanel(0, panels.End);
        return _weights.Following is { } following ? following.Pointer : OfPanel(0, PanelRange.Start);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Outward<TTransform, TSimd, TVector>((int First, int End) panels, int tile, int row)
        where TTransform : struct, ITransform
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        nint inputs = TTransform.Form.Inputs, side = TTransform.Form.Outputs, position = (nint)_lies.ProductPosition;
        var (image, y, x) = Position(tile);
        float* half = _scratch + _lies.Half, outputs = _scratch + _lies.Outputs;
        var (first, end) = (_weights.Panels[panels.First].First, _weights.Panels[panels.End - 1].First + _weights.Panels[panels.End - 1].Channels);
        for (var channel = first; channel < end; channel += TSimd.Lanes)
        {
            var products = _scratch + _lies.Products + (long)row * _lies.ProductPitch + channel - first;
            for (nint column = 0; column < inputs; column++)
                TTransform.Outward<TSimd, TVector>(products + column * position, inputs * position, half + column * TSimd.Lanes, inputs * TSimd.Lanes);
            for (nint line = 0; line < side; line++)
                TTransform.Outward<TSimd, TVector>(half + line * inputs * TSimd.Lanes, TSimd.Lanes, outputs + line * side * TSimd.Lanes, TSimd.Lanes);
            Finish<TSimd, TVector>(outputs, _weights.Bias + channel, channel, (int)side, image, y, x);
        }
    }

    /// <summary>Bias, residual and activation of a register of channels of a tile, and the way to the output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Finish<TSimd, TVector>(float* tile, float* biases, int channel, int side, int image, int y, int x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var bias = TSimd.Load(biases);
        var (height, width) = (Math.Min(side, _output.Height - y), Math.Min(side, _output.Width - x));
        // An activation that is a sweep, or a register that would overwrite another value's channels, stays in the scratch at first.
        var isDirect = _epilogue->IsInRegisters && _output.Lanes - channel >= TSimd.Lanes;
        ref readonly var bounds = ref _epilogue->Bounds;
        TVector least = TSimd.Broadcast(bounds.Least), greatest = TSimd.Broadcast(bounds.Greatest);
        for (var line = 0; line < height; line++)
        {
            var values = tile + (nint)line * side * TSimd.Lanes;
            var residual = _residual.Data == null ? null : _residual.Pixel(image, y + line, x) + channel;
            var target = _output.Pixel(image, y + line, x) + channel;
            for (nint column = 0; column < width; column++, values += TSimd.Lanes)
            {
                var value = TSimd.Add(TSimd.Load(values), bias);
                if (residual != null)
                    value = TSimd.Add(value, TSimd.Load(residual + column * _residual.PixelPitch));
                if (bounds.HasLeast)
                    value = TSimd.AtLeast(value, least);
                if (bounds.HasGreatest)
                    value = TSimd.AtMost(value, greatest);
                TSimd.Store(isDirect ? target + column * _output.PixelPitch : values, value);
            }
        }

        if (!_epilogue->IsInRegisters)
            _epilogue->Run(tile, TSimd.Lanes, null, 0, (nint)side * height, TSimd.Lanes);
        if (!isDirect)
            Copy<TSimd, TVector>(tile, channel, side, image, (y, x), (height, width));
    }

    private readonly void Copy<TSimd, TVector>(float* tile, int channel, int side, int image, (int Y, int X) at, (int Height, int Width) size)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var bytes = (uint)(Math.Min(TSimd.Lanes, _output.Channels - channel) * sizeof(float));
        for (var line = 0; line < size.Height; line++)
        {
            for (var column = 0; column < size.Width; column++)
                Unsafe.CopyBlockUnaligned(_output.Pixel(image, at.Y + line, at.X + column) + channel, tile + ((nint)line * side + column) * TSimd.Lanes, bytes);
        }
    }
}
