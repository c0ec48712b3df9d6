namespace Blockwright.Gpu.Cuda;

/// <summary>Where the memory lies that arguments point into. What is the caller's may be elsewhere with the next call.</summary>
internal sealed class MemoryAddresses(ReadOnlySpan<ulong> inputs, ReadOnlySpan<ulong> outputs, ulong weights, ulong work)
{
    private readonly ulong[] _inputs = inputs.ToArray();
    private readonly ulong[] _outputs = outputs.ToArray();

    public ulong Of(in MemoryUse use) => (ulong)use.Offset + use.Owner switch
    {
        MemoryOwner.Input => _inputs[use.Number],
        MemoryOwner.Output => _outputs[use.Number],
        MemoryOwner.Weights => weights,
        _ => work,
    };

    /// <summary>Whether the inputs and the results lie there.</summary>
    public bool AreAt(ReadOnlySpan<ulong> inputs, ReadOnlySpan<ulong> outputs) => inputs.SequenceEqual(_inputs) && outputs.SequenceEqual(_outputs);

    /// <summary>From now on the inputs and the results lie there.</summary>
    public void Move(ReadOnlySpan<ulong> inputs, ReadOnlySpan<ulong> outputs)
    {
        inputs.CopyTo(_inputs);
        outputs.CopyTo(_outputs);
    }
}
