using System.Globalization;
using Blockwright.Graph;

namespace Blockwright.Analyzers.Declared;

/// <summary>Numbers as messages write them.</summary>
internal static class Figures
{
    private const int BytesPerValue = sizeof(float);

    public static string Exact(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Short(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>float32 values as bytes: "1,605,632 bytes".</summary>
    public static string Bytes(long values) => $"{Exact(values * BytesPerValue)} bytes";

    public static long Pixels(Shape shape) => (shape.Height.Size ?? 1) * (shape.Width.Size ?? 1);

    public static long Values(Shape shape) => shape.Channels.Constant!.Value * Pixels(shape);

    /// <summary>Without the batch: "64 x 56 x 56".</summary>
    public static string Map(Shape shape) => shape.IsFlat ? $"{shape.Channels}" : $"{shape.Channels} x {shape.Height} x {shape.Width}";
}
