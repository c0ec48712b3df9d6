using static TorchSharp.torch;

namespace Detector;

/// <summary>The cells of the three outputs, one behind another: 12 x 12 that stand 8 pixels apart, 6 x 6 of 16 and 3 x 3 of 32. Each may say that an object's middle is near, and how far off its sides are.</summary>
public static class Cells
{
    /// <summary>The distances to a box's sides come first, in strides: left, top, right, bottom.</summary>
    public const int Sides = 4;

    /// <summary>How near an object's middle is to the cells that answer for it, in strides.</summary>
    private const float Near = 0.75f;

    // Beyond, a box would be larger than any image; the exponential of what an untrained network says is not.
    private const float MostExponent = 4;

    private static readonly (int Stride, float Largest)[] Levels = [(8, 20), (16, 40), (32, float.PositiveInfinity)];

    private static readonly IReadOnlyList<(int Level, float X, float Y, int Stride)> All = [.. Levels.SelectMany(static (level, number) => Middles(number, level.Stride))];

    /// <summary>How many there are.</summary>
    public static int Count => All.Count;

    /// <summary>The outputs, each N x (4 + classes) x H x W, as N x (4 + classes) x cells.</summary>
    public static Tensor Join((Tensor P3, Tensor P4, Tensor P5) outputs) => cat([outputs.P3.flatten(2), outputs.P4.flatten(2), outputs.P5.flatten(2)], 2);

    /// <summary>The object that each cell answers for, -1 for none: those near its middle, of the output whose cells are of its size. Of two objects the smaller one has a cell.</summary>
    public static int[] Assign(IReadOnlyList<Labelled> objects)
    {
        ArgumentNullException.ThrowIfNull(objects);
        var owners = Enumerable.Repeat(-1, Count).ToArray();
        foreach (var (box, number) in objects.Select(static (each, i) => (each.Box, i)).OrderByDescending(static each => each.Box.Area))
        {
            var level = Array.FindIndex(Levels, level => Math.Max(box.Width, box.Height) <= level.Largest);
            var (x, y) = ((box.Left + box.Right) / 2, (box.Top + box.Bottom) / 2);
            for (var i = 0; i < Count; i++)
            {
                var cell = All[i];
                if (cell.Level == level && Math.Max(Math.Abs(cell.X - x), Math.Abs(cell.Y - y)) <= Near * cell.Stride && cell.X > box.Left && cell.X < box.Right && cell.Y > box.Top && cell.Y < box.Bottom)
                    owners[i] = number;
            }
        }
        return owners;
    }

    /// <summary>How far a box's sides are from a cell, in strides.</summary>
    public static float[] Distances(int cell, Box box)
    {
        var (_, x, y, stride) = All[cell];
        return [(x - box.Left) / stride, (y - box.Top) / stride, (box.Right - x) / stride, (box.Bottom - y) / stride];
    }

    /// <summary>What a network says of one image, as detections of at least a score; overlapping ones are suppressed.</summary>
    /// <param name="numbers">(4 + classes) x cells.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="least">The least score.</param>
    public static List<Detection> Detect(ReadOnlySpan<float> numbers, int classes, float least)
    {
        const float MostOverlap = 0.5f;
        var detections = new List<Detection>();
        for (var cell = 0; cell < Count; cell++)
        {
            for (var number = 0; number < classes; number++)
            {
                var score = 1 / (1 + MathF.Exp(-numbers[((Sides + number) * Count) + cell]));
                if (score >= least)
                    detections.Add(new(number, score, BoxOf(numbers, cell)));
            }
        }
        return Detection.SuppressOverlaps(detections, MostOverlap);
    }

    /// <summary>Distances are said by their logarithms: N x 4 x cells.</summary>
    public static Tensor DistancesOf(Tensor said) => said.clamp(-MostExponent, MostExponent).exp();

    private static Box BoxOf(ReadOnlySpan<float> numbers, int cell)
    {
        var (_, x, y, stride) = All[cell];
        Span<float> distances = stackalloc float[Sides];
        for (var side = 0; side < Sides; side++)
            distances[side] = stride * MathF.Exp(Math.Clamp(numbers[(side * Count) + cell], -MostExponent, MostExponent));
        return new(x - distances[0], y - distances[1], x + distances[2], y + distances[3]);
    }

    private static IEnumerable<(int Level, float X, float Y, int Stride)> Middles(int level, int stride)
    {
        for (var y = stride / 2; y < Scene.Side; y += stride)
        {
            for (var x = stride / 2; x < Scene.Side; x += stride)
                yield return (level, x, y, stride);
        }
    }
}
