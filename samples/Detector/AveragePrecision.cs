namespace Detector;

/// <summary>How good detections are: mAP, as Pascal VOC has had it since 2010.</summary>
public static class AveragePrecision
{
    /// <summary>The overlap from which on a detection is of an object.</summary>
    public const float LeastOverlap = 0.5f;

    /// <summary>The mean over the classes that there are of the area under precision over recall.</summary>
    /// <param name="found">The detections of each image.</param>
    /// <param name="there">The objects of each image.</param>
    public static double Mean(IReadOnlyList<IReadOnlyList<Detection>> found, IReadOnlyList<IReadOnlyList<Labelled>> there)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(there);
        if (found.Count != there.Count)
            throw new ArgumentException(FormattableString.Invariant($"Expected the detections of {there.Count} images, found those of {found.Count}."), nameof(found));
        return there.SelectMany(static objects => objects).Select(static each => each.Class).Distinct().Select(each => OfClass(each, found, there)).DefaultIfEmpty(0).Average();
    }

    private static double OfClass(int number, IReadOnlyList<IReadOnlyList<Detection>> found, IReadOnlyList<IReadOnlyList<Labelled>> there)
    {
        var objects = there.Select(each => each.Where(labelled => labelled.Class == number).Select(static labelled => labelled.Box).ToList()).ToList();
        var (total, hits) = (objects.Sum(static each => each.Count), new List<bool>());
        foreach (var (image, detection) in found.SelectMany(static (each, image) => each.Select(detection => (image, detection))).Where(each => each.detection.Class == number).OrderByDescending(static each => each.detection.Score))
        {
            // An object is found once: who finds it again is wrong.
            var left = objects[image];
            var best = left.Count == 0 ? -1 : Enumerable.Range(0, left.Count).MaxBy(i => left[i].Overlap(detection.Box));
            var isHit = best >= 0 && left[best].Overlap(detection.Box) >= LeastOverlap;
            if (isHit)
                left.RemoveAt(best);
            hits.Add(isHit);
        }
        return Area(hits, total);
    }

    /// <summary>At each hit recall grows by one part, at the best precision that there is from there on.</summary>
    private static double Area(List<bool> hits, int total)
    {
        var (area, best, right) = (0.0, 0.0, hits.Count(static hit => hit));
        for (var i = hits.Count - 1; i >= 0; i--)
        {
            best = Math.Max(best, right / (i + 1.0));
            if (!hits[i])
                continue;
            area += best / total;
            right--;
        }
        return area;
    }
}
