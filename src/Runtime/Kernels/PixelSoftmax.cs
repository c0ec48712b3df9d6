using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>torch.nn.Softmax and torch.nn.LogSoftmax over the channels of each pixel.</summary>
public static unsafe class PixelSoftmax
{
    /// <summary>output = exp(input - greatest) / sum, or input - greatest - log(sum), where the greatest is the pixel's and the sum that of the exponentials. What is not finite gives what torch gives.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="runs">Runs of channels, all of the output's images and size.</param>
    /// <param name="isLog">Whether its logarithm is asked for.</param>
    /// <param name="output">As many channels as the runs together. It is none of them.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Run(InstructionSet set, ReadOnlySpan<FeatureMap> runs, bool isLog, in FeatureMap output, Share share)
    {
        InstructionSets.Require(set);
        var channels = Shapes.ChannelsOf(runs, output);
        if (channels != output.Channels)
            throw new ArgumentException(Invariant($"The runs have {channels} channels; the output is {output}."), nameof(runs));
        var job = new Job { Runs = runs, IsLog = isLog, Output = ref output, Lines = share.Of(output.Images * output.Height) };
        InstructionSets.Dispatch(set, ref job);
    }

    /// <summary>Some rows of the output.</summary>
    private ref struct Job : IVectorJob
    {
        public ReadOnlySpan<FeatureMap> Runs;
        public bool IsLog;
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
                    Pixel<TSimd, TVector>(image, y, x);
            }
        }

        // Whole registers, whose excess the next run overwrites.
        private readonly void Pixel<TSimd, TVector>(int image, int y, int x)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var greatest = float.NegativeInfinity;
            foreach (ref readonly var run in Runs)
                greatest = Math.Max(greatest, PixelSums.Greatest<TSimd, TVector>(run.Pixel(image, y, x), run.Channels));
            // The exponentials lie where the result will.
            var (sum, first) = (0d, 0);
            foreach (ref readonly var run in Runs)
            {
                sum += Powers<TSimd, TVector>(run.Pixel(image, y, x), Output.Pixel(image, y, x) + first, run.Channels, Output.Lanes - first, greatest);
                first += run.Channels;
            }

            if (!IsLog)
            {
                Scale<TSimd, TVector>(Output.Pixel(image, y, x), Output.Channels, Output.Lanes, (float)(1 / sum));
                return;
            }

            first = 0;
            foreach (ref readonly var run in Runs)
            {
                Move<TSimd, TVector>(run.Pixel(image, y, x), Output.Pixel(image, y, x) + first, run.Channels, Output.Lanes - first, greatest, (float)Math.Log(sum));
                first += run.Channels;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Powers<TSimd, TVector>(float* source, float* target, int channels, int lanes, float greatest)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            // What is not there adds nothing.
            TVector sum = TSimd.Zero, middle = TSimd.Broadcast(greatest), nothing = TSimd.Broadcast(float.NegativeInfinity);
            for (var lane = 0; lane < channels; lane += TSimd.Lanes)
            {
                var beside = TSimd.Subtract(Partial.LoadWithin<TSimd, TVector>(source + lane, channels - lane, nothing), middle);
                var power = Formulas.Exp<TSimd, TVector>(beside);
                sum = TSimd.Add(sum, power);
                Partial.StoreWithin<TSimd, TVector>(target + lane, power, lanes - lane, channels - lane);
            }

            return TSimd.Sum(sum);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Scale<TSimd, TVector>(float* target, int channels, int lanes, float factor)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            TVector times = TSimd.Broadcast(factor), nothing = TSimd.Zero;
            for (var lane = 0; lane < channels; lane += TSimd.Lanes)
                Partial.StoreWithin<TSimd, TVector>(target + lane, TSimd.Multiply(Partial.LoadWithin<TSimd, TVector>(target + lane, channels - lane, nothing), times), lanes - lane, channels - lane);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Move<TSimd, TVector>(float* source, float* target, int channels, int lanes, float greatest, float log)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            TVector middle = TSimd.Broadcast(greatest), less = TSimd.Broadcast(log), nothing = TSimd.Zero;
            for (var lane = 0; lane < channels; lane += TSimd.Lanes)
            {
                var result = TSimd.Subtract(TSimd.Subtract(Partial.LoadWithin<TSimd, TVector>(source + lane, channels - lane, nothing), middle), less);
                Partial.StoreWithin<TSimd, TVector>(target + lane, result, lanes - lane, channels - lane);
            }
        }
    }
}
