using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>torch.nn.Softmax and torch.nn.LogSoftmax over the rows of each column, channel by channel.</summary>
public static unsafe class ColumnSoftmax
{
    // A thread's piece of a column: its rows are read three times and written twice.
    private const int MostChannels = 64;

    /// <summary>output = exp(input - greatest) / sum, or input - greatest - log(sum), where the greatest is the column's and the sum that of the exponentials. What is not finite gives what torch gives.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="input">Maps.</param>
    /// <param name="isLog">Whether its logarithm is asked for.</param>
    /// <param name="output">Of the input's shape. It is not the input.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Run(InstructionSet set, in FeatureMap input, bool isLog, in FeatureMap output, Share share)
    {
        InstructionSets.Require(set);
        Shapes.CheckSame(output, input, "The output");
        var pieces = (output.Channels + MostChannels - 1) / MostChannels;
        var job = new Job { Input = ref input, IsLog = isLog, Output = ref output, Pieces = pieces, Share = share.Of(checked(output.Images * output.Width * pieces)) };
        InstructionSets.Dispatch(set, ref job);
    }

    /// <summary>Some pieces of columns.</summary>
    private ref struct Job : IVectorJob
    {
        public ref readonly FeatureMap Input;
        public bool IsLog;
        public ref readonly FeatureMap Output;
        public int Pieces;
        public (int First, int End) Share;

        public readonly void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            for (var i = Share.First; i < Share.End; i++)
            {
                var (column, piece) = Math.DivRem(i, Pieces);
                var (image, x) = Math.DivRem(column, Output.Width);
                var end = Math.Min((piece + 1) * MostChannels, Output.Channels);
                // A piece's last register may be written whole where no other thread's channels are behind it.
                var lanes = end == Output.Channels ? Output.Lanes : end;
                for (var channel = piece * MostChannels; channel < end; channel += TSimd.Lanes)
                    Column<TSimd, TVector>(Input.Pixel(image, 0, x) + channel, Output.Pixel(image, 0, x) + channel, end - channel, lanes - channel);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Column<TSimd, TVector>(float* source, float* target, int channels, int lanes)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var (height, from, to) = (Output.Height, (long)Input.RowPitch, (long)Output.RowPitch);
            var greatest = TSimd.Broadcast(float.NegativeInfinity);
            for (var y = 0; y < height; y++)
                greatest = TSimd.Maximum(greatest, Partial.LoadWithin<TSimd, TVector>(source + (y * from), channels, TSimd.Zero));
            var sum = Powers<TSimd, TVector>(source, target, channels, lanes, greatest);
            sum = Last<TSimd, TVector>(sum);
            for (var y = 0; y < height; y++)
            {
                var value = IsLog
                    ? TSimd.Subtract(TSimd.Subtract(Partial.LoadWithin<TSimd, TVector>(source + (y * from), channels, TSimd.Zero), greatest), sum)
                    : TSimd.Multiply(Partial.LoadWithin<TSimd, TVector>(target + (y * to), channels, TSimd.Zero), sum);
                Partial.StoreWithin<TSimd, TVector>(target + (y * to), value, lanes, channels);
            }
        }

        /// <summary>The exponentials, where the result will lie, and their sum: of sums of some rows each, so that none is of many.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly TVector Powers<TSimd, TVector>(float* source, float* target, int channels, int lanes, TVector greatest)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            const int Rows = 64;
            var (height, from, to) = (Output.Height, (long)Input.RowPitch, (long)Output.RowPitch);
            var sum = TSimd.Zero;
            for (var first = 0; first < height; first += Rows)
            {
                var part = TSimd.Zero;
                for (var y = first; y < Math.Min(first + Rows, height); y++)
                {
                    var power = Formulas.Exp<TSimd, TVector>(TSimd.Subtract(Partial.LoadWithin<TSimd, TVector>(source + (y * from), channels, TSimd.Zero), greatest));
                    part = TSimd.Add(part, power);
                    Partial.StoreWithin<TSimd, TVector>(target + (y * to), power, lanes, channels);
                }
                sum = TSimd.Add(sum, part);
            }
            return sum;
        }

        /// <summary>The logarithms of sums, or what to multiply with.</summary>
        private readonly TVector Last<TSimd, TVector>(TVector sums)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var lanes = stackalloc float[TSimd.Lanes];
            TSimd.Store(lanes, sums);
            for (var i = 0; i < TSimd.Lanes; i++)
                lanes[i] = IsLog ? MathF.Log(lanes[i]) : 1 / lanes[i];
            return TSimd.Load(lanes);
        }
    }
}
