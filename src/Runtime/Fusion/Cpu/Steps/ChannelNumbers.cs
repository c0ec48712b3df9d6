using Blockwright.Kernels;

namespace Blockwright.Cpu.Steps;

/// <summary>A number for each channel, as a map of one pixel.</summary>
internal sealed unsafe class ChannelNumbers : IDisposable
{
    private readonly AlignedMemory _memory;

    public ChannelNumbers(float[] numbers)
    {
        var layout = new FeatureLayout(numbers.Length, 1, 1);
        _memory = new AlignedMemory(layout.ImagePitch);
        Map = layout.At(_memory, 1);
        numbers.CopyTo(new Span<float>(Map.Data, numbers.Length));
    }

    public FeatureMap Map { get; }

    public void Dispose() => _memory.Dispose();
}
