using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Blockwright.Generator.Plan.Cpu;

namespace Blockwright.Generator.Emit;

/// <summary>Writes a network's plan for the CPU: tables that the runtime follows, with what each step reads and writes for people.</summary>
internal static class CpuPlanWriter
{
    private const string Cpu = "global::Blockwright.Cpu.";

    public static void Write(CodeWriter writer, string network, string tablesName, CpuPlan plan)
    {
        var tables = new CodeWriter();
        WriteTables(tables, plan);
        writer.Line("// What the CPU does: no split, concatenation or shuffle is left; each tensor's channels lie in the order that its readers want.");
        writer.Line($"// b3[0..58] is channels 0 to 57 of buffer 3. {plan.Buffers.Length} buffers in {plan.Slots} pieces of memory: {Megabytes(plan.FloatsPerImage)} an image instead of {Megabytes(plan.FloatsWithoutSharing)}.");
        writer.Open($"private static class {tablesName}");
        writer.Line($"public static readonly {Cpu}CpuPlan Plan = new {Cpu}CpuPlan(");
        writer.Line($"    {ModuleWriter.Literal(network)},");
        writer.Line($"    {ModuleWriter.Literal(Identity(tables.ToString()))},");
        writer.Line($"    {plan.InputChannels}, {plan.Grids[0].Height}, {plan.Grids[0].Width}, {plan.OutputChannels}, {plan.OutputGrid}, {Bool(plan.IsFlat)}, {plan.Slots},");
        foreach (var line in tables.ToString().TrimEnd('\n').Split('\n'))
            writer.Line("    " + line);
        writer.Close();
    }

    private static void WriteTables(CodeWriter writer, CpuPlan plan)
    {
        writer.Line($"new {Cpu}PlanGrid[]");
        writer.Line("{");
        foreach (var grid in plan.Grids)
            writer.Line($"    {GridCode(grid)}, // {grid.Height} x {grid.Width}");
        writer.Line("},");
        writer.Line($"new {Cpu}PlanBuffer[]");
        writer.Line("{");
        for (var i = 0; i < plan.Buffers.Length; i++)
        {
            var buffer = plan.Buffers[i];
            writer.Line($"    new {Cpu}PlanBuffer({buffer.Channels}, {buffer.Grid}, {buffer.Halo}, {buffer.Slot}), // b{i}");
        }
        writer.Line("},");
        writer.Line($"new {Cpu}PlanStep[]");
        writer.Line("{");
        foreach (var step in plan.Steps)
        {
            writer.Line($"    // {step.Comment}: {ReadsAndWrites(step)}");
            writer.Line($"    {StepCode(step)},");
        }
        writer.Line("});");
    }

    private static string GridCode(Grid grid) => grid switch
    {
        { Window: { } window } => $"{Cpu}PlanGrid.Over({grid.From}, {WindowCode(window)}, {Bool(grid.CeilMode)})",
        { Height: 1, Width: 1 } => $"{Cpu}PlanGrid.Point",
        _ => $"{Cpu}PlanGrid.Input",
    };

    private static string ReadsAndWrites(CpuStep step)
    {
        var reads = string.Join(" ", step.Inputs.Concat(step.Others).Select(static run => run.ToString()));
        return (reads.Length > 0 ? $"reads {reads}; " : "") + (step.Output >= 0 ? $"writes b{step.Output}" : "writes the output");
    }

    private static string StepCode(CpuStep step)
    {
        var code = new StringBuilder($"new {Cpu}PlanStep({Cpu}StepKind.{step.Kind}, {step.Output}) {{ ");
        Set("Inputs", RunsCode(step.Inputs), !step.Inputs.IsEmpty);
        Set("Others", RunsCode(step.Others), !step.Others.IsEmpty);
        Set("Key", ModuleWriter.Literal(step.Key), step.Key.Length > 0);
        Set("NormKey", ModuleWriter.Literal(step.NormKey), step.NormKey.Length > 0);
        Set("Eps", Real(step.Eps), step.NormKey.Length > 0);
        Set("Window", step.Window is { } window ? WindowCode(window) : "", step.Window is not null && step.Window != WindowSize.Pixel);
        Set("CeilMode", "true", step.CeilMode);
        Set("CountIncludePad", "false", !step.CountIncludePad);
        Set("Groups", step.Groups.ToString(CultureInfo.InvariantCulture), step.Groups != 1);
        Set("Activation", ModuleWriter.Literal(step.Activation), step.Activation.Length > 0);
        Set("Slope", Real(step.Slope), step.Slope != 0);
        Set("InOrder", OrderCode(step.InOrder), !step.InOrder.IsDefaultOrEmpty);
        Set("OutOrder", OrderCode(step.OutOrder), !step.OutOrder.IsDefaultOrEmpty);
        return code.Append('}').ToString();

        void Set(string name, string value, bool isSet)
        {
            if (isSet)
                code.Append(name).Append(" = ").Append(value).Append(", ");
        }
    }

    private static string RunsCode(ImmutableArray<Run> runs) =>
        $"{Cpu}PlanRun.List({string.Join(", ", runs.Select(static run => $"{run.Buffer}, {run.First}, {run.Count}"))})";

    /// <summary>As arithmetic sequences of (first, count, step).</summary>
    private static string OrderCode(ImmutableArray<int> order)
    {
        var sequences = new List<string>();
        for (var i = 0; !order.IsDefault && i < order.Length;)
        {
            var step = i + 1 < order.Length ? order[i + 1] - order[i] : 1;
            var end = i + 1;
            while (end < order.Length && order[end] - order[end - 1] == step)
                end++;
            sequences.Add($"{order[i]}, {end - i}, {step}");
            i = end;
        }
        return $"{Cpu}PlanStep.Order({string.Join(", ", sequences)})";
    }

    private static string WindowCode(WindowSize window) =>
        $"new global::Blockwright.Kernels.Window({window.KernelHeight}, {window.KernelWidth}, {window.StrideHeight}, {window.StrideWidth}, {window.PaddingHeight}, {window.PaddingWidth}, {window.DilationHeight}, {window.DilationWidth})";

    /// <summary>Two plans with one identity read the same files.</summary>
    private static string Identity(string tables)
    {
        using var hash = SHA256.Create();
        return string.Concat(hash.ComputeHash(Encoding.UTF8.GetBytes(tables)).Take(16).Select(static value => value.ToString("x2", CultureInfo.InvariantCulture)));
    }

    private static string Megabytes(long floats) => (floats * 4 / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " MB";

    private static string Real(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Bool(bool value) => value ? "true" : "false";
}
