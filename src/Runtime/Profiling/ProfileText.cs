using System.Globalization;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright;

/// <summary>A profile's cells.</summary>
internal static class ProfileText
{
    public static List<TextColumn> Table(IReadOnlyList<ProfileRow> rows, ProfileGrouping by)
    {
        var columns = new List<TextColumn> { new(by.ToString().ToLowerInvariant(), false, [.. rows.Select(static row => row.Name)]) };
        if (by != ProfileGrouping.Kind)
            columns.Add(new("kind", false, [.. rows.Select(static row => row.Kind)]));
        Add("share", static row => Invariant($"{100 * row.Share:F1} %"));
        Add("total", static row => Time(row.TotalSeconds));
        Add("calls", static row => row.Calls.ToString("N0", CultureInfo.InvariantCulture));
        Add("mean", static row => Time(row.MeanSeconds));
        // What nobody counts has no speed and no roofline.
        Add("GFLOP/s", static row => row.Flops == 0 ? "" : Invariant($"{row.GigaFlopsPerSecond:F1}"));
        Add("GB/s", static row => row.Bytes == 0 ? "" : Invariant($"{row.GigaBytesPerSecond:F1}"));
        Add("of the roofline", static row => row.FloorSeconds == 0 ? "" : Invariant($"{100 * row.RooflineShare:F0} %"));
        return columns;

        void Add(string header, Func<ProfileRow, string> cell) => columns.Add(new(header, true, [.. rows.Select(cell)]));
    }

    /// <summary>A kind with what makes it slow or fast: a window, and how many groups there are; one for each channel has a name.</summary>
    /// <param name="node">The layer.</param>
    /// <param name="kind">Its kind, with what is done in the same pass.</param>
    public static string Kind(PlanNode node, string kind)
    {
        const string Groups = "groups=";
        if (node.Words.IsEmpty)
            return kind;
        var groups = node.Words.FirstOrDefault(static word => word.StartsWith(Groups, StringComparison.Ordinal), "");
        if (groups == node.Words[0])
            groups = "";
        return $"{kind} {node.Words[0]}{(groups.Length == 0 ? "" : groups == Groups + PlanWords.Text(node.Channels) ? " depthwise" : " " + groups)}";
    }

    public static string Time(double seconds) => seconds switch
    {
        < 1e-3 => Invariant($"{seconds * 1e6:F1} µs"),
        < 1 => Invariant($"{seconds * 1e3:F3} ms"),
        _ => Invariant($"{seconds:F3} s"),
    };
}
