using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>torch.nn.LocalResponseNorm: each pixel's channels, divided by a power of what their neighbours are.</summary>
public static unsafe class PixelResponse
{
    /// <summary>The floats that each thread needs while it runs.</summary>
    /// <param name="channels">The channels.</param>
    /// <param name="numbers">The layer's numbers.</param>
    public static long ScratchFloats(int channels, ResponseNumbers numbers) => (long)Before(channels, numbers) + CacheLine.WholeLines(channels) + Behind(channels, numbers) + CacheLine.Floats;

    /// <summary>output = input / (k + alpha / size * sum)^beta, where the sum is that of the squares of a channel and its neighbours, as far as there are any. What is not finite gives what torch gives.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="input">Channels in the layer's order.</param>
    /// <param name="numbers">The layer's numbers.</param>
    /// <param name="output">Of the input's shape. It is not the input.</param>
    /// <param name="scratch">As many floats as <see cref="ScratchFloats"/> says, this thread's own.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Run(InstructionSet set, in FeatureMap input, ResponseNumbers numbers, in FeatureMap output, float* scratch, Share share)
    {
        InstructionSets.Require(set);
        Shapes.CheckSame(output, input, "The output");
        if (numbers.Size < 1)
            throw new ArgumentException(Invariant($"A window of {numbers.Size} channels has none."), nameof(numbers));
        var job = new Job { Input = ref input, Numbers = numbers, Output = ref output, Scratch = scratch, Lines = share.Of(output.Images * output.Height) };
        InstructionSets.Dispatch(set, ref job);
    }

    // Of a window that is larger than a pixel the rest reaches nobody.
    private static int Before(int channels, ResponseNumbers numbers) => Math.Min(numbers.Before, channels - 1);

    private static int Behind(int channels, ResponseNumbers numbers) => Math.Min(numbers.Behind, channels - 1);

    /// <summary>Some rows of the output.</summary>
    private ref struct Job : IVectorJob
    {
        public ref readonly FeatureMap Input;
        public ResponseNumbers Numbers;
        public ref readonly FeatureMap Output;
        public float* Scratch;
        public (int First, int End) Lines;

        public readonly void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var (channels, before) = (Input.Channels, Before(Input.Channels, Numbers));
            var taps = before + 1 + Behind(channels, Numbers);
            // What is beside the squares stays 0.
            new Span<float>(Scratch, (int)ScratchFloats(channels, Numbers)).Clear();
            for (var line = Lines.First; line < Lines.End; line++)
            {
                var (image, y) = Math.DivRem(line, Output.Height);
                for (var x = 0; x < Output.Width; x++)
                {
                    var source = Input.Pixel(image, y, x);
                    Square<TSimd, TVector>(source, Scratch + before, channels);
                    Divide<TSimd, TVector>(source, Scratch, taps, Output.Pixel(image, y, x), channels);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Square<TSimd, TVector>(float* source, float* squares, int channels)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            for (var lane = 0; lane < channels; lane += TSimd.Lanes)
            {
                var value = Partial.LoadWithin<TSimd, TVector>(source + lane, channels - lane, TSimd.Zero);
                TSimd.Store(squares + lane, TSimd.Multiply(value, value));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Divide<TSimd, TVector>(float* source, float* squares, int taps, float* target, int channels)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            TVector factor = TSimd.Broadcast((float)(Numbers.Alpha / Numbers.Size)), addend = TSimd.Broadcast((float)Numbers.K), power = TSimd.Broadcast((float)-Numbers.Beta);
            // Anything to the power of 0 is 1.
            var (lanes, isOne) = (Output.Lanes, Numbers.Beta == 0);
            for (var lane = 0; lane < channels; lane += TSimd.Lanes)
            {
                var sum = TSimd.Load(squares + lane);
                for (var tap = 1; tap < taps; tap++)
                    sum = TSimd.Add(sum, TSimd.Load(squares + lane + tap));
                var value = Partial.LoadWithin<TSimd, TVector>(source + lane, channels - lane, TSimd.Zero);
                if (!isOne)
                    value = TSimd.Multiply(value, Powers.Of<TSimd, TVector>(TSimd.MultiplyAdd(sum, factor, addend), power));
                Partial.StoreWithin<TSimd, TVector>(target + lane, value, lanes - lane, channels - lane);
            }
        }
    }
}
