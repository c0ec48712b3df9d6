using Blockwright.Kernels;
using CsCheck;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

public unsafe class ConvolutionTests
{
    private static readonly Gen<ConvolutionCase> Cases =
        from groups in Gen.OneOf(1, 1, 1, 2, 3, 8)
        from inPerGroup in Gen.OneOf(Judge.Channels, Gen.Int[1, 12])
        from outPerGroup in Gen.OneOf(Judge.Channels, Gen.Int[1, 12])
        from kernel in Gen.OneOf((1, 1), (1, 1), (1, 1), (3, 3), (5, 5), (2, 3))
        from stride in Gen.Int[1, 3].Select(Gen.Int[1, 3])
        from dilation in Gen.Int[1, 2]
        from padding in Gen.Int[0, 2].Select(Gen.Int[0, 2])
        from window in Judge.Uneven(new Window(kernel.Item1, kernel.Item2, stride.Item1, stride.Item2, padding.Item1, padding.Item2, dilation, dilation), 2, 2)
        from images in Gen.Int[1, 3]
        from height in Gen.Int[1, 11]
        from width in Gen.OneOf(1, 2, 3, 5, 7, 8, 9, 14, 21)
        from runs in Gen.Int[1, 4]
        from lies in Lie.Gen.Array[6]
        from activation in Gen.OneOf(Judge.Activations)
        from residual in Gen.Bool
        from seed in Gen.Int[0, 1000]
        select new ConvolutionCase(
            window, groups, Math.Min(inPerGroup, 240 / groups), Math.Min(outPerGroup, 240 / groups), images, height, width, runs, lies, activation, residual, seed);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void AnyConvolutionIsTorchs(InstructionSet set, int parts) =>
        Cases.Where(c => c.OutHeight > 0 && c.OutWidth > 0).Sample(c => c.Check(set, parts, Multiply, byDefinition: true), iter: 120, threads: 1);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void LinearLayerIsTorchs(InstructionSet set, int parts) =>
        Gen.Select(Gen.Int[1, 9], Judge.Channels, Judge.Channels, Lie.Gen.Array[6], Gen.OneOf(Judge.Activations)).Sample(
            (batch, @in, @out, lies, activation) =>
                new ConvolutionCase(Window.Pixel, 1, @in, @out, batch, 1, 1, 1, lies, activation, false, @in + @out).Check(set, parts, Multiply, byDefinition: true),
            iter: 60, threads: 1);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void StemReadsPlanesInPlace(InstructionSet set, int parts)
    {
        Gen.Select(Gen.Int[1, 2], Gen.Int[1, 30], Gen.Int[1, 30], Gen.OneOf(8, 24, 32, 37), Gen.Int[1, 2]).Sample(
            (images, height, width, channels, stride) =>
            {
                var next = Judge.Normal(height);
                using var plain = new GuardedMemory(images * 3L * height * width);
                using var padded = new GuardedMemory(images * 3L * (height + 2) * (width + 2));
                foreach (ref var value in plain.Span)
                    value = next();
                padded.Span.Clear();
                var halo = new PlanarImages(padded.Pointer, images, 3, height, width, 1);
                Judge.InParts(parts, share => new PlanarImages(plain.Pointer, images, 3, height, width).CopyTo(halo, share));

                var window = Window.Square(3, stride, 1);
                float[] weights = Judge.Values(channels * 27, next), bias = Judge.Values(channels, next);
                using var packed = new PackedConvolution(set, weights, bias, channels, [1, 1, 1], 3, 3);
                using var output = new TestMap(images, channels, window.OutputHeight(height), window.OutputWidth(width), 0, default);
                Judge.InParts(parts, share => Convolution.Run(
                    packed, window, [halo.Plane(0), halo.Plane(1), halo.Plane(2)], output.Map, Activation.Named("ReLU", []), default, share));

                using var scope = NewDisposeScope();
                var expected = nn.functional.relu(nn.functional.conv2d(
                    tensor(plain.Span.ToArray()).reshape(images, 3, height, width).to(ScalarType.Float64),
                    tensor(weights).reshape(channels, 3, 3, 3).to(ScalarType.Float64),
                    tensor(bias).to(ScalarType.Float64),
                    strides: [stride, stride], padding: [1, 1]));
                Judge.Close(expected, output.ToTensor(), "stem");
                output.CheckUntouched("stem");
            },
            iter: 20, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void NotANumberAndInfinityGoWhereTorchSendsThem(InstructionSet set, int parts)
    {
        foreach (var special in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            foreach (var activation in Judge.Activations)
            {
                var next = Judge.Normal(3);
                using var input = new TestMap(1, 20, 5, 9, 1, default);
                var at = 0;
                input.Fill(() => at++ == 7 ? special : next());
                using var output = new TestMap(1, 33, 5, 9, 0, default);
                // No weight is zero, nor small: the kernel and torch must agree on what is infinite. The sums are small, so that a bounded activation's result is not their rounding.
                var weights = Judge.Values(33 * 20 * 9, () => (next() + 5) / 32);
                using var packed = new PackedConvolution(set, weights, [], 33, [20], 3, 3);
                Judge.InParts(parts, share => Convolution.Run(packed, Window.Square(3, 1, 1), input.Map, output.Map, activation, share));

                using var scope = NewDisposeScope();
                var expected = Judge.Apply(activation, nn.functional.conv2d(
                    input.ToTensor(), tensor(weights).reshape(33, 20, 3, 3).to(ScalarType.Float64), padding: [1, 1]));
                Judge.Close(expected, output.ToTensor(), $"{special} through {activation}");
            }
        }
    }

    [Fact]
    public void ShapesThatDoNotFitAreNamed()
    {
        using var packed = new PackedConvolution(InstructionSet.Portable, new float[12], [], 3, [4]);
        using var input = new TestMap(1, 4, 5, 5, 0, default);
        using var wrong = new TestMap(1, 3, 4, 5, 0, default);

        var error = Assert.Throws<ArgumentException>(() => Convolution.Run(packed, Window.Pixel, input.Map, wrong.Map, default, Share.Whole));
        Assert.Contains("1 x 3 x 4 x 5", error.Message, StringComparison.Ordinal);
        Assert.Contains("1 x 3 x 5 x 5", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new PackedConvolution(InstructionSet.Portable, new float[11], [], 3, [4]));
        Assert.Throws<ArgumentException>(() => Convolution.Run(packed, Window.Square(3, 1, 1), input.Map, wrong.Map, default, Share.Whole));
    }

    private static void Multiply(ConvolutionJob job, FeatureMap[] input, FeatureMap output, FeatureMap residual)
    {
        var (window, activation) = (job.Case.Window, job.Case.Activation);
        using var packed = new PackedConvolution(job.Set, job.Weights, job.Bias, output.Channels, job.Runs, window.KernelHeight, window.KernelWidth, job.Case.Groups);
        Judge.InParts(job.Parts, share => Convolution.Run(packed, window, input, output, activation, residual, share));
    }
}
