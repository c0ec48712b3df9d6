using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace Blockwright.Package.Tests;

/// <summary>The package, packed once into a folder of its own under a version that nobody has seen.</summary>
public sealed class PackedPackage : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blockwright-package-").FullName;

    public PackedPackage()
    {
        Version = $"0.0.0-test.{DateTime.UtcNow.Ticks}";
        Run(RepositoryRoot, "pack", "src/Runtime/Runtime.csproj", "-c", "Release", "-o", Feed, $"-p:Version={Version}", "--nologo");
    }

    public string Version { get; }

    public string File => Path.Combine(Feed, $"Blockwright.{Version}.nupkg");

    private string Feed => Path.Combine(_folder, "feed");

    private static string RepositoryRoot { get; } = FindRoot();

    public IReadOnlyList<string> Entries()
    {
        using var archive = ZipFile.OpenRead(File);
        return [.. archive.Entries.Select(static entry => entry.FullName)];
    }

    /// <summary>A fresh console project, outside the repository, with the package added from the folder.</summary>
    public string NewProject(string program, string properties = "", [CallerMemberName] string name = "")
    {
        var project = Path.Combine(_folder, name);
        Directory.CreateDirectory(project);
        System.IO.File.WriteAllText(
            Path.Combine(project, "nuget.config"),
            $"""<configuration><packageSources><add key="feed" value="{Feed}" /></packageSources></configuration>""");
        Run(project, "new", "console", "--no-restore", "--force");
        System.IO.File.WriteAllText(Path.Combine(project, "Program.cs"), program);
        Run(project, "add", "package", "Blockwright", "--version", Version, "--no-restore");
        Run(project, "add", "package", NativeTorch, "--version", "2.10.0", "--no-restore");
        var file = Directory.GetFiles(project, "*.csproj").Single();
        System.IO.File.WriteAllText(file, System.IO.File.ReadAllText(file).Replace("<Nullable>enable</Nullable>", $"<Nullable>enable</Nullable><TreatWarningsAsErrors>true</TreatWarningsAsErrors>{properties}", StringComparison.Ordinal));
        return project;
    }

    /// <summary>Runs dotnet and gives what it prints; fails unless it ends with the code.</summary>
    public static string Run(string folder, params string[] arguments) => Run(folder, 0, arguments);

    public static string Run(string folder, int expectedCode, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // What the test host sets for itself must not reach the builds.
        foreach (var variable in start.Environment.Keys.Where(static key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(variable);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.True(process.ExitCode == expectedCode, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}");
        return output;
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var unpacked = Path.Combine(packages, "blockwright", Version);
        if (Directory.Exists(unpacked))
            Directory.Delete(unpacked, recursive: true);
    }

    private static string NativeTorch => OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64" : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64" : "libtorch-cpu-linux-x64";

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "Generator.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not stand in the repository.");
        return folder.FullName;
    }
}
