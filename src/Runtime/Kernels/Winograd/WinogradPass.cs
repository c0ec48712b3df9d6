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
        // Blocks of the same size, or nearly: a short one at the end would pay for all the weights.
        var blocks = (TileRange.End - TileRange.Start + _block - 1) / _block;
        for (var block = 0; block < blocks; block++)
        {
            var (start, end) = new Share(block, blocks).Of(TileRange.End - TileRange.Start);
            for (var tile = start; tile < end; tile++)
                Inward<TTransform, TSimd, TVector>(TileRange.Start + tile, tile - start);
            for (var panel = PanelRange.Start; panel < PanelRange.End; panel++)
            {
                Multiply(_weights.Panels[panel], end - start, panel + 1 == _weights.Panels.Length);
                for (var tile = start; tile < end; tile++)
                    Outward<TTransform, TSimd, TVector>(_weights.Panels[panel], TileRange.Start + tile, tile - start);
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply(in PackedWinograd.Panel panel, int tiles, bool isLast)
    {
        var kernel = panel.Kernel;
        var (whole, many, few) = kernel.Split(tiles);
        int wholeRows = whole * LongTiles.Rows, manyRows = many * kernel.Rows;
        Pixels inputs = default, fewInputs = default, products = default, fewProducts = default;
        inputs.Set(_lies.InputPitch, kernel.Rows);
        products.Set(_lies.ProductPitch, kernel.Rows);
        fewInputs.Set(_lies.InputPitch, Microkernel.ShortRows);
        fewProducts.Set(_lies.ProductPitch, Microkernel.ShortRows);
        nint depth = _weights.InChannels;
        var segment = new Segment { Count = depth };
        Bounds none = default;
        var pitch = (nint)_weights.PositionPitch(kernel.Lanes);
        var weights = _weights.Memory.Pointer + panel.Weights;
        // The next position's weights come while this one's tiles pass: each step fetches two lines at most.
        var steps = (whole + many + few) * depth;
        var ahead = Math.Min((pitch + steps - 1) / steps, 2 * CacheLine.Floats);
        for (var position = 0; position < _weights.Form.Positions; position++, weights += pitch)
        {
            var source = _scratch + position * _lies.InputPosition;
            var target = _scratch + _lies.Products + position * _lies.ProductPosition;
            var next = weights + pitch;
            if (isLast && position + 1 == _weights.Form.Positions && _weights.Following is { } following)
                next = following.Pointer;
            if (whole > 0)
                kernel.Long(source, _lies.InputPitch, depth, weights, target, _lies.ProductPitch, whole, next, ahead);
            next += whole * depth * ahead;
            if (many > 0)
            {
                segment.Base = source + (nint)wholeRows * _lies.InputPitch;
                segment.Pixels = &inputs;
                kernel.Tile(&segment, &segment + 1, weights, _weights.Zeros, target + (nint)wholeRows * _lies.ProductPitch, &products, many, next, ahead, &none);
            }
            next += many * depth * ahead;
            if (few > 0)
            {
                segment.Base = source + (nint)(wholeRows + manyRows) * _lies.InputPitch;
                segment.Pixels = &fewInputs;
                kernel.Short(&segment, &segment + 1, weights, _weights.Zeros, target + (nint)(wholeRows + manyRows) * _lies.ProductPitch, &fewProducts, few, next, ahead, &none);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Outward<TTransform, TSimd, TVector>(in PackedWinograd.Panel panel, int tile, int row)
        where TTransform : struct, ITransform
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        nint inputs = TTransform.Form.Inputs, side = TTransform.Form.Outputs, position = (nint)_lies.ProductPosition;
        var (image, y, x) = Position(tile);
        float* half = _scratch + _lies.Half, outputs = _scratch + _lies.Outputs;
        for (var lane = 0; lane < panel.Channels; lane += TSimd.Lanes)
        {
            var products = _scratch + _lies.Products + (long)row * _lies.ProductPitch + lane;
            for (nint column = 0; column < inputs; column++)
                TTransform.Outward<TSimd, TVector>(products + column * position, inputs * position, half + column * TSimd.Lanes, inputs * TSimd.Lanes);
            for (nint line = 0; line < side; line++)
                TTransform.Outward<TSimd, TVector>(half + line * inputs * TSimd.Lanes, TSimd.Lanes, outputs + line * side * TSimd.Lanes, TSimd.Lanes);
            Finish<TSimd, TVector>(outputs, _weights.Memory.Pointer + panel.Bias + lane, panel.First + lane, (int)side, image, y, x);
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
