using Blockwright.Fused.Tests.Sizes;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>What holds at the declared size only: a snapshot gives at every size what its module gives there, and refuses where that refuses.</summary>
public class SizesTests
{
    /// <summary>Torch spreads a sum over a map where one value has become a pixel; a plan, which knows a sum of equal maps, says no.</summary>
    private static readonly Type[] Stricter = [typeof(Product), typeof(GateOfOneSize), typeof(Flattens)];

    public static TheoryData<Type> Networks => new(
        typeof(OnePixel), typeof(WideWindow), typeof(Product), typeof(Gate), typeof(GateFirst), typeof(GateOfOneSize), typeof(SumWithPixel), typeof(Features), typeof(Flattens),
        typeof(FlattensFirst), typeof(PooledToPixel), typeof(Strided), typeof(Joined), typeof(Added), typeof(Ceiling), typeof(Reflected), typeof(SpreadChannel), typeof(SummedBranches));

    [Theory]
    [MemberData(nameof(Networks))]
    public void ASnapshotTakesTheSizesThatItsModuleTakes(Type type)
    {
        manual_seed(1);
        using var network = (BlockModule)Activator.CreateInstance(type)!;
        network.eval();
        using var fused = Tests.Networks.Fuse(network, new FuseOptions { Threads = 1 });
        var (channels, height, width) = fused.Kernels!.Input;
        using var noGradient = no_grad();
        foreach (var (h, w) in new[] { (height, width), (1, 1), (2, 2), (1, 2), (3, 5), (7, 7), (8, 6), (9, 9), (14, 14) })
        {
            using var input = randn(2, channels, h, w);
            if (Forward(network, input) is not { } expected)
            {
                Assert.Throws<ArgumentException>(() => fused.call(input));
                continue;
            }
            try
            {
                using var found = fused.call(input);
                Assert.Equal(expected.shape, found.shape);
                Assert.True(found.allclose(expected, 1e-4, 1e-5), $"{h} x {w}");
            }
            catch (ArgumentException e) when (Stricter.Contains(type))
            {
                Assert.Contains($"an input of {h} x {w} does not fit", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void ARefusalNamesTheLayerAndTheShapes()
    {
        using var joined = new Joined();
        using var fused = joined.Fuse(new FuseOptions { Threads = 1 });

        var e = Assert.Throws<ArgumentException>(() => fused.call(randn(1, 3, 9, 8)));

        Assert.Equal("Joined: an input of 9 x 8 does not fit: Concat joins maps of one size and would get 4 x 4 and 5 x 4. Use the declared size, 8 x 8, or another that gives these.", e.Message);
    }

    [Fact]
    public void AMapThatAWindowDoesNotDivideIsRefused()
    {
        using var network = new Unshuffled();
        using var fused = network.Fuse();
        using var input = randn(1, 4, 6, 7);
        Assert.Contains("a map of 6 x 7 is not divided by 2 x 2", Assert.Throws<ArgumentException>(() => fused.call(input)).Message, StringComparison.Ordinal);
    }

    private static Tensor? Forward(BlockModule network, Tensor input)
    {
        try
        {
            return network.forward(input);
        }
        catch (InvalidOperationException e) when (e.InnerException is System.Runtime.InteropServices.ExternalException)
        {
            return null; // torch refuses the size
        }
    }
}
