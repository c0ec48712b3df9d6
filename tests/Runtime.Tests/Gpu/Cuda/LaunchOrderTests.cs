using Blockwright.Gpu.Cuda;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

public class LaunchOrderTests
{
    [Fact]
    public void StepsWaitForWritersOfWhatTheyReadAndForReadersOfWhatTheyWrite()
    {
        Assert.Equal([[], [0], [1], []], Order([W(0, 4)], [R(0, 4)], [W(0, 4)], [R(8, 4)]));
    }

    [Fact]
    public void ReadersDoNotWaitForEachOther() => Assert.Equal([[], [0], [0], [2, 1]], Order([W(0, 4)], [R(0, 4)], [R(0, 4)], [W(0, 4)]));

    [Fact]
    public void PiecesSideBySideDoNotConflict() => Assert.Equal([[], []], Order([W(0, 4)], [W(4, 4)]));

    [Fact]
    public void OneSharedByteConflicts() => Assert.Equal([[], [0]], Order([W(0, 5)], [W(4, 4)]));

    [Fact]
    public void OwnersDoNotConflict() => Assert.Equal([[], []], Order([W(0, 4)], [new(MemoryOwner.Output, 0, 4, true)]));

    /// <summary>Exactly the pairs that conflict are ordered, and no edge is one too many.</summary>
    [Fact]
    public void RandomStepsAreOrderedExactlyAsFarAsTheyMustBe()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var steps = Enumerable.Range(0, random.Next(1, 30)).Select(_ => Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any(random)).ToArray()).ToArray();
            var order = Order(steps);
            var reached = Closure(order);
            var must = Closure([.. steps.Select((step, i) => Enumerable.Range(0, i).Where(j => step.Any(use => steps[j].Any(other => use.Conflicts(other)))).ToArray())]);
            for (var i = 0; i < steps.Length; i++)
            {
                Assert.True(must[i].SetEquals(reached[i]), $"seed {seed}, step {i}");
                Assert.All(order[i], direct => Assert.DoesNotContain(order[i], other => other != direct && reached[other].Contains(direct)));
            }
        }
    }

    private static MemoryUse Any(Random random) => new((MemoryOwner)random.Next(1, 5), random.Next(20), random.Next(1, 6), random.Next(2) == 0);

    private static HashSet<int>[] Closure(int[][] order)
    {
        var reached = new HashSet<int>[order.Length];
        for (var i = 0; i < order.Length; i++)
            reached[i] = [.. order[i], .. order[i].SelectMany(j => reached[j])];
        return reached;
    }

    private static MemoryUse R(long offset, long bytes) => new(MemoryOwner.Work, offset, bytes, false);

    private static MemoryUse W(long offset, long bytes) => new(MemoryOwner.Work, offset, bytes, true);

    private static int[][] Order(params MemoryUse[][] steps) => LaunchOrder.Of(steps);
}
