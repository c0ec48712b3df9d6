using Blockwright.Kernels;
using CsCheck;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>Norms over channels and over maps, against torch in float64.</summary>
public unsafe class NormTests
{
    private const double Eps = 1e-5;

    private static readonly Gen<(int Images, int[] Channels, int Height, int Width, double Mean, Lie[] Lies)> Cases =
        from images in Gen.Int[1, 3]
        from channels in Judge.Channels.Array[1, 4]
        from height in Gen.Int[1, 9]
        from width in Gen.Int[1, 9]
        from mean in Gen.OneOf(0d, 0.5, -20d)
        from lies in Lie.Gen.Array[5]
        select (images, channels, height, width, mean, lies);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void NormsOverChannelsAreTorchs(InstructionSet set, int parts) =>
        Cases.Sample(
            c =>
            {
                var next = Judge.Normal(c.Channels.Length);
                var channels = c.Channels.Sum();
                var runs = c.Channels.Select((count, i) => new TestMap(c.Images, count, c.Height, c.Width, 1, c.Lies[i])).ToArray();
                using var scale = new TestMap(1, channels, 1, 1, 0, default);
                using var shift = new TestMap(1, channels, 1, 1, 0, default);
                using var output = new TestMap(c.Images, channels, c.Height, c.Width, 1, c.Lies[4]);
                foreach (var run in runs)
                    run.Fill(() => next() + (float)c.Mean);
                scale.Fill(next);
                shift.Fill(next);
                output.Forget();
                var maps = runs.Select(static run => run.Map).ToArray();
                Judge.InParts(parts, share => PixelNorm.Run(set, maps, scale.Map, shift.Map, Eps, output.Map, share));

                using var scope = NewDisposeScope();
                var input = cat([.. runs.Select(static run => run.ToTensor())], 1).permute(0, 2, 3, 1);
                var expected = nn.functional.layer_norm(input, [channels], scale.ToTensor().flatten(), shift.ToTensor().flatten(), Eps).permute(0, 3, 1, 2);
                Judge.Close(expected, output.ToTensor(), $"{string.Join(" + ", c.Channels)} channels about {c.Mean}");
                output.CheckUntouched("norm");
                foreach (var run in runs)
                    run.Dispose();
            },
            iter: 60, threads: 1);

    private static readonly Gen<ResponseNumbers> Responses =
        from size in Gen.OneOf(1, 2, 3, 4, 5, 8, 17, 200)
        from alpha in Gen.OneOf(1e-4, 0.5, 3d, 0d)
        from beta in Gen.OneOf(0.75, 0.5, 1d, 2d, 0d, -0.6)
        from k in Gen.OneOf(1d, 2d, 0.01)
        select new ResponseNumbers(size, alpha, beta, k);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void ChannelsBesideTheirNeighboursAreTorchs(InstructionSet set, int parts) =>
        Gen.Select(Cases, Responses, Gen.OneOf(1f, 1e-3f, 1e4f)).Sample(
            (c, numbers, scale) =>
            {
                var next = Judge.Normal(c.Channels.Length);
                CheckResponse(set, parts, c.Images, c.Channels[0], c.Height, c.Width, c.Lies, numbers, () => scale * (next() + (float)c.Mean));
            },
            iter: 150, threads: 1);

    /// <summary>An infinity makes nothing of its neighbours, and NaN of itself.</summary>
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void WhatIsNotFiniteAmongNeighboursIsTorchs(InstructionSet set, int parts)
    {
        foreach (var value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            foreach (var beta in new[] { 0.75, 0, -0.5 })
            {
                var (next, at) = (Judge.Normal(3), 0);
                CheckResponse(set, parts, 2, 19, 3, 5, new Lie[5], new(4, 0.1, beta, 1), () => at++ % 37 == 3 ? value : next());
            }
        }
    }

    private static void CheckResponse(InstructionSet set, int parts, int images, int channels, int height, int width, Lie[] lies, ResponseNumbers numbers, Func<float> next)
    {
        using var input = new TestMap(images, channels, height, width, 1, lies[0]);
        using var output = new TestMap(images, channels, height, width, 1, lies[1]);
        input.Fill(next);
        output.Forget();
        Judge.InParts(parts, share =>
        {
            // What is left there from the step before is anything.
            using var scratch = new GuardedMemory(PixelResponse.ScratchFloats(channels, numbers));
            PixelResponse.Run(set, input.Map, numbers, output.Map, scratch.Pointer, share);
        });

        using var scope = NewDisposeScope();
        var expected = nn.functional.local_response_norm(input.ToTensor(), numbers.Size, numbers.Alpha, numbers.Beta, numbers.K);
        Judge.Close(expected, output.ToTensor(), $"{input.Map}, {numbers}");
        output.CheckUntouched("response");
    }

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void MomentsAreTorchs(InstructionSet set, int parts) =>
        Cases.Sample(
            c =>
            {
                var next = Judge.Normal(c.Channels[0]);
                using var input = new TestMap(c.Images, c.Channels[0], c.Height, c.Width, 1, c.Lies[0]);
                using var mean = new TestMap(c.Images, c.Channels[0], 1, 1, 0, c.Lies[1]);
                using var variance = new TestMap(c.Images, c.Channels[0], 1, 1, 0, c.Lies[2]);
                input.Fill(() => next() + (float)c.Mean);
                mean.Forget();
                variance.Forget();
                Judge.InParts(parts, share => MapMoments.Run(set, input.Map, mean.Map, variance.Map, share));

                using var scope = NewDisposeScope();
                var x = input.ToTensor();
                Judge.Close(x.mean([2, 3], true), mean.ToTensor(), $"the means of {input.Map}");
                Judge.Close(x.var([2, 3], false, true), variance.ToTensor(), $"the variances of {input.Map} about {c.Mean}");
                mean.CheckUntouched("means");
                variance.CheckUntouched("variances");
            },
            iter: 60, threads: 1);

    /// <summary>A large map far from 0 beside how it spreads: neither sum loses what the other needs.</summary>
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void MomentsOfLargeMapsAreExact(InstructionSet set, int parts)
    {
        using var scope = NewDisposeScope();
        using var input = new TestMap(1, 19, 200, 224, 0, default);
        using var mean = new TestMap(1, 19, 1, 1, 0, default);
        using var variance = new TestMap(1, 19, 1, 1, 0, default);
        var next = Judge.Normal(5);
        input.Fill(() => 100 + next());
        Judge.InParts(parts, share => MapMoments.Run(set, input.Map, mean.Map, variance.Map, share));

        var x = input.ToTensor();
        Assert.InRange((x.mean([2, 3], true) - mean.ToTensor()).abs().max().item<double>(), 0, 1e-5);
        Assert.InRange((x.var([2, 3], false, true) - variance.ToTensor()).abs().max().item<double>(), 0, 1e-5);
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        using var input = new TestMap(1, 3, 5, 6, 0, default);
        using var pixel = new TestMap(1, 3, 1, 1, 0, default);
        using var other = new TestMap(1, 4, 1, 1, 0, default);
        Assert.Throws<ArgumentException>(() => MapMoments.Run(InstructionSet.Portable, input.Map, pixel.Map, other.Map, Share.Whole));
        Assert.Throws<ArgumentException>(() => MapMoments.Run(InstructionSet.Portable, input.Map, input.Map, pixel.Map, Share.Whole));
        Assert.Throws<ArgumentException>(() => PixelResponse.Run(InstructionSet.Portable, input.Map, new(3, 1, 1, 1), pixel.Map, null, Share.Whole));
        Assert.Throws<ArgumentException>(() => PixelResponse.Run(InstructionSet.Portable, input.Map, new(0, 1, 1, 1), input.Map, null, Share.Whole));
        Assert.Throws<ArgumentException>(() => PixelNorm.Run(InstructionSet.Portable, [input.Map], pixel.Map, other.Map, Eps, input.Map, Share.Whole));
        Assert.Throws<ArgumentException>(() => PixelNorm.Run(InstructionSet.Portable, [input.Map, input.Map], pixel.Map, pixel.Map, Eps, input.Map, Share.Whole));
    }
}
