extern alias Reporting;

namespace Blockwright.Samples.Tests;

/// <summary>samples/Report.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blockwright-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ItWritesThePageOfThreeNetworks()
    {
        var file = Path.Combine(_folder, "report.html");
        var run = ConsoleRun.Of(console => Reporting::Report.ReportCommand.Run(["-o", file, "--size", "64", "--iterations", "1"], console));

        Assert.Equal((0, file), (run.Code, run.Output.TrimEnd()));
        var page = File.ReadAllText(file);
        Assert.Contains("ShuffleNetV2_x1_0 beside FragmentedShuffleNetV2", page, StringComparison.Ordinal);
        Assert.Contains("ShuffleNetV2_x1_0 beside MobileNetV2", page, StringComparison.Ordinal);
        Assert.Contains("<td>BW3001</td>", page, StringComparison.Ordinal);
        var (own, fragmented) = (ShuffleNet.ShuffleNetV2_x1_0.Cost, Reporting::Report.FragmentedShuffleNetV2.Cost);
        Assert.Equal((own.MultiplyAdds, own.Parameters), (fragmented.MultiplyAdds, fragmented.Parameters));
    }

    [Theory]
    [InlineData("-o", "")]
    [InlineData("--iterations", "0")]
    [InlineData("--size", "31")]
    [InlineData("--no-such", "1")]
    public void WhatIsWrongIsALine(string option, string value)
    {
        var run = ConsoleRun.Of(console => Reporting::Report.ReportCommand.Run(option == "-o" ? ["-o", Path.Combine(_folder, "missing", "report.html")] : [option, value], console));
        Assert.Equal(2, run.Code);
        Assert.NotEmpty(run.Error);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }
}
