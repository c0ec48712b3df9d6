using Blockwright.Kernels;
using Blockwright.Kernels.Winograd;
using CsCheck;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>Convolutions by tiles against torch in float64, on maps that lie as badly as maps may.</summary>
public sealed class WinogradTests
{
    private static readonly Gen<(WinogradForm Form, ConvolutionCase Case)> Cases =
        from four in Gen.Bool
        from inChannels in Gen.OneOf(Judge.Channels, Gen.Int[1, 12])
        from outChannels in Gen.OneOf(Judge.Channels, Gen.Int[1, 12])
        from padding in Gen.Int[0, 2].Select(Gen.Int[0, 2])
        from window in Judge.Uneven(new Window(3, 3, 1, 1, padding.Item1, padding.Item2), 2, 2)
        from images in Gen.Int[1, 3]
        from height in Gen.Int[1, 15]
        from width in Gen.OneOf(Gen.Int[1, 15], Gen.Const(29))
        from runs in Gen.Int[1, 4]
        from lies in Lie.Gen.Array[6]
        from activation in Gen.OneOf(Judge.Activations)
        from residual in Gen.Bool
        from seed in Gen.Int[0, 1000]
        select (
            four ? WinogradForm.Four : WinogradForm.Two,
            new ConvolutionCase(window, 1, inChannels, outChannels, images, height, width, runs, lies, activation, residual, seed));

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void AnyConvolutionIsTorchs(InstructionSet set, int parts) =>
        Cases.Where(c => c.Case.OutHeight > 0 && c.Case.OutWidth > 0).Sample(c => c.Case.Check(set, parts, Tiles(c.Form)), iter: 100, threads: 1);

    /// <summary>What a layer loses of its largest output: the bounds that docs/accuracy.md states, for tiles of 2 x 2 and 4 x 4 outputs, and for the direct sums (1) beside them.</summary>
    [Theory]
    [InlineData(1, 64, 1e-6)]
    [InlineData(1, 512, 1e-6)]
    [InlineData(1, 2048, 1e-6)]
    [InlineData(2, 64, 1e-6)]
    [InlineData(2, 512, 1e-6)]
    [InlineData(4, 1024, 3e-6)]
    [InlineData(4, 64, 3e-6)]
    [InlineData(4, 512, 3e-6)]
    public void TheErrorIsBounded(int outputs, int channels, double bound)
    {
        var (next, window) = (Judge.Normal(channels), Window.Square(3, 1, 1));
        using var input = new TestMap(1, channels, 14, 14, 1, default);
        input.Fill(() => Math.Max(next(), 0));
        using var output = new TestMap(1, 32, 14, 14, 0, default);
        var weights = Judge.Values(32 * channels * 9, next);
        if (outputs == 1)
        {
            using var packed = new PackedConvolution(InstructionSets.Best, weights, [], 32, [channels], 3, 3);
            Convolution.Run(packed, window, input.Map, output.Map, Activation.None, Share.Whole);
        }
        else
        {
            using var packed = new PackedWinograd(outputs == 2 ? WinogradForm.Two : WinogradForm.Four, InstructionSets.Best, weights, [], 32, [channels]);
            using var scratch = new GuardedMemory(WinogradConvolution.ScratchFloats(packed, output.Map));
            Run(packed, window, [input.Map], output.Map, Activation.None, default, scratch, Share.Whole);
        }

        using var scope = NewDisposeScope();
        var expected = nn.functional.conv2d(input.ToTensor(), tensor(weights).reshape(32, channels, 3, 3).to(ScalarType.Float64), padding: [1, 1]);
        var error = (Judge.Difference(output.ToTensor(), expected).abs().max() / expected.abs().max()).item<double>();
        Assert.True(error <= bound, FormattableString.Invariant($"Tiles of {outputs} x {outputs}, {channels} channels: wrong by {error:E2} of the largest output; {bound:E1} is stated."));
    }

    /// <summary>A value that is not finite makes its tiles NaN, and no other pixel: that is what the documentation promises.</summary>
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public unsafe void WhatIsNotFiniteStaysInItsTiles(float special)
    {
        var next = Judge.Normal(3);
        using var input = new TestMap(1, 20, 16, 16, 1, default);
        var at = 0;
        // Channel 7 of the pixel (5, 6), whichever way the map is filled, is somewhere: it is found again below.
        input.Fill(() => at++ == 20 * (5 * 16 + 6) + 7 ? special : next());
        using var output = new TestMap(1, 33, 16, 16, 0, default);
        var weights = Judge.Values(33 * 20 * 9, () => next() + 5);
        using var packed = new PackedWinograd(WinogradForm.Four, InstructionSets.Best, weights, [], 33, [20]);
        using var scratch = new AlignedMemory(WinogradConvolution.ScratchFloats(packed, output.Map));
        WinogradConvolution.Run(packed, Window.Square(3, 1, 1), [input.Map], output.Map, Activation.None, default, scratch.Pointer, Share.Whole);

        using var scope = NewDisposeScope();
        var expected = nn.functional.conv2d(input.ToTensor(), tensor(weights).reshape(33, 20, 3, 3).to(ScalarType.Float64), padding: [1, 1]);
        var isSpecial = expected.isfinite().logical_not();
        Assert.True(isSpecial.any().item<bool>());
        // Tiles of 4 x 4: a maximum over each, spread over it again.
        var tiles = nn.functional.interpolate(nn.functional.max_pool2d(isSpecial.to(ScalarType.Float32), 4), scale_factor: [4, 4]).to(ScalarType.Bool);
        var found = output.ToTensor();
        Assert.True(found.isfinite().logical_not().eq(tiles).all().item<bool>(), "Other pixels than those of the tiles that see the value are not finite.");
        Assert.Equal(expected.masked_fill(tiles, 0), found.masked_fill(tiles, 0), (a, b) => (a - b).abs().max().item<double>() <= Judge.Tolerance * a.abs().max().item<double>());
    }

    [Fact]
    public unsafe void ShapesThatDoNotFitAreNamed()
    {
        using var packed = new PackedWinograd(WinogradForm.Four, InstructionSet.Portable, new float[108], [], 3, [4]);
        using var input = new TestMap(1, 4, 5, 5, 0, default);
        using var wrong = new TestMap(1, 3, 4, 5, 0, default);

        var error = Assert.Throws<ArgumentException>(() => WinogradConvolution.Run(packed, Window.Square(3), [input.Map], wrong.Map, default, default, null, Share.Whole));
        Assert.Contains("1 x 3 x 3 x 3", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => WinogradConvolution.Run(packed, Window.Square(3, 2), [input.Map], wrong.Map, default, default, null, Share.Whole));
        Assert.Throws<ArgumentException>(() => new PackedWinograd(WinogradForm.Two, InstructionSet.Portable, new float[107], [], 3, [4]));
    }

    private static ConvolutionKernel Tiles(WinogradForm form) => (job, input, output, residual) =>
    {
        var (window, activation) = (job.Case.Window, job.Case.Activation);
        using var packed = new PackedWinograd(form, job.Set, job.Weights, job.Bias, output.Channels, job.Runs);
        using var scratch = new GuardedMemory(WinogradConvolution.ScratchFloats(packed, output));
        // What a step before left.
        scratch.Span.Fill(float.NaN);
        Judge.InParts(job.Parts, share => Run(packed, window, input, output, activation, residual, scratch, share));
    };

    private static unsafe void Run(PackedWinograd packed, Window window, FeatureMap[] input, FeatureMap output, Activation activation, FeatureMap residual, GuardedMemory scratch, Share share) =>
        WinogradConvolution.Run(packed, window, input, output, activation, residual, scratch.Pointer, share);
}
