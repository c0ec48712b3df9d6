using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels.Winograd;

/// <summary>The way of a tile to its positions, and of the positions' products to a tile of outputs.</summary>
internal unsafe ref partial struct WinogradPass
{
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
        var (image, y, x) = Position(tile);
        (y, x) = (y - _window.PaddingHeight, x - _window.PaddingWidth);
        var (height, width) = (Math.Min(TTransform.Inputs, _input[0].Height + _window.PaddingBelow - y), Math.Min(TTransform.Inputs, _input[0].Width + _window.PaddingRight - x));
        var target = _scratch + (long)row * _lies.InputPitch;
        foreach (ref readonly var run in _input)
        {
            var source = run.Pixel(image, y, x);
            if (height == TTransform.Inputs && width == TTransform.Inputs)
                Inward<TTransform, TSimd, TVector>(source, run.RowPitch, run.PixelPitch, run.Channels, target);
            else
                InwardAtEdge<TTransform, TSimd, TVector>(source, run, (height, width), target);
            // What lies beyond a run's channels is overwritten by the next run's.
            target += run.Channels;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Inward<TTransform, TSimd, TVector>(float* source, nint rowPitch, nint pixelPitch, nint channels, float* target)
        where TTransform : struct, ITransform
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        nint position = (nint)_lies.InputPosition, line = TTransform.Inputs * TSimd.Lanes;
        var half = _scratch + _lies.Half;
        for (; channels > 0; channels -= TSimd.Lanes, source += TSimd.Lanes, target += TSimd.Lanes)
        {
            var pixel = source;
            for (var column = half; column < half + line; column += TSimd.Lanes, pixel += pixelPitch)
                TTransform.Inward<TSimd, TVector>(pixel, rowPitch, column, line);
            var positions = target;
            for (var row = half; row < half + TTransform.Inputs * line; row += line, positions += TTransform.Inputs * position)
            {
                TTransform.Inward<TSimd, TVector>(row, TSimd.Lanes, positions, position);
                // The next register's lines come from the second-level cache while the next row is transformed.
                var next = positions + TSimd.Lanes;
                for (nint i = 0; i < TTransform.Inputs; i++, next += position)
                    Prefetch.Written(next);
            }
        }
    }

    /// <summary>A tile that reaches beyond what there is: a register of channels at a time of its pixels, and zeros for the others, are brought together first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void InwardAtEdge<TTransform, TSimd, TVector>(float* source, in FeatureMap run, (int Height, int Width) size, float* target)
        where TTransform : struct, ITransform
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        nint line = TTransform.Inputs * TSimd.Lanes;
        var tile = _scratch + _lies.Tile;
        new Span<float>(tile, TTransform.Inputs * (int)line).Clear();
        for (nint channel = 0; channel < run.Channels; channel += TSimd.Lanes)
        {
            for (nint row = 0; row < size.Height; row++)
            {
                var pixel = source + channel + row * run.RowPitch;
                for (var column = tile + row * line; column < tile + row * line + size.Width * TSimd.Lanes; column += TSimd.Lanes, pixel += run.PixelPitch)
                    TSimd.Store(column, TSimd.Load(pixel));
            }
            Inward<TTransform, TSimd, TVector>(tile, line, TSimd.Lanes, TSimd.Lanes, target + channel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Outward<TTransform, TSimd, TVector>((int First, int End) panels, int tile, int row)
        where TTransform : struct, ITransform
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        nint position = (nint)_lies.ProductPosition, line = TTransform.Inputs * TSimd.Lanes;
        var (image, y, x) = Position(tile);
        float* half = _scratch + _lies.Half, outputs = _scratch + _lies.Tile;
        var isWhole = y + TTransform.Outputs <= _output.Height && x + TTransform.Outputs <= _output.Width;
        var (first, end) = (_weights.Panels[panels.First].First, _weights.Panels[panels.End - 1].First + _weights.Panels[panels.End - 1].Channels);
        var products = _scratch + _lies.Products + (long)row * _lies.ProductPitch;
        for (var channel = first; channel < end; channel += TSimd.Lanes, products += TSimd.Lanes)
        {
            var source = products;
            for (var column = half; column < half + line; column += TSimd.Lanes, source += position)
            {
                TTransform.Outward<TSimd, TVector>(source, TTransform.Inputs * position, out var o0, out var o1, out var o2, out var o3);
                Store<TTransform, TSimd, TVector>(column, line, o0, o1, o2, o3);
            }
            if (isWhole && IsDirect(channel, TSimd.Lanes))
            {
                Whole<TTransform, TSimd, TVector>(half, channel, image, y, x);
                continue;
            }
            for (nint at = 0; at < TTransform.Outputs; at++)
            {
                TTransform.Outward<TSimd, TVector>(half + at * line, TSimd.Lanes, out var o0, out var o1, out var o2, out var o3);
                Store<TTransform, TSimd, TVector>(outputs + at * TTransform.Outputs * TSimd.Lanes, TSimd.Lanes, o0, o1, o2, o3);
            }
            Finish<TSimd, TVector>(outputs, _weights.Bias + channel, channel, TTransform.Outputs, image, y, x);
        }
    }

    /// <summary>Whether a register of channels goes to the output at once: an activation that is a sweep, or a register that would overwrite another value's channels, stays in the scratch at first.</summary>
    private readonly bool IsDirect(int channel, int lanes) => _epilogue->IsInRegisters && _output.Lanes - channel >= lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TTransform, TSimd, TVector>(float* target, nint step, TVector o0, TVector o1, TVector o2, TVector o3)
        where TTransform : struct, ITransform
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        TSimd.Store(target, o0);
        TSimd.Store(target + step, o1);
        if (TTransform.Outputs > 2)
        {
            TSimd.Store(target + 2 * step, o2);
            TSimd.Store(target + 3 * step, o3);
        }
    }

    /// <summary>The rows of a tile that lies wholly in the output, whose epilogue ends in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Whole<TTransform, TSimd, TVector>(float* half, int channel, int image, int y, int x)
        where TTransform : struct, ITransform
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        ref readonly var bounds = ref _epilogue->Bounds;
        TVector bias = TSimd.Load(_weights.Bias + channel), least = TSimd.Broadcast(bounds.Least), greatest = TSimd.Broadcast(bounds.Greatest);
        var (hasLeast, hasGreatest) = (bounds.HasLeast, bounds.HasGreatest);
        nint rowPitch = _output.RowPitch, pixelPitch = _output.PixelPitch, residualRow = _residual.RowPitch, residualPixel = _residual.PixelPitch;
        var target = _output.Pixel(image, y, x) + channel;
        var residual = _residual.Data == null ? null : _residual.Pixel(image, y, x) + channel;
        for (nint line = 0; line < TTransform.Outputs; line++, half += TTransform.Inputs * TSimd.Lanes, target += rowPitch)
        {
            TTransform.Outward<TSimd, TVector>(half, TSimd.Lanes, out var o0, out var o1, out var o2, out var o3);
            (o0, o1, o2, o3) = (TSimd.Add(o0, bias), TSimd.Add(o1, bias), TSimd.Add(o2, bias), TSimd.Add(o3, bias));
            if (residual != null)
            {
                (o0, o1) = (TSimd.Add(o0, TSimd.Load(residual)), TSimd.Add(o1, TSimd.Load(residual + residualPixel)));
                if (TTransform.Outputs > 2)
                    (o2, o3) = (TSimd.Add(o2, TSimd.Load(residual + 2 * residualPixel)), TSimd.Add(o3, TSimd.Load(residual + 3 * residualPixel)));
                residual += residualRow;
            }
            if (hasLeast)
                (o0, o1, o2, o3) = (TSimd.AtLeast(o0, least), TSimd.AtLeast(o1, least), TSimd.AtLeast(o2, least), TSimd.AtLeast(o3, least));
            if (hasGreatest)
                (o0, o1, o2, o3) = (TSimd.AtMost(o0, greatest), TSimd.AtMost(o1, greatest), TSimd.AtMost(o2, greatest), TSimd.AtMost(o3, greatest));
            Store<TTransform, TSimd, TVector>(target, pixelPitch, o0, o1, o2, o3);
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
        var isDirect = IsDirect(channel, TSimd.Lanes);
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
