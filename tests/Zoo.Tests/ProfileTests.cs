using System.Text.Json;
using ShuffleNet;
using System.Text.RegularExpressions;
using TorchSharp;
using Zoo.Systems;

namespace Blockwright.Zoo.Tests;

/// <summary>Profiles: what the steps took is what the run took, whatever the clock says.</summary>
public sealed class ProfileTests
{
    private const int Runs = 3;

    [Theory]
    [InlineData(1, 1, 224, 224)]
    [InlineData(2, 1, 96, 160)]
    [InlineData(2, 3, 64, 64)] // each thread has images of its own
    public void TheStepsOfTheKernelsAreTheRun(int threads, int batch, int height, int width)
    {
        using var network = new ShuffleNetV2_x0_5();
        using var fused = network.Fuse(new FuseOptions { Threads = threads });
        using var input = torch.randn(batch, 3, height, width);
        var profile = fused.Profile(input, Runs);

        AssertSums(profile);
        var cost = network.GetCost().At(batch, height, width);
        Assert.Equal(2.0 * cost.MultiplyAdds, profile.Steps.Sum(static step => step.Flops));
        // Bands keep in the cache what passes from step to step.
        Assert.InRange(profile.Steps.Sum(static step => step.Bytes), 1, cost.FusedBytes * 1.01 * batch);
        Assert.Contains(profile.Steps, static step => step is { Name: "stage2.1.branch2.0", Kind: "Conv2d 1x1", Block: "stage2.1" });
        Assert.Contains(profile.Steps, static step => step.Name == "fc");
        Assert.All(profile.Steps, static step => Assert.True(step.FloorSeconds > 0 && step.RooflineShare > 0));
    }

    [Fact]
    public void TheLayersOfAModuleAndWhatStandsBetweenThemAreTheRun()
    {
        using var network = new ShuffleNetV2_x0_5();
        network.eval();
        using var input = torch.randn(2, 3, 64, 64);
        var profile = network.Profile(input, Runs);

        AssertSums(profile);
        var cost = network.GetCost().At(2, 64, 64);
        Assert.Equal(2.0 * cost.MultiplyAdds, profile.Steps.Sum(static step => step.Flops));
        Assert.Equal(cost.Layers.Where(static layer => layer.Key.Length > 0).Select(static layer => layer.Key), profile.Steps.Select(static step => step.Name).Where(cost.Layers.Select(static layer => layer.Key).Where(static key => key.Length > 0).Contains));
        Assert.Equal(cost.MemoryAccessBytes, profile.Steps.Sum(static step => step.Bytes));
        Assert.Contains(profile.Steps, static step => step.Name.StartsWith("stage2.1: ReLU + Concat + ChannelShuffle", StringComparison.Ordinal));
        // The hooks are gone.
        var events = profile.Events.Count;
        network.call(input).Dispose();
        Assert.Equal(events, profile.Events.Count);
    }

    [Fact]
    public void ASnapshotOfTorchsOperationsIsOneStep()
    {
        using var network = new AdaptiveSplit();
        using var fused = network.Fuse(new FuseOptions { UseKernels = false });
        using var input = torch.randn(1, 3, 32, 32);
        var profile = fused.Profile(input, Runs);
        AssertSums(profile);
        Assert.Equal("all", Assert.Single(profile.Steps).Name);
        Assert.Single(Regex.Matches(profile.ToText(), "(?m)^all "));
    }

    [Fact]
    public void RowsAreSummedUpAndCut()
    {
        using var network = new ShuffleNetV2_x0_5();
        using var fused = network.Fuse();
        using var input = torch.randn(1, 3, 64, 64);
        var profile = fused.Profile(input, Runs);
        foreach (var by in Enum.GetValues<ProfileGrouping>())
        {
            var rows = profile.Rows(by);
            Assert.Equal(profile.Steps.Sum(static step => step.TotalSeconds), rows.Sum(static row => row.TotalSeconds), 1e-9);
            Assert.Equal(profile.Steps.Sum(static step => step.Calls), rows.Sum(static row => row.Calls));
            Assert.Equal(rows.OrderByDescending(static row => row.TotalSeconds), rows);
        }
        Assert.Contains(profile.Rows(ProfileGrouping.Block), static row => row.Name == "stage3.4");
        Assert.Contains(profile.Rows(ProfileGrouping.Kind), static row => row.Name == "Conv2d 1x1");
        Assert.Contains(profile.Rows(ProfileGrouping.Kind), static row => row.Name.StartsWith("Conv2d 3x3/2x2+1x1", StringComparison.Ordinal) && !row.Name.Contains("depthwise", StringComparison.Ordinal));
        Assert.Contains(profile.Rows(ProfileGrouping.Kind), static row => row.Name == "Conv2d 3x3+1x1 depthwise");

        using var writer = new StringWriter();
        profile.Print(rowLimit: 4, writer: writer);
        var lines = writer.ToString().Split('\n');
        var rules = Enumerable.Range(0, lines.Length).Where(line => lines[line].StartsWith("---", StringComparison.Ordinal)).ToList();
        Assert.Equal(4 + 2, rules[1] - rules[0] - 1);
        Assert.StartsWith($"{profile.Steps.Count - 4} more ", lines[rules[1] - 2], StringComparison.Ordinal);
        Assert.StartsWith("all ", lines[rules[1] - 1], StringComparison.Ordinal);
        Assert.Contains(profile.Overhead < 0 ? ": no overhead above the noise" : "% overhead", lines[rules[1] + 1], StringComparison.Ordinal);
        Assert.Equal(4 + 2 + 2, profile.ToMarkdown(rowLimit: 4).Split('\n').Count(static line => line.StartsWith('|')));
    }

    /// <summary>Each hangs its hooks in while the others wait.</summary>
    [Fact]
    public void SeveralThreadsMayAskForTheSameModulesProfile()
    {
        using var network = new ShuffleNetV2_x0_5();
        using var input = torch.randn(1, 3, 64, 64);
        var profiles = new NetworkProfile[4];
        Parallel.For(0, profiles.Length, i => profiles[i] = network.Profile(input, Runs));
        Assert.All(profiles, profile =>
        {
            AssertSums(profile);
            Assert.Equal(profiles[0].Steps.Count, profile.Steps.Count);
        });
    }

    /// <summary>The Trace Event Format's complete events have name, ph, ts, dur, pid and tid; a step begins when the one before it ends.</summary>
    [Fact]
    public void ATraceHasWhatItsFormatAsksFor()
    {
        using var network = new ShuffleNetV2_x0_5();
        using var fused = network.Fuse();
        using var input = torch.randn(1, 3, 64, 64);
        var profile = fused.Profile(input, Runs);
        var folder = Directory.CreateTempSubdirectory("blockwright-trace-");
        try
        {
            var path = Path.Combine(folder.FullName, "trace.json");
            profile.ToChromeTrace(path);
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            var events = json.RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
            Assert.Equal("ms", json.RootElement.GetProperty("displayTimeUnit").GetString());
            Assert.All(events, static each => Assert.True(each.GetProperty("pid").GetInt32() > 0 && each.GetProperty("tid").GetInt32() > 0 && each.GetProperty("name").GetString()!.Length > 0));
            Assert.Equal(["process_name", "thread_name"], events.Where(static each => each.GetProperty("ph").GetString() == "M").Select(static each => each.GetProperty("name").GetString()));
            var steps = events.Where(static each => each.GetProperty("ph").GetString() == "X").ToList();
            Assert.Equal(Runs * profile.Steps.Count, steps.Count);
            Assert.All(steps.Zip(steps.Skip(1)).Where(static pair => Run(pair.First) == Run(pair.Second)), static pair => Assert.Equal(End(pair.First), pair.Second.GetProperty("ts").GetDouble(), 1e-3));
            Assert.All(steps, static each => Assert.True(each.GetProperty("dur").GetDouble() >= 0 && each.GetProperty("cat").GetString()!.Length > 0));
            Assert.Throws<DirectoryNotFoundException>(() => profile.ToChromeTrace(Path.Combine(folder.FullName, "none", "trace.json")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static int Run(JsonElement each) => each.GetProperty("args").GetProperty("run").GetInt32();

        static double End(JsonElement each) => each.GetProperty("ts").GetDouble() + each.GetProperty("dur").GetDouble();
    }

    [Fact]
    public void WhatCannotBeRunIsRefused()
    {
        using var network = new ShuffleNetV2_x0_5();
        using var fused = network.Fuse();
        using var flat = torch.randn(1, 3);
        using var gray = torch.randn(1, 1, 64, 64);
        using var doubles = torch.randn([1, 3, 64, 64], torch.ScalarType.Float64);
        Assert.Throws<ArgumentException>(() => network.Profile(flat));
        Assert.Throws<ArgumentException>(() => network.Profile(gray, 1));
        Assert.Throws<ArgumentException>(() => fused.Profile(gray));
        Assert.Throws<ArgumentException>(() => fused.Profile(doubles));
        Assert.Throws<ArgumentOutOfRangeException>(() => fused.Profile(flat, 0));
        Assert.Throws<ArgumentException>(() => fused.Kernels!.Profile(new float[3]));
    }

    /// <summary>The steps' times are the runs', and their shares are one.</summary>
    private static void AssertSums(NetworkProfile profile)
    {
        Assert.Equal((Runs, Runs), (profile.RunSeconds.Count, profile.PlainSeconds.Count));
        Assert.Equal(profile.RunSeconds.Sum(), profile.Steps.Sum(static step => step.TotalSeconds), 1e-9);
        Assert.Equal(1, profile.Steps.Sum(static step => step.Share), 1e-9);
        Assert.All(profile.Events.GroupBy(static each => each.Run), run => Assert.Equal(profile.RunSeconds[run.Key], run.Sum(static each => each.Seconds), 1e-9));
        Assert.All(profile.Steps, static step => Assert.True(step.Calls >= Runs && step.Calls % Runs == 0));
        Assert.All(profile.PlainSeconds, static seconds => Assert.True(seconds > 0));
    }
}
