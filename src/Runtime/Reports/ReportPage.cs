using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using static System.FormattableString;

namespace Blockwright;

/// <summary>A report as a page.</summary>
internal static class ReportPage
{
    private static readonly Lazy<string> Style = new(static () => Resource("report.css"));
    private static readonly Lazy<string> Script = new(static () => Resource("report.js"));

    public static string Of(NetworkReport report)
    {
        var html = new Html();
        var heat = Heat.Made(report.Summary.Cost, report.Profile);
        Head(html, report);
        html.Begin("main");
        Totals(html, report);
        Comparisons(html, report.Comparisons);
        Graph(html, report, heat);
        Diagnostics(html, report.Diagnostics);
        Profile(html, report.Profile);
        CostTables.Write(html, report.Summary, heat);
        html.EndLine("main").Begin("script").Raw(Script.Value).EndLine("script").End("body").EndLine("html");
        return html.ToString();
    }

    /// <summary>A page that a browser asks nothing for: its policy allows this style and this very script, and no address.</summary>
    private static void Head(Html html, NetworkReport report)
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script.Value)));
        html.Raw("<!DOCTYPE html>\n").Begin("html", ("lang", "en")).Begin("head").Raw("<meta charset=\"utf-8\">\n");
        html.Begin("meta", ("http-equiv", "Content-Security-Policy"), ("content", $"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"));
        html.Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.Element("title", report.Summary.Cost.Network).Begin("style").Raw(Style.Value).EndLine("style").EndLine("head").Begin("body");
        var cost = report.Summary.Cost;
        html.Begin("header").Element("h1", cost.Network).Element("p", Invariant($"{cost.InputText} → {cost.ResultText}"));
        html.Begin("nav", ("aria-label", "Contents"));
        foreach (var (id, title) in Contents(report))
            html.Element("a", title, ("href", "#" + id));
        html.End("nav").EndLine("header");
    }

    private static IEnumerable<(string Id, string Title)> Contents(NetworkReport report)
    {
        if (report.Comparisons.Count > 0)
            yield return ("comparison", "Comparison");
        yield return ("picture", "Graph");
        if (report.Diagnostics.Count > 0)
            yield return ("diagnostics", "Diagnostics");
        if (report.Profile is not null)
            yield return ("profile", "Profile");
        yield return ("cost", "Cost");
    }

    private static void Totals(Html html, NetworkReport report)
    {
        var cost = report.Summary.Cost;
        html.Begin("dl", ("class", "totals"));
        Total("multiply-adds", SummaryText.Exact(cost.MultiplyAdds));
        Total("parameters", SummaryText.Exact(report.Summary.Parameters));
        Total("memory access, layer by layer", SummaryText.Bytes(cost.MemoryAccessBytes));
        if (cost.HasPlan)
            Total("memory access, fused", SummaryText.Bytes(cost.FusedBytes));
        if (report.Profile is { } profile)
            Total("Fuse() takes", ProfileText.Time(profile.MedianPlainSeconds));
        html.EndLine("dl").Element("p", report.Summary.Fusion());

        void Total(string name, string figure) => html.Begin("div").Element("dt", name).Element("dd", figure).EndLine("div");
    }

    private static void Graph(Html html, NetworkReport report, Heat heat)
    {
        html.Begin("section", ("id", "picture")).Element("h2", "Graph");
        html.Element("p", Invariant($"A bar is as wide as the value's channels. In each block the bar with the largest share of the {heat.Of} is the hottest; the hottest block stands open. Branches that read one value stand side by side."));
        html.Begin("p").Element("button", "Open all", ("type", "button"), ("id", "open-all")).Element("button", "Close all", ("type", "button"), ("id", "close-all")).EndLine("p");
        GraphPicture.Write(html, report.Summary.Cost, heat);
        html.EndLine("section");
    }

    private static void Profile(Html html, NetworkProfile? profile)
    {
        if (profile is null)
            return;
        html.Begin("section", ("id", "profile")).Element("h2", "Profile").Element("p", profile.Title).Element("p", profile.Footer);
        if (RooflinePlot.Write(html, profile))
            html.Element("p", "Each dot is a step, larger with its share of the time; the line is the most that this machine can do. A convolution by tiles has fewer products than are counted, and what fits a cache is read faster: both may stand above.");
        var rows = profile.Rows();
        List<ReportColumn> columns = [new("layer", [.. rows.Select(static row => row.Name)]), new("kind", [.. rows.Select(static row => row.Kind)])];
        Add("share", static row => row.Share, static row => Heat.Text(row.Share));
        Add("median", static row => row.MedianSeconds, static row => ProfileText.Time(row.MedianSeconds));
        Add("GFLOP/s", static row => row.GigaFlopsPerSecond, static row => row.Flops == 0 ? "" : Invariant($"{row.GigaFlopsPerSecond:F1}"));
        Add("GB/s", static row => row.GigaBytesPerSecond, static row => row.Bytes == 0 ? "" : Invariant($"{row.GigaBytesPerSecond:F1}"));
        Add("of the roofline", static row => row.RooflineShare, static row => row.FloorSeconds == 0 ? "" : Invariant($"{100 * row.RooflineShare:F0} %"));
        ReportTable.Write(html, "profile-table", "Steps of a run, the longest first", columns);
        html.EndLine("section");

        void Add(string header, Func<ProfileRow, double> value, Func<ProfileRow, string> text) => columns.Add(new(header, [.. rows.Select(text)], [.. rows.Select(value)]));
    }

    private static void Diagnostics(Html html, IReadOnlyList<ReportedDiagnostic> diagnostics)
    {
        if (diagnostics.Count == 0)
            return;
        html.Begin("section", ("id", "diagnostics")).Element("h2", "Diagnostics");
        ReportTable.Write(html, "diagnostics-table", "What the compiler said",
        [
            new("rule", [.. diagnostics.Select(static each => each.Id)]),
            new("severity", [.. diagnostics.Select(static each => each.Severity)]),
            new("message", [.. diagnostics.Select(static each => each.Message)]),
            // A page is given away; where somebody's folders lie is nobody's business.
            new("where", [.. diagnostics.Select(static each => Path.GetFileName(each.File) + (each.Line > 0 ? ":" + each.Line.ToString(CultureInfo.InvariantCulture) : ""))]),
        ]);
        html.EndLine("section");
    }

    private static void Comparisons(Html html, IReadOnlyList<Comparison> comparisons)
    {
        if (comparisons.Count == 0)
            return;
        html.Begin("section", ("id", "comparison")).Element("h2", "Comparison");
        for (var i = 0; i < comparisons.Count; i++)
        {
            var rows = comparisons[i].Rows;
            ReportTable.Write(html, Invariant($"comparison{i}"), $"{comparisons[i].Before} beside {comparisons[i].After}",
            [
                new("figure", [.. rows.Select(static row => row.Name)]),
                new(comparisons[i].Before, [.. rows.Select(static row => row.BeforeText)], [.. rows.Select(static row => row.Before)], IsSortable: false),
                new(comparisons[i].After, [.. rows.Select(static row => row.AfterText)], [.. rows.Select(static row => row.After)], IsSortable: false),
                new("change", [.. rows.Select(static row => row.ChangeText)], [.. rows.Select(static row => row.Before > 0 && double.IsFinite(row.After) ? row.Change : 0)]),
            ]);
        }
        html.EndLine("section");
    }

    private static string Resource(string name)
    {
        using var stream = typeof(ReportPage).Assembly.GetManifestResourceStream("Blockwright.Reports." + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("\r", "", StringComparison.Ordinal);
    }
}
