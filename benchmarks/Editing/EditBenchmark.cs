using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.MSBuild;
using static System.FormattableString;

namespace Blockwright.Benchmarks.Editing;

/// <summary>The times of one kind of edit, round by round, in milliseconds.</summary>
internal sealed record EditTimes(EditKind Kind, IReadOnlyList<double> Neither, IReadOnlyList<double> Generator, IReadOnlyList<double> Both);

/// <summary>Replays the same edits in three sessions of one project, in turn: with neither generator nor analyzers, with the generator, with both.</summary>
internal static class EditBenchmark
{
    private const int Warmup = 20;

    public static async Task<IReadOnlyList<EditTimes>> Run(SyntheticProject project, Parts parts, int rounds)
    {
        Commandline.Dotnet(project.Folder, "restore", "--disable-build-servers");
        using var workspace = MSBuildWorkspace.Create();
        using var failures = workspace.RegisterWorkspaceFailedHandler(static failure => throw new InvalidOperationException(failure.Diagnostic.Message));
        var opened = await workspace.OpenProjectAsync(project.File);
        var sessions = Sessions(opened, parts);
        foreach (var session in sessions)
        {
            if ((await session.Problems()).ToList() is [var problem, ..] problems)
                throw new InvalidOperationException(Invariant($"The project is expected to have no diagnostics; with {session.Name} it has {problems.Count}, the first: {problem}"));
        }
        var times = new List<EditTimes>();
        foreach (var kind in EditKind.All)
            times.Add(await Run(kind, sessions, rounds));
        return times;
    }

    private static EditSession[] Sessions(Project opened, Parts parts)
    {
        var ours = opened.AnalyzerReferences.Where(reference => parts.Compiler.Contains(reference.FullPath)).ToList();
        if (ours.Count != parts.Compiler.Count())
            throw new InvalidOperationException($"Expected the project to load {string.Join(", ", parts.Compiler)}; it loads {string.Join(", ", opened.AnalyzerReferences.Select(static reference => reference.FullPath))}.");
        var theirs = opened.AnalyzerReferences.Except(ours).ToList();
        var generator = ours.Where(reference => parts.Generator.Contains(reference.FullPath)).ToList();
        return
        [
            new("neither", opened.WithAnalyzerReferences(theirs), []),
            new("the generator", opened.WithAnalyzerReferences(theirs.Concat(generator)), []),
            new("both", opened, ours),
        ];
    }

    private static async Task<EditTimes> Run(EditKind kind, EditSession[] sessions, int rounds)
    {
        var times = sessions.Select(static _ => new List<double>()).ToArray();
        for (var round = 0; round < Warmup + rounds; round++)
        {
            for (var i = 0; i < sessions.Length; i++)
            {
                // Each session is first, second and last equally often.
                var turn = (round + i) % sessions.Length;
                var (time, visible) = await sessions[turn].Edit(kind, round);
                if (visible is [var first, ..])
                    throw new InvalidOperationException(Invariant($"After editing {kind.Name} there are {visible.Length} diagnostics with {sessions[turn].Name}, the first: {first}; expected none."));
                if (round >= Warmup)
                    times[turn].Add(time.TotalMilliseconds);
            }
        }
        return new(kind, times[0], times[1], times[2]);
    }
}
