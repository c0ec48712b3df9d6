using System.Globalization;

namespace Blockwright;

/// <summary>A shape, or strides, as messages show them.</summary>
internal static class ShapeText
{
    public static string Joined(this IEnumerable<long> sizes, string separator) => string.Join(separator, sizes.Select(static size => size.ToString(CultureInfo.InvariantCulture)));
}
