namespace Blockwright.Graph;

/// <summary>A use of a block while the block is walked for it. Most blocks have no mistakes, so it is put into words only where one is said.</summary>
/// <param name="outer">The use that this one stands in.</param>
/// <param name="owner">The full name of the declaration that uses the block.</param>
/// <param name="place">Where in it.</param>
/// <param name="where">The key of the block there.</param>
/// <param name="names">What the block's names mean there.</param>
internal sealed class UseFrame(UseFrame? outer, string owner, Place place, string where, BlockNames names)
{
    /// <summary>Where the outermost declaration leads here.</summary>
    public Place OutermostPlace { get; } = outer?.OutermostPlace ?? place;

    /// <summary>The uses that lead here, outermost first.</summary>
    public static EquatableArray<UseSite> Sites(UseFrame? innermost)
    {
        var sites = new Stack<UseSite>();
        for (var frame = innermost; frame is not null; frame = frame.Outer)
            sites.Push(frame.Site());
        return sites.ToEquatableArray();
    }

    private UseFrame? Outer => outer;

    private UseSite Site() => new(owner, place, $"{owner.Substring(owner.LastIndexOfAny(['.', ':']) + 1)}, {where}, with {string.Join(", ", names.Meanings)}");
}
