using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>The norm of each pixel over its channels: torch.nn.LayerNorm of channels, torchvision's LayerNorm2d.</summary>
public static unsafe class PixelNorm
{
    /// <summary>output = (input - mean) / sqrt(variance + eps) * scale + shift, both of the pixel's channels: by two passes over them, and the mean's own rounding taken out of the variance.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="runs">Runs of channels, all of the output's images and size.</param>
    /// <param name="scale">A pixel with a scale for each channel of the output.</param>
    /// <param name="shift">And a shift.</param>
    /// <param name="eps">What is added to the variance.</param>
    /// <param name="output">As many channels as the runs together. It is none of them.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Run(InstructionSet set, ReadOnlySpan<FeatureMap> runs, in FeatureMap scale, in FeatureMap shift, double eps, in FeatureMap output, Share share)
    {
        InstructionSets.Require(set);
        var channels = Shapes.ChannelsOf(runs, output);
        if (channels != output.Channels || scale.Channels != channels || shift.Channels != channels)
            throw new ArgumentException(Invariant($"The runs have {channels} channels, the scale {scale.Channels} and the shift {shift.Channels}; the output is {output}."), nameof(runs));
        var job = new Job { Runs = runs, Scale = scale.Data, Shift = shift.Data, Eps = eps, Output = ref output, Lines = share.Of(output.Images * output.Height) };
        InstructionSets.Dispatch(set, ref job);
    }

    /// <summary>Some rows of the output.</summary>
    private ref struct Job : IVectorJob
    {
        public ReadOnlySpan<FeatureMap> Runs;
        public float* Scale;
        public float* Shift;
        public double Eps;
        public ref readonly FeatureMap Output;
        public (int First, int End) Lines;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var (width, channels) = (Output.Width, Output.Channels);
            for (var line = Lines.First; line < Lines.End; line++)
            {
                var (image, y) = Math.DivRem(line, Output.Height);
                for (var x = 0; x < width; x++)
                {
                    var about = 0d;
                    foreach (ref readonly var run in Runs)
                        about += PixelSums.Sum<TSimd, TVector>(run.Pixel(image, y, x), run.Channels);
                    var mean = (float)(about / channels);
                    var (rest, squares) = (0d, 0d);
                    foreach (ref readonly var run in Runs)
                    {
                        var (sum, square) = Deviations<TSimd, TVector>(run.Pixel(image, y, x), run.Channels, mean);
                        (rest, squares) = (rest + sum, squares + square);
                    }

                    // What the mean lost when it was rounded.
                    rest /= channels;
                    Write<TSimd, TVector>(image, y, x, mean, (float)rest, (float)(1 / Math.Sqrt(Math.Max(0, (squares / channels) - (rest * rest)) + Eps)));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static (float Sum, float Squares) Deviations<TSimd, TVector>(float* pixel, int channels, float mean)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var middle = TSimd.Broadcast(mean);
            TVector sum = TSimd.Zero, even = TSimd.Zero, odd = TSimd.Zero;
            var lane = 0;
            for (; lane + (2 * TSimd.Lanes) <= channels; lane += 2 * TSimd.Lanes)
            {
                var (left, right) = (TSimd.Subtract(TSimd.Load(pixel + lane), middle), TSimd.Subtract(TSimd.Load(pixel + lane + TSimd.Lanes), middle));
                sum = TSimd.Add(sum, TSimd.Add(left, right));
                even = TSimd.MultiplyAdd(left, left, even);
                odd = TSimd.MultiplyAdd(right, right, odd);
            }

            for (; lane < channels; lane += TSimd.Lanes)
            {
                var deviation = TSimd.Subtract(Partial.LoadWithin<TSimd, TVector>(pixel + lane, channels - lane, middle), middle);
                sum = TSimd.Add(sum, deviation);
                even = TSimd.MultiplyAdd(deviation, deviation, even);
            }

            return (TSimd.Sum(sum), TSimd.Sum(TSimd.Add(even, odd)));
        }

        // Whole registers, whose excess the next run overwrites. Only the last run may have to stop within one.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Write<TSimd, TVector>(int image, int y, int x, float mean, float rest, float factor)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            TVector middle = TSimd.Broadcast(mean), less = TSimd.Broadcast(rest), times = TSimd.Broadcast(factor);
            var target = Output.Pixel(image, y, x);
            var (first, lanes) = (0, Output.Lanes);
            foreach (ref readonly var run in Runs)
            {
                var source = run.Pixel(image, y, x);
                var channels = run.Channels;
                for (var lane = 0; lane < channels; lane += TSimd.Lanes)
                {
                    var at = first + lane;
                    var normal = TSimd.Multiply(TSimd.Subtract(TSimd.Subtract(TSimd.Load(source + lane), middle), less), times);
                    var result = TSimd.MultiplyAdd(normal, TSimd.Load(Scale + at), TSimd.Load(Shift + at));
                    Partial.StoreWithin<TSimd, TVector>(target + at, result, lanes - at, channels - lane);
                }

                first += channels;
            }
        }
    }
}
