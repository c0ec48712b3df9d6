using System.Globalization;
using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>The activations in the dialect of C that a GPU's kernels are written in.</summary>
public static class DeviceFormulas
{
    /// <summary>An expression in the float x.</summary>
    public static string Of(PlanFunction function) =>
        Activations.Rows.SelectMany(static row => row.Form is { } form ? [row, form.Row] : new[] { row }).First(row => (row.Function ?? row.Kind) == function.Name).Formula(function.Parameters);

    /// <summary>A number as a literal of type float.</summary>
    public static string Number(double value)
    {
        var text = ((float)value).ToString("G9", CultureInfo.InvariantCulture);
        if (text.IndexOfAny(['.', 'E']) < 0)
            text += ".0";
        return value < 0 ? $"({text}f)" : text + "f";
    }
}
