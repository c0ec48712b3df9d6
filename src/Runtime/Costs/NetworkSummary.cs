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
            return $"Fuse() runs on torch's operations: {(Cost.Plans.WithoutKernel is { } layer ? $"there is no kernel for {layer} (BW4006)" : "there are no weights, which would say that they are of float32")}.";
        var operations = Cost.Layers.Count(static layer => layer.BytesWritten > 0);
        return Invariant($"Fuse() makes {Rows[0].Passes} {(Rows[0].Passes == 1 ? "pass" : "passes")} over memory of {operations} {(operations == 1 ? "operation" : "operations")} and moves {SummaryText.Bytes(Cost.FusedBytes)} instead of {SummaryText.Bytes(Cost.MemoryAccessBytes)}.")
            + Listed(" Within another's pass: ", LayerPass.Fused) + Listed(" Only renamed, not moved: ", LayerPass.Free) + Listed(" Torch computes between them what has no kernel (BW4006): ", LayerPass.Torch);
    }

    private string Title => Invariant($"{Cost.Network}: {Cost.InputText} -> {Cost.ResultText}");

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
            yield return $"Of these {SummaryText.Exact(Parameters - Cost.Parameters)} are not in the table: members beside the declaration, {(Cost.Uncounted.Any() ? "modules of one's own, " : "")}and what is computed in training alone, or for a block's value that nobody wants.";
        yield return $"Multiply-adds: {SummaryText.Exact(Cost.MultiplyAdds)}{(Cost.MultiplyAdds < 100_000 ? "" : Invariant($" ({Cost.MultiplyAdds / 1e6:N1} million)"))}";
        if (Cost.Uncounted.Any())
            yield return $"Not counted: {string.Join(", ", Cost.Uncounted.Select(layer => $"{NameOf(layer.Index)} ({layer.Kind})"))}: of a module of one's own the build knows neither parameters nor multiply-adds.";
        yield return Invariant($"Memory access: {SummaryText.Bytes(Cost.MemoryAccessBytes)} layer by layer, {Cost.ArithmeticIntensity:F1} FLOPs a byte");
        yield return Fusion();
        yield return $"Input: {SummaryText.Bytes(Cost.InputBytes)}. Forward/backward pass: {SummaryText.Bytes(Cost.ForwardBackwardBytes)}. Parameters: {SummaryText.Bytes(ParameterBytes)}. Together: {SummaryText.Bytes(EstimatedBytes)}.";
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
