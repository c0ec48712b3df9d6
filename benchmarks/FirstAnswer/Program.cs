using System.Diagnostics;
using System.Globalization;
using Blockwright;
using Blockwright.Benchmarks.FirstAnswer;
using ShuffleNet;
using static System.FormattableString;

const string Usage = "usage: [--rounds N] [PROGRAM ...], each this program as it was published otherwise";

// A started process has no line that it does not need.
if (args is ["kernels" or "onnx", var model, var clock])
{
    var engine = args[0] == "kernels" ? Child.Kernels : (Func<string, Action>)Child.Onnx;
    Console.WriteLine(Moments.Take(long.Parse(clock, CultureInfo.InvariantCulture), () => engine(model)).ToString());
    return 0;
}
var rounds = 11;
var programs = args.ToList();
if (programs.IndexOf("--rounds") is >= 0 and var at)
{
    if (at + 1 >= programs.Count || !int.TryParse(programs[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out rounds) || rounds < 1)
    {
        Console.Error.WriteLine(Usage);
        return 1;
    }
    programs.RemoveRange(at, 2);
}
if (programs.FirstOrDefault(static program => !File.Exists(program)) is { } missing)
{
    Console.Error.WriteLine($"There is no {missing}. {Usage}");
    return 1;
}
programs.Insert(0, Environment.ProcessPath!);

var folder = Directory.CreateTempSubdirectory("blockwright-first-");
try
{
    string weights = Path.Combine(folder.FullName, "fused.safetensors"), graph = Path.Combine(folder.FullName, "network.onnx");
    using (var network = new ShuffleNetV2_x1_0())
    {
        network.eval();
        network.ExportOnnx(graph);
        using var fused = network.Fuse();
        fused.Save(weights);
    }
    var rows = programs.SelectMany(program => new[] { (Program: program, Engine: "kernels", File: weights), (Program: program, Engine: "onnx", File: graph) }).ToList();
    var found = rows.ConvertAll(static _ => new List<Moments>());
    // One round more, in which files come into memory.
    for (var round = 0; round <= rounds; round++)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var moments = Start(rows[i].Program, rows[i].Engine, rows[i].File);
            if (round > 0)
                found[i].Add(moments);
        }
    }
    Console.WriteLine("| program | engine | up to Main | load | first run | all (p10, p90) | of it the JIT | methods |");
    Console.WriteLine("|---|---|---|---|---|---|---|---|");
    for (var i = 0; i < rows.Count; i++)
    {
        double Of(Func<Moments, double> part, double share = 0.5) => Quantile([.. found[i].Select(part)], share);
        Console.WriteLine(Invariant($"| {rows[i].Program} | {rows[i].Engine} | {Of(static m => m.Main):F0} | {Of(static m => m.Loaded - m.Main):F0} | {Of(static m => m.Answered - m.Loaded):F0} | {Of(static m => m.Answered):F0} ({Of(static m => m.Answered, 0.1):F0}, {Of(static m => m.Answered, 0.9):F0}) | {Of(static m => m.Compiling):F0} | {Of(static m => m.Methods):F0} |"));
    }
}
finally
{
    folder.Delete(recursive: true);
}
return 0;

static Moments Start(string program, string engine, string file)
{
    var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
    start.ArgumentList.Add(engine);
    start.ArgumentList.Add(file);
    start.ArgumentList.Add(Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture));
    using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0 ? Moments.Parse(output.Trim()) : throw new InvalidOperationException($"{program} {engine} ended with {process.ExitCode.ToString(CultureInfo.InvariantCulture)}: {output}");
}

static double Quantile(List<double> values, double share)
{
    values.Sort();
    var at = share * (values.Count - 1);
    var below = (int)Math.Floor(at);
    return values[below] + ((values[Math.Min(below + 1, values.Count - 1)] - values[below]) * (at - below));
}
