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

    /// <summary>Planes of each image: those of other channels lie between them.</summary>
    [Fact]
    public void PlanesSideBySideInEachImageDoNotConflict()
    {
        Assert.Equal([[], []], Order([P(0, 8, 24, 3)], [P(8, 16, 24, 3)]));
        Assert.Equal([[], [0]], Order([P(0, 9, 24, 3)], [P(8, 16, 24, 3)]));
        Assert.Equal([[], [0]], Order([P(0, 8, 24, 3)], [W(30, 1)]));
        Assert.Equal([[], []], Order([P(0, 8, 24, 3)], [W(56, 4)]));
    }

    /// <summary>What is said to lie beside each other does; of pieces that repeat alike, no more is said to conflict than must.</summary>
    [Fact]
    public void RepeatedPiecesConflictWhereTheyShareBytes()
    {
        var random = new Random(1);
        for (var i = 0; i < 20000; i++)
        {
            var (first, second) = (Repeated(random), Repeated(random));
            var share = Bytes(first).Intersect(Bytes(second)).Any();
            Assert.True(first.Conflicts(second) || !share, $"{first} {second}");
            Assert.Equal(first.Conflicts(second), second.Conflicts(first));
            if (first.Period == second.Period && first.Times == second.Times && first.Offset / first.Period == second.Offset / second.Period)
                Assert.Equal(share, first.Conflicts(second));
        }

        static MemoryUse Repeated(Random random)
        {
            int period = random.Next(1, 4) * 4, bytes = random.Next(1, period + 1);
            return P((random.Next(3) * period) + random.Next(period - bytes + 1), bytes, period, random.Next(1, 4));
        }

        static IEnumerable<long> Bytes(MemoryUse use) => Enumerable.Range(0, use.Times).SelectMany(time => Enumerable.Range(0, (int)use.Bytes).Select(i => use.Offset + (time * use.Period) + i));
    }

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

    private static MemoryUse P(long offset, long bytes, long period, int times) => new(MemoryOwner.Work, offset, bytes, true) { Period = period, Times = times };

    private static MemoryUse W(long offset, long bytes) => new(MemoryOwner.Work, offset, bytes, true);

    private static int[][] Order(params MemoryUse[][] steps) => LaunchOrder.Of(steps);
}
