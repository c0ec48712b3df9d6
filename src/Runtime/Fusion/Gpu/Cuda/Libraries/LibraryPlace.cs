namespace Blockwright.Gpu.Cuda;

/// <summary>A place where a library may lie.</summary>
/// <param name="Folder">The folder; null: wherever the system's loader looks.</param>
/// <param name="Why">Why it is looked at: a variable's name, or whose folder it is.</param>
internal readonly record struct LibraryPlace(string? Folder, string Why)
{
    public static LibraryPlace Loader { get; } = new(null, "the system's loader");

    public override string ToString() => Folder is null ? Why : $"{Folder} ({Why})";
}
