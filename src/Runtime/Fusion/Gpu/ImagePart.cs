namespace Blockwright.Gpu;

/// <summary>Some images of a call, whose inputs lie one behind another, each of all images, and so do its results.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many.</param>
/// <param name="All">Images of the call.</param>
internal readonly record struct ImagePart(int First, int Count, int All)
{
    /// <summary>All images.</summary>
    public static ImagePart Whole(int batch) => new(0, batch, batch);

    /// <summary>The first part, where no more than some images are taken at a time.</summary>
    public static ImagePart Of(int batch, int most) => new(0, Math.Min(most, batch), batch);

    /// <summary>The part behind this one; of no image behind the last.</summary>
    public ImagePart Next(int most) => new(First + Count, Math.Min(most, All - First - Count), All);

    /// <summary>Where these images' values of an input or a result lie.</summary>
    /// <param name="at">Where the values of all images begin; then where those of the next input or result do.</param>
    /// <param name="values">The values of one image.</param>
    public Range Of(ref long at, long values)
    {
        var from = at + (First * values);
        at += All * values;
        return (int)from..(int)(from + (Count * values));
    }
}
