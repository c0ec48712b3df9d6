namespace Blockwright.Kernels;

/// <summary>Where the elements of some images lie: a map pixel by pixel, or one behind another in torch's order.</summary>
internal readonly unsafe struct ElementMemory
{
    // From the outermost axis to the innermost.
    private readonly (int Size, int Pitch)[] _axes;

    private ElementMemory(float* data, int images, long imagePitch, params (int Size, int Pitch)[] axes)
    {
        Data = data;
        (Images, ImagePitch, _axes) = (images, imagePitch, axes);
    }

    /// <summary>The first element.</summary>
    public float* Data { get; }

    public int Images { get; }

    /// <summary>Floats from an image to the next.</summary>
    public long ImagePitch { get; }

    /// <summary>Elements of an image.</summary>
    public int Count => _axes.Aggregate(1, static (product, axis) => checked(product * axis.Size));

    /// <summary>A map pixel by pixel; its channels lie one behind another where it is one pixel.</summary>
    public static ElementMemory Of(in FeatureMap map) => new(map.Data, map.Images, map.ImagePitch, (map.Channels, 1), (map.Height, map.RowPitch), (map.Width, map.PixelPitch));

    /// <summary>Planes, whose elements lie one behind another.</summary>
    public static ElementMemory Of(in PlanarImages planes)
    {
        var count = checked(planes.Channels * planes.Height * planes.Width);
        return InOrder(planes.Memory, planes.Images, count, count);
    }

    /// <summary>Elements one behind another.</summary>
    public static ElementMemory InOrder(float* data, int images, long imagePitch, int count) => new(data, images, imagePitch, (count, 1));

    /// <summary>Floats from one to the next, along each of some sizes that the elements have.</summary>
    /// <exception cref="ArgumentException">They do not lie so.</exception>
    public long[] Pitches(ReadOnlySpan<int> sizes)
    {
        var pitches = new long[sizes.Length];
        var (axis, within) = (_axes.Length - 1, 1);
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            if (sizes[i] == 1)
                continue;
            for (; axis > 0 && within == _axes[axis].Size; axis--)
                within = 1;
            pitches[i] = (long)_axes[axis].Pitch * within;
            within *= sizes[i];
            if (_axes[axis].Size % within != 0)
                throw Misfit(sizes);
        }
        return Count == sizes.ToArray().Aggregate(1, static (product, size) => product * size) ? pitches : throw Misfit(sizes);
    }

    /// <summary>Elements one behind another as rows: pixels, each the channels that lie in it.</summary>
    public FeatureMap Rows(int rows, int length) => Columns(1, rows, length) with { PixelPitch = length };

    /// <summary>Elements one behind another as maps: columns of rows, in each of which some lie.</summary>
    public FeatureMap Columns(int columns, int rows, int each)
    {
        if (Pitches([checked(columns * rows * each)])[0] > 1)
            throw Misfit([columns, rows, each]);
        return new() { Data = Data, Images = Images, Channels = each, Height = rows, Width = columns, PixelPitch = rows * each, RowPitch = each, ImagePitch = ImagePitch, Lanes = each };
    }

    private ArgumentException Misfit(ReadOnlySpan<int> sizes) => new($"Elements of {_axes.Select(static axis => (long)axis.Size).Joined(" x ")} do not lie as {sizes.ToArray().Select(static size => (long)size).Joined(" x ")}.", nameof(sizes));
}
