using Blockwright.Kernels;
using CsCheck;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>Convolutions in groups that share a register, against torch in float64, on maps that lie as badly as maps may.</summary>
public sealed class GroupedConvolutionTests
{
    private static readonly Gen<(int Group, int Groups, Window Window, int Images, int Height, int Width, Lie[] Lies, Activation Activation, int Seed)> Cases =
        from size in Gen.OneOf(2, 4, 8)
        from groups in Gen.Int[1, 21]
        from kernel in Gen.OneOf((1, 1), (3, 3), (3, 3), (5, 5), (2, 3))
        from stride in Gen.Int[1, 3].Select(Gen.Int[1, 3])
        from dilation in Gen.Int[1, 2]
        from padding in Gen.Int[0, 2].Select(Gen.Int[0, 2])
        from images in Gen.Int[1, 3]
        from height in Gen.Int[1, 11]
        from width in Gen.OneOf(1, 2, 3, 5, 6, 7, 12, 13)
        from lies in Lie.Gen.Array[2]
        from activation in Gen.OneOf(Judge.Activations)
        from seed in Gen.Int[0, 1000]
        select (size, groups, new Window(kernel.Item1, kernel.Item2, stride.Item1, stride.Item2, padding.Item1, padding.Item2, dilation, dilation), images, height, width, lies, activation, seed);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void AnyConvolutionIsTorchs(InstructionSet set, int parts) => Cases
        .Where(c => c.Window.OutputHeight(c.Height) > 0 && c.Window.OutputWidth(c.Width) > 0)
        .Sample(
            c =>
            {
                if (!GroupedConvolution.Fits(set, c.Group))
                {
                    Assert.Throws<ArgumentException>(() => new PackedGroups(set, new float[c.Group * c.Group], [], c.Group, c.Group, 1, 1));
                    return;
                }

                var (channels, next) = (c.Group * c.Groups, Judge.Normal(c.Seed));
                using var input = new TestMap(c.Images, channels, c.Height, c.Width, c.Window.Halo + c.Seed % 2, c.Lies[0]);
                using var output = new TestMap(c.Images, channels, c.Window.OutputHeight(c.Height), c.Window.OutputWidth(c.Width), c.Seed % 2, c.Lies[1]);
                input.Fill(next);
                var scale = 1 / MathF.Sqrt(c.Group * c.Window.Taps);
                float[] weights = Judge.Values(channels * c.Group * c.Window.Taps, () => scale * next()), bias = Judge.Values(channels, next);
                using var packed = new PackedGroups(set, weights, bias, channels, c.Group, c.Window.KernelHeight, c.Window.KernelWidth);
                Judge.InParts(parts, share => GroupedConvolution.Run(packed, c.Window, input.Map, output.Map, c.Activation, share));

                using var scope = NewDisposeScope();
                var expected = nn.functional.conv2d(
                    input.ToTensor(),
                    tensor(weights).reshape(channels, c.Group, c.Window.KernelHeight, c.Window.KernelWidth).to(ScalarType.Float64),
                    tensor(bias).to(ScalarType.Float64),
                    strides: [c.Window.StrideHeight, c.Window.StrideWidth],
                    padding: [c.Window.PaddingHeight, c.Window.PaddingWidth],
                    dilation: [c.Window.DilationHeight, c.Window.DilationWidth],
                    groups: c.Groups);
                Judge.Close(Judge.Apply(c.Activation, expected), output.ToTensor(), c.ToString());
                output.CheckUntouched(c.ToString());
                input.CheckUntouched(c.ToString());
            },
            iter: 100,
            threads: 1);
}
