namespace Detector;

/// <summary>A drawn image, and what is on it.</summary>
/// <param name="Pixels">3 x 96 x 96: the red plane, the green one, the blue one.</param>
/// <param name="Objects">The shapes.</param>
public sealed record Scene(byte[] Pixels, IReadOnlyList<Labelled> Objects)
{
    public const int Side = 96;
    public const int Channels = 3;
    public const int MostObjects = 4;
    private const int Smallest = 12;
    private const int Largest = 60;
    private const float MostOverlap = 0.15f;

    /// <summary>What there is to be found.</summary>
    public static IReadOnlyList<string> Classes { get; } = ["disc", "square", "triangle"];

    /// <summary>Draws some scenes, the same for a seed.</summary>
    public static IReadOnlyList<Scene> Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Draw(random))];
    }

    private static Scene Draw(Random random)
    {
        var pixels = new float[Channels, Side, Side];
        var ground = Colour(random, 20, 110);
        Fill(pixels, (_, _) => ground, new Box(0, 0, Side, Side), static (_, _) => true);
        var objects = new List<Labelled>();
        for (var wanted = 1 + random.Next(MostObjects); wanted > 0; wanted--)
        {
            if (Place(random, objects) is not { } placed)
                continue;
            objects.Add(placed);
            var colour = Colour(random, 130, 250);
            Fill(pixels, (_, _) => colour, placed.Box, Inside(placed));
        }
        return new(Grained(pixels, random), objects);
    }

    /// <summary>A shape where it hides none, or nowhere.</summary>
    private static Labelled? Place(Random random, List<Labelled> others)
    {
        for (var tries = 0; tries < 10; tries++)
        {
            var (width, height) = (Smallest + random.Next(Largest - Smallest), 0.8f + (0.4f * random.NextSingle()));
            var size = (Width: (float)width, Height: Math.Clamp(MathF.Round(width * height), Smallest, Largest));
            var (left, top) = (random.Next(Side - (int)size.Width), random.Next(Side - (int)size.Height));
            var placed = new Labelled(random.Next(Classes.Count), new(left, top, left + size.Width, top + size.Height));
            if (others.TrueForAll(other => other.Box.Overlap(placed.Box) <= MostOverlap && !Covers(placed.Box, other.Box)))
                return placed;
        }
        return null;
    }

    private static bool Covers(Box one, Box other) =>
        Math.Max(one.Left, other.Left) < Math.Min(one.Right, other.Right) && Math.Max(one.Top, other.Top) < Math.Min(one.Bottom, other.Bottom) && one.Overlap(other) * (one.Area + other.Area) > 0.4f * Math.Min(one.Area, other.Area);

    /// <summary>Whether a pixel's middle is in the shape; a shape touches all sides of its box.</summary>
    private static Func<float, float, bool> Inside(Labelled shape)
    {
        var box = shape.Box;
        return Classes[shape.Class] switch
        {
            "disc" => (x, y) => Square(((2 * (x - box.Left)) / box.Width) - 1) + Square(((2 * (y - box.Top)) / box.Height) - 1) <= 1,
            "square" => static (_, _) => true,
            _ => (x, y) => Math.Abs((2 * (x - box.Left) / box.Width) - 1) <= (y - box.Top) / box.Height,
        };

        static float Square(float value) => value * value;
    }

    private static void Fill(float[,,] pixels, Func<int, int, float[]> colour, Box box, Func<float, float, bool> isInside)
    {
        for (var y = (int)box.Top; y < (int)box.Bottom; y++)
        {
            for (var x = (int)box.Left; x < (int)box.Right; x++)
            {
                for (var channel = 0; channel < Channels && isInside(x + 0.5f, y + 0.5f); channel++)
                    pixels[channel, y, x] = colour(x, y)[channel];
            }
        }
    }

    private static float[] Colour(Random random, int least, int most) => [.. Enumerable.Range(0, Channels).Select(_ => least + ((most - least) * random.NextSingle()))];

    /// <summary>A film's grain, and a light that falls from one side.</summary>
    private static byte[] Grained(float[,,] pixels, Random random)
    {
        var (right, down) = ((random.NextSingle() - 0.5f) * 0.8f, (random.NextSingle() - 0.5f) * 0.8f);
        var bytes = new byte[Channels * Side * Side];
        var at = 0;
        for (var channel = 0; channel < Channels; channel++)
        {
            for (var y = 0; y < Side; y++)
            {
                for (var x = 0; x < Side; x++)
                {
                    var light = 1 + (right * ((x / (float)Side) - 0.5f)) + (down * ((y / (float)Side) - 0.5f));
                    var grain = 60 * (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f);
                    bytes[at++] = (byte)Math.Clamp((pixels[channel, y, x] * light) + grain, 0, 255);
                }
            }
        }
        return bytes;
    }
}
