using System.CommandLine;
using System.Text.Json;
using Blockwright;
using Blockwright.Benchmarks;
using Blockwright.Benchmarks.Guidelines;
using Blockwright.Benchmarks.Networks;
using Blockwright.Kernels;
using Spectre.Console;
using static System.FormattableString;

// So that a redirected table keeps its columns.
AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 180);

var network = new Option<string>("--network") { Description = $"Names with commas, or all. There are {string.Join(", ", DeclaredNetwork.Names)}", DefaultValueFactory = _ => "ShuffleNetV2_x1_0" };
var batch = new Option<string>("--batch") { Description = "Batch sizes, with commas", DefaultValueFactory = _ => "1,8" };
var threads = new Option<string>("--threads") { Description = "Numbers of threads, with commas", DefaultValueFactory = _ => "1,2" };
var rounds = new Option<int>("--rounds") { Description = "Rounds; in each every engine is called a few times", DefaultValueFactory = _ => 20 };
var sets = new Option<string>("--sets")
{
    Description = "Instruction sets of the kernels, with commas",
    DefaultValueFactory = _ => string.Join(",", new[] { InstructionSets.Best, InstructionSet.Avx2 }.Where(InstructionSets.IsSupported).Distinct().Select(static set => set.ToString())),
};
var json = new Option<FileInfo?>("--json") { Description = "Writes the rows to a file" };
var ablate = new Option<bool>("--ablate") { Description = "Also prints what each fusion is worth" };
var weights = new Option<FileInfo?>("--weights") { Description = "A checkpoint of the one network; random weights without" };
var export = new Option<FileInfo[]>("--export") { Description = "ONNX files of the one network that others exported, timed beside the plain graph", DefaultValueFactory = _ => [] };

var compare = new Command("compare", "Times whole networks: TorchSharp, ONNX Runtime and the kernels") { network, batch, threads, rounds, sets, json, ablate, weights, export };
compare.SetAction(parsed =>
{
    var rows = new List<EngineRow>();
    foreach (var each in Networks(parsed.GetValue(network)!, parsed.GetValue(weights)))
    {
        var comparison = new EngineComparison(each, [.. parsed.GetValue(export)!.Select(static file => file.FullName)], parsed.GetValue(rounds), Sets(parsed.GetValue(sets)!));
        foreach (var count in Numbers(parsed.GetValue(threads)!))
        {
            foreach (var size in Numbers(parsed.GetValue(batch)!))
            {
                var peak = FmaPeak.Measure(InstructionSets.Best);
                var block = comparison.Run(size, count);
                rows.AddRange(block);
                EngineTables.Print(block, peak, size * each.Flops / (peak * count));
                if (parsed.GetValue(ablate))
                    PrintAblation(comparison.Ablate(size, count));
            }
        }
        each.Network.Dispose();
    }

    EngineTables.PrintSummary(rows);
    if (parsed.GetValue(json) is { } file)
        File.WriteAllText(file.FullName, JsonSerializer.Serialize(rows, EngineJson.Default.ListEngineRow));
});

var profile = new Command("profile", "Times each step of Fuse()'s plan on one thread") { network, sets, rounds };
profile.SetAction(parsed =>
{
    foreach (var each in Networks(parsed.GetValue(network)!, null))
    {
        foreach (var set in Sets(parsed.GetValue(sets)!))
        {
            if (Profiled(each.Network, set, parsed.GetValue(rounds)) is { } steps)
                PrintProfile(set, FmaPeak.Measure(set), steps);
            else
                AnsiConsole.WriteLine($"{each.Name} has a layer without a kernel (BW4006) and runs on torch's operations: there are no steps to time. Its module's Profile() times its layers.");
        }
        each.Network.Dispose();
    }
});

var epilogues = new Command("epilogues", "Times a network with each activation in the place of all that it has, against ReLU") { network, threads, sets, rounds };
epilogues.SetAction(parsed =>
{
    foreach (var each in Networks(parsed.GetValue(network)!, null))
    {
        foreach (var set in Sets(parsed.GetValue(sets)!))
        {
            foreach (var count in Numbers(parsed.GetValue(threads)!))
                PrintEpilogues(each.Name, set, count, Epilogues.Run(each, set, count, parsed.GetValue(rounds)));
        }
        each.Network.Dispose();
    }
});

var device = new Option<FuseDevice>("--device") { Description = "Where: Cpu, Cuda or OpenCl (whose forward is the CPU's)", DefaultValueFactory = _ => FuseDevice.Cpu };
var images = new Option<int>("--batch") { Description = "Images a call", DefaultValueFactory = _ => 1 };
var workers = new Option<int>("--threads") { Description = "Threads on a CPU", DefaultValueFactory = _ => 1 };
var output = new Option<FileInfo?>("--output") { Description = "Writes the figures of Fuse() to a file that an .editorconfig may name: blockwright_measured = FILE" };
var guidelines = new Command("guidelines", "Measures G1 to G4 on this machine: the experiments of the ShuffleNet V2 paper, beside its figures") { device, images, workers, rounds, output };
guidelines.SetAction(parsed =>
{
    var benchmark = new GuidelineBenchmark(parsed.GetValue(device), parsed.GetValue(images), parsed.GetValue(workers), parsed.GetValue(rounds));
    var results = new List<(Experiment, IReadOnlyList<GuidelineRow>)>();
    foreach (var experiment in Experiment.All)
    {
        results.Add((experiment, benchmark.Run(experiment)));
        GuidelineTables.Print(experiment, results[^1].Item2);
    }
    if (parsed.GetValue(output) is { } file)
        File.WriteAllText(file.FullName, GuidelineTables.TableOf(results, Machine(parsed.GetValue(device), parsed.GetValue(workers))).ToText());
});

return new RootCommand("Blockwright's benchmarks") { compare, profile, epilogues, guidelines }.Parse(args).Invoke();

static IEnumerable<DeclaredNetwork> Networks(string list, FileInfo? weights)
{
    foreach (var name in list == "all" ? DeclaredNetwork.Names : list.Split(','))
    {
        var network = DeclaredNetwork.Of(name);
        if (weights is not null)
            network.Module.LoadWeights(weights.FullName);
        yield return network;
    }
}

static void PrintAblation(IEnumerable<(string Name, double MedianMs, double Factor)> rows)
{
    var table = new Table().Border(TableBorder.Markdown);
    table.AddColumns("Fuse(), one fusion undone", "median ms", "x as it is");
    foreach (var (name, median, factor) in rows)
        table.AddRow(name, Invariant($"{median:F3}"), Invariant($"{factor:F2}"));
    AnsiConsole.Write(table);
}

static NetworkProfile? Profiled(INetworkModule network, InstructionSet set, int runs)
{
    using var fused = network.TakeSnapshot(new FuseOptions { InstructionSet = set, Threads = 1 });
    if (fused.Kernels is not { } kernels)
        return null;
    var (channels, height, width) = kernels.Input;
    var random = new Random(1);
    return kernels.Profile([.. Enumerable.Range(0, channels * height * width).Select(_ => random.NextSingle() - 0.5f)], runs);
}

static void PrintProfile(InstructionSet set, double peak, NetworkProfile profile)
{
    var table = new Table().Border(TableBorder.Markdown);
    table.AddColumns("step", "kind", "way", "µs", "share", "GFLOP/s", "of the peak", "x its floor");
    foreach (var step in profile.Steps)
    {
        table.AddRow(
            step.Name, step.Kind, step.Way, Invariant($"{step.MedianSeconds * 1e6:F1}"), Invariant($"{100 * step.Share:F1} %"), Invariant($"{step.GigaFlopsPerSecond:F1}"), Invariant($"{100 * step.GigaFlopsPerSecond * 1e9 / peak:F0} %"),
            Invariant($"{step.MedianSeconds / step.FloorSeconds:F2}"));
    }
    var (seconds, flops) = (profile.Steps.Sum(static step => step.MedianSeconds), profile.Steps.Sum(static step => step.Flops));
    table.AddRow("all", "", "", Invariant($"{seconds * 1e6:F1}"), "", Invariant($"{flops / seconds / 1e9:F1}"), Invariant($"{100 * flops / seconds / peak:F0} %"), Invariant($"{seconds / profile.Steps.Sum(static step => step.FloorSeconds):F2}"));
    AnsiConsole.WriteLine(Invariant($"{profile.Title}; {set}, one core's peak is {peak / 1e9:F1} GFLOP/s; {100 * profile.Overhead:F1} % overhead."));
    AnsiConsole.Write(table);
}

static void PrintEpilogues(string name, InstructionSet set, int threads, IEnumerable<EpilogueRow> rows)
{
    var table = new Table().Border(TableBorder.Markdown);
    table.AddColumns("activation", "median ms", "x ReLU", "p10 to p90", "least ms", "x ReLU's least", "ns a value more");
    foreach (var row in rows)
        table.AddRow(row.Activation, Invariant($"{row.MedianMs:F3}"), Invariant($"{row.Factor:F3}"), Invariant($"{row.Low:F3} to {row.High:F3}"), Invariant($"{row.LeastMs:F3}"), Invariant($"{row.LeastFactor:F3}"), Invariant($"{row.NanosecondsMore:F3}"));
    AnsiConsole.WriteLine(Invariant($"{name}, {set}, {threads} threads."));
    AnsiConsole.Write(table);
}

static string Machine(FuseDevice device, int threads)
{
    if (device != FuseDevice.Cpu)
        return $"this machine's {device} device";
    const string Processors = "/proc/cpuinfo";
    var name = File.Exists(Processors) ? File.ReadLines(Processors).FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() : null;
    return Invariant($"{name ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "this CPU"}, {threads} thread{(threads == 1 ? "" : "s")}");
}

static int[] Numbers(string list) => list.Split(',').Select(int.Parse).ToArray();

static InstructionSet[] Sets(string list) => list.Split(',').Select(s => Enum.Parse<InstructionSet>(s, true)).ToArray();
