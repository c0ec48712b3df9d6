using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>Pools. They clip their windows to the input, and need no halo.</summary>
public static unsafe class Pooling
{
    /// <summary>The greatest of each window, NaN if the window holds one, as torch.nn.MaxPool2d.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="window">How the window moves. Its padding is at most half of the kernel.</param>
    /// <param name="input">One run of channels.</param>
    /// <param name="output">Where the result goes; its height and width say whether a ceiling was taken.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Max(InstructionSet set, Window window, in FeatureMap input, in FeatureMap output, Share share)
    {
        Check(window, input, output);
        Run<GreatestTap>(set, window, input, output, Mean.Nothing, share.Of(output.Images * output.Height));
    }

    /// <summary>As <see cref="Max(InstructionSet, Window, in FeatureMap, in FeatureMap, Share)"/>, for some rows of one image's output.</summary>
    internal static void Max(InstructionSet set, Window window, in FeatureMap input, in FeatureMap output, int first, int count)
    {
        Check(window, input, output);
        Run<GreatestTap>(set, window, input, output, Mean.Nothing, (first, first + count));
    }

    /// <summary>The mean of each window, as torch.nn.AvgPool2d.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="window">How the window moves. Its padding is at most half of the kernel.</param>
    /// <param name="countPadding">Whether padding counts in the mean (count_include_pad).</param>
    /// <param name="input">One run of channels.</param>
    /// <param name="output">Where the result goes; its height and width say whether a ceiling was taken.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Average(InstructionSet set, Window window, bool countPadding, in FeatureMap input, in FeatureMap output, Share share) =>
        Average(set, window, countPadding, input, output, share.Of(output.Images * output.Height));

    /// <summary>As <see cref="Average(InstructionSet, Window, bool, in FeatureMap, in FeatureMap, Share)"/>, for some rows of one image's output.</summary>
    internal static void Average(InstructionSet set, Window window, bool countPadding, in FeatureMap input, in FeatureMap output, int first, int count) =>
        Average(set, window, countPadding, input, output, (first, first + count));

    private static void Average(InstructionSet set, Window window, bool countPadding, in FeatureMap input, in FeatureMap output, (int First, int End) lines)
    {
        Check(window, input, output);
        if (window.DilationHeight != 1 || window.DilationWidth != 1)
            throw new ArgumentException($"An average pool has no dilation: {window}.", nameof(window));
        Run<PlainTap>(set, window, input, output, countPadding ? Mean.OfAll : Mean.OfInput, lines);
    }

    /// <summary>The mean of each map, as torch.nn.AdaptiveAvgPool2d(1).</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="input">One run of channels.</param>
    /// <param name="output">N x C x 1 x 1.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void GlobalAverage(InstructionSet set, in FeatureMap input, in FeatureMap output, Share share)
    {
        InstructionSets.Require(set);
        Shapes.CheckPooled(output, input, 1, 1);
        switch (set)
        {
            case InstructionSet.Avx512:
                Global<Simd512, Vector512<float>>(input, output, share);
                break;
            case InstructionSet.Avx2:
                Global<Simd256, Vector256<float>>(input, output, share);
                break;
            case InstructionSet.AdvSimd:
                Global<Simd128, Vector128<float>>(input, output, share);
                break;
            default:
                Global<SimdPortable, Vector<float>>(input, output, share);
                break;
        }
    }

    private static void Check(Window window, in FeatureMap input, in FeatureMap output)
    {
        window.Check();
        if (2 * window.PaddingHeight > window.KernelHeight || 2 * window.PaddingWidth > window.KernelWidth)
            throw new ArgumentException($"A pool's padding is at most half of its kernel: {window}.", nameof(window));
        var (height, width) = (window.OutputHeight(input.Height), window.OutputWidth(input.Width));
        var ceiling = output.Height != height || output.Width != width;
        Shapes.CheckPooled(output, input, window.OutputHeight(input.Height, ceiling), window.OutputWidth(input.Width, ceiling));
    }

    private static void Run<TTap>(InstructionSet set, Window window, in FeatureMap input, in FeatureMap output, Mean mean, (int First, int End) lines)
        where TTap : struct, ITap
    {
        InstructionSets.Require(set);
        switch (set)
        {
            case InstructionSet.Avx512:
                Lines<TTap, Simd512, Vector512<float>>(window, input, output, mean, lines);
                break;
            case InstructionSet.Avx2:
                Lines<TTap, Simd256, Vector256<float>>(window, input, output, mean, lines);
                break;
            case InstructionSet.AdvSimd:
                Lines<TTap, Simd128, Vector128<float>>(window, input, output, mean, lines);
                break;
            default:
                Lines<TTap, SimdPortable, Vector<float>>(window, input, output, mean, lines);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Lines<TTap, TSimd, TVector>(Window window, in FeatureMap input, in FeatureMap output, Mean mean, (int First, int End) lines)
        where TTap : struct, ITap
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var offsets = stackalloc nint[window.Taps];
        var blocks = new WindowBlocks(window, input, output, lines);
        while (blocks.Next(out var block))
            Block<TTap, TSimd, TVector>(window, input, output, mean, block, offsets);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<TTap, TSimd, TVector>(Window window, in FeatureMap input, in FeatureMap output, Mean mean, in WindowBlock block, nint* offsets)
        where TTap : struct, ITap
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var (rows, columns, taps) = (block.Rows, block.Columns, block.Taps);
        block.Offsets(window, input, offsets);

        delegate* managed<Stencil*, void> careful = &Stencil.Run<TTap, TSimd, TVector>;
        var slides = rows.Count == 3 && columns.Count == 3 && block.Width > 1 && window is { StrideWidth: 2, DilationWidth: 1 };
        var kernel = mean != Mean.Nothing || taps == 0 ? careful : slides ? &Stencil.GreatestOfNumbers3<TSimd, TVector> : &Stencil.GreatestOfNumbers<TSimd, TVector>;
        var source = input.Pixel(block.Image, rows.First, columns.First);
        for (var lane = 0; lane < output.Channels; lane += TSimd.Lanes)
        {
            var job = new Stencil
            {
                Source = source + lane,
                SourceStep = (nint)window.StrideWidth * input.PixelPitch,
                SourceRow = (nint)window.StrideHeight * input.RowPitch,
                Offsets = offsets,
                Taps = taps,
                Width = block.Width,
                Height = block.Height,
                Scale = mean switch
                {
                    Mean.OfAll => 1f / (rows.Padded * columns.Padded),
                    Mean.OfInput => 1f / taps,
                    _ => 1f,
                },
            };
            var again = job;
            StencilOutput.Run(InstructionSet.Portable, kernel, &job, output, block, lane, TSimd.Lanes, default);
            if (job.IsDoubtful)
                StencilOutput.Run(InstructionSet.Portable, careful, &again, output, block, lane, TSimd.Lanes, default);
        }
    }

    // Rows are summed by themselves first, so that the error grows with the side of the map and not with its area.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Global<TSimd, TVector>(in FeatureMap input, in FeatureMap output, Share share)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var registers = (input.Channels + TSimd.Lanes - 1) / TSimd.Lanes;
        var scale = TSimd.Broadcast(1f / (input.Height * input.Width));
        var (first, last) = share.Of(output.Images * registers);
        for (var item = first; item < last; item++)
        {
            var (image, register) = Math.DivRem(item, registers);
            var lane = register * TSimd.Lanes;
            var total = TSimd.Zero;
            for (var y = 0; y < input.Height; y++)
            {
                var pixel = input.Pixel(image, y, 0) + lane;
                var sum = TSimd.Zero;
                for (var x = 0; x < input.Width; x++)
                {
                    sum = TSimd.Add(sum, TSimd.Load(pixel));
                    pixel += input.PixelPitch;
                }

                total = TSimd.Add(total, sum);
            }

            total = TSimd.Multiply(total, scale);
            var target = output.Pixel(image, 0, 0) + lane;
            if (lane + TSimd.Lanes <= output.Lanes)
                TSimd.Store(target, total);
            else
                Partial.Store<TSimd, TVector>(target, total, output.Channels - lane);
        }
    }

    /// <summary>What a sum is divided by.</summary>
    private enum Mean
    {
        Nothing,
        OfAll,
        OfInput,
    }
}
