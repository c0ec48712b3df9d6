using System.Diagnostics;

namespace Blockwright.Tool.Outside;

/// <summary>Where the networks are to be found.</summary>
/// <param name="Path">A project, its folder, or an assembly.</param>
/// <param name="Configuration">The configuration that is built.</param>
/// <param name="Framework">The framework; null for the only one.</param>
/// <param name="IsBuilt">Whether the project is taken as it was built last.</param>
internal sealed record Source(string Path, string Configuration, string? Framework, bool IsBuilt);

/// <summary>Builds projects, and finds the assemblies that come of them.</summary>
internal static class Projects
{
    private static readonly string[] Endings = [".csproj", ".fsproj", ".vbproj"];

    /// <summary>The assembly's full path.</summary>
    /// <exception cref="BadInputException">There is none, or the project does not build.</exception>
    public static string AssemblyOf(Source source, TextWriter progress)
    {
        if (File.Exists(source.Path) && string.Equals(Path.GetExtension(source.Path), ".dll", StringComparison.OrdinalIgnoreCase))
            return Path.GetFullPath(source.Path);
        var project = ProjectOf(source.Path);
        var properties = new List<string> { $"-p:Configuration={source.Configuration}" };
        if (source.Framework is { } framework)
            properties.Add($"-p:TargetFramework={framework}");
        if (!source.IsBuilt)
            Build(project, source, progress);
        var (code, output) = Dotnet(["msbuild", project, "-nologo", "-getProperty:TargetPath", .. properties]);
        var assembly = output.Trim();
        if (code != 0)
            throw new BadInputException($"{project} cannot be evaluated: {LastLine(output)}");
        if (assembly.Length == 0)
            throw new BadInputException($"{project} is for several frameworks: name one with --framework.");
        return File.Exists(assembly) ? assembly : throw new BadInputException($"{project} was not built as {source.Configuration}: there is no {assembly}. Leave --no-build out, or name another --configuration.");
    }

    private static string ProjectOf(string path)
    {
        if (File.Exists(path))
            return Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? Path.GetFullPath(path) : throw new BadInputException($"{path} is neither a project nor an assembly (.dll).");
        if (!Directory.Exists(path))
            throw new BadInputException($"There is no {path}. Name a project, its folder, or an assembly (.dll).");
        var projects = Directory.GetFiles(path).Where(static file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList();
        return projects.Count switch
        {
            1 => Path.GetFullPath(projects[0]),
            0 => throw new BadInputException($"There is no project in {Path.GetFullPath(path)}."),
            _ => throw new BadInputException($"There are several projects in {Path.GetFullPath(path)}: name one of {string.Join(", ", projects.Select(Path.GetFileName))}."),
        };
    }

    private static void Build(string project, Source source, TextWriter progress)
    {
        progress.Write($"Building {Path.GetFileName(project)} ({source.Configuration}) ...");
        progress.Flush();
        var clock = Stopwatch.StartNew();
        var framework = source.Framework is { } named ? new[] { "-f", named } : [];
        // A library's references stand beside it, too, so that it can be loaded by itself.
        var (code, output) = Dotnet(["build", project, "-c", source.Configuration, "-v", "q", "-nologo", "-p:CopyLocalLockFileAssemblies=true", .. framework]);
        progress.WriteLine(FormattableString.Invariant($" {clock.Elapsed.TotalSeconds:F1} s"));
        if (code == 0)
            return;
        foreach (var line in output.Split('\n').Select(static line => line.Trim()).Where(static line => line.Contains("error ", StringComparison.Ordinal)).Distinct().Take(20))
            progress.WriteLine(line);
        throw new BadInputException($"{project} does not build.");
    }

    private static (int Code, string Output) Dotnet(string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Where the tool itself is run by a build, that one's settings are not this one's.
        foreach (var variable in start.Environment.Keys.Where(static key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) && !key.Equals("MSBUILDDISABLENODEREUSE", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(variable);
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new BadInputException($"dotnet cannot be started: {e.Message} Install the .NET SDK, or name an assembly (.dll).", e);
        }
    }

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("");
}
