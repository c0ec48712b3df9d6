namespace Blockwright.Runtime.Tests.Weights;

/// <summary>A folder for one test's files, and the way to the files that tests share.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("blockwright-weights-");

    public static string RepositoryRoot { get; } = FindRoot();

    public string Full => _folder.FullName;

    public string this[string name] => Path.Combine(_folder.FullName, name);

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public static string Data(string name) => Path.Combine(RepositoryRoot, "tests", "Runtime.Tests", "Data", name);

    /// <summary>A reference file that is too large for the repository; skips the test where it is not there.</summary>
    public static string Reference(string name)
    {
        var path = Path.Combine(RepositoryRoot, "..", "shared", "reference", name);
        Skip.IfNot(File.Exists(path), $"The reference file {name} is not on this machine.");
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Generator.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException("Generator.sln stands in no folder above the tests.");
    }
}
