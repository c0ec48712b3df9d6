namespace Blockwright.Benchmarks.Editing;

/// <summary>Clean builds of one project in turn, without and with the generator and the analyzers.</summary>
internal static class BuildBenchmark
{
    /// <returns>Seconds, round by round.</returns>
    public static (IReadOnlyList<double> Without, IReadOnlyList<double> With) Run(SyntheticProject project, int rounds)
    {
        Commandline.Dotnet(project.Folder, "restore", "--disable-build-servers");
        var (without, with) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            foreach (var isWith in round % 2 == 0 ? new[] { false, true } : [true, false])
            {
                var time = Commandline.Dotnet(project.Folder, "build", "--no-restore", "--no-incremental", "--disable-build-servers", "-warnaserror", $"-p:WithBlockwright={(isWith ? "true" : "false")}");
                if (round >= 0)
                    (isWith ? with : without).Add(time.TotalSeconds);
            }
        }
        return (without, with);
    }
}
