using System.Runtime.InteropServices;

namespace Blockwright.Gpu.Cuda;

/// <summary>Where CUDA's libraries are looked for, in this order.</summary>
internal static class LibraryPlaces
{
    // Where Python's packages for NVIDIA's libraries put them: of CUDA 11 and 12, and since CUDA 13; and torch's, which has its own.
    private static readonly string[][] InPackages =
    [
        ["nvidia", "cuda_nvrtc"], ["nvidia", "cu13"], ["torch"],
    ];

    /// <summary>Of the driver, which the system has: its loader knows it, except where a variable was set after the process had started, and under WSL.</summary>
    public static IEnumerable<LibraryPlace> OfDriver(Surroundings around)
    {
        yield return LibraryPlace.Loader;
        if (around.IsWindows)
            yield break;
        foreach (var folder in around.List("LD_LIBRARY_PATH"))
            yield return new(folder, "LD_LIBRARY_PATH");
        yield return new(Path.Combine(around.Root, "usr", "lib", "wsl", "lib"), "WSL");
    }

    /// <summary>Of NVRTC: torch's own, which fits the driver that torch needs; a toolkit's; the system's; a Python package's.</summary>
    public static IEnumerable<LibraryPlace> OfCompiler(Surroundings around) =>
        BesideTheProgram(around).Concat(OfToolkits(around)).Append(LibraryPlace.Loader).Concat(OfPython(around))
            .DistinctBy(static place => place.Folder, StringComparer.Ordinal);

    private static IEnumerable<LibraryPlace> BesideTheProgram(Surroundings around)
    {
        yield return new(around.ProgramFolder, "beside the program");
        var native = Path.Combine(around.ProgramFolder, "runtimes");
        yield return new(Path.Combine(native, RuntimeInformation.RuntimeIdentifier, "native"), "beside the program");
        yield return new(Path.Combine(native, around.IsWindows ? "win-x64" : "linux-x64", "native"), "beside the program");
        foreach (var folder in around.TorchFolders)
            yield return new(folder, "where torch lies");
    }

    private static IEnumerable<LibraryPlace> OfToolkits(Surroundings around)
    {
        foreach (var variable in (string[])["CUDA_PATH", "CUDA_HOME"])
            if (around.Variable(variable) is { Length: > 0 } toolkit)
                foreach (var folder in LibraryFolders(around, toolkit))
                    yield return new(folder, variable);
        var path = around.IsWindows ? "PATH" : "LD_LIBRARY_PATH";
        foreach (var folder in around.List(path))
            yield return new(folder, path);
        if (!around.IsWindows)
            foreach (var folder in LibraryFolders(around, Path.Combine(around.Root, "usr", "local", "cuda")))
                yield return new(folder, "the toolkit's usual folder");
    }

    /// <summary>Where libraries lie below a toolkit or a package: each of its times has had another habit.</summary>
    private static IEnumerable<string> LibraryFolders(Surroundings around, string root) =>
        around.IsWindows
            ? [Path.Combine(root, "bin"), Path.Combine(root, "bin", "x64"), Path.Combine(root, "bin", "x86_64"), Path.Combine(root, "lib")]
            : [Path.Combine(root, "lib64"), Path.Combine(root, "lib"), Path.Combine(root, "targets", "x86_64-linux", "lib")];

    private static IEnumerable<LibraryPlace> OfPython(Surroundings around)
    {
        if (around.Variable("CONDA_PREFIX") is { Length: > 0 } conda)
            yield return new(around.IsWindows ? Path.Combine(conda, "Library", "bin") : Path.Combine(conda, "lib"), "CONDA_PREFIX");
        foreach (var site in PythonSites(around))
            foreach (var package in InPackages)
                foreach (var folder in LibraryFolders(around, Path.Combine([site.Folder!, .. package])))
                    if (Directory.Exists(folder))
                        yield return new(folder, site.Why);
        // Said even where no Python is: that one was looked for is half of the advice.
        yield return new(Path.Combine(around.IsWindows ? "Lib" : "lib/python3*", "site-packages", "nvidia", "cuda_nvrtc"), "Python's packages");
    }

    private static IEnumerable<LibraryPlace> PythonSites(Surroundings around)
    {
        foreach (var variable in (string[])["VIRTUAL_ENV", "CONDA_PREFIX"])
            if (around.Variable(variable) is { Length: > 0 } root)
                foreach (var site in SitesBelow(around, root))
                    yield return new(site, variable);
        (string? Root, string[] Below)[] usual = around.IsWindows
            ? [(around.Variable("LOCALAPPDATA"), ["Programs", "Python"]), (around.Variable("APPDATA"), ["Python"])]
            : [(around.Variable("HOME"), [".local"]), (around.Root, ["usr", "local"]), (around.Root, ["usr"]), (around.Root, ["opt", "conda"])];
        foreach (var (root, below) in usual)
            if (root is { Length: > 0 })
                foreach (var site in SitesBelow(around, Path.Combine([root, .. below])))
                    yield return new(site, "Python's packages");
    }

    private static IEnumerable<string> SitesBelow(Surroundings around, string root) =>
        around.IsWindows
            ? Folders(root, "Python3*").Prepend(root).SelectMany(static python => (string[])[Path.Combine(python, "Lib", "site-packages"), Path.Combine(python, "site-packages")])
            : Folders(Path.Combine(root, "lib"), "python3*").SelectMany(static python => (string[])[Path.Combine(python, "site-packages"), Path.Combine(python, "dist-packages")]);

    /// <summary>The newest first, as far as names tell. A folder that may not be read has none.</summary>
    private static IEnumerable<string> Folders(string root, string pattern)
    {
        try
        {
            return Directory.Exists(root) ? Directory.GetDirectories(root, pattern).OrderByDescending(static folder => VersionInName.Of(folder)) : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
