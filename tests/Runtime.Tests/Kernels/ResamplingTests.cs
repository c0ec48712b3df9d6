using Blockwright.Kernels;
using CsCheck;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>Maps brought to another size, against torch in float64.</summary>
public unsafe class ResamplingTests
{
    private static readonly Dictionary<Resampling, Func<Tensor, long[], Tensor>> Torchs = new()
    {
        // Which is nearest torch reckons in the type of the values: that of networks.
        [Resampling.Nearest] = static (x, size) => nn.functional.interpolate(x.to(ScalarType.Float32), size, mode: InterpolationMode.Nearest),
        [Resampling.Bilinear] = static (x, size) => nn.functional.interpolate(x, size, mode: InterpolationMode.Bilinear, align_corners: false),
        [Resampling.BilinearAligned] = static (x, size) => nn.functional.interpolate(x, size, mode: InterpolationMode.Bilinear, align_corners: true),
        [Resampling.Mean] = static (x, size) => nn.functional.adaptive_avg_pool2d(x, (size[0], size[1])),
        [Resampling.Greatest] = static (x, size) => nn.functional.adaptive_max_pool2d(x, size),
    };

    private static readonly Gen<(int Images, int Channels, int[] From, int[] To, Lie[] Lies)> Cases =
        from images in Gen.Int[1, 3]
        from channels in Judge.Channels
        from size in Gen.Int[1, 9].Array[2]
        from wanted in Gen.OneOf(Gen.Int[1, 9].Array[2], Gen.Int[1, 4].Array[2].Select(times => new[] { size[0] * times[0], size[1] * times[1] }))
        from lies in Lie.Gen.Array[2]
        select (images, channels, size, wanted, lies);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void SizesAreTorchs(InstructionSet set, int parts) =>
        Cases.Sample(
            c =>
            {
                using var input = new TestMap(c.Images, c.Channels, c.From[0], c.From[1], 1, c.Lies[0]);
                using var output = new TestMap(c.Images, c.Channels, c.To[0], c.To[1], 1, c.Lies[1]);
                input.Fill(Judge.Normal(c.Channels));
                using var scope = NewDisposeScope();
                foreach (var (kind, torchs) in Torchs)
                {
                    output.Forget();
                    var (rows, columns) = (ResampledAxis.Of(kind, c.From[0], c.To[0]), ResampledAxis.Of(kind, c.From[1], c.To[1]));
                    Judge.InParts(parts, share => Resampler.Run(set, rows, columns, input.Map, output.Map, share));
                    Judge.Close(torchs(input.ToTensor(), [c.To[0], c.To[1]]), output.ToTensor(), $"{kind} of {c.Channels} channels, {c.From[0]} x {c.From[1]} to {c.To[0]} x {c.To[1]}");
                    output.CheckUntouched($"{kind}");
                }
            },
            iter: 60, threads: 1);

    /// <summary>Each place of a long axis, sizes at which single precision rounds down to the pixel before among them.</summary>
    [Theory]
    [InlineData(2, 82)]
    [InlineData(2, 214)]
    [InlineData(300, 701)]
    [InlineData(701, 300)]
    [InlineData(64, 1)]
    [InlineData(1, 64)]
    [InlineData(7, 1499)]
    public void LongAxesAreTorchs(int from, int to)
    {
        using var scope = NewDisposeScope();
        using var input = new TestMap(1, 1, 1, from, 0, default);
        using var output = new TestMap(1, 1, 1, to, 0, default);
        var number = 0;
        input.Fill(() => number++);
        foreach (var (kind, torchs) in Torchs)
        {
            Resampler.Run(InstructionSet.Portable, ResampledAxis.Of(kind, 1, 1), ResampledAxis.Of(kind, from, to), input.Map, output.Map, Share.Whole);
            Judge.Close(torchs(input.ToTensor(), [1, to]), output.ToTensor(), $"{kind} of {from} to {to}");
        }
    }

    /// <summary>What is not finite goes where torch lets it go.</summary>
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void WhatIsNotFiniteIsTorchs(InstructionSet set, int parts)
    {
        foreach (var value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            using var scope = NewDisposeScope();
            using var input = new TestMap(1, 17, 5, 6, 0, default);
            using var output = new TestMap(1, 17, 8, 9, 0, default);
            var next = Judge.Normal(3);
            var at = 0;
            input.Fill(() => at++ % 11 == 3 ? value : next());
            foreach (var (kind, torchs) in Torchs)
            {
                Judge.InParts(parts, share => Resampler.Run(set, ResampledAxis.Of(kind, 5, 8), ResampledAxis.Of(kind, 6, 9), input.Map, output.Map, share));
                Judge.Close(torchs(input.ToTensor(), [8, 9]), output.ToTensor(), $"{kind} with {value}");
            }
        }
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        using var input = new TestMap(1, 3, 5, 6, 0, default);
        using var output = new TestMap(1, 3, 8, 9, 0, default);
        var rows = ResampledAxis.Of(Resampling.Nearest, 5, 8);
        Assert.Throws<ArgumentException>(() => Resampler.Run(InstructionSet.Portable, rows, ResampledAxis.Of(Resampling.Nearest, 6, 8), input.Map, output.Map, Share.Whole));
        Assert.Throws<ArgumentException>(() => Resampler.Run(InstructionSet.Portable, rows, ResampledAxis.Of(Resampling.Nearest, 5, 9), input.Map, output.Map, Share.Whole));
        Assert.Throws<ArgumentException>(() => Resampler.Run(InstructionSet.Portable, rows, ResampledAxis.Of(Resampling.Mean, 6, 9), input.Map, output.Map, Share.Whole));
        Assert.Throws<ArgumentOutOfRangeException>(() => ResampledAxis.Of(Resampling.Mean, 0, 1));
    }
}
