using System.Runtime.InteropServices;
using System.Text;
using Blockwright.Cpu;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>
/// Where a network's time goes: each step within whole runs, so that it finds the caches as the steps before it leave them. A step begins when the one before it ends, so that the steps' times are the run's.
/// </summary>
public sealed class NetworkProfile
{
    internal NetworkProfile(string title, IReadOnlyList<ProfileRow> steps, IReadOnlyList<ProfileEvent> events, IReadOnlyList<double> runSeconds, IReadOnlyList<double> plainSeconds) =>
        (Title, Steps, Events, RunSeconds, PlainSeconds) = (title, steps, events, runSeconds, plainSeconds);

    /// <summary>Of a snapshot: each step of the kernels' plan; torch's operations as one.</summary>
    /// <param name="plans">The network.</param>
    /// <param name="kernels">Its kernels; null where torch's operations run.</param>
    /// <param name="inputs">Each N x C x H x W, on the snapshot's device and of its type.</param>
    /// <param name="iterations">The runs that are timed.</param>
    /// <param name="run">One call whose results are disposed.</param>
    internal static NetworkProfile Of(NetworkPlans plans, KernelNetwork? kernels, Tensor[] inputs, int iterations, Action run)
    {
        if (kernels is null)
            return ModuleProfiler.Whole($"{plans.Network}, fused to torch's operations, {InputSizes.Text(plans, (int)inputs[0].size(0), (int)inputs[0].size(2), (int)inputs[0].size(3))}, {inputs[0].device}", run, iterations);
        // The kernels refuse another type or device before anything is timed.
        run();
        using var contiguous = inputs is [var only] ? only.contiguous() : CpuDevice.InOnePiece(inputs, 0, (int)inputs[0].size(0));
        return kernels.Profile(MemoryMarshal.Cast<byte, float>(contiguous.bytes), (int)inputs[0].size(0), (int)inputs[0].size(2), (int)inputs[0].size(3), iterations);
    }

    /// <summary>What was run, and how.</summary>
    public string Title { get; }

    /// <summary>Floating-point operations that the machine's threads can do in a second, as it was measured; 0 where nobody measured, as for a GPU.</summary>
    public double PeakFlopsPerSecond { get; init; }

    /// <summary>Bytes that they can read in a second.</summary>
    public double PeakBytesPerSecond { get; init; }

    /// <summary>Each step, in the order in which they run.</summary>
    public IReadOnlyList<ProfileRow> Steps { get; }

    /// <summary>Every step of every run.</summary>
    public IReadOnlyList<ProfileEvent> Events { get; }

    /// <summary>What each profiled run took: from the first step's begin to the last one's end.</summary>
    public IReadOnlyList<double> RunSeconds { get; }

    /// <summary>What runs took that nobody looked into, one beside each that was profiled.</summary>
    public IReadOnlyList<double> PlainSeconds { get; }

    /// <summary>The median of the profiled runs.</summary>
    public double MedianRunSeconds => Median(RunSeconds);

    /// <summary>The median of the others.</summary>
    public double MedianPlainSeconds => Median(PlainSeconds);

    /// <summary>What profiling costs: how much longer a profiled run takes, as a share.</summary>
    public double Overhead => (MedianRunSeconds / MedianPlainSeconds) - 1;

    /// <summary>The steps, or what they are summed up to; the longest first.</summary>
    /// <param name="by">What a row stands for.</param>
    /// <returns>The rows.</returns>
    public IReadOnlyList<ProfileRow> Rows(ProfileGrouping by = ProfileGrouping.Layer) =>
    [
        .. (by == ProfileGrouping.Layer ? Steps : Steps.GroupBy(step => by == ProfileGrouping.Kind ? step.Kind : step.Block.Length > 0 ? step.Block : step.Name).Select(static same => Sum(same.Key, [.. same])))
            .OrderByDescending(static row => row.TotalSeconds),
    ];

    /// <summary>The table, the longest first.</summary>
    /// <param name="by">What a row stands for.</param>
    /// <param name="rowLimit">The most rows; those left out are summed up in one.</param>
    /// <returns>The text.</returns>
    public string ToText(ProfileGrouping by = ProfileGrouping.Layer, int rowLimit = int.MaxValue)
    {
        var text = new StringBuilder(Title).Append('\n').Append('\n');
        TextTable.Write(text, ProfileText.Table(Limited(by, rowLimit), by));
        return text.Append(Footer).Append('\n').ToString();
    }

    /// <summary>The table in Markdown.</summary>
    /// <param name="by">What a row stands for.</param>
    /// <param name="rowLimit">The most rows; those left out are summed up in one.</param>
    /// <returns>The text.</returns>
    public string ToMarkdown(ProfileGrouping by = ProfileGrouping.Layer, int rowLimit = int.MaxValue)
    {
        var text = new StringBuilder("**").Append(Title).Append("**").Append('\n').Append('\n');
        TextTable.WriteMarkdown(text, ProfileText.Table(Limited(by, rowLimit), by));
        return text.Append('\n').Append(Footer).Append('\n').ToString();
    }

    /// <summary>Every row, whatever its time, as JSON; in seconds, bytes and floating-point operations.</summary>
    /// <param name="by">What a row stands for.</param>
    /// <returns>The text.</returns>
    public string ToJson(ProfileGrouping by = ProfileGrouping.Layer) => JsonText.Of(json => ProfileJson.Write(json, this, by));

    /// <inheritdoc />
    public override string ToString() => ToText();

    /// <summary>Writes the table.</summary>
    /// <param name="rowLimit">The most rows.</param>
    /// <param name="by">What a row stands for.</param>
    /// <param name="writer">Where to; the console where it is null.</param>
    public void Print(int rowLimit = 10, ProfileGrouping by = ProfileGrouping.Layer, TextWriter? writer = null) => (writer ?? Console.Out).Write(ToText(by, rowLimit));

    /// <summary>Writes every step of every run as a trace for chrome://tracing and Perfetto.</summary>
    /// <param name="path">The file; it is written over.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void ToChromeTrace(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var file = File.Create(path);
        ChromeTrace.Write(file, this);
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>What a run takes, in words.</summary>
    internal string Footer => Invariant(
        $"A run takes {ProfileText.Time(MedianRunSeconds)} with the clock between its steps and {ProfileText.Time(MedianPlainSeconds)} without: {(Overhead < 0 ? "no overhead above the noise" : Invariant($"{100 * Overhead:F1} % overhead"))}. {(RunSeconds.Count == 1 ? "One run." : $"Medians of {RunSeconds.Count} runs.")}");

    private List<ProfileRow> Limited(ProfileGrouping by, int rowLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowLimit, 1);
        var rows = Rows(by);
        var shown = rows.Take(rowLimit).ToList();
        if (rows.Count > shown.Count)
            shown.Add(Sum(Invariant($"{rows.Count - shown.Count} more"), [.. rows.Skip(shown.Count)]));
        // A single row is all there is, as where torch's operations run.
        if (rows.Count > 1)
            shown.Add(Sum("all", rows));
        return shown;
    }

    private static ProfileRow Sum(string name, IReadOnlyList<ProfileRow> rows) => new(name, rows.Select(static row => row.Kind).Distinct().Count() == 1 ? rows[0].Kind : "", "")
    {
        Layers = [.. rows.SelectMany(static row => row.Layers)],
        Calls = rows.Sum(static row => row.Calls),
        TotalSeconds = rows.Sum(static row => row.TotalSeconds),
        MedianSeconds = rows.Sum(static row => row.MedianSeconds),
        Share = rows.Sum(static row => row.Share),
        Flops = rows.Sum(static row => row.Flops),
        Bytes = rows.Sum(static row => row.Bytes),
        FloorSeconds = rows.Sum(static row => row.FloorSeconds),
    };
}
