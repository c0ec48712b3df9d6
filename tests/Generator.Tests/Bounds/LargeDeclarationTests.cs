using System.Globalization;
using Blockwright.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Xunit.Abstractions;

namespace Blockwright.Generator.Tests.Bounds;

/// <summary>
/// Short texts that declare much, at random: each is read, judged and written within a second and in bounded memory, or refused, and nothing throws. A few hundred each time;
/// <c>BLOCKWRIGHT_DECLARATIONS</c> sets another number of them, <c>BLOCKWRIGHT_DECLARATION_SEED</c> the first seed, for a long run by hand, which takes the limit itself.
/// </summary>
public class LargeDeclarationTests(ITestOutputHelper output)
{
    private const int Short = 300;

    // On a machine that others use, in a build that is not optimized, beside other tests: what has no bound takes minutes.
    private const int Room = 5;

    private const long MostAllocated = 1L << 30;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static int _runs;

    [Fact]
    public void EndInTimeAndNeverThrow()
    {
        var count = Setting("BLOCKWRIGHT_DECLARATIONS", Short);
        var first = Setting("BLOCKWRIGHT_DECLARATION_SEED", 1);
        var limit = count > Short ? Limit : Room * Limit;
        // The first ones pay for being compiled themselves.
        for (var seed = -20; seed < 0; seed++)
            Run(seed, out _);
        var failures = new List<string>();
        var (slowest, largest, errors) = (TimeSpan.Zero, 0L, 0);
        for (var seed = first; seed < first + count; seed++)
        {
            var run = Run(seed, out var failure);
            // Once more: what another process did to this one is not the text's.
            if (failure is null && run!.Processor > limit && Run(seed, out failure) is { } again && again.Processor > limit)
                failure = $"took {again.Processor.TotalSeconds:F1} s";
            if (failure is null && run!.Allocated > MostAllocated)
                failure = $"allocated {run.Allocated >> 20} MB";
            if (failure is not null)
                failures.Add($"{seed}: {failure}\n{LargeDeclaration.Draw(seed)}");
            if (run is null)
                continue;
            (slowest, largest) = (run.Processor > slowest ? run.Processor : slowest, Math.Max(largest, run.Allocated));
            errors += run.Errors.Any() ? 1 : 0;
        }
        output.WriteLine($"{count} texts, {errors} with errors; at most {slowest.TotalSeconds:F2} s and {largest >> 20} MB");
        Assert.True(failures.Count == 0, $"{failures.Count} failed.\n{string.Join("\n", failures.Take(5))}");
        // The drawing is worth something only while much of it is right, and much is refused.
        Assert.InRange(errors, count / 10, count * 95 / 100);
    }

    private static int Setting(string name, int otherwise) => Environment.GetEnvironmentVariable(name) is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : otherwise;

    private static BoundedRun? Run(int seed, out string? failure)
    {
        // Each time under other names, or it would be remembered.
        var source = LargeDeclaration.Draw(seed).Replace("using Blockwright;", $"using Blockwright; namespace Seed{Interlocked.Increment(ref _runs)};", StringComparison.Ordinal);
        var (run, thrown) = Watchdog.Run(cancellation => BoundedRun.Of(BoundedRun.Compile(source), cancellation));
        failure = thrown is not null ? thrown.ToString() : Judge(run!, source);
        return run;
    }

    private static string? Judge(BoundedRun run, string source)
    {
        if (run.Diagnostics.FirstOrDefault(static diagnostic => diagnostic.Id is "BW0099" or "AD0001") is { } own)
            return own.ToString();
        // What is not written must be said, here or by the compiler.
        return run.Sources.Values.Any(static written => written.Contains("cannot be made", StringComparison.Ordinal)) && !run.Errors.Any()
            && Compiling.Compilation(source).GetDiagnostics().All(static diagnostic => diagnostic.Severity < DiagnosticSeverity.Error)
            ? "a class is not written and nothing is said"
            : null;
    }
}
