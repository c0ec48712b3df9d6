namespace Blockwright.Generator.Tests.Harness;

/// <summary>Files of the repository and beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>A file of torchvision's, beside the repository where somebody put it there.</summary>
    public static string Reference(string name) => Path.Combine(Root, "..", "shared", "reference", name);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Generator.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has Generator.sln.");
    }
}
