using System.Runtime.InteropServices;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright.Cpu;

/// <summary>Blockwright's own kernels behind torch's tensors.</summary>
internal sealed class CpuDevice(KernelNetwork network) : IFusedDevice
{
    public KernelNetwork? Network => network;

    public Tensor Run(Tensor input)
    {
        if (input.dtype != ScalarType.Float32 || input.device_type != TorchSharp.DeviceType.CPU)
            throw IFusedDevice.WrongInput(network.Name, ScalarType.Float32, CPU, input);
        var contiguous = input.contiguous();
        var (batch, height, width) = ((int)input.size(0), (int)input.size(2), (int)input.size(3));
        var (channels, outHeight, outWidth) = network.OutputOf(height, width);
        var output = network.Plan.IsFlat ? empty([batch, channels]) : empty([batch, channels, outHeight, outWidth]);
        // A span holds two gigabytes; larger batches go in parts.
        var most = MostPerSpan(Math.Max((long)network.Plan.InChannels * height * width, (long)channels * outHeight * outWidth));
        for (var first = 0; first < batch; first += most)
        {
            var count = Math.Min(most, batch - first);
            using Tensor part = contiguous.narrow(0, first, count), result = output.narrow(0, first, count);
            network.Run(MemoryMarshal.Cast<byte, float>(part.bytes), MemoryMarshal.Cast<byte, float>(result.bytes), count, height, width);
        }
        return output;
    }

    private int MostPerSpan(long floatsPerImage)
    {
        var most = int.MaxValue / (floatsPerImage * sizeof(float));
        if (most < 1)
            throw new ArgumentException(Invariant($"{network.Name}: one image of {floatsPerImage * sizeof(float)} bytes is more than 2 GiB: cut it into tiles."));
        return (int)most;
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width) => network.Run(input, output, batch, height, width);

    public void Trim() => network.Trim();

    public void Save(string path) => network.Save(path);

    public void Dispose() => network.Dispose();
}
