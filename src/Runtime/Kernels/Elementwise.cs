using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>Operations that take each element by itself. The output may be one of the inputs.</summary>
public static unsafe class Elementwise
{
    /// <summary>output = the runs, one after the other. The output is none of them.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="runs">Runs of channels, all of the output's images and size.</param>
    /// <param name="output">As many channels as the runs together.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Gather(InstructionSet set, ReadOnlySpan<FeatureMap> runs, in FeatureMap output, Share share)
    {
        InstructionSets.Require(set);
        var channels = 0;
        foreach (ref readonly var run in runs)
        {
            Shapes.CheckSame(run, output with { Channels = run.Channels }, "A run");
            channels += run.Channels;
        }

        if (channels != output.Channels)
            throw new ArgumentException($"The runs have {channels} channels; the output is {output}.", nameof(runs));
        switch (set)
        {
            case InstructionSet.Avx512:
                Gather<Simd512, Vector512<float>>(runs, output, share);
                break;
            case InstructionSet.Avx2:
                Gather<Simd256, Vector256<float>>(runs, output, share);
                break;
            case InstructionSet.AdvSimd:
                Gather<Simd128, Vector128<float>>(runs, output, share);
                break;
            default:
                Gather<SimdPortable, Vector<float>>(runs, output, share);
                break;
        }
    }

    /// <summary>output = activation(input).</summary>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Copy(InstructionSet set, in FeatureMap input, in FeatureMap output, Activation activation, Share share)
    {
        Shapes.CheckSame(input, output, "The input");
        Run<Identity>(set, input, default, default, output, activation, share);
    }

    /// <summary>output = activation(left + right).</summary>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Add(InstructionSet set, in FeatureMap left, in FeatureMap right, in FeatureMap output, Activation activation, Share share)
    {
        Shapes.CheckSame(left, output, "The left term");
        Shapes.CheckSame(right, output, "The right term");
        Run<Sum>(set, left, right, default, output, activation, share);
    }

    /// <summary>output = activation(left * right). For a gate, right is <see cref="Spread"/> over the map.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Multiply(InstructionSet set, in FeatureMap left, in FeatureMap right, in FeatureMap output, Activation activation, Share share)
    {
        Shapes.CheckSame(left, output, "The left factor");
        Shapes.CheckSame(right, output, "The right factor");
        Run<Product>(set, left, right, default, output, activation, share);
    }

    /// <summary>output = activation(input * scale + shift): a batch norm that no convolution takes in. Scale and shift are <see cref="Spread"/> over the batch.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void MultiplyAdd(
        InstructionSet set, in FeatureMap input, in FeatureMap scale, in FeatureMap shift, in FeatureMap output, Activation activation, Share share)
    {
        Shapes.CheckSame(input, output, "The input");
        Shapes.CheckSame(scale, output, "The scale");
        Shapes.CheckSame(shift, output, "The shift");
        Run<ScaleShift>(set, input, scale, shift, output, activation, share);
    }

    /// <summary>
    /// Maps of 1 x 1 seen as maps of the size of <paramref name="like"/>, each with the same value all over; one image is seen as all of its images.
    /// </summary>
    /// <exception cref="ArgumentException">The maps are not 1 x 1, or of another count.</exception>
    public static FeatureMap Spread(in FeatureMap pixel, in FeatureMap like)
    {
        if (pixel.Height != 1 || pixel.Width != 1 || pixel.Channels != like.Channels || (pixel.Images != 1 && pixel.Images != like.Images))
            throw new ArgumentException($"Maps of {pixel} cannot be spread over {like}.");
        return pixel with
        {
            Images = like.Images,
            Height = like.Height,
            Width = like.Width,
            PixelPitch = 0,
            RowPitch = 0,
            ImagePitch = pixel.Images == 1 ? 0 : pixel.ImagePitch,
        };
    }

    private static void Run<TOperation>(
        InstructionSet set, in FeatureMap a, in FeatureMap b, in FeatureMap c, in FeatureMap output, Activation activation, Share share)
        where TOperation : struct, IOperation
    {
        InstructionSets.Require(set);
        switch (set)
        {
            case InstructionSet.Avx512:
                Lines<TOperation, Simd512, Vector512<float>>(a, b, c, output, activation, share);
                break;
            case InstructionSet.Avx2:
                Lines<TOperation, Simd256, Vector256<float>>(a, b, c, output, activation, share);
                break;
            case InstructionSet.AdvSimd:
                Lines<TOperation, Simd128, Vector128<float>>(a, b, c, output, activation, share);
                break;
            default:
                Lines<TOperation, SimdPortable, Vector<float>>(a, b, c, output, activation, share);
                break;
        }
    }

    // Run by run along a row: whole registers, whose excess the next run overwrites. Only the last run may have to stop within one.
    private static void Gather<TSimd, TVector>(ReadOnlySpan<FeatureMap> runs, in FeatureMap output, Share share)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var (first, last) = share.Of(output.Images * output.Height);
        for (var line = first; line < last; line++)
        {
            var (image, y) = Math.DivRem(line, output.Height);
            var channel = 0;
            foreach (ref readonly var run in runs)
            {
                var room = output.Lanes - channel;
                var whole = run.Channels / TSimd.Lanes * TSimd.Lanes;
                if (whole < run.Channels && whole + TSimd.Lanes <= room)
                    whole += TSimd.Lanes;
                Line<Identity, TSimd, TVector>(
                    run.Pixel(image, y, 0), run.PixelPitch, null, 0, null, 0, output.Pixel(image, y, 0) + channel, output.PixelPitch, output.Width, whole, default);
                Rest(run, output, image, y, channel, whole);
                channel += run.Channels;
            }
        }

        static void Rest(in FeatureMap run, in FeatureMap output, int image, int y, int channel, int from)
        {
            if (from >= run.Channels)
                return;
            for (var x = 0; x < output.Width; x++)
            {
                float* source = run.Pixel(image, y, x), target = output.Pixel(image, y, x) + channel;
                for (var i = from; i < run.Channels; i++)
                    target[i] = source[i];
            }
        }
    }

    private static void Lines<TOperation, TSimd, TVector>(
        in FeatureMap a, in FeatureMap b, in FeatureMap c, in FeatureMap output, Activation activation, Share share)
        where TOperation : struct, IOperation
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var (first, last) = share.Of(output.Images * output.Height);
        var whole = Math.Min((output.Channels + TSimd.Lanes - 1) / TSimd.Lanes, output.Lanes / TSimd.Lanes) * TSimd.Lanes;
        for (var line = first; line < last; line++)
        {
            var (image, y) = Math.DivRem(line, output.Height);
            float* pa = a.Pixel(image, y, 0), pb = b.Pixel(image, y, 0), pc = c.Pixel(image, y, 0), target = output.Pixel(image, y, 0);
            if (activation.IsFree)
                Line<TOperation, TSimd, TVector>(pa, a.PixelPitch, pb, b.PixelPitch, pc, c.PixelPitch, target, output.PixelPitch, output.Width, whole, activation.Kind);
            else
                LineWithCalls<TOperation, TSimd, TVector>(pa, a.PixelPitch, pb, b.PixelPitch, pc, c.PixelPitch, target, output.PixelPitch, output.Width, whole, activation);
            if (whole >= output.Channels)
                continue;
            for (var x = 0; x < output.Width; x++)
            {
                var rest = TOperation.Apply<TSimd, TVector>(
                    pa + (nint)x * a.PixelPitch + whole, pb + (nint)x * b.PixelPitch + whole, pc + (nint)x * c.PixelPitch + whole);
                Partial.Store<TSimd, TVector>(target + (nint)x * output.PixelPitch + whole, activation.Apply<TSimd, TVector>(rest), output.Channels - whole);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Line<TOperation, TSimd, TVector>(
        float* a, nint stepA, float* b, nint stepB, float* c, nint stepC, float* target, nint step, int width, int lanes, ActivationKind kind)
        where TOperation : struct, IOperation
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var relu = kind == ActivationKind.Relu;
        for (var x = 0; x < width; x++)
        {
            for (nint lane = 0; lane < lanes; lane += TSimd.Lanes)
            {
                var value = TOperation.Apply<TSimd, TVector>(a + lane, b + lane, c + lane);
                if (relu)
                    value = TSimd.AtLeast(value, TSimd.Zero);
                TSimd.Store(target + lane, value);
            }

            a += stepA;
            b += stepB;
            c += stepC;
            target += step;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LineWithCalls<TOperation, TSimd, TVector>(
        float* a, nint stepA, float* b, nint stepB, float* c, nint stepC, float* target, nint step, int width, int lanes, Activation activation)
        where TOperation : struct, IOperation
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        for (var x = 0; x < width; x++)
        {
            for (nint lane = 0; lane < lanes; lane += TSimd.Lanes)
                TSimd.Store(target + lane, activation.Apply<TSimd, TVector>(TOperation.Apply<TSimd, TVector>(a + lane, b + lane, c + lane)));
            a += stepA;
            b += stepB;
            c += stepC;
            target += step;
        }
    }

    private interface IOperation
    {
        static abstract TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged;
    }

    private readonly struct Identity : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.Load(a);
    }

    private readonly struct Sum : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.Add(TSimd.Load(a), TSimd.Load(b));
    }

    private readonly struct Product : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.Multiply(TSimd.Load(a), TSimd.Load(b));
    }

    private readonly struct ScaleShift : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.MultiplyAdd(TSimd.Load(a), TSimd.Load(b), TSimd.Load(c));
    }
}
