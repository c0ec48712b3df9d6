using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Blockwright.Cpu;

/// <summary>Blockwright's own kernels behind torch's tensors.</summary>
internal sealed class CpuDevice(KernelNetwork network) : IFusedDevice
{
    public KernelNetwork Network => network;

    public Tensor Run(Tensor input)
    {
        if (input.dtype != ScalarType.Float32 || input.device_type != TorchSharp.DeviceType.CPU)
            throw new ArgumentException($"The snapshot of {network.Name} was taken of a float32 network on the CPU, and was given {input.dtype} on {input.device}. Move the network first, then take the snapshot.", nameof(input));
        var contiguous = input.contiguous();
        var (batch, height, width) = ((int)input.size(0), (int)input.size(2), (int)input.size(3));
        var (channels, outHeight, outWidth) = network.OutputOf(height, width);
        var output = network.Plan.IsFlat ? empty([batch, channels]) : empty([batch, channels, outHeight, outWidth]);
        network.Run(MemoryMarshal.Cast<byte, float>(contiguous.bytes), MemoryMarshal.Cast<byte, float>(output.bytes), batch, height, width);
        return output;
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width) => network.Run(input, output, batch, height, width);

    public void Save(string path) => network.Save(path);

    public void Dispose() => network.Dispose();
}
