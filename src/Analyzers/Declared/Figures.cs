using System.Globalization;
using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Analyzers.Declared;

/// <summary>Numbers as messages write them.</summary>
internal static class Figures
{
    public static string Exact(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Short(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>float32 values as bytes: "1,605,632 bytes".</summary>
    public static string Bytes(long values) => $"{Exact(values * OperationCost.BytesPerValue)} bytes";

    /// <summary>Without the batch: "64 x 56 x 56".</summary>
    public static string Map(Shape shape) => shape.IsFlat ? $"{shape.Channels}" : $"{shape.Channels} x {shape.Height} x {shape.Width}";
}
