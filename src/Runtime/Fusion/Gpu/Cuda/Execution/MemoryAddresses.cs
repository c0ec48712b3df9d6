namespace Blockwright.Gpu.Cuda;

/// <summary>Where the memory lies that arguments point into.</summary>
internal readonly record struct MemoryAddresses(ulong Input, ulong Output, ulong Weights, ulong Work)
{
    public ulong Of(in MemoryUse use) => (ulong)use.Offset + use.Owner switch
    {
        MemoryOwner.Input => Input,
        MemoryOwner.Output => Output,
        MemoryOwner.Weights => Weights,
        _ => Work,
    };
}
