using Blockwright.Kernels;
using CsCheck;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>What is found of a pixel's channels, and what is spread over them, against torch in float64.</summary>
public unsafe class PixelTests
{
    private static readonly Gen<(int Images, int[] Channels, int Height, int Width, float Scale, Lie[] Lies)> Cases =
        from images in Gen.Int[1, 3]
        from channels in Judge.Channels.Array[1, 4]
        from height in Gen.Int[1, 7]
        from width in Gen.Int[1, 7]
        from scale in Gen.OneOf(1f, 0.01f, 40f)
        from lies in Lie.Gen.Array[6]
        select (images, channels, height, width, scale, lies);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void WhatIsFoundOfAPixelIsTorchs(InstructionSet set, int parts) =>
        Cases.Sample(
            c =>
            {
                var next = Judge.Normal(c.Channels.Length);
                Check(set, parts, c.Images, c.Channels, c.Height, c.Width, c.Lies, () => c.Scale * next());
            },
            iter: 60, threads: 1);

    /// <summary>What is not finite goes where torch lets it go.</summary>
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void WhatIsNotFiniteIsTorchs(InstructionSet set, int parts)
    {
        foreach (var value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var (next, at) = (Judge.Normal(3), 0);
            Check(set, parts, 2, [17, 3], 3, 5, new Lie[6], () => at++ % 37 == 3 ? value : next());
            Check(set, parts, 1, [5], 1, 2, new Lie[6], () => value);
        }
    }

    private static void Check(InstructionSet set, int parts, int images, int[] channels, int height, int width, Lie[] lies, Func<float> next)
    {
        var runs = channels.Select((count, i) => new TestMap(images, count, height, width, 1, lies[i])).ToArray();
        foreach (var run in runs)
            run.Fill(next);
        using var all = new TestMap(images, channels.Sum(), height, width, 1, lies[4]);
        using var one = new TestMap(images, 1, height, width, 1, lies[5]);
        var maps = runs.Select(static run => run.Map).ToArray();
        using var scope = NewDisposeScope();
        var x = cat([.. runs.Select(static run => run.ToTensor())], 1);
        var what = $"{string.Join(" + ", channels)} channels";

        Run("softmax", all, x.softmax(1), share => PixelSoftmax.Run(set, maps, false, all.Map, share));
        Run("log softmax", all, x.log_softmax(1), share => PixelSoftmax.Run(set, maps, true, all.Map, share));
        Run("mean", one, x.mean([1], true), share => PixelReduction.Run(set, maps, true, one.Map, share));
        Run("greatest", one, x.amax([1], true), share => PixelReduction.Run(set, maps, false, one.Map, share));
        foreach (var run in runs)
            run.Dispose();

        void Run(string name, TestMap output, Tensor expected, Action<Share> run)
        {
            output.Forget();
            Judge.InParts(parts, run);
            Judge.Close(expected, output.ToTensor(), $"{name} of {what}");
            output.CheckUntouched(name);
        }
    }

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void AMapOfOneChannelIsSpreadOverAll(InstructionSet set, int parts) =>
        Gen.Select(Cases, Gen.OneOf(Judge.Activations)).Sample(
            (c, activation) =>
            {
                var next = Judge.Normal(c.Channels[0]);
                using var left = new TestMap(c.Images, c.Channels[0], c.Height, c.Width, 1, c.Lies[0]);
                using var right = new TestMap(c.Images, 1, c.Height, c.Width, 1, c.Lies[1]);
                using var output = new TestMap(c.Images, c.Channels[0], c.Height, c.Width, 1, c.Lies[2]);
                left.Fill(next);
                right.Fill(next);
                using var scope = NewDisposeScope();
                Run("sum", Judge.Sum(left.ToTensor(), right.ToTensor()), share => Elementwise.AddPixels(set, left.Map, right.Map, output.Map, activation, share));
                Run("product", left.ToTensor() * right.ToTensor(), share => Elementwise.MultiplyPixels(set, left.Map, right.Map, output.Map, activation, share));

                void Run(string name, Tensor expected, Action<Share> run)
                {
                    output.Forget();
                    Judge.InParts(parts, run);
                    Judge.Close(Judge.Apply(activation, expected), output.ToTensor(), $"{name}, {left.Map}, {activation}");
                    output.CheckUntouched(name);
                }
            },
            iter: 60, threads: 1);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void MirroredMapsAreTorchs(InstructionSet set, int parts) =>
        Gen.Select(Cases, Gen.Int[0, 6].Array[4]).Sample(
            (c, sides) =>
            {
                int left = Math.Min(sides[0], c.Width - 1), right = Math.Min(sides[1], c.Width - 1), top = Math.Min(sides[2], c.Height - 1), bottom = Math.Min(sides[3], c.Height - 1);
                using var input = new TestMap(c.Images, c.Channels[0], c.Height, c.Width, 1, c.Lies[0]);
                using var output = new TestMap(c.Images, c.Channels[0], c.Height + top + bottom, c.Width + left + right, 1, c.Lies[1]);
                input.Fill(Judge.Normal(left + top));
                output.Forget();
                Judge.InParts(parts, share => Resampler.Run(set, ResampledAxis.Mirrored(c.Height, top, bottom), ResampledAxis.Mirrored(c.Width, left, right), input.Map, output.Map, share));
                using var scope = NewDisposeScope();
                Judge.Close(nn.functional.pad(input.ToTensor(), [left, right, top, bottom], TorchSharp.PaddingModes.Reflect), output.ToTensor(), $"{input.Map} within {left}, {right}, {top}, {bottom}");
                output.CheckUntouched("pad");
            },
            iter: 60, threads: 1);

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        using var input = new TestMap(1, 3, 5, 6, 0, default);
        using var one = new TestMap(1, 1, 5, 6, 0, default);
        using var other = new TestMap(1, 3, 5, 7, 0, default);
        Assert.Throws<ArgumentException>(() => PixelSoftmax.Run(InstructionSet.Portable, [input.Map], false, other.Map, Share.Whole));
        Assert.Throws<ArgumentException>(() => PixelSoftmax.Run(InstructionSet.Portable, [input.Map, one.Map], true, input.Map, Share.Whole));
        Assert.Throws<ArgumentException>(() => PixelReduction.Run(InstructionSet.Portable, [input.Map], true, input.Map, Share.Whole));
        Assert.Throws<ArgumentException>(() => PixelReduction.Run(InstructionSet.Portable, [], true, one.Map, Share.Whole));
        Assert.Throws<ArgumentException>(() => Elementwise.AddPixels(InstructionSet.Portable, input.Map, input.Map, input.Map, Activation.None, Share.Whole));
        Assert.Throws<ArgumentException>(() => Elementwise.MultiplyPixels(InstructionSet.Portable, other.Map, one.Map, other.Map, Activation.None, Share.Whole));
        Assert.Throws<ArgumentOutOfRangeException>(() => ResampledAxis.Mirrored(4, 4, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ResampledAxis.Mirrored(4, 0, -1));
    }
}
