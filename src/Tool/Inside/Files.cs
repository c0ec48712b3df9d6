namespace Blockwright.Tool.Inside;

/// <summary>Files that are written.</summary>
internal static class Files
{
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    public static void Write(string path, Action write)
    {
        if (Directory.Exists(path))
            throw new BadInputException($"{path} is a folder: name a file in it.");
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} cannot be written: {(Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))) ? e.Message : "its folder does not exist.")}", e);
        }
    }
}
