using System.Globalization;

namespace Blockwright.Graph;

/// <summary>A height or a width: known, or only a text for people where a block is seen by itself (<c>H</c>, <c>H/2</c>).</summary>
/// <param name="IsAlways">Whether it is this size whatever the input's is, as behind a mean over the map; else it is so at the declared input.</param>
public readonly record struct Extent(long? Size, string Text, bool IsAlways = false)
{
    public static Extent Of(long size) => new(size, size.ToString(CultureInfo.InvariantCulture));

    public static Extent Always(long size) => Of(size) with { IsAlways = true };

    public static Extent Always(Amount size) => size.Constant is { } known ? Always(known) : Unknown(size.Text) with { IsAlways = true };

    public static Extent Unknown(string text) => new(null, text);

    /// <summary>So many times it.</summary>
    public Extent Times(Amount factor) => Known(factor) is var (size, by) ? Of(checked(size * by)) with { IsAlways = IsAlways } : Scaled('*', '/', factor);

    /// <summary>A part of it, rounded down.</summary>
    public Extent Over(Amount divisor) => Known(divisor) is var (size, by) ? Of(size / by) with { IsAlways = IsAlways } : Scaled('/', '*', divisor);

    /// <summary>So much more.</summary>
    public Extent Plus(Amount more) => Known(more) is var (size, by) ? Of(checked(size + by)) with { IsAlways = IsAlways } : more.Equals(Amount.Zero) ? this : Unknown(Text.TrimEnd('\'') + "'");

    /// <summary>This or the other, as only the constructor knows.</summary>
    public Extent Or(Extent other) => Equals(other) ? this : Unknown(Text.TrimEnd('\'') + "'");

    public override string ToString() => Text;

    private (long Size, long Other)? Known(Amount other) => Size is { } size && other.Constant is { } number ? (size, number) : null;

    /// <summary>A text for a size that is not known: H/2, or H of H/2 and 2. One that grows with each layer is cut.</summary>
    private Extent Scaled(char sign, char inverse, Amount by)
    {
        const int MostCharacters = 64;
        if (by.Equals(Amount.One))
            return Size is null ? this : Unknown(Text);
        var (stem, already) = Tail(sign);
        var (whole, taken) = Tail(inverse);
        var text = by.Constant is not { } number ? $"{Text}{sign}{by}"
            : taken == number ? whole
            : taken > number && taken % number == 0 ? $"{whole}{inverse}{(taken / number).ToString(CultureInfo.InvariantCulture)}"
            : already <= int.MaxValue / number ? $"{stem}{sign}{(already * number).ToString(CultureInfo.InvariantCulture)}" : $"{Text}{sign}{by}";
        return Unknown(text.Length > MostCharacters ? text.Substring(0, 1) + "'" : text);
    }

    /// <summary>What stands before and behind a sign at the text's end; 1 where none does.</summary>
    private (string Stem, long Number) Tail(char sign)
    {
        var at = Text.LastIndexOf(sign);
        return at > 0 && long.TryParse(Text.Substring(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? (Text.Substring(0, at), number) : (Text, 1);
    }
}

/// <summary>The shape of a value without its batch: C x H x W, or F features where it is flat.</summary>
public sealed record Shape(Amount Channels, Extent Height, Extent Width, bool IsFlat)
{
    // Far beyond any network. What plans channels has tables of them, and a number that is being typed must not fill the compiler's memory.
    private const int MostChannels = 1 << 16;
    private const int MostFeatures = 1 << 20;

    /// <summary>The sizes of a value that Reshape or Permute gave and that is no map and no features; else none. Its channels, height and width are those of the map that it was made of.</summary>
    public EquatableArray<Dimension> Dimensions { get; private init; } = EquatableArray<Dimension>.Empty;

    /// <summary>Whether its elements lie in memory in another order than it says, as behind Permute.</summary>
    public bool IsPermuted { get; private init; }

    public bool IsMap => !IsFlat && Dimensions.Count == 0;

    /// <summary>Whether it is a map or features: what kernels have memory for.</summary>
    public bool IsHeld => IsMap || IsFlat;

    /// <summary>Its sizes, whatever it is.</summary>
    public EquatableArray<Dimension> Sizes =>
        Dimensions.Count > 0 ? Dimensions
        : IsFlat ? new[] { Dimension.Of(Channels) }.ToEquatableArray()
        : new[] { Dimension.Of(Channels), SizeOf(Height, Dimension.Height), SizeOf(Width, Dimension.Width) }.ToEquatableArray();

    /// <summary>What was expected where there are surely too many channels.</summary>
    public string? Excess => Channels.Constant > (IsMap ? MostChannels : MostFeatures)
        ? string.Format(CultureInfo.InvariantCulture, IsMap ? "at most {0} channels, found {1}" : "at most {0} features, found {1}", IsMap ? MostChannels : MostFeatures, Channels)
        : null;

    public static Shape Map(Amount channels, Extent height, Extent width) => new(channels, height, width, IsFlat: false);

    public static Shape Flat(Amount features) => new(features, Extent.Always(1), Extent.Always(1), IsFlat: true);

    /// <summary>Whether it is a map of 1 x 1 at the declared input.</summary>
    public bool IsPoint => Height.Size == 1 && Width.Size == 1;

    /// <summary>Whether it is a map of 1 x 1 whatever the input's size is: a kind, not a size.</summary>
    public bool IsAlwaysPoint => IsPoint && Height.IsAlways && Width.IsAlways;

    /// <summary>This where a condition holds, and else the other; both are maps, or both are flat, or both have the same other sizes.</summary>
    public Shape If(Condition condition, Shape otherwise) =>
        this with { Channels = Amount.Choose(condition, Channels, otherwise.Channels), Height = Height.Or(otherwise.Height), Width = Width.Or(otherwise.Width) };

    /// <summary>Whether both are maps, or both flat, or of the same other sizes.</summary>
    public bool IsLike(Shape other) => IsFlat == other.IsFlat && Dimensions.Equals(other.Dimensions);

    /// <summary>The same elements in other sizes: features, a map where two of three are its height and its width, or something else.</summary>
    public Shape Rearranged(EquatableArray<Dimension> sizes, bool isPermuted)
    {
        var shape = sizes.Count switch
        {
            1 when sizes[0].IsFixed => Flat(sizes[0].Times),
            3 when sizes[0].IsFixed && !IsFlat && sizes[1] == Dimension.Height && sizes[2] == Dimension.Width => Map(sizes[0].Times, Height, Width),
            3 when sizes.All(static size => size.IsFixed) => Map(sizes[0].Times, Extent.Always(sizes[1].Times), Extent.Always(sizes[2].Times)),
            _ => this with { Dimensions = sizes, IsFlat = false },
        };
        return shape with { IsPermuted = isPermuted };
    }

    /// <summary>It, and why it is none where it reads like features or a map.</summary>
    public string Explained => Dimensions.Count switch
    {
        1 => $"{this}, a number that goes with the map's height and width (Flatten, or the number itself, makes features)",
        3 => $"{this}, whose height and width are not those of a map in this order (a Reshape to three numbers makes one)",
        _ => ToString(),
    };

    public override string ToString() =>
        IsFlat ? $"N x {Channels}"
        : IsMap ? $"N x {Channels} x {Height} x {Width}"
        : $"N x {string.Join(" x ", Dimensions.Select(size => size.At(Height, Width)?.ToString(CultureInfo.InvariantCulture) ?? size.Text(Height.Text, Width.Text)))}";

    /// <summary>A map's height or width among its sizes: a number, where it is one at every size of the input.</summary>
    private static Dimension SizeOf(Extent extent, Dimension open) => extent is { IsAlways: true, Size: { } known } ? Dimension.Of(Amount.Of(known)) : open;
}
