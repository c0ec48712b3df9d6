using System.Globalization;
using static System.FormattableString;

namespace Blockwright;

/// <summary>What each layer costs, and each block and stage.</summary>
internal static class CostTables
{
    public static void Write(Html html, NetworkSummary summary, Heat heat)
    {
        html.Begin("section", ("id", "cost")).Element("h2", "Cost");
        var groups = summary.Rows.Where(static row => row is { IsGroup: true, Depth: > 0 }).ToList();
        if (groups.Count > 0)
            Table(html, "block-table", "Blocks and stages, each with all that lies in it", summary, groups, heat);
        Table(html, "cost-table", "Layers; bytes as operations of their own, and as a snapshot's passes move them", summary, [.. summary.Rows.Where(static row => !row.IsGroup).OrderBy(static row => row.Layers[0].Index)], heat);
        html.EndLine("section");
    }

    private static void Table(Html html, string id, string caption, NetworkSummary summary, IReadOnlyList<SummaryRow> rows, Heat heat)
    {
        List<ReportColumn> columns = [];
        if (!rows[0].IsGroup)
            columns.Add(new("number", [.. rows.Select(static row => row.Layers[0].Index.ToString(CultureInfo.InvariantCulture))], [.. rows.Select(static row => (double)row.Layers[0].Index)]));
        columns.Add(new("layer", [.. rows.Select(static row => row.Name)]));
        columns.Add(new("kind", [.. rows.Select(static row => row.IsGroup || row.Numbers.Length == 0 ? row.Kind : Invariant($"{row.Kind} {row.Numbers}"))]));
        columns.Add(new("gives", [.. rows.Select(static row => SummaryText.Shape(row.OutputShape))]));
        Count("parameters", static row => row.Parameters);
        Count("multiply-adds", static row => row.MultiplyAdds);
        Count("bytes", static row => row.MemoryAccessBytes);
        if (summary.Cost.HasPlan)
        {
            Count("bytes fused", static row => row.FusedBytes);
            columns.Add(new("fused", [.. rows.Select(row => SummaryText.Pass(summary, row))]));
        }
        columns.Add(new($"share of {heat.Of}", [.. rows.Select(row => Heat.Text(heat.Share(row.Layers)))], [.. rows.Select(row => heat.Share(row.Layers))]));
        ReportTable.Write(html, id, caption, columns, rows[0].IsGroup ? null : Sum(columns, summary));

        void Count(string header, Func<SummaryRow, long> value) => columns.Add(new(header, [.. rows.Select(row => SummaryText.Counted(row, value(row)))], [.. rows.Select(row => (double)value(row))]));
    }

    private static List<string> Sum(IReadOnlyList<ReportColumn> columns, NetworkSummary summary)
    {
        var cost = summary.Cost;
        var figures = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["layer"] = "all",
            ["parameters"] = SummaryText.Exact(cost.Parameters),
            ["multiply-adds"] = SummaryText.Exact(cost.MultiplyAdds),
            ["bytes"] = SummaryText.Exact(cost.MemoryAccessBytes),
            ["bytes fused"] = SummaryText.Exact(cost.FusedBytes),
            ["fused"] = SummaryText.Pass(summary, summary.Rows[0]),
        };
        return [.. columns.Select(column => figures.GetValueOrDefault(column.Header, ""))];
    }
}
