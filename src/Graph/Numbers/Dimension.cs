namespace Blockwright.Graph;

/// <summary>
/// A size of a value that Reshape or Permute gave: a number, times so many heights and so many widths of the map that it was made of. So it is known at every size of that map, and products of sizes are exact.
/// </summary>
public sealed record Dimension(Amount Times, int Heights, int Widths)
{
    public static Dimension One { get; } = Of(Amount.One);

    public static Dimension Height { get; } = new(Amount.One, 1, 0);

    public static Dimension Width { get; } = new(Amount.One, 0, 1);

    /// <summary>Whether it is the same at every size of the map.</summary>
    public bool IsFixed => Heights == 0 && Widths == 0;

    public static Dimension Of(Amount number) => new(number, 0, 0);

    public static Dimension operator *(Dimension one, Dimension other) => new(one.Times * other.Times, one.Heights + other.Heights, one.Widths + other.Widths);

    public static Dimension Product(IEnumerable<Dimension> sizes) => sizes.Aggregate(One, static (product, size) => product * size);

    /// <summary>How much it is over a map of a size, where that is known.</summary>
    public long? At(Extent height, Extent width)
    {
        var size = Times.Constant;
        for (var i = 0; i < Heights; i++)
            size = checked(size * height.Size);
        for (var i = 0; i < Widths; i++)
            size = checked(size * width.Size);
        return size;
    }

    /// <summary>How a person reads it where the map's sizes are called so: <c>3*h*w</c>.</summary>
    public string Text(string height, string width)
    {
        var number = Times.Equals(Amount.One) && !IsFixed ? [] : new[] { Times.Text };
        return string.Join("*", number.Concat(Enumerable.Repeat(height, Heights)).Concat(Enumerable.Repeat(width, Widths)));
    }

    public override string ToString() => Text("h", "w");
}
