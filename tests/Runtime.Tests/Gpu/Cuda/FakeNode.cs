using Blockwright.Gpu.Cuda;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>A node as the fake driver was given it; its values are copies.</summary>
internal sealed class FakeNode
{
    public required nint Handle { get; init; }

    public required nint[] After { get; init; }

    /// <summary>Null where it is a copy or records an event.</summary>
    public string? Kernel { get; init; }

    public KernelNodeParameters Parameters { get; set; }

    public ulong[] Arguments { get; set; } = [];

    public CopyParameters Copy { get; init; }

    /// <summary>The event that it records; 0 where it records none.</summary>
    public nint Moment { get; init; }
}
