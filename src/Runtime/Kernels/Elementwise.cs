using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

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
        var channels = Shapes.ChannelsOf(runs, output);
        if (channels != output.Channels)
            throw new ArgumentException(Invariant($"The runs have {channels} channels; the output is {output}."), nameof(runs));
        Gather(LoopOf<Identity>.On(set, Activation.None), InstructionSets.Lanes(set), runs, output, share);
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

    /// <summary>output = activation(left + right), where the right has one channel, whose pixels are all channels'.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void AddPixels(InstructionSet set, in FeatureMap left, in FeatureMap right, in FeatureMap output, Activation activation, Share share) =>
        RunPixels<Sum>(set, left, right, output, activation, share);

    /// <summary>output = activation(left * right), where the right has one channel, whose pixels are all channels'.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void MultiplyPixels(InstructionSet set, in FeatureMap left, in FeatureMap right, in FeatureMap output, Activation activation, Share share) =>
        RunPixels<Product>(set, left, right, output, activation, share);

    /// <summary>output = input where that is above 0, else input * slope: torch.nn.PReLU. The slopes are <see cref="Spread"/> over the batch.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void PReLU(InstructionSet set, in FeatureMap input, in FeatureMap slope, in FeatureMap output, Share share)
    {
        Shapes.CheckSame(input, output, "The input");
        Shapes.CheckSame(slope, output, "The slope");
        Run<Slope>(set, input, slope, default, output, Activation.None, share);
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

    // Run by run along a row: whole registers, whose excess the next run overwrites. Only the last run may have to stop within one.
    private static void Gather(delegate* managed<Sweep*, void> loop, int lanes, ReadOnlySpan<FeatureMap> runs, in FeatureMap output, Share share)
    {
        var (first, last) = share.Of(output.Images * output.Height);
        for (var line = first; line < last; line++)
        {
            var (image, y) = Math.DivRem(line, output.Height);
            var channel = 0;
            foreach (ref readonly var run in runs)
            {
                var place = output with { Data = output.Data + channel, Channels = run.Channels, Lanes = output.Lanes - channel };
                var sweep = new Sweep { A = run.Pixel(image, y, 0), StepA = run.PixelPitch };
                Line(loop, lanes, &sweep, place, image, y);
                channel += run.Channels;
            }
        }
    }

    private static void Run<TOperation>(
        InstructionSet set, in FeatureMap a, in FeatureMap b, in FeatureMap c, in FeatureMap output, Activation activation, Share share)
        where TOperation : struct, IOperation
    {
        InstructionSets.Require(set);
        var loop = LoopOf<TOperation>.On(set, activation);
        var lanes = InstructionSets.Lanes(set);
        var (first, last) = share.Of(output.Images * output.Height);
        for (var line = first; line < last; line++)
        {
            var (image, y) = Math.DivRem(line, output.Height);
            var sweep = new Sweep
            {
                A = a.Pixel(image, y, 0),
                B = b.Pixel(image, y, 0),
                C = c.Pixel(image, y, 0),
                StepA = a.PixelPitch,
                StepB = b.PixelPitch,
                StepC = c.PixelPitch,
                First = activation.First,
                Second = activation.Second,
            };
            Line(loop, lanes, &sweep, output, image, y);
        }
    }

    // A register of a pixel's number, and the pixel's registers one after another beside it. Those of the last channels go through a scratch where another value's follow.
    private static void RunPixels<TOperation>(InstructionSet set, in FeatureMap left, in FeatureMap right, in FeatureMap output, Activation activation, Share share)
        where TOperation : struct, IOperation
    {
        InstructionSets.Require(set);
        Shapes.CheckSame(left, output, "The left operand");
        Shapes.CheckSame(right, output with { Channels = 1 }, "The right operand");
        var loop = LoopOf<TOperation>.On(set, activation);
        var lanes = InstructionSets.Lanes(set);
        var number = stackalloc float[lanes];
        var scratch = stackalloc float[lanes];
        var whole = Math.Min((output.Channels + lanes - 1) / lanes, output.Lanes / lanes);
        var rest = Math.Max(0, output.Channels - (whole * lanes));
        var sweep = new Sweep { B = number, StepA = lanes, TargetStep = lanes, Lanes = lanes, First = activation.First, Second = activation.Second };
        var (first, last) = share.Of(output.Images * output.Height);
        for (var line = first; line < last; line++)
        {
            var (image, y) = Math.DivRem(line, output.Height);
            for (var x = 0; x < output.Width; x++)
            {
                new Span<float>(number, lanes).Fill(*right.Pixel(image, y, x));
                sweep.A = left.Pixel(image, y, x);
                var target = sweep.Target = output.Pixel(image, y, x);
                sweep.Pixels = whole;
                if (whole > 0)
                    loop(&sweep);
                if (rest == 0)
                    continue;
                sweep.A += whole * lanes;
                sweep.Target = scratch;
                sweep.Pixels = 1;
                loop(&sweep);
                Unsafe.CopyBlockUnaligned(target + (whole * lanes), scratch, (uint)(rest * sizeof(float)));
            }
        }
    }

    // A row of the output: whole registers as far as they may be written, then the rest of the channels.
    private static void Line(delegate* managed<Sweep*, void> loop, int lanes, Sweep* sweep, in FeatureMap output, int image, int y)
    {
        var whole = Math.Min((output.Channels + lanes - 1) / lanes, output.Lanes / lanes) * lanes;
        sweep->Target = output.Pixel(image, y, 0);
        sweep->TargetStep = output.PixelPitch;
        sweep->Pixels = output.Width;
        sweep->Lanes = whole;
        if (whole > 0)
            loop(sweep);
        if (whole < output.Channels)
            Rest(loop, lanes, sweep, output.Channels - whole);
    }

    // Channels that do not fill a register, where another value's follow: some pixels at a time take the way through a scratch.
    private static void Rest(delegate* managed<Sweep*, void> loop, int lanes, Sweep* sweep, int channels)
    {
        const int Pixels = 32;
        var scratch = stackalloc float[Pixels * lanes];
        var target = sweep->Target + sweep->Lanes;
        var (step, width) = (sweep->TargetStep, sweep->Pixels);
        sweep->A += sweep->Lanes;
        sweep->B += sweep->Lanes;
        sweep->C += sweep->Lanes;
        sweep->Target = scratch;
        sweep->TargetStep = lanes;
        sweep->Lanes = lanes;
        for (nint x = 0; x < width; x += Pixels)
        {
            sweep->Pixels = Math.Min(Pixels, width - x);
            loop(sweep);
            for (nint i = 0; i < sweep->Pixels; i++)
                Unsafe.CopyBlockUnaligned(target + (x + i) * step, scratch + i * lanes, (uint)(channels * sizeof(float)));
            sweep->A += Pixels * sweep->StepA;
            sweep->B += Pixels * sweep->StepB;
            sweep->C += Pixels * sweep->StepC;
        }
    }
}
