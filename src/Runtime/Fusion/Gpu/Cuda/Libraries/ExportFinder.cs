namespace Blockwright.Gpu.Cuda;

/// <summary>Looks exports up, and notes which there are not.</summary>
/// <param name="export">An export's address; 0 where there is none.</param>
internal sealed class ExportFinder(Func<string, nint> export)
{
    private readonly List<string> _missing = [];

    public IReadOnlyList<string> Missing => _missing;

    /// <summary>The address of the first that there is; 0, noted, where there is none.</summary>
    public nint this[params ReadOnlySpan<string> names]
    {
        get
        {
            foreach (var name in names)
                if (export(name) is not 0 and var address)
                    return address;
            _missing.Add(names[0]);
            return 0;
        }
    }
}
