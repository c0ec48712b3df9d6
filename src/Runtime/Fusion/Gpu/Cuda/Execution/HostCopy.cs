using System.Collections.Immutable;

namespace Blockwright.Gpu.Cuda;

/// <summary>A copy between pinned host memory and one of the device's inputs or outputs.</summary>
/// <param name="Host">The address of the host memory of the whole input or output.</param>
/// <param name="Offset">Where in the whole, in bytes.</param>
/// <param name="Bytes">How much.</param>
/// <param name="IsInput">To the device; else from it.</param>
internal sealed record HostCopy(nint Host, long Offset, long Bytes, bool IsInput)
{
    // A row of a copy counts as its pitch, which devices limit to 2 GiB.
    private const long Most = 1L << 30;

    /// <summary>Which input or output, counted from 0.</summary>
    public int Number { get; private init; }

    public MemoryUse Use => new(IsInput ? MemoryOwner.Input : MemoryOwner.Output, Offset, Bytes, IsWritten: IsInput) { Number = Number };

    /// <summary>The copies of all inputs or all outputs, which lie one behind another in the host's memory.</summary>
    public static IEnumerable<HostCopy> OfAll(nint host, ImmutableArray<long> bytes, bool isInput)
    {
        for (var number = 0; number < bytes.Length; number++)
        {
            foreach (var copy in Of(host, bytes[number], isInput))
                yield return copy with { Number = number };
            host += (nint)bytes[number];
        }
    }

    /// <summary>The copies of a whole input or output: none of nothing, which CUDA refuses.</summary>
    public static IEnumerable<HostCopy> Of(nint host, long bytes, bool isInput, long most = Most)
    {
        for (var offset = 0L; offset < bytes; offset += most)
            yield return new(host, offset, Math.Min(most, bytes - offset), isInput);
    }

    public CopyParameters Parameters(MemoryAddresses addresses)
    {
        var host = new CopySide { Type = MemoryType.Host, Host = Host + (nint)Offset, Pitch = (nuint)Bytes, Height = 1 };
        var device = new CopySide { Type = MemoryType.Device, Device = addresses.Of(Use), Pitch = (nuint)Bytes, Height = 1 };
        return new() { Source = IsInput ? host : device, Target = IsInput ? device : host, WidthInBytes = (nuint)Bytes, Height = 1, Depth = 1 };
    }
}
