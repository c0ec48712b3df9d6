namespace Blockwright.Analyzers.Tests.Declared;

/// <summary>The repository that the tests stand in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Generator.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"No Generator.sln above {AppContext.BaseDirectory}.");
        return folder.FullName;
    }
}
