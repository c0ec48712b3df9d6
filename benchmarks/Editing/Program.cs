using System.CommandLine;
using Blockwright.Benchmarks.Editing;
using Spectre.Console;

// So that a redirected table keeps its columns.
AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 180);

var rounds = new Option<int>("--rounds") { Description = "Rounds; in each every edit is made once in every session", DefaultValueFactory = _ => 100 };
var edit = new Command("edit", "What generator and analyzers add to an edit") { rounds };
edit.SetAction(async (parsed, _) => Print(await InProject((project, parts) => EditBenchmark.Run(project, parts, parsed.GetValue(rounds)))));

var builds = new Option<int>("--rounds") { Description = "Rounds; in each the project is built once without and once with them", DefaultValueFactory = _ => 10 };
var build = new Command("build", "What generator and analyzers add to a clean build") { builds };
build.SetAction(async (parsed, _) =>
{
    var (without, with) = await InProject((project, _) => Task.FromResult(BuildBenchmark.Run(project, parsed.GetValue(builds))));
    var (median, added) = (Statistics.Median(without), Statistics.Median(with.Zip(without, static (a, b) => a - b)));
    AnsiConsole.WriteLine($"A clean build, median of {without.Count} rounds: without {median:F2} s, with {Statistics.Median(with):F2} s; the difference in a round {added:F2} s, {added / median:P1}.");
});

return await new RootCommand("What Blockwright costs while one types") { edit, build }.Parse(args).InvokeAsync();

static async Task<T> InProject<T>(Func<SyntheticProject, Parts, Task<T>> run)
{
    var parts = Parts.Find();
    var folder = Directory.CreateTempSubdirectory("blockwright-editing-");
    try
    {
        return await run(SyntheticProject.Write(folder, parts), parts);
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
        table.AddRow(name, $"{Statistics.Median(neither):F1}", $"{Statistics.Median(one):F1}", $"{Statistics.Quantile(one, 0.95):F1}", $"{Statistics.Median(two):F1}", $"{Statistics.Quantile(two, 0.95):F1}");
    }

    static List<double> Added(IEnumerable<double> with, IEnumerable<double> without) => with.Zip(without, static (a, b) => a - b).ToList();
}
