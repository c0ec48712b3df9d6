using static System.FormattableString;

namespace Blockwright.Benchmarks.Editing;

/// <summary>Seconds, round by round: of the project without what is declared, with it written out by hand, and with generator and analyzers.</summary>
internal sealed record BuildTimes(string Compiler, IReadOnlyList<double> Without, IReadOnlyList<double> ByHand, IReadOnlyList<double> With);

/// <summary>
/// Clean builds of one project in turn. That without Blockwright compiles less code; so what generator and analyzers add is the difference to a build in which
/// the generated files are sources like others, as if a person had written them.
/// </summary>
internal static class BuildBenchmark
{
    private const int Warmup = 6;

    public static IEnumerable<BuildTimes> Run(SyntheticProject project, int rounds)
    {
        Commandline.Dotnet(project.Folder, "restore", "--disable-build-servers");
        project.WriteByHand();
        yield return Run("started for each build", project, warmup: 1, rounds, static _ => ["--disable-build-servers"]);
        using var server = CompilerServer.Start(project);
        yield return Run("a server that has built it before", project, Warmup, rounds, _ => server.Arguments);
        // Nothing that generator and analyzers remember is of an assembly of another name.
        yield return Run("a server that has built others", project, warmup: 1, rounds, build => [.. server.Arguments, Invariant($"-p:AssemblyName=Synthetic{build}")]);
        server.CheckItCompiled(builds: (Warmup + rounds + 1 + rounds) * Enum.GetValues<Variant>().Length);
    }

    /// <summary>Each build is given the arguments for its number.</summary>
    private static BuildTimes Run(string compiler, SyntheticProject project, int warmup, int rounds, Func<int, string[]> arguments)
    {
        var variants = Enum.GetValues<Variant>();
        var times = variants.Select(static _ => new List<double>()).ToArray();
        for (var round = 0; round < warmup + rounds; round++)
        {
            for (var i = 0; i < variants.Length; i++)
            {
                // Each is first, second and last equally often.
                var turn = (round + i) % variants.Length;
                var time = project.Build(variants[turn], ["--no-incremental", "-warnaserror", .. arguments((round * variants.Length) + i)]);
                if (round >= warmup)
                    times[turn].Add(time.TotalSeconds);
            }
        }
        return new(compiler, times[(int)Variant.Without], times[(int)Variant.ByHand], times[(int)Variant.With]);
    }
}
