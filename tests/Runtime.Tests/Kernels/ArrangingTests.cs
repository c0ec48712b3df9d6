using Blockwright.Kernels;
using CsCheck;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>What is done to values of any sizes, against torch in float64.</summary>
public unsafe class ArrangingTests
{
    private const int MostElements = 4000;

    // Below, at and above what is one piece of work.
    private static readonly Gen<int> Size = Gen.OneOf(Gen.Int[1, 6], Gen.OneOf(15, 16, 17, 33));

    private static readonly Gen<(int Images, int[] Sizes, int Channels, int Rows, int OutChannels, int OutRows, int Seed, Lie[] Lies)> Cases =
        from images in Gen.Int[1, 3]
        from sizes in Size.Array[1, 5].Where(static sizes => Product(sizes) <= MostElements)
        from splits in Gen.Int[0, 5].Array[4]
        from seed in Gen.Int[0, 1000]
        from lies in Lie.Gen.Array[2]
        select (images, sizes, Math.Min(splits[0], splits[1]), Math.Max(splits[0], splits[1]), Math.Min(splits[2], splits[3]), Math.Max(splits[2], splits[3]), seed, lies);

    /// <summary>From maps and from elements in order, into both: each of a map's sizes is made of some.</summary>
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void OrdersAreTorchs(InstructionSet set, int parts) =>
        Gen.Select(Cases, Gen.OneOf(Judge.Activations)).Sample(
            (c, activation) =>
            {
                var random = new Random(c.Seed);
                var dims = Enumerable.Range(0, c.Sizes.Length).ToArray();
                random.Shuffle(dims);
                var permuted = Array.ConvertAll(dims, dimension => c.Sizes[dimension]);
                var (isMap, intoMap) = (random.Next(2) == 0, random.Next(3) > 0);
                using var input = Lying(c.Images, c.Sizes, isMap, c.Channels, c.Rows, c.Lies[0]);
                using var output = Lying(c.Images, permuted, intoMap, c.OutChannels, c.OutRows, c.Lies[1]);
                input.Fill(Judge.Normal(c.Seed));
                output.Forget();
                var permutation = new Permutation(Elements(input.Map, isMap), Elements(output.Map, intoMap), c.Sizes, dims);
                Judge.InParts(parts, share => permutation.Run(set, activation, share));

                using var scope = NewDisposeScope();
                var expected = input.ToTensor().reshape([c.Images, .. c.Sizes.Select(static size => (long)size)]).permute([0, .. dims.Select(static dimension => dimension + 1L)]).reshape(output.ToTensor().shape);
                var what = $"{string.Join(" x ", c.Sizes)} by {string.Join(", ", dims)}, {input.Map} to {output.Map}, {activation}";
                Judge.Close(Judge.Apply(activation, expected), output.ToTensor(), what);
                output.CheckUntouched(what);
            },
            iter: 200, threads: 1);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void LargeOnesGoPieceByPiece(InstructionSet set, int parts)
    {
        using var input = new TestMap(1, 70, 17, 67, 0, new(0, 10, true, 0));
        using var output = new TestMap(1, 17 * 67 * 70, 1, 1, 0, default);
        input.Fill(Judge.Normal(1));
        foreach (var dims in new[] { new[] { 0, 1, 2 }, [2, 1, 0], [1, 2, 0], [0, 2, 1] })
        {
            output.Forget();
            var permutation = new Permutation(ElementMemory.Of(input.Map), ElementMemory.Of(output.Map), [70, 17, 67], dims);
            Judge.InParts(parts, share => permutation.Run(set, Activation.None, share));
            using var scope = NewDisposeScope();
            Judge.Close(input.ToTensor().permute([0, .. dims.Select(static dimension => dimension + 1L)]).reshape(1, -1, 1, 1), output.ToTensor(), string.Join(", ", dims));
        }
    }

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void SoftmaxesOfRowsAndColumnsAreTorchs(InstructionSet set, int parts) =>
        Gen.Select(Gen.Int[1, 3], Judge.Channels, Gen.OneOf(Gen.Int[1, 9], Gen.Const(130)), Gen.Int[1, 9], Gen.OneOf(1f, 0.01f, 40f), Lie.Gen.Array[2]).Sample(
            (images, channels, height, width, scale, lies) =>
            {
                var next = Judge.Normal(height);
                CheckSoftmax(set, parts, images, channels, height, width, lies, () => scale * next());
            },
            iter: 60, threads: 1);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void WhatIsNotFiniteIsTorchs(InstructionSet set, int parts)
    {
        foreach (var value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var (next, at) = (Judge.Normal(3), 0);
            CheckSoftmax(set, parts, 2, 19, 3, 5, new Lie[2], () => at++ % 37 == 3 ? value : next());
            CheckSoftmax(set, parts, 1, 5, 1, 2, new Lie[2], () => value);
        }
    }

    private static void CheckSoftmax(InstructionSet set, int parts, int images, int channels, int height, int width, Lie[] lies, Func<float> next)
    {
        using var input = new TestMap(images, channels, height, width, 1, lies[0]);
        using var output = new TestMap(images, channels, height, width, 1, lies[1]);
        input.Fill(next);
        foreach (var isLog in new[] { false, true })
        {
            using var scope = NewDisposeScope();
            Run(2, share => ColumnSoftmax.Run(set, input.Map, isLog, output.Map, share));
            Run(3, share => ColumnSoftmax.Run(set, input.Map.Turned(), isLog, output.Map.Turned(), share));

            void Run(int dimension, Action<Share> run)
            {
                output.Forget();
                Judge.InParts(parts, run);
                var x = input.ToTensor();
                Judge.Close(isLog ? x.log_softmax(dimension) : x.softmax(dimension), output.ToTensor(), $"{input.Map} over {dimension}{(isLog ? ", its logarithm" : "")}");
                output.CheckUntouched("softmax");
            }
        }
    }

    /// <summary>Elements one behind another: whatever is before what sums to 1, and within it.</summary>
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void SoftmaxesOfElementsInOrderAreTorchs(InstructionSet set, int parts)
    {
        foreach (var before in new[] { 1, 2, 7 })
        {
            foreach (var length in new[] { 1, 2, 5, 33 })
            {
                foreach (var within in new[] { 1, 3, 16, 130 })
                {
                    using var input = new TestMap(2, before * length * within, 1, 1, 0, default);
                    using var output = new TestMap(2, before * length * within, 1, 1, 0, default);
                    input.Fill(Judge.Normal(length));
                    output.Forget();
                    ElementMemory from = ElementMemory.Of(input.Map), to = ElementMemory.Of(output.Map);
                    Judge.InParts(parts, share =>
                    {
                        if (within == 1)
                            PixelSoftmax.Run(set, [from.Rows(before, length)], false, to.Rows(before, length), share);
                        else
                            ColumnSoftmax.Run(set, from.Columns(before, length, within), false, to.Columns(before, length, within), share);
                    });
                    using var scope = NewDisposeScope();
                    Judge.Close(input.ToTensor().reshape(2, before, length, within).softmax(2).reshape(2, -1, 1, 1), output.ToTensor(), $"{before} x {length} x {within}");
                    output.CheckUntouched("softmax");
                }
            }
        }
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        using var map = new TestMap(1, 6, 5, 4, 0, new(0, 3, true, 0));
        using var other = new TestMap(1, 6, 5, 3, 0, default);
        using var images = new TestMap(2, 6, 5, 4, 0, default);
        Assert.Throws<ArgumentException>(() => new Permutation(ElementMemory.Of(map.Map), ElementMemory.Of(other.Map), [6, 5, 4], [0, 1, 2]));
        Assert.Throws<ArgumentException>(() => new Permutation(ElementMemory.Of(map.Map), ElementMemory.Of(images.Map), [6, 5, 4], [0, 1, 2]));
        Assert.Throws<ArgumentException>(() => new Permutation(ElementMemory.Of(map.Map), ElementMemory.Of(map.Map), [6, 5, 4], [0, 1, 1]));
        Assert.Throws<ArgumentException>(() => new Permutation(ElementMemory.Of(map.Map), ElementMemory.Of(map.Map), [6, 5, 4], [0, 1]));
        foreach (var sizes in new[] { new[] { 6, 20 }, [30, 4], [4, 5, 6], [6, 5, 2] })
            Assert.Contains("do not lie as", Assert.Throws<ArgumentException>(() => ElementMemory.Of(map.Map).Pitches(sizes)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ElementMemory.Of(map.Map).Rows(6, 20));
        Assert.Throws<ArgumentException>(() => ElementMemory.Of(map.Map).Columns(6, 5, 4));
        Assert.Throws<ArgumentException>(() => ColumnSoftmax.Run(InstructionSet.Portable, map.Map, false, other.Map, Share.Whole));
        Assert.Equal([20L, 10, 1], ElementMemory.Of(images.Map with { Channels = 40, Height = 1, Width = 1 }).Pitches([2, 2, 10]));
        Assert.Equal([3L, 1, map.Map.RowPitch, 2 * map.Map.PixelPitch, map.Map.PixelPitch], ElementMemory.Of(map.Map).Pitches([2, 3, 5, 2, 2]));
    }

    /// <summary>A map whose channels are some of the sizes, its rows the next ones; or all of them one behind another.</summary>
    private static TestMap Lying(int images, int[] sizes, bool isMap, int channels, int rows, Lie lie) => isMap
        ? new(images, Product(sizes.Take(channels)), Product(sizes.Take(rows).Skip(channels)), Product(sizes.Skip(rows)), 1, lie)
        : new(images, Product(sizes), 1, 1, 0, lie);

    private static ElementMemory Elements(FeatureMap map, bool isMap) => isMap ? ElementMemory.Of(map) : ElementMemory.InOrder(map.Data, map.Images, map.ImagePitch, map.Channels);

    private static int Product(IEnumerable<int> sizes) => sizes.Aggregate(1, static (product, size) => product * size);
}
