using TorchSharp;
using Zoo.MobileNetV2;
using Zoo.Systems;

namespace Blockwright.Zoo.Tests.Reports;

/// <summary>What a report is made of.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blockwright-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WithoutANetworkItHasTheCosts()
    {
        var report = NetworkReport.Of(MobileNetV2.Cost.At(2, 96, 96));
        var page = report.ToHtml();

        Assert.Null(report.Profile);
        Assert.Equal(MobileNetV2.Cost.At(2, 96, 96).MultiplyAdds, report.Summary.Cost.MultiplyAdds);
        Assert.Contains("share of multiply-adds", page, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"roofline\"", page, StringComparison.Ordinal);
        Assert.Equal(page, NetworkReport.Of(MobileNetV2.Cost.At(2, 96, 96)).ToHtml());
        // No address, in whatever form a browser would ask for one.
        Assert.DoesNotMatch("(?i)https?:|//[a-z]|url\\(|@import|<link|<iframe|src=", page);
    }

    [Fact]
    public void EveryLayerIsInThePicture()
    {
        foreach (var cost in global::Zoo.Animal.All.Select(static animal => animal.Cost))
        {
            var page = NetworkReport.Of(cost).ToHtml();
            var picture = page[page.IndexOf("<div class=\"graph\"", StringComparison.Ordinal)..page.IndexOf("<section id=\"cost\"", StringComparison.Ordinal)];
            // A layer is a box alone or in a drawing of branches; a block among branches stands there and below.
            Assert.Equal(cost.Layers.Count, Count(picture, "<div class=\"box layer\"") + Count(picture, "<g class=\"node\""));
            Assert.True(Count(picture, "<details ") >= Count(picture, "<a href=\"#block"));
        }
    }

    /// <summary>An image that nobody gave is of the network's type; its snapshot runs on torch's operations.</summary>
    [Fact]
    public void ANetworkOfAnotherTypeIsTimed()
    {
        using var network = new AdaptiveSplit();
        network.to(torch.ScalarType.Float64);
        Assert.Equal("all", Assert.Single(NetworkReport.Of(network, new() { Profile = true, Iterations = 1 }).Profile!.Steps).Name);
    }

    [Fact]
    public void WhatIsTimedIsEvaluatedAndLeftAsItWas()
    {
        using var network = new SinglePath();
        using var input = torch.randn(1, 3, 64, 64);
        network.train();
        var report = NetworkReport.Of(network, new() { Input = input, Profile = true, Iterations = 1 });
        Assert.True(network.training);
        Assert.Equal(SinglePath.Cost.At(1, 64, 64).FusedBytes, report.Summary.Cost.FusedBytes);
        Assert.All(report.Profile!.Steps.Where(static step => step.Flops > 0), static step => Assert.NotEmpty(step.Layers));
        Assert.True(report.Profile is { PeakFlopsPerSecond: > 1e8, PeakBytesPerSecond: > 1e8 });
        using var gray = torch.randn(1, 1, 64, 64);
        Assert.Throws<ArgumentException>(() => NetworkReport.Of(network, new() { Input = gray, Profile = true }));
        using var vector = torch.randn(3);
        Assert.Throws<ArgumentException>(() => NetworkReport.Of(network, new() { Input = vector }));
        Assert.Throws<DirectoryNotFoundException>(() => report.Save(Path.Combine(_folder, "missing", "report.html")));
    }

    [Fact]
    public void AnErrorLogIsRead()
    {
        const string Log = """
            { "$schema": "http://json.schemastore.org/sarif-2.1.0", "version": "2.1.0", "runs": [{ "results": [
              { "ruleId": "BW3001", "ruleIndex": 0, "level": "warning", "message": { "text": "4 branches" }, "locations": [{ "physicalLocation": { "artifactLocation": { "uri": "file:///home/a%20b/Net.cs" }, "region": { "startLine": 38, "startColumn": 2 } } }] },
              { "ruleId": "BW1001", "level": "note", "message": { "text": "suppressed" }, "suppressions": [{ "kind": "inSource" }] },
              { "ruleId": 7, "message": "text", "locations": [{ "physicalLocation": { "region": { "startLine": -1 } } }, 3] },
              { "locations": [] }, 5
            ] }, { "results": null }, null] }
            """;
        var read = ReportedDiagnostic.ReadErrorLog(Written(Log));
        Assert.Equal(
            [new("BW3001", "warning", "4 branches") { File = OperatingSystem.IsWindows() ? @"\home\a b\Net.cs" : "/home/a b/Net.cs", Line = 38 }, new("", "warning", ""), new("", "warning", ""), new("", "warning", "")], read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{ \"version\": \"1.0.0\", \"runs\": [] }")]
    [InlineData("{ \"version\": \"2.1.0\", \"runs\": [{ \"results\": [{ \"ruleId\": \"\\ud800\" }] }] }")]
    public void AFileThatIsNoneIsRefused(string text) => Assert.Contains("is no SARIF 2.1.0", Assert.Throws<InvalidDataException>(() => ReportedDiagnostic.ReadErrorLog(Written(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void AFileThatNestsDeeplyIsRefused() => Assert.Throws<InvalidDataException>(() => ReportedDiagnostic.ReadErrorLog(Written(new string('[', 100_000))));

    [Fact]
    public void MermaidHasTheGraph()
    {
        var text = Fragmented.Cost.ToMermaid(depth: 3);
        Assert.StartsWith("flowchart TD\n", text, StringComparison.Ordinal);
        Assert.Contains("n1[\"stem.0<br/>Conv2d 3x3/4x4#43;1x1<br/>128 × 56 × 56\"]", text, StringComparison.Ordinal);
        var boxes = text.Split('\n').Select(static line => line.Trim()).Where(static line => line.StartsWith('n') && line.Contains('[', StringComparison.Ordinal)).Select(static line => line[..line.IndexOf('[', StringComparison.Ordinal)]).ToList();
        Assert.Equal(Fragmented.Cost.Layers.Count, boxes.Distinct().Count());
        var edges = text.Split('\n').Select(static line => line.Trim().Split(" --> ")).Where(static ends => ends.Length == 2).ToList();
        Assert.Equal(Fragmented.Cost.Layers.Sum(static layer => layer.Inputs.Distinct().Count()), edges.Count);
        Assert.All(edges.SelectMany(static ends => ends), end => Assert.Contains(end, boxes));
        Assert.Equal(Count(text, "subgraph "), Count(text, "end\n"));

        var short1 = Fragmented.Cost.ToMermaid(depth: 1);
        Assert.Contains("[[\"units<br/>128 × 56 × 56\"]]", short1, StringComparison.Ordinal);
        Assert.DoesNotContain("subgraph", short1, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Fragmented.Cost.ToMermaid(0));
    }

    private string Written(string text)
    {
        var file = Path.Combine(_folder, "build.sarif");
        File.WriteAllText(file, text);
        return file;
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
