using System.Runtime.InteropServices;
using Blockwright.Cpu;
using static TorchSharp.torch;

namespace Blockwright.Gpu.Cuda;

/// <summary>
/// Blockwright's CUDA kernels behind torch's tensors. Those on the device are read and written where they lie, in the order of torch's default stream; those of the CPU are copied, where the module was there.
/// </summary>
/// <param name="network">The network, on CUDA, or on the CPU where that has taken its place; disposed with this.</param>
/// <param name="device">The device that it runs on, as torch names it.</param>
/// <param name="isOnDevice">Whether the module was there: tensors of the CPU are then a mistake.</param>
internal sealed partial class CudaTensors(KernelNetwork network, Device device, bool isOnDevice) : IFusedDevice
{
    private readonly CpuDevice _host = new(network);

    public KernelNetwork? Network => network;

    /// <summary>A GPU's kernels take one input.</summary>
    public Tensor[] Run(Tensor[] inputs)
    {
        var input = inputs[0];
        var isThere = input.device_type == device.type && input.device_index == device.index;
        if (!isThere && !isOnDevice)
            return _host.Run(inputs);
        if (!isThere || input.dtype != ScalarType.Float32)
            throw IFusedDevice.WrongInput(network.Name, ScalarType.Float32, device, input);
        try
        {
            if (network.Cuda is { } kernels)
                return [InPlace(kernels, input)];
        }
        catch (CudaException fault) when (network.FallsBack(fault))
        {
            // The CPU it is, from now on.
        }
        using var brought = input.cpu();
        return Array.ConvertAll(_host.Run([brought]), result =>
        {
            using (result)
                return result.to(device);
        });
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width) => network.Run(input, output, batch, height, width);

    public Tensor[] Features(Tensor[] inputs, string[] names)
    {
        var input = inputs[0];
        using var brought = input.cpu();
        return Array.ConvertAll(_host.Features([brought], names), result =>
        {
            using (result)
                return result.to(input.device);
        });
    }

    public void Trim() => network.Trim();

    public void Save(string path) => network.Save(path);

    public void Dispose() => network.Dispose();

    private Tensor InPlace(CudaKernels kernels, Tensor input)
    {
        var contiguous = input.contiguous();
        var (batch, height, width) = ((int)input.size(0), (int)input.size(2), (int)input.size(3));
        var output = empty(kernels.OutputShape(batch, height, width), dtype: ScalarType.Float32, device: device);
        if (batch > 0)
            kernels.Run(AddressOf(contiguous), AddressOf(output), batch, height, width);
        // Torch gives memory of tensors that are freed to later ones of the same stream: those run behind this.
        return output;
    }

    /// <summary>The first value's address, with the tensor's offset into its storage. TorchSharp has no method for it; its library does.</summary>
    private static ulong AddressOf(Tensor tensor)
    {
        var address = (ulong)Data(tensor.Handle);
        GC.KeepAlive(tensor);
        return address;
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static partial nint Data(nint tensor);
}
