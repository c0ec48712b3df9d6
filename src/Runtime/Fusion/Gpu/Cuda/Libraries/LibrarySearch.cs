namespace Blockwright.Gpu.Cuda;

/// <summary>Goes through places, and notes what came of each.</summary>
/// <param name="around">What is looked at.</param>
internal sealed class LibrarySearch(Surroundings around)
{
    private readonly List<string> _tried = [];

    /// <summary>A line for each place: where it was looked, and what came of it.</summary>
    public string Report => string.Join(Environment.NewLine, _tried.Select(static line => "  " + line));

    /// <summary>What loads, one by one, as long as the caller asks for more.</summary>
    /// <param name="places">Where to look.</param>
    /// <param name="names">The names that the system's loader is asked for.</param>
    /// <param name="files">The files that may be it, of all in a folder.</param>
    public IEnumerable<(nint Handle, string Path)> Loaded(IEnumerable<LibraryPlace> places, IReadOnlyList<string> names, Func<IEnumerable<string>, IEnumerable<string>> files)
    {
        foreach (var place in places)
            foreach (var path in place.Folder is { } folder ? FilesIn(folder, place, files) : names)
                if (TryLoad(path, place) is not 0 and var handle)
                    yield return (handle, path);
    }

    /// <summary>Notes why one that loaded will not do.</summary>
    public void Refuse(string path, string why) => _tried.Add($"{path}: {why}");

    private nint TryLoad(string path, LibraryPlace place)
    {
        try
        {
            return around.Load(path);
        }
        catch (Exception fault) when (fault is DllNotFoundException or BadImageFormatException)
        {
            // The last line has what the loader itself said, of the library or of one that it needs; those before say that it failed, and where else it was looked for.
            var reason = fault.Message.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? fault.Message;
            _tried.Add(place.Folder is null ? $"{path}, by {place}: {reason}" : $"{path} ({place.Why}): {reason}");
            return 0;
        }
    }

    private string[] FilesIn(string folder, LibraryPlace place, Func<IEnumerable<string>, IEnumerable<string>> files)
    {
        var (found, what) = ((string[])[], "is no folder");
        try
        {
            if (Directory.Exists(folder))
                (found, what) = ([.. files(Directory.EnumerateFiles(folder)).DistinctBy(Target, StringComparer.Ordinal)], "has none");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            what = fault.Message;
        }
        if (found.Length == 0)
            _tried.Add($"{place}: {what}");
        return found;
    }

    /// <summary>The file that a chain of links ends at: libnvrtc.so is libnvrtc.so.12 is libnvrtc.so.12.8.93.</summary>
    private static string Target(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
}
