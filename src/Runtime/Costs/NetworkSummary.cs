using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace Blockwright;

/// <summary>A network's cost as a table: <see cref="ToString"/> for a console or a file, <see cref="ToMarkdown"/>, <see cref="ToJson"/>.</summary>
public sealed class NetworkSummary
{
    private readonly SummaryOptions _options;
    private readonly ModuleParameters? _module;

    internal NetworkSummary(NetworkCost cost, SummaryOptions options, ModuleParameters? module)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Depth);
        (_options, _module) = (options, module);
        Cost = cost.At(options.Batch, options.Height ?? cost.Height, options.Width ?? cost.Width);
        Rows = SummaryTree.Rows(Cost, options.Depth);
    }

    /// <summary>What it is a table of.</summary>
    public NetworkCost Cost { get; }

    /// <summary>The rows; the first is the network itself.</summary>
    public IReadOnlyList<SummaryRow> Rows { get; }

    /// <summary>Learned parameters, those of members beside the declaration too where the summary is a module's.</summary>
    public long Parameters => _module?.All ?? Cost.Parameters;

    /// <summary>Parameters that take gradients; all, where the summary is not a module's.</summary>
    public long TrainableParameters => _module?.Trainable ?? Cost.Parameters;

    /// <summary>Parameters that take none.</summary>
    public long FrozenParameters => Parameters - TrainableParameters;

    /// <summary>Bytes of the parameters, in the module's types.</summary>
    public long ParameterBytes => _module?.Bytes ?? Cost.ParameterBytes;

    /// <summary>Input, results forward and backward, and parameters together: torchinfo's "estimated total size".</summary>
    public long EstimatedBytes => Cost.InputBytes + Cost.ForwardBackwardBytes + ParameterBytes;

    /// <summary>The table with its totals, in columns.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder(Title).Append('\n').Append('\n');
        TextTable.Write(text, Table(indent: true));
        foreach (var line in Totals())
            text.Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>The same in Markdown.</summary>
    /// <returns>The text.</returns>
    public string ToMarkdown()
    {
        var text = new StringBuilder("**").Append(Title).Append("**").Append('\n').Append('\n');
        TextTable.WriteMarkdown(text, Table(indent: false));
        text.Append('\n');
        foreach (var line in Totals())
            text.Append("- ").Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>Writes the table.</summary>
    /// <param name="writer">Where to; the console where it is null.</param>
    public void Print(TextWriter? writer = null) => (writer ?? Console.Out).Write(ToString());

    /// <summary>Everything as JSON: the totals and, whatever the depth and the columns, every layer.</summary>
    /// <returns>The text.</returns>
    public string ToJson() => JsonText.Of(json => CostJson.Write(json, this));

    /// <summary>What a snapshot does without, in words.</summary>
    /// <returns>One line.</returns>
    public string Fusion()
    {
        if (!Cost.HasPlan)
            return $"Fuse() runs on torch's operations: there is no kernel for {Cost.Plans.WithoutKernel} (BW4006).";
        var operations = Cost.Layers.Count(static layer => layer.BytesWritten > 0);
        return Invariant($"Fuse() makes {Rows[0].Passes} passes over memory of {operations} operations and moves {SummaryText.Megabytes(Cost.FusedBytes)} instead of {SummaryText.Megabytes(Cost.MemoryAccessBytes)}.")
            + Listed(" Within another's pass: ", LayerPass.Fused) + Listed(" Only renamed, not moved: ", LayerPass.Free);
    }

    private string Title => Invariant($"{Cost.Network}: {Cost.InputText} -> {SummaryText.Shape(Cost.Layers[Cost.Output].OutputShape)}");

    private string Listed(string words, LayerPass pass)
    {
        var kinds = Cost.Layers.Where(layer => layer.Pass == pass).GroupBy(static layer => layer.Kind).OrderByDescending(static kind => kind.Count()).ThenBy(static kind => kind.Key, StringComparer.Ordinal)
            .Select(static kind => Invariant($"{kind.Count()} {kind.Key}")).ToList();
        return kinds.Count == 0 ? "" : words + string.Join(", ", kinds) + ".";
    }

    private IEnumerable<string> Totals()
    {
        yield return $"Parameters: {SummaryText.Exact(Parameters)} ({SummaryText.Exact(TrainableParameters)} trainable, {SummaryText.Exact(FrozenParameters)} frozen)";
        if (Parameters != Cost.Parameters)
            yield return $"Of these {SummaryText.Exact(Parameters - Cost.Parameters)} belong to members beside the declaration.";
        yield return Invariant($"Multiply-adds: {SummaryText.Exact(Cost.MultiplyAdds)} ({Cost.MultiplyAdds / 1e6:N1} million)");
        yield return Invariant($"Memory access: {SummaryText.Megabytes(Cost.MemoryAccessBytes)} layer by layer, {Cost.ArithmeticIntensity:F1} FLOPs a byte");
        yield return Fusion();
        yield return $"Input: {SummaryText.Megabytes(Cost.InputBytes)}. Forward/backward pass: {SummaryText.Megabytes(Cost.ForwardBackwardBytes)}. Parameters: {SummaryText.Megabytes(ParameterBytes)}. Together: {SummaryText.Megabytes(EstimatedBytes)}.";
    }

    private List<TextColumn> Table(bool indent)
    {
        var columns = new List<TextColumn> { new("layer", false, [.. Rows.Select(row => (indent ? new string(' ', 2 * row.Depth) : "") + row.Name)]) };
        foreach (var (flag, header, isNumber, cell) in SummaryText.Columns)
        {
            if (_options.Columns.HasFlag(flag))
                columns.Add(new(header, isNumber, [.. Rows.Select(row => cell(this, row))]));
        }
        return columns;
    }

    internal string TrainableText(SummaryRow row)
    {
        if (row.Parameters == 0)
            return "";
        var trainable = _module?.TrainableOf(row.Layers) ?? row.Parameters;
        return trainable == row.Parameters ? "yes" : trainable == 0 ? "no" : "partly";
    }

    /// <summary>The layer whose pass computes a layer, as a reader finds it in the table.</summary>
    internal string NameOf(int layer) => Cost.Layers[layer] is { Key.Length: > 0 } keyed ? keyed.Key : string.Create(CultureInfo.InvariantCulture, $"{Cost.Layers[layer].Kind} ({layer})");
}
