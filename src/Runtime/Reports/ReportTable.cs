using System.Globalization;

namespace Blockwright;

/// <summary>A column of a report's table.</summary>
/// <param name="Header">What stands above.</param>
/// <param name="Cells">A text for each row.</param>
/// <param name="Values">What numbers are sorted by; null for a column of texts.</param>
/// <param name="IsSortable">Whether rows can be sorted by it: not by figures of different units.</param>
internal sealed record ReportColumn(string Header, IReadOnlyList<string> Cells, IReadOnlyList<double>? Values = null, bool IsSortable = true);

/// <summary>Tables of a report: a header is a button that sorts, by click and by key.</summary>
internal static class ReportTable
{
    /// <param name="html">Where it goes.</param>
    /// <param name="id">What the table is called in the page.</param>
    /// <param name="caption">What it is.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="sum">A last row, which stays last; null for none.</param>
    public static void Write(Html html, string id, string caption, IReadOnlyList<ReportColumn> columns, IReadOnlyList<string>? sum = null)
    {
        html.Begin("div", ("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", caption)).Begin("table", ("id", id)).Element("caption", caption);
        html.Begin("thead").Begin("tr");
        foreach (var column in columns)
            Header(html, column);
        html.End("tr").EndLine("thead").Begin("tbody");
        for (var row = 0; row < columns[0].Cells.Count; row++)
        {
            html.Begin("tr");
            foreach (var column in columns)
                html.Begin("td", ("class", Class(column)), ("data-value", column.Values?[row].ToString("R", CultureInfo.InvariantCulture))).Text(column.Cells[row]).End("td");
            html.EndLine("tr");
        }
        html.EndLine("tbody");
        if (sum is not null)
        {
            html.Begin("tfoot").Begin("tr");
            for (var i = 0; i < columns.Count; i++)
                html.Begin("td", ("class", Class(columns[i]))).Text(sum[i]).End("td");
            html.End("tr").EndLine("tfoot");
        }
        html.End("table").EndLine("div");
    }

    private static void Header(Html html, ReportColumn column)
    {
        html.Begin("th", ("scope", "col"), ("class", Class(column)), ("aria-sort", column.IsSortable ? "none" : null));
        if (column.IsSortable)
            html.Element("button", column.Header, ("type", "button"));
        else
            html.Text(column.Header);
        html.End("th");
    }

    private static string? Class(ReportColumn column) => column.Values is null ? null : "number";
}
