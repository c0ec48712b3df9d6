using Blockwright.Generator.Plan.Rows;
using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Plan.Tests;

/// <summary>The passes that do what reshapes, permutations, softmaxes and activations do to a value, one behind another.</summary>
public class ArrangementTests
{
    private const int Height = 6;
    private const int Width = 5;

    private static readonly PlanDimension[] Map = [new(12, 0, 0), new(1, 1, 0), new(1, 0, 1)];

    [Theory]
    // Names alone, and one pass at the end.
    [InlineData("permute 0 2 3 1; apply; softmax 3; permute 0 3 1 2", true, true, "Permute 12,1*h,1*w by 0 1 2 f; Softmax along 1")]
    [InlineData("permute 0 2 3 1; softmax 3; permute 0 3 1 2", true, true, "Softmax along 1")]
    [InlineData("softmax 3; softmax 2", true, true, "Softmax along 3; Softmax along 2")]
    [InlineData("softmax 3", false, false, "Softmax 12*h | 1*w | 1")]
    [InlineData("reshape 3 4 h w; permute 0 1 3 4 2; apply", true, false, "Permute 3,4,1*h,1*w by 0 2 3 1 f")]
    [InlineData("reshape 12 hw; permute 0 2 1", true, false, "Permute 12,1*h,1*w by 1 2 0")]
    [InlineData("reshape 4 3hw", false, false, "Permute 4,3,1*h,1*w by 0 1 2 3")]
    // A softmax over a part of the channels wants its elements together; over what lies together it needs no move.
    [InlineData("reshape 3 4 h w; softmax 2", true, false, "Permute 3,4,1*h,1*w by 0 1 2 3; Softmax 3 | 4 | 1*h*w")]
    [InlineData("reshape 3 4 h w; permute 0 4 2 1 3; softmax 2", false, false, "Softmax 3 | 4 | 1*h*w; Permute 3,4,1*h,1*w by 3 1 0 2")]
    // Sizes that are none of the map's pieces are of elements in order.
    [InlineData("reshape h 4 3w; softmax 2; apply; apply", true, false, "Permute 12,1*h,1*w by 0 1 2; Softmax 1*h | 4 | 3*w; Permute 1*h,4,3*w by 0 1 2 f; Permute 1*h,4,3*w by 0 1 2 f")]
    [InlineData("permute 0 2 3 1; reshape h 12 w; permute 0 2 1 3", true, true, "Permute 12,1*h,1*w by 1 2 0; Permute 1*h,12,1*w by 1 0 2")]
    [InlineData("reshape 1 12 h w; softmax 1", true, false, "Permute 12,1*h,1*w by 0 1 2; Softmax 12*h*w | 1 | 1")]
    public void AsFewAsThereCanBe(string layers, bool fromPixels, bool intoPixels, string expected)
    {
        var passes = ArrangementPasses.Of(Read(layers), fromPixels, intoPixels);
        Assert.Equal(expected, string.Join("; ", passes.Select(static pass => $"{pass.Kind} {Text(pass)}")));
    }

    /// <summary>Chains drawn at random, by passes and by the definition, from and to both ways of lying.</summary>
    [Fact]
    public void PassesDoWhatLayersDo()
    {
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var (fromPixels, intoPixels) = (random.Next(2) == 0, random.Next(2) == 0);
            var arrangement = Drawn(random);
            if (intoPixels && arrangement.Layers[^1].Sizes.Count != 3)
                intoPixels = false;
            var passes = ArrangementPasses.Of(arrangement, fromPixels, intoPixels);
            var value = Enumerable.Range(0, 12 * Height * Width).Select(_ => (2 * random.NextDouble()) - 1).ToArray();
            var (expected, found) = (Defined(arrangement, value), Passed(passes, value));
            Assert.Equal(intoPixels, passes[^1].IntoPixels);
            Assert.True(expected.Zip(found).All(static pair => Math.Abs(pair.First - pair.Second) < 1e-9), string.Join("; ", arrangement.Layers.Select(static layer => $"{layer.Does.Kind} {string.Join(" ", layer.Does.Dims)} to {string.Join(",", layer.Sizes)}")));
        }
    }

    private static Arrangement Drawn(Random random)
    {
        PlanDimension[] pieces = [new(2, 0, 0), new(3, 0, 0), new(2, 0, 0), new(1, 1, 0), new(1, 0, 1), PlanDimension.One];
        var (sizes, layers) = (Map, new List<ArrangedLayer>());
        for (var count = random.Next(1, 7); layers.Count < count;)
        {
            switch (random.Next(5))
            {
                case 0:
                    layers.Add(new(new(KernelKind.Activation, EquatableArray<int>.Empty, new("f", [])), sizes.ToEquatableArray()));
                    break;
                case 1:
                    layers.Add(new(new(random.Next(2) == 0 ? KernelKind.Softmax : KernelKind.LogSoftmax, new[] { random.Next(sizes.Length) + 1 }.ToEquatableArray()), sizes.ToEquatableArray()));
                    break;
                case 2:
                    // The value's pieces, in any order, grouped anyhow.
                    random.Shuffle(pieces);
                    var cuts = Enumerable.Range(1, pieces.Length - 1).Where(_ => random.Next(2) == 0).Prepend(0).Append(pieces.Length).ToList();
                    sizes = [.. cuts.Zip(cuts.Skip(1), (from, to) => PlanDimension.Product(pieces[from..to]))];
                    layers.Add(new(Arranged.InOrder, sizes.ToEquatableArray()));
                    break;
                default:
                    var dims = Enumerable.Range(1, sizes.Length).ToArray();
                    random.Shuffle(dims);
                    sizes = Array.ConvertAll(dims, dimension => sizes[dimension - 1]);
                    layers.Add(new(new(KernelKind.Permute, dims.Prepend(0).ToEquatableArray()), sizes.ToEquatableArray()));
                    break;
            }
        }
        return new(Map.ToEquatableArray(), layers.ToEquatableArray(), sizes.Length == 3);
    }

    private static double[] Defined(Arrangement arrangement, double[] value)
    {
        var sizes = arrangement.Sizes.Select(Number).ToArray();
        foreach (var layer in arrangement.Layers)
        {
            var dims = layer.Does.Dims;
            value = layer.Does.Kind switch
            {
                KernelKind.Activation => Array.ConvertAll(value, Function),
                KernelKind.Permute => dims.Count == 0 ? value : Permuted(value, sizes, [.. dims.Skip(1).Select(static dimension => dimension - 1)]),
                var kind => Softened(value, Product(sizes[..(dims[0] - 1)]), sizes[dims[0] - 1], Product(sizes[dims[0]..]), kind == KernelKind.LogSoftmax),
            };
            sizes = layer.Sizes.Select(Number).ToArray();
        }
        return value;
    }

    private static double[] Passed(IReadOnlyList<ArrangementPass> passes, double[] value)
    {
        foreach (var pass in passes)
        {
            var sizes = pass.Sizes.Select(Number).ToArray();
            int[] map = [12, Height, Width];
            value = pass switch
            {
                { Kind: KernelKind.Permute } => Permuted(value, sizes, [.. pass.Dims]),
                { Sizes.IsEmpty: false } => Softened(value, sizes[0], sizes[1], sizes[2], pass.Kind == KernelKind.LogSoftmax),
                _ => Softened(value, Product(map[..(pass.Dims[0] - 1)]), map[pass.Dims[0] - 1], Product(map[pass.Dims[0]..]), pass.Kind == KernelKind.LogSoftmax),
            };
            if (!pass.Function.IsNone)
                value = Array.ConvertAll(value, Function);
        }
        return value;
    }

    private static double Function(double x) => Math.Sin(3 * x);

    private static double[] Permuted(double[] value, int[] sizes, int[] dims)
    {
        var result = new double[value.Length];
        for (var i = 0; i < value.Length; i++)
        {
            var (rest, at) = (i, 0);
            for (var d = dims.Length - 1; d >= 0; d--)
            {
                at += rest % sizes[dims[d]] * Product(sizes[(dims[d] + 1)..]);
                rest /= sizes[dims[d]];
            }
            result[i] = value[at];
        }
        return result;
    }

    private static double[] Softened(double[] value, int before, int length, int within, bool isLog)
    {
        Assert.Equal(value.Length, before * length * within);
        var result = new double[value.Length];
        for (var row = 0; row < before * within; row++)
        {
            var places = Enumerable.Range(0, length).Select(i => (((row / within * length) + i) * within) + (row % within)).ToList();
            var sum = places.Sum(place => Math.Exp(value[place]));
            places.ForEach(place => result[place] = isLog ? value[place] - Math.Log(sum) : Math.Exp(value[place]) / sum);
        }
        return result;
    }

    private static int Product(IEnumerable<int> sizes) => sizes.Aggregate(1, static (product, size) => product * size);

    private static int Number(PlanDimension size) => (int)size.At((Height, Width));

    private static string Text(ArrangementPass pass) => pass switch
    {
        { Kind: KernelKind.Permute } => $"{string.Join(",", pass.Sizes)} by {string.Join(" ", pass.Dims)}{(pass.Function.IsNone ? "" : " f")}",
        { Sizes.IsEmpty: true } => $"along {pass.Dims[0]}",
        _ => string.Join(" | ", pass.Sizes),
    };

    /// <summary>Layers on the map, <c>reshape 3 4 h w; permute 0 1 3 4 2; softmax 2; apply</c>.</summary>
    private static Arrangement Read(string text)
    {
        var (sizes, layers) = (Map, new List<ArrangedLayer>());
        foreach (var words in text.Split("; ").Select(static layer => layer.Split(' ')))
        {
            var dims = words[0] is "permute" or "softmax" ? words.Skip(1).Select(static word => int.Parse(word, System.Globalization.CultureInfo.InvariantCulture)).ToEquatableArray() : EquatableArray<int>.Empty;
            sizes = words[0] switch
            {
                "reshape" => [.. words.Skip(1).Select(static word => new PlanDimension(word.TrimEnd('h', 'w') is { Length: > 0 } number ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : 1, word.Count(static c => c == 'h'), word.Count(static c => c == 'w')))],
                "permute" => [.. dims.Skip(1).Select(dimension => sizes[dimension - 1])],
                _ => sizes,
            };
            layers.Add(new(words[0] switch { "reshape" => Arranged.InOrder, "permute" => new(KernelKind.Permute, dims), "softmax" => new(KernelKind.Softmax, dims), _ => new(KernelKind.Activation, dims, new("f", [])) }, sizes.ToEquatableArray()));
        }
        return new(Map.ToEquatableArray(), layers.ToEquatableArray(), true);
    }
}
