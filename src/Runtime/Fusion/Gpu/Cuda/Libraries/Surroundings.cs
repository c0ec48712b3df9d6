using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Blockwright.Gpu.Cuda;

/// <summary>What a search for libraries looks at: the machine, or what a test made in its place.</summary>
internal sealed record Surroundings
{
    /// <summary>This process's.</summary>
    public static Surroundings Machine => new()
    {
        IsWindows = OperatingSystem.IsWindows(),
        Variable = Environment.GetEnvironmentVariable,
        Root = OperatingSystem.IsWindows() ? "" : "/",
        ProgramFolder = AppContext.BaseDirectory,
        TorchFolders = FoldersOfTorch(),
        Load = NativeLibrary.Load,
    };

    /// <summary>Which names libraries have, and how lists of folders are written.</summary>
    public required bool IsWindows { get; init; }

    public required Func<string, string?> Variable { get; init; }

    /// <summary>Where the system's own folders begin; only where they are not a variable's.</summary>
    public required string Root { get; init; }

    public required string ProgramFolder { get; init; }

    /// <summary>Where torch's libraries lie, where that is known: of a program that was built but not published they lie in the packages' folder.</summary>
    public required IReadOnlyList<string> TorchFolders { get; init; }

    /// <summary>Loads a library by its path, or by its name as the system finds it; throws where there is none.</summary>
    public required Func<string, nint> Load { get; init; }

    /// <summary>The folders of a variable like PATH.</summary>
    public IEnumerable<string> List(string variable) =>
        (Variable(variable) ?? "").Split(IsWindows ? ';' : ':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The host's search path, which has the packages' folders, and whence torch was loaded, if it was.</summary>
    private static IReadOnlyList<string> FoldersOfTorch()
    {
        var searched = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return [.. FoldersOfLoaded().Concat(searched).Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> FoldersOfLoaded()
    {
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
            using (module)
                if (IsTorch(module.ModuleName) && Path.GetDirectoryName(module.FileName) is { Length: > 0 } folder)
                    yield return folder;
    }

    private static bool IsTorch(string module) => module.Contains("torch", StringComparison.OrdinalIgnoreCase);
}
