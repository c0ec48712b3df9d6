using System.Text.Json;
using TorchSharp;

namespace Blockwright.Zoo.Tests;

/// <summary>What the build says that networks cost, against what others have published and what torch counts.</summary>
public sealed class CostTests
{
    /// <summary>torchvision publishes them with its weights (<c>_ops</c>, <c>num_params</c>): GFLOPs, which are multiply-adds, in three digits behind the point.</summary>
    [Theory]
    [InlineData("ShuffleNetV2_x0_5", 0.04, 1_366_792)]
    [InlineData("ShuffleNetV2_x1_0", 0.145, 2_278_604)]
    [InlineData("ShuffleNetV2_x1_5", 0.296, 3_503_624)]
    [InlineData("ShuffleNetV2_x2_0", 0.583, 7_393_996)]
    [InlineData("MobileNetV2", 0.301, 3_504_872)]
    [InlineData("SqueezeNet1_1", 0.349, 1_235_496)]
    [InlineData("ResNet18", 1.814, 11_689_512)]
    [InlineData("ResNeXt50_32x4d", 4.23, 25_028_904)]
    [InlineData("GoogLeNet", 1.498, 6_624_904)]
    [InlineData("DenseNet121", 2.834, 7_978_856)]
    [InlineData("MnasNet1_0", 0.314, 4_383_312)]
    [InlineData("EfficientNetB0", 0.386, 5_288_548)]
    [InlineData("AlexNet", 0.714, 61_100_840)]
    public void CostsWhatTorchvisionPublishes(string name, double gigaFlops, long parameters)
    {
        var cost = CostOf(name);
        Assert.Equal(parameters, cost.Parameters);
        Assert.InRange(cost.MultiplyAdds / 1e9, gigaFlops - 0.0006, gigaFlops + 0.0006);
    }

    /// <summary>
    /// The paper's MFLOPs, of the same networks. It does not say what it counts; convolutions and the linear layer alone, as torchvision has them, come to 0.7 to 1.3 % less.
    /// </summary>
    [Theory]
    [InlineData("ShuffleNetV2_x0_5", 41)]
    [InlineData("ShuffleNetV2_x1_0", 146)]
    [InlineData("ShuffleNetV2_x1_5", 299)]
    [InlineData("ShuffleNetV2_x2_0", 591)]
    public void CostsWhatThePaperSays(string name, double megaFlops) => Assert.InRange(CostOf(name).MultiplyAdds / 1e6, megaFlops * 0.986, megaFlops);

    [Fact]
    public void WhatNoNumberHoldsIsRefused()
    {
        var refused = Assert.Throws<ArgumentException>(() => CostOf("ShuffleNetV2_x1_0").At(int.MaxValue, int.MaxValue, int.MaxValue));
        Assert.Contains("64 bits do not hold what ShuffleNetV2_x1_0 costs at 2147483647 x 3 x 2147483647 x 2147483647", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ShuffleNetV2_x0_5")]
    [InlineData("HybridAttention")]
    [InlineData("SqueezeNet1_1")]
    public void CountsWhatTorchMultiplies(string name)
    {
        using var network = Animals.Create(name);
        var cost = network.GetCost();
        Assert.Equal(TorchCounts.MultiplyAdds(network), cost.MultiplyAdds);
        var learned = network.named_parameters().GroupBy(static entry => entry.name[..entry.name.LastIndexOf('.')]).ToDictionary(static layer => layer.Key, static layer => layer.Sum(static entry => entry.parameter.numel()));
        Assert.Equal(learned.OrderBy(static layer => layer.Key, StringComparer.Ordinal), cost.Layers.Where(static layer => layer.Parameters > 0).ToDictionary(static layer => layer.Key, static layer => layer.Parameters).OrderBy(static layer => layer.Key, StringComparer.Ordinal));
    }

    /// <summary>Every layer's shape at another size and batch is the one that torch finds.</summary>
    [Theory]
    [InlineData("ShuffleNetV2_x0_5", 2, 97, 130)]
    [InlineData("SqueezeNet1_1", 1, 129, 96)]
    [InlineData("HybridAttention", 3, 64, 64)]
    public void ShapesFollowTheInput(string name, int batch, int height, int width)
    {
        using var network = Animals.Create(name);
        network.eval();
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var (key, module) in network.named_modules())
        {
            if (module is torch.nn.Module<torch.Tensor, torch.Tensor> layer)
                layer.register_forward_hook((_, _, result) => Note(key, result));
        }
        using (torch.no_grad())
        using (var input = torch.zeros(batch, 3, height, width))
            network.call(input).Dispose();

        var cost = network.GetCost().At(batch, height, width);
        Assert.All(cost.Layers.Where(static layer => layer.Key.Length > 0), layer => Assert.Equal(shapes[layer.Key], layer.OutputShape));
        Assert.Equal(network.GetCost().Parameters, cost.Parameters);

        torch.Tensor Note(string key, torch.Tensor result)
        {
            shapes[key] = result.shape;
            return result;
        }
    }

    [Fact]
    public void ASizeThatTheNetworkDoesNotTakeIsRefused()
    {
        var cost = CostOf("GoogLeNet");
        Assert.Contains("too small", Assert.Throws<ArgumentException>(() => cost.At(1, 2, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => cost.At(0));
        Assert.Throws<ArgumentException>(() => cost.Summary(new SummaryOptions { Height = 0 }));
    }

    /// <summary>What torchinfo 1.8 says of torchvision's ResNet-18 at 1 x 3 x 224 x 224: 0.60, 39.75, 46.76 and 87.11 MB.</summary>
    [Fact]
    public void SizesAreTorchinfos()
    {
        var text = CostOf("ResNet18").Summary(new SummaryOptions { Depth = 0 }).ToString();
        Assert.Contains("Input: 0.60 MB. Forward/backward pass: 39.75 MB. Parameters: 46.76 MB. Together: 87.11 MB.", text, StringComparison.Ordinal);
    }

    /// <summary>The parts of each row are the whole, at each depth, and the fused bytes are those of the plan's steps.</summary>
    [Theory]
    [MemberData(nameof(Animals.Names), MemberType = typeof(Animals))]
    public void RowsAddUp(string name)
    {
        var cost = CostOf(name);
        for (var depth = 1; depth <= 4; depth++)
        {
            var rows = cost.Summary(new SummaryOptions { Depth = depth }).Rows;
            var leaves = rows.Where((row, i) => !row.IsGroup || row.Depth == depth).ToList();
            Assert.Equal(cost.Layers.Count, leaves.Sum(static row => row.Layers.Count));
            Assert.Equal(cost.MultiplyAdds, leaves.Sum(static row => row.MultiplyAdds));
            Assert.Equal(cost.FusedBytes, leaves.Sum(static row => row.FusedBytes));
            Assert.All(rows, row => Assert.True(row.Depth <= depth));
        }
        // Without a plan nothing is fused.
        Assert.InRange(cost.FusedBytes, cost.HasPlan ? 1 : 0, cost.HasPlan ? cost.MemoryAccessBytes : 0);
        Assert.All(cost.Layers, layer => Assert.Equal(layer.Pass is LayerPass.Own, layer.ComputedBy == layer.Index));
    }

    [Fact]
    public void FrozenParametersAreToldApart()
    {
        using var network = Animals.Create("ShuffleNetV2_x0_5");
        foreach (var (key, parameter) in network.named_parameters())
            parameter.requires_grad = key.StartsWith("fc", StringComparison.Ordinal);
        var summary = network.Summary(new SummaryOptions { Columns = SummaryColumns.All });
        Assert.Equal((1_025_000, 341_792), (summary.TrainableParameters, summary.FrozenParameters));
        var markdown = summary.ToMarkdown();
        Assert.Contains("| fc | Linear | bias | 1 x 1024 x 1 x 1 | 1 x 1000 | 1,025,000 | 75.0 % | yes |", markdown, StringComparison.Ordinal);
        Assert.Contains("| conv1.0 | Conv2d | 3x3/2x2+1x1 | 1 x 3 x 224 x 224 | 1 x 24 x 112 x 112 | 648 | 0.0 % | no |", markdown, StringComparison.Ordinal);
        Assert.Contains("| partly |", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTableTellsWhatFusionRemoves()
    {
        var text = ShuffleNet.ShuffleNetV2_x1_0.Cost.ToString();
        Assert.Contains("Only renamed, not moved: 26 Split, 16 ChannelShuffle, 16 Concat.", text, StringComparison.Ordinal);
        Assert.Contains("Within another's pass: 56 BatchNorm2d, 37 ReLU.", text, StringComparison.Ordinal);
        Assert.Matches("(?m)^    stage2\\.1 +BasicUnit +1 x 116 x 28 x 28 +7,598 +5,684,000 +4,395,704 +1,121,024  3 passes$", text);
        Assert.Matches("(?m)^      stage2\\.1\\.branch2\\.1 +BatchNorm2d .* in stage2\\.1\\.branch2\\.0$", text);
        Assert.Matches("(?m)^      ChannelShuffle +ChannelShuffle +groups=2 .* free$", text);
    }

    [Fact]
    public void JsonHasEveryLayerAndTheTotals()
    {
        var cost = CostOf("MobileNetV2");
        using var json = JsonDocument.Parse(cost.Summary(new SummaryOptions { Depth = 0, Columns = SummaryColumns.None, Batch = 4 }).ToJson());
        var root = json.RootElement;
        Assert.Equal(4 * cost.MultiplyAdds, root.GetProperty("multiplyAdds").GetInt64());
        Assert.Equal(cost.Layers.Count, root.GetProperty("layers").GetArrayLength());
        Assert.Equal(4 * cost.MultiplyAdds, root.GetProperty("layers").EnumerateArray().Sum(static layer => layer.GetProperty("multiplyAdds").GetInt64()));
        Assert.Equal([4, 3, 224, 224], root.GetProperty("input").EnumerateArray().Select(static size => size.GetInt32()));
    }

    private static NetworkCost CostOf(string name) => Animals.Find(name).Cost;
}
