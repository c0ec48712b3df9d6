using System.ComponentModel;

namespace Blockwright.Plans;

/// <summary>How a layer without a window makes a height and a width of those that come in: (size * times + plus) / over. Times 0 is a size of its own, whatever comes in.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct Resizing(int TimesHeight, int TimesWidth, int PlusHeight, int PlusWidth, int OverHeight = 1, int OverWidth = 1)
{
    /// <summary>Whether a size of which something is left is refused, instead of rounded down.</summary>
    public bool IsExact { get; init; }

    /// <summary>The least height that comes in.</summary>
    public int LeastHeight { get; init; } = 1;

    /// <summary>The least width that comes in.</summary>
    public int LeastWidth { get; init; } = 1;

    /// <summary>Whether the size that comes in does not matter.</summary>
    public bool IsFixed => TimesHeight == 0 && TimesWidth == 0;

    /// <summary>Whether the size stays.</summary>
    public bool KeepsSize => this == new Resizing(1, 1, 0, 0);

    /// <summary>Whether a size that comes in is as large as it has to be.</summary>
    public bool IsLargeEnough(int height, int width) => height >= LeastHeight && width >= LeastWidth;

    /// <summary>Whether of a size that comes in nothing is left that may not be.</summary>
    public bool Divides(int height, int width) => !IsExact || checked(((height * TimesHeight) + PlusHeight) % OverHeight == 0 && ((width * TimesWidth) + PlusWidth) % OverWidth == 0);

    /// <summary>The height and width that come out.</summary>
    /// <exception cref="OverflowException">No int holds them.</exception>
    public (int Height, int Width) Of(int height, int width) => checked((((height * TimesHeight) + PlusHeight) / OverHeight, ((width * TimesWidth) + PlusWidth) / OverWidth));
}
