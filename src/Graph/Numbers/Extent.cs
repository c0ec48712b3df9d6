using System.Globalization;

namespace Blockwright.Graph;

/// <summary>A height or a width: known, or only a text for people where a block is seen by itself (<c>H</c>, <c>H/2</c>).</summary>
/// <param name="IsAlways">Whether it is this size whatever the input's is, as behind a mean over the map; else it is so at the declared input.</param>
public readonly record struct Extent(long? Size, string Text, bool IsAlways = false)
{
    public static Extent Of(long size) => new(size, size.ToString(CultureInfo.InvariantCulture));

    public static Extent Always(long size) => Of(size) with { IsAlways = true };

    public static Extent Unknown(string text) => new(null, text);

    public override string ToString() => Text;
}

/// <summary>The shape of a value without its batch: C x H x W, or F features where it is flat.</summary>
public sealed record Shape(Amount Channels, Extent Height, Extent Width, bool IsFlat)
{
    // Far beyond any network. What plans channels has tables of them, and a number that is being typed must not fill the compiler's memory.
    private const int MostChannels = 1 << 16;
    private const int MostFeatures = 1 << 20;

    /// <summary>What was expected where there are surely too many channels.</summary>
    public string? Excess => Channels.Constant > (IsFlat ? MostFeatures : MostChannels)
        ? string.Format(CultureInfo.InvariantCulture, IsFlat ? "at most {0} features, found {1}" : "at most {0} channels, found {1}", IsFlat ? MostFeatures : MostChannels, Channels)
        : null;

    public static Shape Map(Amount channels, Extent height, Extent width) => new(channels, height, width, IsFlat: false);

    public static Shape Flat(Amount features) => new(features, Extent.Always(1), Extent.Always(1), IsFlat: true);

    /// <summary>Whether it is a map of 1 x 1 at the declared input.</summary>
    public bool IsPoint => Height.Size == 1 && Width.Size == 1;

    /// <summary>Whether it is a map of 1 x 1 whatever the input's size is: a kind, not a size.</summary>
    public bool IsAlwaysPoint => IsPoint && Height.IsAlways && Width.IsAlways;

    public override string ToString() => IsFlat ? $"N x {Channels}" : $"N x {Channels} x {Height} x {Width}";
}
