using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>One number for each pixel of its channels: their mean or the greatest of them.</summary>
public static unsafe class PixelReduction
{
    /// <summary>Computes the mean of each pixel's channels, or the greatest of them, NaN where any is.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="runs">Runs of channels, all of the output's images and size.</param>
    /// <param name="isMean">Whether it is the mean.</param>
    /// <param name="output">One channel. It is in none of the runs.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Run(InstructionSet set, ReadOnlySpan<FeatureMap> runs, bool isMean, in FeatureMap output, Share share)
    {
        InstructionSets.Require(set);
        var channels = Shapes.ChannelsOf(runs, output);
        if (channels < 1 || output.Channels != 1)
            throw new ArgumentException(Invariant($"The runs have {channels} channels; the output is {output}, and has one."), nameof(runs));
        var job = new Job { Runs = runs, IsMean = isMean, Channels = channels, Output = ref output, Lines = share.Of(output.Images * output.Height) };
        InstructionSets.Dispatch(set, ref job);
    }

    /// <summary>Some rows of the output.</summary>
    private ref struct Job : IVectorJob
    {
        public ReadOnlySpan<FeatureMap> Runs;
        public bool IsMean;
        public int Channels;
        public ref readonly FeatureMap Output;
        public (int First, int End) Lines;

        public readonly void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            for (var line = Lines.First; line < Lines.End; line++)
            {
                var (image, y) = Math.DivRem(line, Output.Height);
                for (var x = 0; x < Output.Width; x++)
                    *Output.Pixel(image, y, x) = IsMean ? Mean<TSimd, TVector>(image, y, x) : Greatest<TSimd, TVector>(image, y, x);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly float Mean<TSimd, TVector>(int image, int y, int x)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var sum = 0d;
            foreach (ref readonly var run in Runs)
                sum += PixelSums.Sum<TSimd, TVector>(run.Pixel(image, y, x), run.Channels);
            return (float)(sum / Channels);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly float Greatest<TSimd, TVector>(int image, int y, int x)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var greatest = float.NegativeInfinity;
            foreach (ref readonly var run in Runs)
                greatest = Math.Max(greatest, PixelSums.Greatest<TSimd, TVector>(run.Pixel(image, y, x), run.Channels));
            return greatest;
        }
    }
}
