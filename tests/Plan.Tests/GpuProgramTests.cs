using System.Text.RegularExpressions;
using Blockwright.Generator.Emit.Gpu;
using Blockwright.Generator.Plan.Gpu;
using Blockwright.Plans;
using CsCheck;

namespace Blockwright.Plan.Tests;

/// <summary>What a GPU does for a network: planes, kernels, launches, and the text that carries them.</summary>
public partial class GpuProgramTests
{
    public static TheoryData<string> Networks => new(Plans.ShuffleNet, Plans.Mixed, Plans.Dense, Plans.Learned, Plans.Measured, Plans.Uneven, Plans.Several);

    [Theory]
    [MemberData(nameof(Networks))]
    public void WhatIsWrittenIsRead(string network)
    {
        var program = Program(network);
        var text = GpuTable.Write(program);
        var read = GpuTable.Read(text.Replace("\n", "\r\n", StringComparison.Ordinal));

        Assert.Equal(text, GpuTable.Write(read));
        Assert.Equal((program.Identity, program.Element, program.Inputs, program.Slots), (read.Identity, read.Element, read.Inputs, read.Slots));
        Assert.Equal(program.Results.ToArray(), read.Results.ToArray());
        Assert.Equal(program.Grids.ToArray(), read.Grids.ToArray());
        Assert.Equal(program.SizeRules.ToArray(), read.SizeRules.ToArray());
        Assert.Equal(program.Buffers.ToArray(), read.Buffers.ToArray());
        Assert.Equal(program.Kernels.ToArray(), read.Kernels.ToArray());
        Assert.Equal(program.WeightFloats, read.WeightFloats);
        foreach (var (weights, other) in program.Weights.Zip(read.Weights))
        {
            Assert.Equal((weights.Of, weights.Packing, weights.Groups, weights.At), (other.Of, other.Packing, other.Groups, other.At));
            Assert.Equal(weights.InOrder.ToArray(), other.InOrder.ToArray());
            Assert.Equal(weights.OutOrder.ToArray(), other.OutOrder.ToArray());
        }
        foreach (var (launch, other) in program.Schedules.SelectMany(static schedule => schedule.Launches).Zip(read.Schedules.SelectMany(static schedule => schedule.Launches)))
        {
            Assert.Equal((launch.Kernel, launch.Groups, launch.What), (other.Kernel, other.Groups, other.What));
            Assert.Equal(launch.Arguments.ToArray(), other.Arguments.ToArray());
            Assert.Equal(launch.Reads.ToArray(), other.Reads.ToArray());
            Assert.Equal(launch.Writes.ToArray(), other.Writes.ToArray());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu 2 Float32 1-00")]
    [InlineData("cpu 1 Float32 1-00")]
    public void AnotherVersionIsRefused(string text) => Assert.Contains("reads 'gpu 1'", Assert.Throws<FormatException>(() => GpuTable.Read(text)).Message, StringComparison.Ordinal);

    /// <summary>Whatever is changed in it, it is read as something or refused as a format.</summary>
    [Fact]
    public void DamageIsRefused()
    {
        var text = GpuTable.Write(Program(Plans.Mixed));
        var end = text.IndexOf("====", StringComparison.Ordinal) + 60;
        Gen.Select(Gen.Int[0, end], Gen.Int[0, 3], Gen.Char["0123456789.,/+x[]bgs=#w \n"]).Sample(
            (at, removed, inserted) =>
            {
                try
                {
                    GpuTable.Read(text[..at] + inserted + text[Math.Min(text.Length, at + removed)..]);
                }
                catch (FormatException)
                {
                    // What it is for.
                }
            },
            iter: 3000);
    }

    /// <summary>What comes in and what comes out are the first buffers; results are moved where they are parts, several tensors, what came in, or another result.</summary>
    [Fact]
    public void ResultsAreWrittenWhereTheyAreWanted()
    {
        var plan = GpuPlanner.Plan(Plans.Rows(Plans.Several))!;
        Assert.Equal([4, 3, 3, 8, 4, 5, 8, 8], plan.Buffers.Take(8).Select(static buffer => buffer.Planes));
        Assert.All(plan.Buffers.Take(8), static buffer => Assert.Equal(-1, buffer.Slot));
        Assert.Equal(["result Depth", "result Left", "result Again", "result Mixed"], plan.Steps.Where(static step => step.Kind == KernelKind.Gather).Select(static step => step.What));
        Assert.Equal([2, 4, 6, 7], plan.Steps.Where(static step => step.Kind == KernelKind.Gather).Select(static step => step.Output[0].Buffer));
        Assert.Equal([3, 5], plan.Steps.Where(static step => step.Kind != KernelKind.Gather).SelectMany(static step => step.Output).Select(static run => run.Buffer).Where(static buffer => buffer < 8).Distinct());
        var program = GpuProgramWriter.Write(plan);
        Assert.Equal((2, 8), (program.Inputs, program.Callers));
        Assert.Equal(["Depth", "Stem", "Left", "Scores", "Again", "Mixed"], program.Results.Select(static result => result.Name));
        Assert.StartsWith("4 + 3 -> 3 g1 as Depth + 8 g2 as Stem + ", GpuTable.Write(program).Split('\n')[1], StringComparison.Ordinal);
    }

    /// <summary>Nothing writes where something lies that is still to be read; nothing reads beside what was written.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void PlanesAreNobodyElsesWhileTheyAreNeeded(string network)
    {
        var plan = GpuPlanner.Plan(Plans.Rows(network))!;
        var last = plan.Rows.LastReaders();
        var written = new Dictionary<(int Buffer, int Plane), int>();
        var callers = plan.Rows.Inputs + plan.Rows.Results.Count;
        foreach (var plane in Enumerable.Range(0, plan.Rows.Inputs).SelectMany(input => Enumerable.Range(0, plan.Buffers[input].Planes).Select(plane => (input, plane))))
            written[plane] = plane.input;
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            var step = plan.Steps[i];
            var reads = step.Operands.Append(step.Residual).SelectMany(static runs => runs).SelectMany(Planes).ToList();
            Assert.All(reads, plane => Assert.True(written.ContainsKey(plane)));
            foreach (var plane in step.Output.SelectMany(Planes))
            {
                Assert.InRange(plane.Plane, 0, plan.Buffers[plane.Buffer].Planes - 1);
                Assert.DoesNotContain(plane, reads);
                // What lay there has been read for the last time.
                if (plane.Buffer >= callers && written.TryGetValue(plane, out var tensor))
                    Assert.True(last[tensor] < i, $"Step {i} writes over tensor {tensor}, which step {last[tensor]} reads.");
                written[plane] = i < plan.Rows.Operations.Count ? plan.Rows.Operations[i].Result : 0;
            }
        }
        for (var result = plan.Rows.Inputs; result < callers; result++)
            Assert.Equal(plan.Buffers[result].Planes, written.Keys.Count(plane => plane.Buffer == result));
        Assert.All(plan.Steps.SelectMany(static step => step.Output), run => Assert.True(run.Buffer >= plan.Rows.Inputs));
    }

    /// <summary>A kernel's parameters are what its launches give, one for one and each of its type.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void LaunchesGiveWhatKernelsTake(string network)
    {
        var program = Program(network);
        foreach (var launch in program.Schedules.SelectMany(static schedule => schedule.Launches))
        {
            var kernel = program.Kernels[launch.Kernel];
            var match = Head().Match(kernel.Source);
            Assert.Equal((kernel.Name, kernel.Threads.ToString(System.Globalization.CultureInfo.InvariantCulture)), (match.Groups[1].Value, match.Groups[2].Value));
            var parameters = match.Groups[3].Value.Split(", ");
            Assert.Equal(parameters.Length, launch.Arguments.Length);
            foreach (var (parameter, argument) in parameters.Zip(launch.Arguments))
            {
                var start = argument.Kind switch { GpuArgumentKind.Weights => "GLOBAL const float* RESTRICT ", GpuArgumentKind.Buffer => "GLOBAL float* ", _ => "int " };
                Assert.StartsWith(start, parameter, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>What a launch says that it reads and writes is what its step does, each plane once; what it is given has all of it.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void LaunchesSayWhatTheyReadAndWrite(string network)
    {
        var plan = GpuPlanner.Plan(Plans.Rows(network))!;
        foreach (var schedule in GpuProgramWriter.Write(plan).Schedules)
        {
            foreach (var (step, launch) in plan.Steps.Zip(schedule.Launches))
            {
                var reads = step.Operands.Append(step.Residual).SelectMany(static runs => runs).SelectMany(Planes).ToHashSet();
                Assert.Equal(reads.Count, launch.Reads.Sum(static run => run.Count));
                Assert.True(reads.SetEquals(launch.Reads.SelectMany(Planes)));
                Assert.Equal(step.Channels, launch.Writes.Sum(static run => run.Count));
                Assert.True(step.Output.SelectMany(Planes).ToHashSet().SetEquals(launch.Writes.SelectMany(Planes)));
                var given = launch.Arguments.Where(static argument => argument.Kind == GpuArgumentKind.Buffer).Select(static argument => argument.Value).ToHashSet();
                Assert.True(given.SetEquals(launch.Reads.Concat(launch.Writes).Select(static run => run.Buffer)));
            }
        }
    }

    /// <summary>The kernel's text divides a tile's numbers by each other without a rest.</summary>
    [Fact]
    public void TilesDivide()
    {
        Assert.All(ProductTile.All, static tile =>
        {
            Assert.Equal((0, 0), (tile.Rows % tile.ThreadRows, tile.Columns % tile.ThreadColumns));
            Assert.InRange(tile.Threads, 32, GpuCard.MostThreadsOfGroup);
            Assert.Equal(0, tile.Threads % GpuCard.Warp);
            // A thread brings values of the same columns in each round.
            Assert.True(tile.Threads % tile.Columns == 0 || tile.Columns % tile.Threads == 0, tile.ToString());
            Assert.InRange(tile.SharedFloats * sizeof(float), 0, GpuCard.MostStaticShared);
            Assert.Equal(0, tile.Depth % tile.Parts);
            Assert.InRange(GpuCard.Reference.GroupsAtOnce(tile.Threads, tile.SharedFloats * sizeof(float), tile.Registers), 1, 32);
        });
    }

    /// <summary>As NVIDIA's occupancy calculator has it.</summary>
    [Theory]
    [InlineData("sm_70", 2048, 32, 96, 256, 0, 32, 8)]
    [InlineData("sm_70", 2048, 32, 96, 256, 48, 32, 1)]
    [InlineData("sm_75", 1024, 16, 64, 256, 0, 64, 4)]
    [InlineData("sm_75", 1024, 16, 64, 32, 0, 32, 16)]
    [InlineData("sm_80", 2048, 32, 164, 256, 20, 64, 4)]
    [InlineData("sm_80", 2048, 32, 164, 128, 40, 32, 4)]
    [InlineData("sm_86", 1536, 16, 100, 256, 0, 40, 6)]
    [InlineData("sm_86", 1536, 16, 100, 128, 24, 40, 4)]
    [InlineData("sm_89", 1536, 24, 100, 64, 0, 32, 24)]
    [InlineData("sm_90", 2048, 32, 228, 256, 44, 64, 4)]
    [InlineData("sm_90", 2048, 32, 228, 512, 44, 128, 1)]
    [InlineData("sm_90", 2048, 32, 228, 1025, 0, 32, 0)]
    [InlineData("sm_90", 2048, 32, 228, 256, 49, 32, 0)]
    public void OccupancyIsThatOfTheTables(string name, int mostThreads, int mostGroups, int sharedKilobytes, int threads, int shared, int registers, int expected) =>
        Assert.Equal(expected, new GpuCard(name, 1, mostThreads, mostGroups, sharedKilobytes * 1024).GroupsAtOnce(threads, shared * 1024, registers));

    /// <summary>Few pixels want narrow tiles and many threads for a sum; many pixels large tiles. No tile is one that nothing would choose.</summary>
    [Fact]
    public void TilesFollowTheWork()
    {
        Assert.Equal(1, Best(1000, 1024, 1, 1).Columns);
        Assert.InRange(Best(256, 1152, 1, 128 * 56 * 56) is var large ? large.ThreadRows * large.ThreadColumns : 0, 32, 64);
        Assert.Equal(4, Best(4, 36, 32, 56 * 56).Rows);
        var chosen = new HashSet<ProductTile>();
        foreach (var rows in new[] { 1, 4, 8, 12, 24, 32, 48, 64, 116, 128, 256, 512, 1000 })
        {
            foreach (var depth in new[] { 4, 27, 36, 64, 116, 256, 576, 1024, 4608 })
            {
                foreach (var groups in new[] { 1, 8, 32 })
                {
                    foreach (var side in new[] { 1, 7, 14, 28, 56, 112 })
                        chosen.UnionWith(new[] { 1, 4, 16, 128 }.Select(batch => Best(rows, depth, groups, (long)batch * side * side)));
                }
            }
        }
        Assert.Empty(ProductTile.All.Except(chosen));

        static ProductTile Best(int rows, int depth, int groups, long pixels) => TileCost.Best(new(rows, depth, groups), pixels, GpuCard.Reference);
    }

    /// <summary>Units that are alike share kernels: only where their runs differ in number are there others.</summary>
    [Fact]
    public void AlikeStepsShareAKernel()
    {
        var program = Program("""
            [Block, From("in", As = "y"), Conv1x1("in*4"), BatchNorm2d, ReLU6, DepthwiseConv2d(3), BatchNorm2d, ReLU6, Conv1x1("out"), BatchNorm2d, Add("in", "y")]
            public partial class Unit;

            [Network, Input(16, 14, 14), Stage<Unit>("units", Units = 6)]
            public partial class Net;
            """);

        // The last one writes into the result.
        Assert.InRange(program.Kernels.Length, 3, 3 * program.Schedules.Length * 2);
        Assert.Equal(18, program.Schedules[0].Launches.Length);
        Assert.InRange(program.Schedules[0].Launches.Select(static launch => launch.Kernel).Distinct().Count(), 3, 6);
    }

    private static GpuProgram Program(string network) => GpuProgramWriter.Write(GpuPlanner.Plan(Plans.Rows(network))!);

    private static IEnumerable<(int Buffer, int Plane)> Planes(PlanRun run) => Enumerable.Range(run.First, run.Count).Select(plane => (run.Buffer, plane));

    [GeneratedRegex(@"KERNEL\((\w+), (\d+), (.*)\)\n")]
    private static partial Regex Head();
}
