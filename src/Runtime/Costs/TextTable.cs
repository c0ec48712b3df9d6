using System.Text;

namespace Blockwright;

/// <summary>A column of a table.</summary>
/// <param name="Header">What stands above.</param>
/// <param name="IsNumber">Whether it is ranged right.</param>
/// <param name="Cells">A cell for each row.</param>
internal sealed record TextColumn(string Header, bool IsNumber, IReadOnlyList<string> Cells);

/// <summary>Tables as text.</summary>
internal static class TextTable
{
    private const string Between = "  ";

    /// <summary>In columns as wide as their widest cell.</summary>
    public static void Write(StringBuilder text, IReadOnlyList<TextColumn> columns)
    {
        var widths = columns.Select(static column => column.Cells.Select(static cell => cell.Length).Append(column.Header.Length).Max()).ToList();
        var rule = new string('-', widths.Sum() + (Between.Length * (widths.Count - 1)));
        Line(static column => column.Header);
        text.Append(rule).Append('\n');
        for (var i = 0; i < columns[0].Cells.Count; i++)
            Line(column => column.Cells[i]);
        text.Append(rule).Append('\n');

        void Line(Func<TextColumn, string> cell)
        {
            var line = string.Join(Between, columns.Select((column, i) => column.IsNumber ? cell(column).PadLeft(widths[i]) : cell(column).PadRight(widths[i])));
            text.Append(line.TrimEnd()).Append('\n');
        }
    }

    /// <summary>As Markdown has them.</summary>
    public static void WriteMarkdown(StringBuilder text, IReadOnlyList<TextColumn> columns)
    {
        Line(static column => column.Header);
        Line(static column => column.IsNumber ? "---:" : "---");
        for (var i = 0; i < columns[0].Cells.Count; i++)
            Line(column => column.Cells[i]);

        void Line(Func<TextColumn, string> cell) => text.Append("| ").AppendJoin(" | ", columns.Select(column => Escaped(cell(column)))).Append(" |").Append('\n');
    }

    /// <summary>A bar would end the cell, and a name between underscores would be bold.</summary>
    private static string Escaped(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
