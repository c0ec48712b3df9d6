using TorchSharp;
using Zoo.Systems;

namespace Blockwright.Zoo.Tests;

/// <summary>Two networks side by side.</summary>
public sealed class ComparisonTests
{
    [Fact]
    public void TheRowsAreTheNetworksOwnFigures()
    {
        using var fragmented = new Fragmented();
        using var single = new SinglePath();
        using var images = torch.randn(2, 3, 64, 64);
        using var labels = torch.zeros(2, torch.ScalarType.Int64);
        fragmented.train();
        var comparison = Comparison.Of(fragmented, single, images, [(images, labels)], iterations: 2);

        Assert.True(fragmented.training);
        var (before, after) = (Fragmented.Cost.At(2, 64, 64), SinglePath.Cost.At(2, 64, 64));
        Assert.Equal((before.MultiplyAdds, after.MultiplyAdds), Figures(comparison, "multiply-adds"));
        Assert.Equal((before.MemoryAccessBytes, after.MemoryAccessBytes), Figures(comparison, "memory access, layer by layer"));
        Assert.Equal((before.FusedBytes, after.FusedBytes), Figures(comparison, "memory access, fused"));
        Assert.All(new[] { "torch's operations", "Fuse(), by the roofline of direct sums", "Fuse()" }, name => Assert.True(Figures(comparison, name) is (> 0, > 0)));
        var text = comparison.ToString();
        Assert.Matches("(?m)^multiply-adds +[\\d,]+ +[\\d,]+ +0\\.0 %$", text);
        Assert.Matches("(?m)^memory access, fused +[\\d.]+ MB +[\\d.]+ MB +-\\d+\\.\\d %$", text);
        Assert.Contains("| | Fragmented | SinglePath | change |", comparison.ToMarkdown().Replace("|  |", "| |", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void JsonHasTheRows()
    {
        using var network = new AdaptiveSplit();
        using var images = torch.randn(1, 3, 32, 32);
        var comparison = Comparison.Of(network, network, images, iterations: 1);
        using var json = System.Text.Json.JsonDocument.Parse(comparison.ToJson());
        Assert.Equal("AdaptiveSplit", json.RootElement.GetProperty("after").GetString());
        Assert.Equal(comparison.Rows.Select(static row => (row.Name, row.Before)), json.RootElement.GetProperty("rows").EnumerateArray().Select(static row => (row.GetProperty("name").GetString()!, row.GetProperty("before").GetDouble())));
    }

    [Fact]
    public void AccuracyIsTheShareOfImagesThatAreRight()
    {
        using var network = new AdaptiveSplit();
        network.eval();
        using var images = torch.randn(6, 3, 32, 32);
        using var fused = network.Fuse();
        using var logits = fused.call(images);
        using var labels = logits.argmax(1);
        using var half = labels.clone();
        half[torch.TensorIndex.Slice(0, 3)] = (half[torch.TensorIndex.Slice(0, 3)] + 1) % network.OutChannels;
        var accuracy = Comparison.Of(network, network, images, [(images, labels), (images, half)], iterations: 1).Rows[^1];
        Assert.Equal(("accuracy", 0.75, 0.0), (accuracy.Name, accuracy.Before, accuracy.Change));
    }

    [Fact]
    public void WhatIsNoNumberIsNoClass()
    {
        using var network = new AdaptiveSplit();
        using var images = torch.full([2, 3, 32, 32], float.NaN);
        using var labels = torch.zeros(2, torch.ScalarType.Int64);
        Assert.Equal(0, Comparison.Of(network, network, images, [(images, labels)], iterations: 1).Rows[^1].Before);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100_000)]
    public void LabelsOfOtherClassesAreRefused(long label)
    {
        using var network = new AdaptiveSplit();
        using var images = torch.randn(1, 3, 32, 32);
        using var labels = torch.tensor(new[] { label });
        Assert.Contains("classes apart", Assert.Throws<ArgumentException>(() => Comparison.Of(network, network, images, [(images, labels)], iterations: 1)).Message, StringComparison.Ordinal);
        using var none = torch.zeros(0, torch.ScalarType.Int64);
        Assert.Throws<ArgumentException>(() => Comparison.Of(network, network, images, [(images, none)], iterations: 1));
        Assert.Throws<ArgumentException>(() => Comparison.Of(network, network, images, [], iterations: 1));
        using var gray = torch.randn(1, 1, 32, 32);
        Assert.Throws<ArgumentException>(() => Comparison.Of(network, network, gray, iterations: 1));
    }

    private static (double Before, double After) Figures(Comparison comparison, string name)
    {
        var row = comparison.Rows.Single(row => row.Name == name);
        return (row.Before, row.After);
    }
}
