// The random numbers and the number of threads are torch's, one for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Blockwright.Samples.Tests;

/// <summary>Where the tests' files are.</summary>
internal static class TestFiles
{
    public static string Root { get; } = FindRoot();

    public static string Picture { get; } = Path.Combine(Root, "samples", "ShuffleNet", "china.jpg");

    public static string Weights { get; } = Path.Combine(Root, "tests", "Runtime.Tests", "Data", "shufflenet_v2_x0_5.pth");

    public static string Data(string name) => Path.Combine(Root, "tests", "Samples.Tests", "Data", name);

    /// <summary>A reference file that is too large for the repository; skips the test where it is not there.</summary>
    public static string Reference(string name)
    {
        var path = Path.Combine(Root, "..", "shared", "reference", name);
        Skip.IfNot(File.Exists(path), $"The reference file {name} is not on this machine.");
        return path;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Generator.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException("Generator.sln stands in no folder above the tests.");
    }
}

/// <summary>A folder for one test's files.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("blockwright-samples-");

    public string this[string name] => Path.Combine(_folder.FullName, name);

    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
