namespace Detector;

/// <summary>A rectangle along the axes, in pixels.</summary>
public readonly record struct Box(float Left, float Top, float Right, float Bottom)
{
    public float Width => Right - Left;

    public float Height => Bottom - Top;

    public float Area => Math.Max(0, Width) * Math.Max(0, Height);

    /// <summary>Intersection over union: 1 for the same box, 0 for boxes apart.</summary>
    public float Overlap(Box other)
    {
        var common = new Box(Math.Max(Left, other.Left), Math.Max(Top, other.Top), Math.Min(Right, other.Right), Math.Min(Bottom, other.Bottom)).Area;
        return common == 0 ? 0 : common / (Area + other.Area - common);
    }
}

/// <summary>An object that is there.</summary>
public readonly record struct Labelled(int Class, Box Box);

/// <summary>An object that a network says is there.</summary>
public readonly record struct Detection(int Class, float Score, Box Box)
{
    /// <summary>Of detections of a class that overlap by more than <paramref name="most"/> the best one is kept. The rest comes out best first.</summary>
    public static List<Detection> SuppressOverlaps(IEnumerable<Detection> detections, float most)
    {
        var kept = new List<Detection>();
        foreach (var next in detections.OrderByDescending(static detection => detection.Score))
        {
            if (kept.TrueForAll(better => better.Class != next.Class || better.Box.Overlap(next.Box) <= most))
                kept.Add(next);
        }
        return kept;
    }
}
