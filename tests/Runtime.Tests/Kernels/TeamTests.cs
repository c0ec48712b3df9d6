using Blockwright.Kernels;

namespace Blockwright.Runtime.Tests.Kernels;

public class TeamTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(2, 7)]
    [InlineData(2, 32)]
    [InlineData(2, 33)]
    [InlineData(3, 100)]
    [InlineData(33, 33)]
    [InlineData(48, 5)]
    [InlineData(64, 64)]
    [InlineData(100, 70)]
    public void EveryPartOfEveryStepIsDoneOnceAndInOrder(int threads, int parts)
    {
        using var team = new Team(threads);
        const int Steps = 200;
        for (var run = 0; run < Math.Max(50 / threads, 3); run++)
        {
            var done = new int[Steps];
            Assert.True(team.TryRun(
                (state, step, member, share) =>
                {
                    Assert.InRange(member, 0, threads - 1);
                    Assert.Equal(parts, share.Parts);
                    if (step > 0)
                        Assert.Equal(parts, Volatile.Read(ref ((int[])state)[step - 1]));
                    Interlocked.Increment(ref ((int[])state)[step]);
                },
                done, Steps, parts));
            Assert.All(done, d => Assert.Equal(parts, d));
        }
    }

    /// <summary>A step's number takes 16 bits.</summary>
    [Theory]
    [InlineData(65_534)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public void StepsAreAsManyAsTheyAre(int steps)
    {
        using var team = new Team(2);
        var parts = 0;
        var next = 0;
        Assert.True(team.TryRun(
            (_, step, _, _) =>
            {
                if (Interlocked.Increment(ref parts) % 2 == 0)
                    next = next == step ? step + 1 : int.MinValue;
            },
            this, steps, 2));

        Assert.Equal((2 * steps, steps), (parts, next));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void ThereAreLimits(int threads)
    {
        Assert.Throws<ArgumentOutOfRangeException>("threads", () => new Team(threads));
    }

    /// <summary>All are there, each with a part that waits for all others, and end with the team.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(1024)]
    public void DisposingEndsTheThreads(int threads)
    {
        using var all = new CountdownEvent(threads);
        var members = new Thread[threads];
        using (var team = new Team(threads))
        {
            team.TryRun(
                (_, _, member, _) =>
                {
                    members[member] = Thread.CurrentThread;
                    all.Signal();
                    all.Wait();
                },
                this, 1, threads);
        }

        Assert.Equal(threads, members.Distinct().Count());
        Assert.All(members.Skip(1), static member => Assert.False(member.IsAlive));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(70)]
    public void WhatAMemberThrowsReachesTheCallerAndTheTeamLivesOn(int threads)
    {
        using var team = new Team(threads);
        for (var run = 0; run < 20; run++)
        {
            var failing = run % 2 == 0 ? 0 : threads - 1;
            var error = Assert.Throws<InvalidOperationException>(() => team.TryRun(
                (_, step, _, share) =>
                {
                    if (step == 1 && share.Part == failing)
                        throw new InvalidOperationException("part failed");
                },
                this, 3, threads));
            Assert.Equal("part failed", error.Message);
            var parts = 0;
            Assert.True(team.TryRun((_, _, _, _) => Interlocked.Increment(ref parts), this, 1, threads));
            Assert.Equal(threads, parts);
        }
    }

    [Fact]
    public void ASecondCallerIsTurnedAway()
    {
        using var team = new Team(2);
        bool? second = null;
        team.TryRun(
            (_, _, _, share) =>
            {
                if (share.Part == 0)
                {
                    var other = new Thread(() => second = team.TryRun((_, _, _, _) => { }, this, 1, 1));
                    other.Start();
                    other.Join();
                }
            },
            this, 1, 2);

        Assert.False(second);
    }

    [Fact]
    public void ADisposedTeamSaysSo()
    {
        var team = new Team(3);
        team.Dispose();
        team.Dispose();

        Assert.Throws<ObjectDisposedException>(() => team.TryRun((_, _, _, _) => { }, this, 1, 1));
    }

    [Fact]
    public void ARunAllocatesNothing()
    {
        using var team = new Team(2);
        using var packed = new PackedConvolution(InstructionSets.Best, new float[32 * 32], [], 32, [32]);
        using var memory = new AlignedMemory(new FeatureLayout(32, 14, 14).ImagePitch * 2);
        var work = new Work(packed, memory);
        for (var i = 0; i < 3; i++)
            team.TryRun(Work.Step, work, 10, 2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var others = work.AllocatedByOthers;
        for (var i = 0; i < 100; i++)
            team.TryRun(Work.Step, work, 10, 2);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(others, work.AllocatedByOthers);
    }

    // Eight threads, one team and one set of weights: whoever finds the team taken works alone, and everybody gets the same bits.
    [Fact]
    public void ManyCallersGetWhatOneGets()
    {
        using var team = new Team(2);
        var next = Judge.Normal(4);
        using var packed = new PackedConvolution(InstructionSets.Best, Judge.Values(58 * 58, next), Judge.Values(58, next), 58, [58]);
        using var deep = new PackedDepthwise(InstructionSets.Best, Judge.Values(58 * 9, next), Judge.Values(58, next), 58, 3, 3);
        var input = Judge.Values(58 * 14 * 14, next);
        using var first = new Unit(packed, deep, input);
        Team.Alone(Unit.Step, first, 3, 1);
        var expected = first.Result();
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            using var unit = new Unit(packed, deep, input);
            for (var i = 0; i < 100; i++)
            {
                unit.Forget();
                if (!team.TryRun(Unit.Step, unit, 3, 2))
                    Team.Alone(Unit.Step, unit, 3, 2);
                if (!unit.Result().AsSpan().SequenceEqual(expected))
                    unit.Failures++;
            }

            lock (team)
                _failures += unit.Failures;
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();

        Assert.Equal(0, _failures);
    }

    private int _failures;

    /// <summary>1x1, depthwise, 1x1, in buffers of its own.</summary>
    private sealed unsafe class Unit : IDisposable
    {
        public static readonly TeamWork Step = (state, step, _, share) => ((Unit)state).Run(step, share);

        private readonly PackedConvolution _packed;
        private readonly PackedDepthwise _deep;
        private readonly AlignedMemory[] _memory;
        private readonly FeatureMap[] _maps;

        public Unit(PackedConvolution packed, PackedDepthwise deep, float[] input)
        {
            _packed = packed;
            _deep = deep;
            var layouts = new[] { new FeatureLayout(58, 14, 14), new FeatureLayout(58, 14, 14, 1), new FeatureLayout(58, 14, 14), new FeatureLayout(58, 14, 14) };
            _memory = layouts.Select(l => new AlignedMemory(l.ImagePitch)).ToArray();
            _maps = layouts.Select((l, i) => l.At(_memory[i], 1)).ToArray();
            fixed (float* planes = input)
                new PlanarImages(planes, 1, 58, 14, 14).CopyTo(_maps[0], Share.Whole);
        }

        public int Failures { get; set; }

        public void Forget() => new Span<float>(_memory[3].Pointer, (int)_memory[3].Length).Clear();

        public float[] Result()
        {
            var result = new float[58 * 14 * 14];
            fixed (float* planes = result)
                new PlanarImages(planes, 1, 58, 14, 14).CopyFrom(_maps[3], Share.Whole);
            return result;
        }

        public void Dispose()
        {
            foreach (var memory in _memory)
                memory.Dispose();
        }

        private void Run(int step, Share share)
        {
            if (step == 1)
                Depthwise.Run(_deep, Window.Square(3, 1, 1), _maps[1], _maps[2], Activation.None, share);
            else
                Convolution.Run(_packed, Window.Pixel, _maps[step], _maps[step + 1], Activation.Named("ReLU", []), share);
        }
    }

    private sealed unsafe class Work(PackedConvolution packed, AlignedMemory memory)
    {
        public static readonly TeamWork Step = (state, step, member, share) => ((Work)state).Run(step, member, share);

        public long AllocatedByOthers { get; private set; }

        private void Run(int step, int member, Share share)
        {
            var layout = new FeatureLayout(32, 14, 14);
            var from = layout.At(memory.Pointer + step % 2 * layout.ImagePitch, 1);
            var to = layout.At(memory.Pointer + (1 - step % 2) * layout.ImagePitch, 1);
            Convolution.Run(packed, Window.Pixel, from, to, Activation.Named("SiLU", []), share);
            // Read on the thread itself: the other member's count since it began.
            if (member > 0)
                AllocatedByOthers = GC.GetAllocatedBytesForCurrentThread();
        }
    }
}
