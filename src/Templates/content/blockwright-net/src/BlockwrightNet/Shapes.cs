namespace BlockwrightNet;

/// <summary>Images of circles, squares and crosses on noise: 1 x 32 x 32 values each. Put your own data here.</summary>
public sealed class Shapes
{
    /// <summary>Height and width.</summary>
    public const int Side = 32;

    /// <summary>What a label means.</summary>
    public static IReadOnlyList<string> Names { get; } = ["circle", "square", "cross"];

    private Shapes(int count) => (Images, Labels) = (new float[count * Side * Side], new long[count]);

    /// <summary>N x 1 x 32 x 32.</summary>
    public float[] Images { get; }

    /// <summary>N labels.</summary>
    public long[] Labels { get; }

    /// <summary>Draws images; the same seed draws the same.</summary>
    public static Shapes Draw(int count, int seed)
    {
        var random = new Random(seed);
        var shapes = new Shapes(count);
        for (var i = 0; i < count; i++)
        {
            shapes.Labels[i] = random.Next(Names.Count);
            Draw(shapes.Images.AsSpan(i * Side * Side, Side * Side), (int)shapes.Labels[i], random);
        }
        return shapes;
    }

    private static void Draw(Span<float> image, int label, Random random)
    {
        var (y, x, size) = (random.Next(10, Side - 10), random.Next(10, Side - 10), random.Next(4, 9));
        for (var i = 0; i < image.Length; i++)
        {
            var (down, right) = (Math.Abs((i / Side) - y), Math.Abs((i % Side) - x));
            var isInside = label switch
            {
                0 => (down * down) + (right * right) <= size * size,
                1 => Math.Max(down, right) <= size,
                _ => Math.Min(down, right) <= 1 && Math.Max(down, right) <= size,
            };
            image[i] = (isInside ? 1 : 0) + (((float)random.NextDouble() - 0.5f) * 0.8f);
        }
    }
}
