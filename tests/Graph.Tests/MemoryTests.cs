using System.Runtime.CompilerServices;
using Blockwright.Graph.Memory;

namespace Blockwright.Graph.Tests;

public class MemoryTests
{
    [Fact]
    public void WhatWasNotUsedForLongestGoesFirst()
    {
        var memory = new SizedMemory<string, string>(limit: 10);
        memory.Keep("a", "A", 4);
        memory.Keep("b", "B", 4);
        Assert.Equal("A", memory.Recall("a"));

        memory.Keep("c", "C", 4);

        Assert.Equal("A", memory.Recall("a"));
        Assert.Null(memory.Recall("b"));
        Assert.Equal("C", memory.Recall("c"));
    }

    [Fact]
    public void ItIsSizeThatCountsAndNotNumber()
    {
        var memory = new SizedMemory<int, string>(limit: 1000);
        for (var i = 0; i < 1000; i++)
            memory.Keep(i, $"{i}", 1);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal($"{i}", memory.Recall(i)));

        memory.Keep(1000, "large", 990);

        Assert.Equal(Enumerable.Range(990, 11), Enumerable.Range(0, 1001).Where(i => memory.Recall(i) is not null));
    }

    [Fact]
    public void AKeyHasOneValueAndItsRoomAlone()
    {
        var memory = new SizedMemory<string, string>(limit: 10);
        memory.Keep("other", "other", 4);
        for (var i = 0; i < 100; i++)
            memory.Keep("a", $"{i}", 6);

        Assert.Equal("99", memory.Recall("a"));
        Assert.Equal("other", memory.Recall("other"));
    }

    [Fact]
    public void WhatIsLargerThanTheWholeIsNotKept()
    {
        var memory = new SizedMemory<string, string>(limit: 10);
        memory.Keep("a", "before", 1);
        memory.Keep("b", "B", 1);

        memory.Keep("a", "after", 11);

        Assert.Null(memory.Recall("a"));
        Assert.Equal("B", memory.Recall("b"));
    }

    [Fact]
    public void ManyThreadsLoseNothing()
    {
        var memory = new SizedMemory<int, object>(limit: 100);
        var weak = new WeakMemory<object, object>();
        var numbers = new WeakNumbers();
        var keys = Enumerable.Range(0, 300).Select(static _ => new object()).ToArray();

        Parallel.For(0, 20_000, i =>
        {
            var key = i % keys.Length;
            Assert.True(memory.Recall(key) is not int known || known == key);
            memory.Keep(key, key, 1);
            Assert.Same(weak.Of(keys[key], static _ => new()), weak.Of(keys[key], static _ => new()));
            Assert.Equal(numbers.Of(keys[key]), numbers.Of(keys[key]));
        });

        Assert.Equal(100, Enumerable.Range(0, keys.Length).Count(key => memory.Recall(key) is not null));
        Assert.Equal(keys.Length, keys.Select(numbers.Of).Distinct().Count());
    }

    [Fact]
    public void AWeakOneKeepsNothing()
    {
        var memory = new WeakMemory<object, object>();
        var gone = Remember(memory);

        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.False(gone.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Remember(WeakMemory<object, object> memory)
        {
            var key = new object();
            memory.Of(key, static key => new List<object> { key });
            return new(key);
        }
    }
}
