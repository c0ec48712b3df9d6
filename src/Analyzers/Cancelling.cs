namespace Blockwright.Analyzers;

/// <summary>Work that somebody may call off while it goes through many things.</summary>
internal static class Cancelling
{
    /// <summary>The same items, until it is cancelled.</summary>
    public static IEnumerable<T> Until<T>(this IEnumerable<T> items, CancellationToken cancellation)
    {
        foreach (var item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return item;
        }
    }
}
