using Blockwright.Kernels;
using CsCheck;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>Convolutions in groups that share a register, with and without a halo.</summary>
public sealed class GroupedConvolutionTests
{
    private static readonly Gen<ConvolutionCase> Cases =
        from size in Gen.OneOf(2, 4, 8)
        from groups in Gen.Int[1, 21]
        from kernel in Gen.OneOf((1, 1), (3, 3), (3, 3), (5, 5), (2, 3))
        from stride in Gen.Int[1, 3].Select(Gen.Int[1, 3])
        from dilation in Gen.Int[1, 2]
        from padding in Gen.Int[0, 2].Select(Gen.Int[0, 2])
        from window in Judge.Uneven(new Window(kernel.Item1, kernel.Item2, stride.Item1, stride.Item2, padding.Item1, padding.Item2, dilation, dilation), 2, 2)
        from images in Gen.Int[1, 3]
        from height in Gen.Int[1, 11]
        from width in Gen.OneOf(1, 2, 3, 5, 6, 7, 12, 13)
        from lies in Lie.Gen.Array[6]
        from activation in Gen.OneOf(Judge.Activations)
        from seed in Gen.Int[0, 1000]
        select new ConvolutionCase(
            window, groups, size, size, images, height, width, 1, lies, activation, false, seed);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void AnyConvolutionIsTorchs(InstructionSet set, int parts) =>
        Cases.Where(c => c.OutHeight > 0 && c.OutWidth > 0).Sample(
            c =>
            {
                if (set != InstructionSet.Portable && 2 * c.InPerGroup <= InstructionSets.Lanes(set))
                    c.Check(set, parts, Share);
                else
                    Assert.Throws<ArgumentException>(() => new PackedDepthwise(set, new float[c.InPerGroup * c.InPerGroup], [], c.InPerGroup, 1, 1, c.InPerGroup));
            },
            iter: 100, threads: 1);

    // The halo is taken away from every second one: its windows are clipped.
    private static void Share(ConvolutionJob job, FeatureMap[] input, FeatureMap output, FeatureMap residual)
    {
        var (window, activation) = (job.Case.Window, job.Case.Activation);
        var map = job.Case.Seed % 4 < 2 ? input[0] : input[0] with { Halo = 0 };
        using var packed = new PackedDepthwise(job.Set, job.Weights, job.Bias, output.Channels, window.KernelHeight, window.KernelWidth, job.Case.InPerGroup);
        Judge.InParts(job.Parts, share => Depthwise.Run(packed, window, map, output, activation, share));
    }
}
