using System.CommandLine;
using System.Globalization;
using Blockwright.Benchmarks.Editing;
using Spectre.Console;
using static System.FormattableString;

// So that a redirected table keeps its columns.
AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 180);

var rounds = new Option<int>("--rounds") { Description = "Rounds; in each every edit is made once in every session", DefaultValueFactory = _ => 100 };
var edit = new Command("edit", "What generator and analyzers add to an edit") { rounds };
edit.SetAction(async (parsed, _) => Print(await InProject((project, parts) => EditBenchmark.Run(project, parts, parsed.GetValue(rounds)))));

var builds = new Option<int>("--rounds") { Description = "Rounds; in each the project is built once in each variant", DefaultValueFactory = _ => 10 };
var build = new Command("build", "What generator and analyzers add to a clean build") { builds };
build.SetAction(async (parsed, _) => PrintBuilds(await InProject((project, _) => Task.FromResult(BuildBenchmark.Run(project, parsed.GetValue(builds)).ToList()))));

var emitted = new Command("emitted", "How much code the generator writes");
emitted.SetAction(async (_, _) =>
{
    var (files, bytes) = await InProject(static (project, _) => Task.FromResult(project.Emitted()));
    AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{files} files, {bytes:N0} bytes"));
});

return await new RootCommand("What Blockwright costs while one types") { edit, build, emitted }.Parse(args).InvokeAsync();

static async Task<T> InProject<T>(Func<SyntheticProject, Parts, Task<T>> run)
{
    var folder = Directory.CreateTempSubdirectory("blockwright-editing-");
    try
    {
        var parts = Parts.Find().CopiedTo(folder.CreateSubdirectory("Analyzers"));
        return await run(SyntheticProject.Write(folder.CreateSubdirectory("Synthetic"), parts), parts);
    }
    finally
    {
        folder.Delete(recursive: true);
    }
}

static void Print(IReadOnlyList<EditTimes> all)
{
    var table = new Table().Border(TableBorder.Markdown);
    table.AddColumns("edit of", "neither: median ms", "generator adds: median ms", "p95", "both add: median ms", "p95");
    foreach (var times in all)
        Row(times.Kind.Name, times.Neither, times.Generator, times.Both);
    Row("all", all.SelectMany(static times => times.Neither), all.SelectMany(static times => times.Generator), all.SelectMany(static times => times.Both));
    AnsiConsole.Write(table);

    void Row(string name, IEnumerable<double> neither, IEnumerable<double> generator, IEnumerable<double> both)
    {
        var (one, two) = (Added(generator, neither), Added(both, neither));
        table.AddRow(name, Invariant($"{Statistics.Median(neither):F1}"), Invariant($"{Statistics.Median(one):F1}"), Invariant($"{Statistics.Quantile(one, 0.95):F1}"), Invariant($"{Statistics.Median(two):F1}"), Invariant($"{Statistics.Quantile(two, 0.95):F1}"));
    }
}

static void PrintBuilds(IReadOnlyList<BuildTimes> all)
{
    var table = new Table().Border(TableBorder.Markdown);
    table.AddColumns("the compiler", "without: median s", "by hand: median s", "with: median s", "generator and analyzers add: median s (p10 to p90)", "% of by hand (p10 to p90)");
    foreach (var times in all)
    {
        var added = Added(times.With, times.ByHand);
        var share = added.Zip(times.ByHand, static (more, byHand) => 100 * more / byHand).ToList();
        table.AddRow(times.Compiler, Invariant($"{Statistics.Median(times.Without):F2}"), Invariant($"{Statistics.Median(times.ByHand):F2}"), Invariant($"{Statistics.Median(times.With):F2}"), Spread(added, "F2"), Spread(share, "F1"));
    }
    AnsiConsole.Write(table);

    static string Spread(List<double> values, string format)
    {
        var (low, median, high) = (Statistics.Quantile(values, 0.1), Statistics.Median(values), Statistics.Quantile(values, 0.9));
        return string.Format(CultureInfo.InvariantCulture, $"{{0:{format}}} ({{1:{format}}} to {{2:{format}}})", median, low, high);
    }
}

static List<double> Added(IEnumerable<double> with, IEnumerable<double> without) => with.Zip(without, static (a, b) => a - b).ToList();
