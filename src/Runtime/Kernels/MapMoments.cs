using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>The mean and the variance of each map, of which the norms over maps and groups of maps are made.</summary>
public static unsafe class MapMoments
{
    /// <summary>
    /// Computes both, a row at a time: its mean, the squares of what is beside that, and then what the rows so far and this one are together (Chan, Golub and LeVeque, 1979). All is counted from the first row's mean, so that
    /// nothing hangs on how far from 0 the map lies; it passes by once.
    /// </summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="input">One run of channels.</param>
    /// <param name="mean">As many images and channels, of one pixel.</param>
    /// <param name="variance">The same: the mean of the squares, not the estimate of a sample.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Run(InstructionSet set, in FeatureMap input, in FeatureMap mean, in FeatureMap variance, Share share)
    {
        InstructionSets.Require(set);
        Shapes.CheckPooled(mean, input, 1, 1);
        Shapes.CheckPooled(variance, input, 1, 1);
        var job = new Job { Input = ref input, Mean = ref mean, Variance = ref variance, Share = share };
        InstructionSets.Dispatch(set, ref job);
    }

    /// <summary>Some registers of channels.</summary>
    private ref struct Job : IVectorJob
    {
        public ref readonly FeatureMap Input;
        public ref readonly FeatureMap Mean;
        public ref readonly FeatureMap Variance;
        public Share Share;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var registers = (Input.Channels + TSimd.Lanes - 1) / TSimd.Lanes;
            var (first, last) = Share.Of(Input.Images * registers);
            for (var item = first; item < last; item++)
            {
                var (image, register) = Math.DivRem(item, registers);
                var lane = register * TSimd.Lanes;
                var (mean, squares) = Of<TSimd, TVector>(image, lane);
                squares = TSimd.Multiply(squares, TSimd.Broadcast(1f / (Input.Height * Input.Width)));
                Partial.StoreWithin<TSimd, TVector>(Mean.Pixel(image, 0, 0) + lane, mean, Mean.Lanes - lane, Mean.Channels - lane);
                Partial.StoreWithin<TSimd, TVector>(Variance.Pixel(image, 0, 0) + lane, squares, Variance.Lanes - lane, Variance.Channels - lane);
            }
        }

        /// <summary>The mean, and the sum of the squares of what is beside it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly (TVector Mean, TVector Squares) Of<TSimd, TVector>(int image, int lane)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var (height, width) = (Input.Height, Input.Width);
            nint pitch = Input.PixelPitch;
            TVector mean = TSimd.Zero, squares = TSimd.Zero, each = TSimd.Broadcast(1f / width);
            var origin = TSimd.Multiply(Sum<TSimd, TVector>(Input.Pixel(image, 0, 0) + lane, pitch, width, TSimd.Zero), each);
            for (var y = 0; y < height; y++)
            {
                var row = Input.Pixel(image, y, 0) + lane;
                var middle = TSimd.Multiply(Sum<TSimd, TVector>(row, pitch, width, origin), each);
                var beside = Squares<TSimd, TVector>(row, pitch, width, TSimd.Add(origin, middle));
                // The rows before are y of y + 1.
                var apart = TSimd.Subtract(middle, mean);
                mean = TSimd.MultiplyAdd(apart, TSimd.Broadcast(1f / (y + 1)), mean);
                squares = TSimd.Add(squares, TSimd.MultiplyAdd(TSimd.Multiply(apart, apart), TSimd.Broadcast((float)width * y / (y + 1)), beside));
            }

            return (TSimd.Add(origin, mean), squares);
        }

        /// <summary>The sum of what is above an origin: four, since one would wait for itself.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Sum<TSimd, TVector>(float* pixel, nint pitch, int width, TVector origin)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            TVector a = TSimd.Zero, b = TSimd.Zero, c = TSimd.Zero, d = TSimd.Zero;
            for (; width >= 4; width -= 4, pixel += 4 * pitch)
            {
                a = TSimd.Add(a, TSimd.Subtract(TSimd.Load(pixel), origin));
                b = TSimd.Add(b, TSimd.Subtract(TSimd.Load(pixel + pitch), origin));
                c = TSimd.Add(c, TSimd.Subtract(TSimd.Load(pixel + (2 * pitch)), origin));
                d = TSimd.Add(d, TSimd.Subtract(TSimd.Load(pixel + (3 * pitch)), origin));
            }

            for (; width > 0; width--, pixel += pitch)
                a = TSimd.Add(a, TSimd.Subtract(TSimd.Load(pixel), origin));
            return TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d));
        }

        /// <summary>The sum of the squares of what is beside a middle.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Squares<TSimd, TVector>(float* pixel, nint pitch, int width, TVector middle)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            TVector even = TSimd.Zero, odd = TSimd.Zero;
            for (; width >= 2; width -= 2, pixel += 2 * pitch)
            {
                var (left, right) = (TSimd.Subtract(TSimd.Load(pixel), middle), TSimd.Subtract(TSimd.Load(pixel + pitch), middle));
                even = TSimd.MultiplyAdd(left, left, even);
                odd = TSimd.MultiplyAdd(right, right, odd);
            }

            if (width > 0)
            {
                var last = TSimd.Subtract(TSimd.Load(pixel), middle);
                even = TSimd.MultiplyAdd(last, last, even);
            }

            return TSimd.Add(even, odd);
        }
    }
}
