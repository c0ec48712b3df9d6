using System.CommandLine;
using System.Text.Json;
using Blockwright.Benchmarks;
using Blockwright.Benchmarks.Engines;
using Blockwright.Kernels;
using Spectre.Console;
using static System.FormattableString;

// So that a redirected table keeps its columns.
AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 180);

var network = new Option<string>("--network") { Description = "ShuffleNetV2_x1_0 or ShuffleNetV2_x0_5", DefaultValueFactory = _ => "ShuffleNetV2_x1_0" };
var batch = new Option<string>("--batch") { Description = "Batch sizes, with commas", DefaultValueFactory = _ => "1,8" };
var threads = new Option<string>("--threads") { Description = "Numbers of threads, with commas", DefaultValueFactory = _ => "1,2" };
var rounds = new Option<int>("--rounds") { Description = "Rounds; in each every engine is called a few times", DefaultValueFactory = _ => 60 };
var sets = new Option<string>("--sets")
{
    Description = "Instruction sets of the kernels, with commas",
    DefaultValueFactory = _ => string.Join(",", new[] { InstructionSets.Best, InstructionSet.Avx2 }.Where(InstructionSets.IsSupported).Distinct().Select(static set => set.ToString())),
};
var json = new Option<FileInfo?>("--json") { Description = "Writes the rows to a file" };
var ablate = new Option<bool>("--ablate") { Description = "Also prints what each fusion is worth" };
var reference = new Option<DirectoryInfo?>("--reference") { Description = "Where the .onnx files are; ../shared/reference by default" };

var compare = new Command("compare", "Times whole networks: TorchSharp, ONNX Runtime and the kernels") { network, batch, threads, rounds, sets, json, ablate, reference };
compare.SetAction(parsed =>
{
    var comparison = new Comparison(parsed.GetValue(network)!, Reference(parsed.GetValue(reference)), parsed.GetValue(rounds), Sets(parsed.GetValue(sets)!));
    var rows = new List<ComparisonRow>();
    foreach (var count in Numbers(parsed.GetValue(threads)!))
    {
        foreach (var size in Numbers(parsed.GetValue(batch)!))
        {
            var peak = FmaPeak.Measure(InstructionSets.Best);
            var block = comparison.Run(size, count);
            rows.AddRange(block);
            Print(block, peak, size * comparison.Flops / (peak * count));
            if (parsed.GetValue(ablate))
                PrintAblation(comparison.Ablate(size, count));
        }
    }

    if (parsed.GetValue(json) is { } file)
        File.WriteAllText(file.FullName, JsonSerializer.Serialize(rows, ComparisonJson.Default.ListComparisonRow));
});

var profile = new Command("profile", "Times each step of Fuse()'s plan on one thread") { network, sets, reference, rounds };
profile.SetAction(parsed =>
{
    var module = Declared.Load(parsed.GetValue(network)!, Path.Combine(Reference(parsed.GetValue(reference)), Path.ChangeExtension(Comparison.OnnxName(parsed.GetValue(network)!), ".pth")));
    foreach (var set in Sets(parsed.GetValue(sets)!))
        PrintProfile(set, FmaPeak.Measure(set), StepProfile.Run(module, set, parsed.GetValue(rounds)));
});

return new RootCommand("Blockwright's benchmarks") { compare, profile }.Parse(args).Invoke();

static void Print(List<ComparisonRow> rows, double peak, double floor)
{
    AnsiConsole.WriteLine();
    AnsiConsole.WriteLine(Invariant($"{rows[0].Network}, batch {rows[0].Batch}, {rows[0].Threads} thread(s). One core's peak: {peak / 1e9:F1} GFLOP/s; the floor that follows: {floor * 1e3:F3} ms."));
    var table = new Table().Border(TableBorder.Markdown);
    table.AddColumns("engine", "median ms", "p10", "p90", "GFLOP/s", "of the peak", "x eager", "x ONNX Runtime", "max rel diff");
    foreach (var row in rows)
    {
        table.AddRow(
            row.Engine, Invariant($"{row.MedianMs:F3}"), Invariant($"{row.P10Ms:F3}"), Invariant($"{row.P90Ms:F3}"), Invariant($"{row.Gflops:F1}"), Invariant($"{row.Gflops * 1e9 / (peak * row.Threads):P0}"), Invariant($"{row.RatioEager:F2}"), Invariant($"{row.RatioOrt:F2}"), Invariant($"{row.MaxRelDiff:E1}"));
    }

    AnsiConsole.Write(table);
}

static void PrintAblation(IEnumerable<(string Name, double MedianMs, double Factor)> rows)
{
    var table = new Table().Border(TableBorder.Markdown);
    table.AddColumns("Fuse(), one fusion undone", "median ms", "x as it is");
    foreach (var (name, median, factor) in rows)
        table.AddRow(name, Invariant($"{median:F3}"), Invariant($"{factor:F2}"));
    AnsiConsole.Write(table);
}

static void PrintProfile(InstructionSet set, double peak, IReadOnlyList<(string Name, double Flops, double Seconds)> steps)
{
    var table = new Table().Border(TableBorder.Markdown);
    table.AddColumns("step", "µs", "GFLOP/s", "of the peak");
    foreach (var (name, flops, seconds) in steps.Append(("all", steps.Sum(static step => step.Flops), steps.Sum(static step => step.Seconds))))
        table.AddRow(name, Invariant($"{seconds * 1e6:F1}"), Invariant($"{flops / seconds / 1e9:F1}"), Invariant($"{flops / seconds / peak:P0}"));
    AnsiConsole.WriteLine(Invariant($"{set}: one core's peak is {peak / 1e9:F1} GFLOP/s."));
    AnsiConsole.Write(table);
}

static int[] Numbers(string list) => list.Split(',').Select(int.Parse).ToArray();

static InstructionSet[] Sets(string list) => list.Split(',').Select(s => Enum.Parse<InstructionSet>(s, true)).ToArray();

static string Reference(DirectoryInfo? given)
{
    if (given != null)
        return given.FullName;
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "Generator.sln")))
            return Path.Combine(folder.FullName, "..", "shared", "reference");
    }

    throw new DirectoryNotFoundException("Say with --reference where the .onnx files are.");
}
