using System.Text.Json;
using Blockwright.Generator.Tests.Harness;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests;

/// <summary>Two networks side by side, where one has no kernels or declares another size.</summary>
public class ComparisonTests
{
    [Fact]
    public void OfANetworkWithoutKernelsItIsSaid()
    {
        var assembly = Compiling.Load(Compiling.Usings + """
            [Network, Input(3, 16, 16), Conv2d(4, 3), ReLU, GlobalAvgPool2d, Linear(2)] public partial class With;
            [Network, Input(3, 32, 24), BatchNorm2d(TrackRunningStats = false), Softmax, GlobalAvgPool2d, Flatten] public partial class Without;
            """);
        using var with = Compiling.Make(assembly, "With");
        using var without = Compiling.Make(assembly, "Without");
        using var input = randn(2, 3, 16, 16);
        var comparison = Comparison.Of((INetworkModule)with, (INetworkModule)without, input, iterations: 8, options: new() { Threads = 1 });

        Assert.Equal("With and Without, 2 x 3 x 16 x 16 (declared: Without at 32 x 24)", comparison.Title);
        Assert.StartsWith(comparison.Title + "\n\n", comparison.ToString(), StringComparison.Ordinal);
        foreach (var name in new[] { "memory access, fused", "Fuse(), by the roofline of direct sums" })
        {
            var row = comparison.Rows.Single(row => row.Name == name);
            Assert.True(row.Before > 0 && double.IsNaN(row.After));
            Assert.Matches($"(?m)^{System.Text.RegularExpressions.Regex.Escape(name)} +[\\d.]+ (kB|µs) +no kernels *$", comparison.ToString());
        }
        foreach (var name in new[] { "torch's operations", "Fuse()" })
        {
            var row = comparison.Rows.Single(row => row.Name == name);
            Assert.True(row is { Before: > 0, After: > 0, BeforeSpread: > 0, AfterSpread: > 0 });
        }
        Assert.Matches("(?m)^Fuse\\(\\) +[\\d.]+ (µs|ms) ± [\\d.]+ % +[\\d.]+ (µs|ms) ± [\\d.]+ % ", comparison.ToString());
        using var json = JsonDocument.Parse(comparison.ToJson());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("rows").EnumerateArray().Single(static row => row.GetProperty("name").GetString() == "memory access, fused").GetProperty("after").ValueKind);
        Assert.Contains("no kernels", Comparison.Of((INetworkModule)without, (INetworkModule)without, input, iterations: 1).ToString(), StringComparison.Ordinal);
    }
}
