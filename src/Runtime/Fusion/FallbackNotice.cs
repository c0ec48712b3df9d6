using System.Collections.Concurrent;

namespace Blockwright;

/// <summary>What is said when something else takes the place of a GPU's kernels: once for each network and reason.</summary>
internal static class FallbackNotice
{
    private static readonly ConcurrentDictionary<string, bool> Said = new(StringComparer.Ordinal);

    /// <summary>Where it is said; tests listen.</summary>
    internal static Action<string> Listener { get; set; } = Console.Error.WriteLine;

    /// <summary>Whether it is a device's fault, and not the caller's.</summary>
    public static bool Covers(Exception fault) => fault is CudaException or OpenClException;

    /// <param name="network">The network.</param>
    /// <param name="instead">What runs it now.</param>
    /// <param name="fault">Why.</param>
    public static void Say(string network, string instead, Exception fault)
    {
        var text = $"{network} runs on {instead}, as FuseOptions.Fallback asks. {fault.Message}";
        if (Said.TryAdd(text, true))
            Listener(text);
    }
}
