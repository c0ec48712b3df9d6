using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Layers;

/// <summary>Which elements of a result depend on which of an input, found by changing one after the other.</summary>
internal sealed class Dependencies
{
    // More than the rounding of sums, whose order may change with the number of images; far less than any weight's.
    private const double Noise = 1e-9;

    private readonly bool[,] _changes;
    private readonly (int Channels, int Pixels) _input;
    private readonly (int Channels, int Pixels) _output;

    private Dependencies(bool[,] changes, (int, int) input, (int, int) output) => (_changes, _input, _output) = (changes, input, output);

    /// <summary>Looks at a function of N x C (x H x W) in float64.</summary>
    /// <param name="function">The function.</param>
    /// <param name="shape">The shape of one input, without the batch.</param>
    public static Dependencies Of(Func<Tensor, Tensor> function, long[] shape)
    {
        using var scope = NewDisposeScope();
        var elements = shape.Aggregate(1L, static (product, size) => product * size);
        if (AreImagesMixed(function, shape))
            function = OneByOne(function);
        Tensor? changes = null;
        var sample = function(zeros([1, .. shape], float64));
        foreach (var step in new[] { 10.0, -10.0 })
        {
            // From several places: a function may be flat at some.
            for (var i = 0; i < 3; i++)
            {
                var at = randn([1, .. shape], float64) * 2;
                var moved = function(at + (eye(elements, dtype: float64) * step).reshape([elements, .. shape]));
                var changed = (moved - function(at)).abs().flatten(1) > Noise;
                changes = changes is null ? changed : changes | changed;
            }
        }
        var flat = changes!.to(ScalarType.Byte).data<byte>().ToArray();
        var table = new bool[elements, flat.Length / elements];
        for (var i = 0; i < flat.Length; i++)
            table[i / table.GetLength(1), i % table.GetLength(1)] = flat[i] != 0;
        return new(table, Sizes(shape), Sizes(sample.shape[1..]));
    }

    /// <summary>Whether each element of the result comes of at most one of the input.</summary>
    public bool AreElementwise => Enumerable.Range(0, _changes.GetLength(1)).All(to => Enumerable.Range(0, _changes.GetLength(0)).Count(from => _changes[from, to]) <= 1);

    /// <summary>The channels of the input that each channel of the result depends on.</summary>
    public IReadOnlyList<IReadOnlySet<int>> Channels
    {
        get
        {
            var channels = Enumerable.Range(0, _output.Channels).Select(static _ => new HashSet<int>()).ToList();
            for (var from = 0; from < _changes.GetLength(0); from++)
            {
                for (var to = 0; to < _changes.GetLength(1); to++)
                {
                    if (_changes[from, to])
                        channels[to / _output.Pixels].Add(from / _input.Pixels);
                }
            }
            return channels;
        }
    }

    /// <summary>Whether what comes out of an image depends on those beside it: all that is looked at here are one image's elements.</summary>
    private static bool AreImagesMixed(Func<Tensor, Tensor> function, long[] shape)
    {
        var images = randn([2, .. shape], float64);
        return (function(images) - OneByOne(function)(images)).abs().max().item<double>() > Noise;
    }

    private static Func<Tensor, Tensor> OneByOne(Func<Tensor, Tensor> function) => images => cat([.. images.split(1).Select(function)]);

    private static (int, int) Sizes(long[] shape) => ((int)shape[0], (int)shape.Skip(1).Aggregate(1L, static (product, size) => product * size));
}
