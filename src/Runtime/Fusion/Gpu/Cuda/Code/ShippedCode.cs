namespace Blockwright.Gpu.Cuda;

/// <summary>Compiled kernels that lie beside the program, so that it needs the driver alone.</summary>
/// <param name="folder">The folder, which need not be there.</param>
internal sealed class ShippedCode(string folder)
{
    /// <summary>The folder's name beside the program.</summary>
    public const string FolderName = "blockwright-cubins";

    // Compute capability 5.0 is the oldest that any NVRTC in use compiles for.
    private const int OldestMajor = 5;
    private const int Minors = 10;

    public static ShippedCode OfProgram { get; } = new(Path.Combine(AppContext.BaseDirectory, FolderName));

    /// <summary>What a file is called; who compiled it does not matter here.</summary>
    public static string Name(CodeKey key) => key.Text + CodeFile.Extension;

    /// <summary>All that runs on a card, the best first: its own code, that of an earlier minor version of its generation, then what the driver translates, the latest first.</summary>
    public IEnumerable<CodeImage> Find(Func<string, CodeKey> keys, Architecture card)
    {
        if (!Directory.Exists(folder))
            return [];
        var earlier = Enumerable.Range(OldestMajor, Math.Max(card.Major - OldestMajor + 1, 0)).SelectMany(static major => Enumerable.Range(0, Minors).Select(minor => new Architecture(major, minor)))
            .Where(each => each.CompareTo(card) <= 0).OrderDescending().ToList();
        return earlier.TakeWhile(each => each.Major == card.Major).Select(static each => each.Real).Concat(earlier.Select(static each => each.Virtual))
            .Select(target => Read(keys(target))).OfType<CodeImage>();
    }

    private CodeImage? Read(CodeKey key)
    {
        var path = Path.Combine(folder, Name(key));
        try
        {
            return File.Exists(path) ? CodeFile.Read(File.ReadAllBytes(path), key, path) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // As good as none: what comes next is asked.
        }
    }
}
