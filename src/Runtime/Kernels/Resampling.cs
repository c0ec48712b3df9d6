using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>What a resampled pixel is made of.</summary>
public enum Resampling
{
    /// <summary>The one that is nearest: torch.nn.Upsample's mode nearest.</summary>
    Nearest,

    /// <summary>The mean of four, weighted by how near they are, between the pixels' middles: mode bilinear.</summary>
    Bilinear,

    /// <summary>The same between the corners' middles: mode bilinear with align_corners.</summary>
    BilinearAligned,

    /// <summary>The mean of a window: torch.nn.AdaptiveAvgPool2d.</summary>
    Mean,

    /// <summary>The greatest of a window, NaN if it holds one: torch.nn.AdaptiveMaxPool2d.</summary>
    Greatest,
}

/// <summary>Brings maps to another size: each pixel of the output is made of some of the input's, which no window of one size and stride says.</summary>
public static unsafe class Resampler
{
    /// <summary>Resamples.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="rows">What each row of the output is made of: <see cref="ResampledAxis.Of"/> for the heights.</param>
    /// <param name="columns">And each column.</param>
    /// <param name="input">One run of channels.</param>
    /// <param name="output">Where the result goes: as many images and channels, of another size.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Run(InstructionSet set, ResampledAxis rows, ResampledAxis columns, in FeatureMap input, in FeatureMap output, Share share)
    {
        InstructionSets.Require(set);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        if (rows.Kind != columns.Kind || rows.Size != input.Height || columns.Size != input.Width)
            throw new ArgumentException(FormattableString.Invariant($"The axes are {rows.Kind} over {rows.Size} and {columns.Kind} over {columns.Size}; the input is {input}."));
        Shapes.CheckPooled(output, input, rows.Count, columns.Count);
        var job = new Job { Rows = rows, Columns = columns, Input = ref input, Output = ref output, Lines = share.Of(output.Images * output.Height) };
        InstructionSets.Dispatch(set, ref job);
    }

    /// <summary>Some rows of the output.</summary>
    private ref struct Job : IVectorJob
    {
        public ResampledAxis Rows;
        public ResampledAxis Columns;
        public ref readonly FeatureMap Input;
        public ref readonly FeatureMap Output;
        public (int First, int End) Lines;

        public readonly void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            for (var line = Lines.First; line < Lines.End; line++)
            {
                var (image, y) = Math.DivRem(line, Output.Height);
                if (Rows.Kind == Resampling.Nearest)
                    Copy<TSimd, TVector>(image, y);
                else if (Rows.Kind is Resampling.Bilinear or Resampling.BilinearAligned)
                    Blend<TSimd, TVector>(image, y);
                else
                    Windows<TSimd, TVector>(image, y);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Copy<TSimd, TVector>(int image, int y)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            float* row = Input.Pixel(image, Rows[y].First, 0), target = Output.Pixel(image, y, 0);
            nint from = Input.PixelPitch, to = Output.PixelPitch;
            var (width, channels, lanes, columns) = (Output.Width, Output.Channels, Output.Lanes, Columns);
            for (var x = 0; x < width; x++, target += to)
            {
                var source = row + columns[x].First * from;
                for (var lane = 0; lane < channels; lane += TSimd.Lanes)
                    Store<TSimd, TVector>(target, lane, TSimd.Load(source + lane), channels, lanes);
            }
        }

        // As torch weighs them: a weight of 0 times what is infinite is NaN there, too.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Blend<TSimd, TVector>(int image, int y)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var row = Rows[y];
            float* above = Input.Pixel(image, row.First, 0), below = Input.Pixel(image, row.Last, 0), target = Output.Pixel(image, y, 0);
            nint from = Input.PixelPitch, to = Output.PixelPitch;
            var (width, channels, lanes, columns) = (Output.Width, Output.Channels, Output.Lanes, Columns);
            TVector upper = TSimd.Broadcast(1 - row.Fraction), lower = TSimd.Broadcast(row.Fraction);
            for (var x = 0; x < width; x++, target += to)
            {
                var column = columns[x];
                nint first = column.First * from, last = column.Last * from;
                TVector left = TSimd.Broadcast(1 - column.Fraction), right = TSimd.Broadcast(column.Fraction);
                for (var lane = 0; lane < channels; lane += TSimd.Lanes)
                {
                    var top = TSimd.MultiplyAdd(left, TSimd.Load(above + first + lane), TSimd.Multiply(right, TSimd.Load(above + last + lane)));
                    var bottom = TSimd.MultiplyAdd(left, TSimd.Load(below + first + lane), TSimd.Multiply(right, TSimd.Load(below + last + lane)));
                    Store<TSimd, TVector>(target, lane, TSimd.MultiplyAdd(upper, top, TSimd.Multiply(lower, bottom)), channels, lanes);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Windows<TSimd, TVector>(int image, int y)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var (row, isMean) = (Rows[y], Rows.Kind == Resampling.Mean);
            var target = Output.Pixel(image, y, 0);
            nint from = Input.PixelPitch, down = Input.RowPitch, to = Output.PixelPitch;
            var (width, channels, lanes, columns) = (Output.Width, Output.Channels, Output.Lanes, Columns);
            for (var x = 0; x < width; x++, target += to)
            {
                var column = columns[x];
                var first = Input.Pixel(image, row.First, column.First);
                var scale = TSimd.Broadcast(1f / ((row.Last - row.First + 1) * (column.Last - column.First + 1)));
                for (var lane = 0; lane < channels; lane += TSimd.Lanes)
                {
                    var result = isMean ? TSimd.Zero : TSimd.Load(first + lane);
                    var start = first + lane;
                    for (var below = row.Last - row.First; below >= 0; below--, start += down)
                    {
                        var pixel = start;
                        for (var left = column.Last - column.First; left >= 0; left--, pixel += from)
                            result = isMean ? TSimd.Add(result, TSimd.Load(pixel)) : TSimd.Maximum(result, TSimd.Load(pixel));
                    }
                    Store<TSimd, TVector>(target, lane, isMean ? TSimd.Multiply(result, scale) : result, channels, lanes);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store<TSimd, TVector>(float* pixel, int lane, TVector value, int channels, int lanes)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            Partial.StoreWithin<TSimd, TVector>(pixel + lane, value, lanes - lane, channels - lane);
        }
    }
}

/// <summary>Which rows (or columns) of a map each one of a resampled map is made of. Immutable.</summary>
public sealed class ResampledAxis
{
    private readonly Part[] _parts;

    private ResampledAxis(Resampling kind, int size, Part[] parts) => (Kind, Size, _parts) = (kind, size, parts);

    /// <summary>How it is resampled.</summary>
    public Resampling Kind { get; }

    /// <summary>The rows (or columns) that come in.</summary>
    public int Size { get; }

    /// <summary>Those that come out.</summary>
    public int Count => _parts.Length;

    internal Part this[int index] => _parts[index];

    /// <summary>An axis of <paramref name="size"/> brought to <paramref name="count"/>, by the formulas of torch's UpSample.h and AdaptivePooling.h. Which pixel is nearest is reckoned in single precision, as there: elsewhere it would be another one now and then. Between pixels it is double, as in torch's float64.</summary>
    /// <param name="kind">How.</param>
    /// <param name="size">The rows (or columns) that come in.</param>
    /// <param name="count">Those that come out.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    public static ResampledAxis Of(Resampling kind, int size, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var parts = new Part[count];
        for (var i = 0; i < count; i++)
        {
            parts[i] = kind switch
            {
                Resampling.Nearest => Part.Of(Math.Min((int)MathF.Floor(i * ((float)size / count)), size - 1)),
                Resampling.Bilinear => Part.Between(Math.Max(0, ((double)size / count * (i + 0.5)) - 0.5), size),
                Resampling.BilinearAligned => Part.Between(count > 1 ? (double)(size - 1) / (count - 1) * i : 0, size),
                _ => new((int)((long)i * size / count), (int)((((long)(i + 1) * size) + count - 1) / count) - 1, 0),
            };
        }
        return new(kind, size, parts);
    }

    /// <summary>An axis of <paramref name="size"/> with rows (or columns) beyond both ends that are those within, mirrored at the first and the last: torch.nn.ReflectionPad2d. Each is one pixel, as of <see cref="Resampling.Nearest"/>.</summary>
    /// <param name="size">The rows (or columns) that come in.</param>
    /// <param name="before">Those before the first: fewer than come in.</param>
    /// <param name="behind">Those behind the last: fewer than come in.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too many.</exception>
    public static ResampledAxis Mirrored(int size, int before, int behind)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(before);
        ArgumentOutOfRangeException.ThrowIfNegative(behind);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, Math.Max(before, behind) + 1);
        var parts = new Part[before + size + behind];
        for (var i = 0; i < parts.Length; i++)
        {
            var place = Math.Abs(i - before);
            parts[i] = Part.Of(place < size ? place : (2 * (size - 1)) - place);
        }
        return new(Resampling.Nearest, size, parts);
    }

    /// <summary>What one row (or column) is made of.</summary>
    /// <param name="First">The first of those that come in.</param>
    /// <param name="Last">The last.</param>
    /// <param name="Fraction">How much of two is the second's.</param>
    internal readonly record struct Part(int First, int Last, float Fraction)
    {
        public static Part Of(int only) => new(only, only, 0);

        public static Part Between(double place, int size)
        {
            var first = Math.Min((int)place, size - 1);
            return new(first, Math.Min(first + 1, size - 1), (float)Math.Clamp(place - first, 0, 1));
        }
    }
}
