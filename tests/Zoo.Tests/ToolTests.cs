using System.CommandLine;
using System.Text.Json;
using Blockwright.Tests.Shared;
using TorchSharp;
using Zoo.Systems;

namespace Blockwright.Zoo.Tests;

/// <summary>The tool's commands on the zoo's assembly, which it loads once more, in a context of its own.</summary>
public sealed class ToolTests : IDisposable
{
    private static readonly string Zoo = typeof(SinglePath).Assembly.Location;
    private static readonly string[] Small = ["--height", "64", "--width", "64"];

    private readonly string _folder = Directory.CreateTempSubdirectory("blockwright-tool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void SummaryIsTheNetworks()
    {
        Assert.Equal(SinglePath.Cost.ToString().TrimEnd(), Done("summary", Zoo, "SinglePath").TrimEnd());
        Assert.Equal(SinglePath.Cost.Summary(new() { Depth = 1, Batch = 4, Columns = SummaryColumns.All }).ToMarkdown().TrimEnd(), Done("summary", Zoo, "Zoo.Systems.SinglePath", "--depth", "1", "--batch", "4", "--all-columns", "--markdown").TrimEnd());
        using var json = JsonDocument.Parse(Done(["summary", Zoo, "SinglePath", "--json", .. Small]));
        Assert.Equal(SinglePath.Cost.At(1, 64, 64).MultiplyAdds, json.RootElement.GetProperty("multiplyAdds").GetInt64());
    }

    [Fact]
    public void CompareHasBothNetworksFigures()
    {
        using var json = JsonDocument.Parse(Done(["compare", Zoo, "Fragmented", "SinglePath", "--iterations", "1", "--threads", "1", "--json", "--labelled", Labelled(), .. Small]));
        Assert.Equal(("Fragmented", "SinglePath"), (json.RootElement.GetProperty("before").GetString(), json.RootElement.GetProperty("after").GetString()));
        var rows = json.RootElement.GetProperty("rows").EnumerateArray().ToDictionary(static row => row.GetProperty("name").GetString()!, static row => (row.GetProperty("before").GetDouble(), row.GetProperty("after").GetDouble()));
        Assert.Equal((Fragmented.Cost.At(1, 64, 64).FusedBytes, SinglePath.Cost.At(1, 64, 64).FusedBytes), rows["memory access, fused"]);
        Assert.True(rows["Fuse()"] is (> 0, > 0));
        Assert.InRange(rows["accuracy"].Item1, 0, 1);
    }

    [Theory]
    [InlineData("fused", "--threads", "1")]
    [InlineData("torch", "--module", "--by", "kind")]
    public void ProfileTimesEachStep(string what, params string[] options)
    {
        var trace = Path.Combine(_folder, what + ".json");
        using var json = JsonDocument.Parse(Done(["profile", Zoo, "SinglePath", "--iterations", "2", "--json", "--trace", trace, .. options, .. Small]));
        Assert.Contains(what, json.RootElement.GetProperty("title").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.InRange(json.RootElement.GetProperty("rows").EnumerateArray().Sum(static row => row.GetProperty("share").GetDouble()), 0.999, 1.001);
        using var events = JsonDocument.Parse(File.ReadAllText(trace));
        Assert.Contains("all", Done(["profile", Zoo, "SinglePath", "--iterations", "1", "--rows", "2", .. Small]), StringComparison.Ordinal);
    }

    /// <summary>The weights are the file's, and what is exported is what verify holds against the results in a file.</summary>
    [Fact]
    public void ExportAndVerifyTakeWeights()
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var (weights, io, model) = (Path.Combine(_folder, "weights.safetensors"), Path.Combine(_folder, "io.safetensors"), Path.Combine(_folder, "net.onnx"));
        using var network = new SinglePath();
        network.eval();
        network.SaveWeights(weights);
        var input = torch.randn(2, 3, 64, 64);
        using var pair = new Pair(("input", input), ("output", network.call(input)));
        pair.SaveWeights(io);

        Assert.Contains("opset 13", Done("export", Zoo, "SinglePath", "--weights", weights, "-o", model, "--open-size", "--opset", "13", "--unfolded"), StringComparison.Ordinal);
        using var session = OnnxSession.Open(model);
        Assert.InRange((session.Run(input) - network.call(input)).abs().max().item<float>(), 0, 1e-5 * network.call(input).abs().max().item<float>());

        using var json = JsonDocument.Parse(Done("verify", Zoo, "SinglePath", "--weights", weights, "--expected", io, "--json"));
        Assert.True(json.RootElement.GetProperty("agrees").GetBoolean());
        Assert.Contains("Fuse(): differs by", Done(["verify", Zoo, "SinglePath", .. Small]), StringComparison.Ordinal);
        var (code, _, error) = Run("verify", Zoo, "SinglePath", "--expected", io);
        Assert.Equal(1, code);
        Assert.Contains("more than 1E-05", error, StringComparison.Ordinal);
    }

    [Fact]
    public void ReportIsAPageOfTheNetworks()
    {
        var file = Path.Combine(_folder, "report.html");
        Assert.Equal(file, Done("report", Zoo, "SinglePath", "--batch", "2", "-o", file).TrimEnd());
        Assert.Equal(NetworkReport.Of(SinglePath.Cost.At(2)).ToHtml(), File.ReadAllText(file));
        Done(["report", Zoo, "SinglePath", "--compare", "Fragmented", "--iterations", "1", "-o", file, .. Small]);
        var page = File.ReadAllText(file);
        Assert.Contains("SinglePath beside Fragmented", page, StringComparison.Ordinal);
        Assert.Contains("id=\"roofline\"", page, StringComparison.Ordinal);
    }

    /// <summary>A network with several inputs: their sizes go with the first one's, and a file has them by their names.</summary>
    [Fact]
    public void SeveralInputsGoByTheFirst()
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var (tests, weights, io, model) = (typeof(RgbD).Assembly.Location, Path.Combine(_folder, "weights.safetensors"), Path.Combine(_folder, "io.safetensors"), Path.Combine(_folder, "net.onnx"));
        Assert.StartsWith("RgbD: image 2 x 3 x 64 x 32, depth 2 x 1 x 32 x 16 -> 2 x 4", Done("summary", tests, "RgbD", "--batch", "2", "--height", "64"), StringComparison.Ordinal);
        Assert.Contains("image 1 x 3 x 32 x 32, depth 1 x 1 x 16 x 16", Done("profile", tests, "RgbD", "--iterations", "1"), StringComparison.Ordinal);
        Assert.Contains("image 1 x 3 x 32 x 32, depth 1 x 1 x 16 x 16", Done("profile", tests, "RgbD", "--iterations", "1", "--module"), StringComparison.Ordinal);
        Assert.Contains("multiply-adds", Done("compare", tests, "RgbD", "RgbD", "--iterations", "1"), StringComparison.Ordinal);
        Done("report", tests, "RgbD", "--compare", "RgbD", "--iterations", "1", "-o", Path.Combine(_folder, "report.html"));
        using var network = new RgbD();
        network.eval();
        network.SaveWeights(weights);
        var (image, depth) = (torch.randn(2, 3, 32, 32), torch.randn(2, 1, 16, 16));
        using var pair = new Pair(("image", image), ("depth", depth), ("output", network.call(image, depth)));
        pair.SaveWeights(io);
        Assert.Contains("Fuse(): differs by", Done("verify", tests, "RgbD", "--weights", weights, "--expected", io), StringComparison.Ordinal);
        Done("verify", tests, "RgbD", "--height", "64");
        Done("export", tests, "RgbD", "--weights", weights, "-o", model);
        using var session = OnnxSession.Open(model);
        Assert.Equal(["image", "depth"], session.Inputs.Keys);
        var (code, _, error) = Run("summary", tests, "RgbD", "--height", "33");
        Assert.Equal(2, code);
        Assert.Contains("33 x 32", error, StringComparison.Ordinal);
        (code, _, error) = Run("compare", tests, "RgbD", "RgbD", "--labelled", Labelled());
        Assert.Equal(2, code);
        Assert.Contains("takes several inputs, and a labelled set has images of one", error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string[]> Wrong => new()
    {
        { "no network 'Nothing'. There are ", ["summary", Zoo, "Nothing"] },
        { "declares no network", ["summary", typeof(NetworkModule).Assembly.Location, "Nothing"] },
        { "is no assembly of .NET", ["summary", "@text.dll", "Net"] },
        { "there is no Blockwright.dll beside it", ["summary", "@alone.dll", "Net"] },
        { "There is no @nowhere", ["summary", "@nowhere", "Net"] },
        { "There is no project in", ["summary", "@", "Net"] },
        { "neither a project nor an assembly", ["summary", "@text.txt", "Net"] },
        { "does not build", ["summary", "@broken/broken.csproj", "Net"] },
        { "There are several projects in", ["summary", "@several", "Net"] },
        { "Required argument 'network' missing", ["summary", Zoo] },
        { "expected a whole number from 1 on, found '0'", ["summary", Zoo, "SinglePath", "--batch", "0"] },
        { "expected a number that is not negative, found 'x'", ["verify", Zoo, "SinglePath", "--tolerance", "x"] },
        { "64 bits do not hold what SinglePath costs at 1 x 3 x 2147483647 x 2147483647", ["summary", Zoo, "SinglePath", "--height", "2147483647", "--width", "2147483647"] },
        { "--output: expected a file, found ''", ["export", Zoo, "SinglePath", "-o", ""] },
        { "is a folder: name a file in it", ["export", Zoo, "SinglePath", "-o", "@several"] },
        { "is a folder: name a file in it", ["verify", Zoo, "SinglePath", "--weights", "@several"] },
        { "--height says nothing beside --open-size", ["export", Zoo, "SinglePath", "-o", "@net.onnx", "--open-size", "--height", "64"] },
        { "--markdown says nothing beside --json", ["summary", Zoo, "SinglePath", "--json", "--markdown"] },
        { "--batch says nothing beside --expected", ["verify", Zoo, "SinglePath", "--expected", "@labelled.safetensors", "--batch", "2"] },
        { "--by: expected layer or kind or block, found 'size'.", ["profile", Zoo, "SinglePath", "--by", "size"] },
        { "summary has no option '--opset', which export has. There are --batch, --height,", ["summary", Zoo, "SinglePath", "--opset"] },
        { "summary has no option '--bacth': --batch is nearest.", ["summary", Zoo, "SinglePath", "--bacth", "4"] },
        { "summary has no option '--weights', which compare, profile, report, export, verify have.", ["summary", Zoo, "SinglePath", "--weights", "a.pth"] },
        { "has no network 'SinglePaht': SinglePath is nearest. There are", ["summary", Zoo, "SinglePaht"] },
        { "'BasicUnit' is a block of", ["summary", Zoo, "BasicUnit"] },
        { "verify has no option '-weights': --weights is nearest.", ["verify", Zoo, "SinglePath", "-weights", "a.pth"] },
        { "verify has no option '--wieghts': --weights is nearest.", ["verify", "--wieghts", "a.pth", Zoo, "SinglePath"] },
        { "report has no option '--timed': --time is nearest.", ["report", "--timed", Zoo] },
        { "There is no command 'sumary': summary is nearest.", ["sumary", Zoo, "SinglePath"] },
        { "There is no command 'time'. There are summary, compare, profile, report, export, verify.", ["time", Zoo, "SinglePath"] },
        { "summary: expected project, network and options, found 'Other'.", ["summary", Zoo, "SinglePath", "Other"] },
        { "is too small", ["summary", Zoo, "GoogLeNet", "--height", "2"] },
        { "13 to 21", ["export", Zoo, "SinglePath", "-o", "@net.onnx", "--opset", "12"] },
        { "cannot be written: its folder does not exist", ["export", Zoo, "SinglePath", "-o", "@missing/net.onnx"] },
        { "@none.safetensors", ["export", Zoo, "SinglePath", "-o", "@net.onnx", "--weights", "@none.safetensors"] },
        { "no network 'Other'", ["report", Zoo, "SinglePath", "--compare", "Other"] },
        { "cannot be written: its folder does not exist", ["report", Zoo, "SinglePath", "-o", "@missing/report.html"] },
        { "is no SARIF 2.1.0", ["report", Zoo, "SinglePath", "--diagnostics", "@text.txt", "-o", "@report.html"] },
        { "no network 'Other'", ["compare", Zoo, "SinglePath", "Other"] },
        { "classes apart", ["compare", Zoo, "SinglePath", "SinglePath", "--iterations", "1", "--labelled", "@labelled.safetensors"] },
        { "'labels' is Float32 [3], and is to be Int64, not empty", ["compare", Zoo, "SinglePath", "SinglePath", "--iterations", "1", "--labelled", "@typed.safetensors"] },
        { "1 to 1,000,000 runs", ["profile", Zoo, "SinglePath", "--iterations", "2147483647"] },
        { "--weights takes a file that fits as it is", ["verify", Zoo, "SinglePath", "--weights", "@labelled.safetensors"] },
        { "no 'output' among its 2 entries", ["verify", Zoo, "SinglePath", "--expected", "@labelled.safetensors"] },
    };

    /// <summary>A line that says what is wrong, and 2; no stack trace, and no help that nobody asked for.</summary>
    [Theory]
    [MemberData(nameof(Wrong))]
    public void WhatIsWrongIsALine(string expected, string[] arguments)
    {
        File.WriteAllText(Path.Combine(_folder, "text.dll"), "no assembly");
        File.WriteAllText(Path.Combine(_folder, "text.txt"), "no project");
        File.Copy(typeof(FactAttribute).Assembly.Location, Path.Combine(_folder, "alone.dll"));
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "broken")).FullName, "broken.csproj"), "<Project>");
        foreach (var name in new[] { "one.csproj", "two.csproj" })
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "several")).FullName, name), "");
        Labelled(100_000);
        using (var pair = new Pair(("input", torch.randn(3, 3, 64, 64)), ("labels", torch.randn(3))))
            pair.SaveWeights(Path.Combine(_folder, "typed.safetensors"));

        var (code, output, error) = Run([.. arguments.Select(InFolder)]);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(expected.Contains('@', StringComparison.Ordinal) ? expected.Replace("@", _folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) : expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n\n", error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("Actual value", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Usage:", error, StringComparison.Ordinal);

        string InFolder(string argument) => argument.StartsWith('@') ? Path.Combine(_folder, argument[1..]) : argument;
    }

    [Theory]
    [InlineData("summary")]
    [InlineData("compare")]
    [InlineData("profile")]
    [InlineData("report")]
    [InlineData("export")]
    [InlineData("verify")]
    public void HelpHasExamples(string command)
    {
        Assert.Contains($"  dotnet blockwright {command} MyNets ShuffleNet", Done(command, "--help"), StringComparison.Ordinal);
        Assert.Contains(command, Done(), StringComparison.Ordinal);
    }

    private string Labelled(long label = 0)
    {
        var file = Path.Combine(_folder, "labelled.safetensors");
        using var pair = new Pair(("input", torch.randn(3, 3, 64, 64)), ("labels", torch.full(3, label, torch.ScalarType.Int64)));
        pair.SaveWeights(file);
        return file;
    }

    private static string Done(params string[] arguments)
    {
        var (code, output, error) = Run(arguments);
        Assert.True(code == 0, error);
        return output;
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (Tool.Outside.CommandLine.Run(arguments, new InvocationConfiguration { Output = output, Error = error }), output.ToString(), error.ToString());
    }

    /// <summary>Tensors as a module, so that they can be saved as weights are.</summary>
    private sealed class Pair : torch.nn.Module
    {
        public Pair(params (string Name, torch.Tensor Value)[] tensors)
            : base(nameof(Pair))
        {
            foreach (var (name, value) in tensors)
                register_buffer(name, value);
        }
    }
}
