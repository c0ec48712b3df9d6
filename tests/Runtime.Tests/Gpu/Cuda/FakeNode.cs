using Blockwright.Gpu.Cuda;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>A node as the fake driver was given it; its values are copies.</summary>
internal sealed class FakeNode
{
    public required nint Handle { get; init; }

    public required nint[] After { get; init; }

    /// <summary>Null where it is a copy.</summary>
    public string? Kernel { get; init; }

    public KernelNodeParameters Parameters { get; set; }

    public ulong[] Arguments { get; set; } = [];

    public CopyParameters Copy { get; init; }
}
