using System.Text.RegularExpressions;

namespace Blockwright.Generator.Tests.Bounds;

/// <summary>Whoever is called off while it works on a declaration stops at once, and nothing of it stays behind.</summary>
public partial class CancellationTests
{
    private const int Moments = 2;
    private const int Tries = 4;

    private static readonly TimeSpan Latest = TimeSpan.FromMilliseconds(50);

    public static TheoryData<string> Names => [.. LongDeclarations.Names];

    /// <summary>
    /// At moments all over the work. Counted is the processor time that the working thread takes from then on; a moment at which it is late more than once in a row is one
    /// that does not look at the token.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void StopsAtOnce(string name)
    {
        Run(name);
        var whole = Run(name);
        var random = new Random(name.Length);
        for (var i = 0; i < Moments; i++)
        {
            var moment = whole.Processor * random.NextDouble();
            var late = Enumerable.Range(0, Tries).Select(_ => LateAt(name, moment, Plain(whole))).TakeWhile(static late => late > Latest).ToList();
            Assert.True(late.Count < Tries, $"Called off after {moment.TotalMilliseconds:F0} of {whole.Processor.TotalMilliseconds:F0} ms, it went on for {string.Join(", ", late.Select(static each => each.TotalMilliseconds.ToString("F0", null)))} ms.");
        }
    }

    /// <summary>Who waits for what another builds may be called off too, and the other goes on.</summary>
    [Fact]
    public async Task WaitingStopsAtOnceToo()
    {
        var compilation = BoundedRun.Compile(LongDeclarations.Of("shuffle units"));
        var analysis = DirectAnalysis.Start(compilation, default);
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var builder = Task.Run(() => analysis.Run(first.Token));
        var waiting = Task.Run(() => analysis.Run(second.Token));

        await second.CancelAsync();

        // Whichever of them came first: it stops, and the other has what it asked for.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(analysis.Run(default).Count, (await builder).Count);
    }

    private static BoundedRun Run(string name)
    {
        var compilation = BoundedRun.Compile(LongDeclarations.Of(name));
        var (run, thrown) = Watchdog.Run(cancellation => BoundedRun.Of(compilation, cancellation));
        Assert.Null(thrown);
        return run!;
    }

    /// <summary>How long the work goes on that is called off at a moment. Done once more, it gives what it should.</summary>
    private static TimeSpan LateAt(string name, TimeSpan moment, string expected)
    {
        var compilation = BoundedRun.Compile(LongDeclarations.Of(name));
        using var source = new CancellationTokenSource();
        ThreadClock? clock = null;
        TimeSpan? end = null;
        Exception? thrown = null;
        var start = TimeSpan.Zero;
        var thread = new Thread(() =>
        {
            start = ThreadClock.Now;
            Volatile.Write(ref clock, ThreadClock.OfThisThread());
            thrown = Record.Exception(() => BoundedRun.Of(compilation, source.Token));
            end = ThreadClock.Now;
        });
        thread.Start();
        while (thread.IsAlive && (Volatile.Read(ref clock) is not { } known || !HasCome(known)))
            Thread.Sleep(1);
        var called = thread.IsAlive ? clock!.TryRead() : null;
        source.Cancel();
        thread.Join();
        if (thrown is not null)
            Assert.IsAssignableFrom<OperationCanceledException>(thrown);
        Assert.Equal(expected, Plain(BoundedRun.Of(compilation, default)));
        return called is { } at && end is { } ended && ended > at ? ended - at : TimeSpan.Zero;

        bool HasCome(ThreadClock known) => known.TryRead() is not { } now || now - start >= moment;
    }

    private static string Plain(BoundedRun run) => OwnNames().Replace(run.Outcome, "Long");

    [GeneratedRegex("Long[0-9]+")]
    private static partial Regex OwnNames();
}
