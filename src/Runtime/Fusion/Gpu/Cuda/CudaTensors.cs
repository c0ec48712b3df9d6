using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Blockwright.Gpu.Cuda;

/// <summary>Blockwright's CUDA kernels behind torch's tensors, which are read and written where they lie, in the order of torch's default stream.</summary>
/// <param name="kernels">The kernels; disposed with this.</param>
/// <param name="device">The device that they run on, as torch names it.</param>
internal sealed partial class CudaTensors(CudaKernels kernels, Device device) : IFusedDevice
{
    public Tensor Run(Tensor input)
    {
        if (input.dtype != ScalarType.Float32 || input.device_type != device.type || input.device_index != device.index)
            throw IFusedDevice.WrongInput(kernels.Plans.Network, ScalarType.Float32, device, input);
        var contiguous = input.contiguous();
        var (batch, height, width) = ((int)input.size(0), (int)input.size(2), (int)input.size(3));
        var output = empty(kernels.OutputShape(batch, height, width), dtype: ScalarType.Float32, device: device);
        if (batch > 0)
            kernels.Run(AddressOf(contiguous), AddressOf(output), batch, height, width);
        // Torch gives memory of tensors that are freed to later ones of the same stream: those run behind this.
        return output;
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        if (batch == 0)
            _ = kernels.OutputShape(batch, height, width); // The size has to be one that the network takes.
        else
            kernels.Run(input, output, batch, height, width);
    }

    public void Trim() => kernels.Trim();

    public void Save(string path) => kernels.Save(path);

    public void Dispose() => kernels.Dispose();

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
