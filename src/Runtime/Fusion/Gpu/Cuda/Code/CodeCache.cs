using Blockwright.Weights;

namespace Blockwright.Gpu.Cuda;

/// <summary>
/// Compiled kernels on the disk, of all networks and processes of a user. Several processes may read, write and clear it at once: a file is written beside and moved to its name, and one that is gone is
/// compiled anew. Without a folder that can be written, everything goes on without it.
/// </summary>
/// <param name="folder">The folder; null: none.</param>
/// <param name="mostBytes">What it may hold; what was used last is kept.</param>
/// <param name="say">Told once, when the cache cannot be used.</param>
internal sealed class CodeCache(string? folder, long mostBytes, Action<string> say)
{
    /// <summary>What a cache holds unless told otherwise: some hundred networks.</summary>
    public const long DefaultBytes = 256L << 20;

    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private int _isSaid;

    /// <summary>The user's cache.</summary>
    public static CodeCache OfUser(Action<string> say) =>
        new(FolderOf(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)), DefaultBytes, say);

    /// <summary>BLOCKWRIGHT_CACHE; else blockwright in XDG_CACHE_HOME, else in the user's local data; null where there is nothing of it.</summary>
    public static string? FolderOf(Func<string, string?> variable, string localData)
    {
        if (variable("BLOCKWRIGHT_CACHE") is { Length: > 0 } told)
            return Path.GetFullPath(told);
        // By its specification a relative path counts as none.
        var root = variable("XDG_CACHE_HOME") is { Length: > 0 } xdg && Path.IsPathFullyQualified(xdg) ? xdg : localData;
        return root.Length > 0 ? Path.Combine(root, "blockwright") : null;
    }

    /// <summary>The code of a key that a compiler of a version wrote; null: none, or a damaged one, which is removed.</summary>
    /// <param name="key">The key.</param>
    /// <param name="compiler">Null: any, the one that was used last first.</param>
    public CodeImage? Find(CodeKey key, (int Major, int Minor)? compiler)
    {
        if (folder is null)
            return null;
        try
        {
            foreach (var path in compiler is null ? ByUse(CodeFile.Name(key, null)).Select(static file => file.FullName).Reverse() : [Path.Combine(folder, CodeFile.Name(key, compiler))])
                if (Read(path, key) is { } image)
                    return image;
        }
        catch (Exception fault) when (IsOfDisk(fault))
        {
            // Gone since, or not to be read: compiled anew.
        }
        return null;
    }

    public void Add(CodeKey key, (int Major, int Minor) compiler, CodeImage image)
    {
        if (folder is null)
        {
            SayOnce("The compiled kernels are not kept: there is no folder for them. Name one in BLOCKWRIGHT_CACHE.");
            return;
        }
        try
        {
            CreateFolder(folder);
            var path = Path.Combine(folder, CodeFile.Name(key, compiler));
            AtomicFile.Write(path, stream => stream.Write(CodeFile.Write(key, image)));
            // The system's own time of a write is some milliseconds behind the clock that times of use are of.
            TryTouch(path);
            Clear();
        }
        catch (Exception fault) when (IsOfDisk(fault))
        {
            SayOnce($"The compiled kernels are not kept, and every start compiles them anew: {folder} cannot be written ({fault.Message}). Name another folder in BLOCKWRIGHT_CACHE.");
        }
    }

    /// <summary>Removes what the driver refuses.</summary>
    public void Remove(CodeImage image)
    {
        if (folder is not null && Path.GetDirectoryName(image.Origin) == folder)
            TryDelete(image.Origin);
    }

    private static bool IsOfDisk(Exception fault) => fault is IOException or UnauthorizedAccessException or NotSupportedException;

    /// <summary>Code that will be run: nobody else may write it.</summary>
    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static CodeImage? Read(string path, CodeKey key)
    {
        if (!File.Exists(path))
            return null;
        var image = CodeFile.Read(File.ReadAllBytes(path), key, path);
        if (image is null)
            TryDelete(path);
        else
            TryTouch(path);
        return image;
    }

    /// <summary>The time of a file is that of its last use: times of access are often switched off.</summary>
    private static void TryTouch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception fault) when (IsOfDisk(fault))
        {
            // Gone since, or somebody else's: it is cleared the sooner.
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (IsOfDisk(fault))
        {
            // Another process was faster, or has it open: it is overwritten or cleared another time.
        }
    }

    /// <summary>Files of a pattern; those used longest ago first.</summary>
    private FileInfo[] ByUse(string pattern) =>
        Directory.Exists(folder) ? [.. new DirectoryInfo(folder).GetFiles(pattern).OrderBy(static file => file.LastWriteTimeUtc).ThenBy(static file => file.Name, StringComparer.Ordinal)] : [];

    /// <summary>Deletes what was used longest ago until the rest fits, and what a process left that ended while it wrote. The file used last stays in any case.</summary>
    private void Clear()
    {
        foreach (var left in ByUse("blockwright-*.tmp").Where(static file => DateTime.UtcNow - file.LastWriteTimeUtc > Abandoned))
            TryDelete(left.FullName);
        var files = ByUse("*" + CodeFile.Extension);
        var bytes = files.Sum(Length);
        foreach (var file in files.SkipLast(1))
        {
            if (bytes <= mostBytes)
                break;
            bytes -= Length(file);
            TryDelete(file.FullName);
        }
    }

    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (IOException)
        {
            return 0; // Deleted since.
        }
    }

    private void SayOnce(string what)
    {
        if (Interlocked.Exchange(ref _isSaid, 1) == 0)
            say(what);
    }
}
