using ShuffleNet;
using TorchSharp;
using Zoo.Systems;

namespace Blockwright.Zoo.Tests.Reports;

/// <summary>A report with all that there can be in it, in a file, and a browser that looks at it.</summary>
public sealed class ReportPages : IAsyncLifetime
{
    /// <summary>What somebody who wants to break in would have the compiler say.</summary>
    public const string Hostile = "</td></table><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">&amp;\"'";

    private readonly string _folder = Directory.CreateTempSubdirectory("blockwright-report-").FullName;
    private Browser? _browser;

    public NetworkReport Report { get; private set; } = null!;

    public string Path => System.IO.Path.Combine(_folder, "a report, 100 %.html");

    /// <summary>The browser; where there is none the test is skipped.</summary>
    public Browser Browser
    {
        get
        {
            Skip.If(_browser is null && !Browser.IsRequired, "There is no chromium on this machine (apt-get install chromium).");
            return _browser ?? throw new InvalidOperationException("There is no chromium on this machine.");
        }
    }

    public async Task InitializeAsync()
    {
        using var network = new ShuffleNetV2_x0_5();
        using var other = new Fragmented();
        using var input = torch.randn(1, 3, 64, 64);
        Report = NetworkReport.Of(network, new()
        {
            Input = input,
            Profile = true,
            Iterations = 2,
            Compare = [other],
            Diagnostics = [new("BW3001", "warning", "4 convolutional branches") { File = "/home/somebody/Systems.cs", Line = 38 }, new(Hostile, Hostile, Hostile) { File = Hostile }],
        });
        Report.Save(Path);
        if (Browser.Installed is not null)
            _browser = await Browser.Start();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
