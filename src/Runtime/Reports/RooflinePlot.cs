using static System.FormattableString;

namespace Blockwright;

/// <summary>The steps of a profile under the machine's roofline; both axes are logarithmic.</summary>
internal sealed class RooflinePlot
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Left = 62;
    private const int Right = 14;
    private const int Top = 14;
    private const int Bottom = 44;

    private readonly NetworkProfile _profile;
    private readonly IReadOnlyList<ProfileRow> _steps;
    private readonly (int Least, int Most) _x;
    private readonly (int Least, int Most) _y;

    private RooflinePlot(NetworkProfile profile, IReadOnlyList<ProfileRow> steps)
    {
        (_profile, _steps) = (profile, steps);
        var ridge = profile.PeakFlopsPerSecond / profile.PeakBytesPerSecond;
        _x = Decades(steps.Select(static step => step.Flops / step.Bytes).Append(ridge));
        _y = Decades(steps.Select(static step => step.Flops / step.MedianSeconds).Append(profile.PeakFlopsPerSecond));
    }

    /// <summary>Draws it, if somebody measured the machine.</summary>
    /// <returns>Whether there is a drawing.</returns>
    public static bool Write(Html html, NetworkProfile profile)
    {
        var steps = profile.Steps.Where(static step => step is { Flops: > 0, Bytes: > 0, MedianSeconds: > 0 }).ToList();
        if (profile is not { PeakFlopsPerSecond: > 0, PeakBytesPerSecond: > 0 } || steps.Count == 0)
            return false;
        new RooflinePlot(profile, steps).Draw(html);
        return true;
    }

    private void Draw(Html html)
    {
        html.Begin("div", ("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", "Roofline"));
        html.Begin("svg", ("id", "roofline"), ("class", "roofline"), ("viewBox", $"0 0 {Width} {Height}"), ("role", "img"), ("aria-label", "Floating-point operations a second over operations for each byte, each step a dot, and the most that the machine can do"));
        for (var decade = _x.Least; decade <= _x.Most; decade++)
            Tick(html, X(Math.Pow(10, decade)), null, Figure(Math.Pow(10, decade)));
        for (var decade = _y.Least; decade <= _y.Most; decade++)
            Tick(html, null, Y(Math.Pow(10, decade)), Figure(Math.Pow(10, decade) / 1e9));
        var ridge = _profile.PeakFlopsPerSecond / _profile.PeakBytesPerSecond;
        // The slope begins where it comes out of the axis below.
        var least = Math.Max(Math.Pow(10, _x.Least), Math.Pow(10, _y.Least) / _profile.PeakBytesPerSecond);
        html.Begin("path", ("class", "roof"), ("d", Invariant($"M{X(least):F1} {Y(least * _profile.PeakBytesPerSecond):F1} L{X(ridge):F1} {Y(_profile.PeakFlopsPerSecond):F1} L{Width - Right} {Y(_profile.PeakFlopsPerSecond):F1}"))).EndLine("path");
        foreach (var step in _steps.OrderByDescending(static step => step.Share))
            Dot(html, step);
        html.Element("text", "FLOPs for each byte", ("x", $"{(Left + Width - Right) / 2}"), ("y", $"{Height - 8}"), ("text-anchor", "middle"));
        html.Element("text", "GFLOP/s", ("x", "14"), ("y", $"{(Top + Height - Bottom) / 2}"), ("text-anchor", "middle"), ("transform", $"rotate(-90 14 {(Top + Height - Bottom) / 2})"));
        html.End("svg").EndLine("div");
    }

    /// <summary>A dot, as large as its share of the time.</summary>
    private void Dot(Html html, ProfileRow step)
    {
        var radius = 2.5 + (10 * Math.Sqrt(step.Share));
        html.Begin("circle", ("class", "dot"), ("cx", Invariant($"{X(step.Flops / step.Bytes):F1}")), ("cy", Invariant($"{Y(step.Flops / step.MedianSeconds):F1}")), ("r", Invariant($"{radius:F1}")));
        html.Element("title", Invariant($"{step.Name} ({step.Kind}): {step.Flops / step.Bytes:F1} FLOPs a byte, {step.GigaFlopsPerSecond:F1} GFLOP/s, {100 * step.RooflineShare:F0} % of the roofline, {100 * step.Share:F1} % of the time"));
        html.EndLine("circle");
    }

    private static void Tick(Html html, double? x, double? y, string text)
    {
        html.Begin("path", ("class", "grid"), ("d", x is { } at ? Invariant($"M{at:F1} {Top} V{Height - Bottom}") : Invariant($"M{Left} {y:F1} H{Width - Right}"))).End("path");
        html.Element("text", text, ("x", Invariant($"{x ?? Left - 6:F1}")), ("y", Invariant($"{(y is { } height ? height + 4 : Height - Bottom + 16):F1}")), ("text-anchor", x is null ? "end" : "middle"));
    }

    private double X(double value) => Left + ((Width - Left - Right) * (Math.Log10(value) - _x.Least) / (_x.Most - _x.Least));

    private double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * (Math.Log10(value) - _y.Least) / (_y.Most - _y.Least));

    private static (int Least, int Most) Decades(IEnumerable<double> values)
    {
        var logs = values.Select(Math.Log10).ToList();
        var least = (int)Math.Floor(logs.Min());
        return (least, Math.Max(least + 1, (int)Math.Ceiling(logs.Max())));
    }

    private static string Figure(double value) => Invariant($"{value:G6}");
}
