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

    public Tensor[] Run(Tensor[] inputs)
    {
        if (!Array.Exists(inputs, IsThere) && !isOnDevice)
            return _host.Run(inputs);
        if (Array.Find(inputs, input => !IsThere(input) || input.dtype != ScalarType.Float32) is { } elsewhere)
            throw IFusedDevice.WrongInput(network.Name, ScalarType.Float32, device, elsewhere);
        try
        {
            if (network.Cuda is { } kernels)
                return InPlace(kernels, inputs);
        }
        catch (CudaException fault) when (network.FallsBack(fault))
        {
            // The CPU it is, from now on.
        }
        return OnHost(inputs, device, _host.Run);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width) => network.Run(input, output, batch, height, width);

    public Tensor[] Features(Tensor[] inputs, string[] names) => OnHost(inputs, inputs[0].device, brought => _host.Features(brought, names));

    public void Trim() => network.Trim();

    public void Save(string path) => network.Save(path);

    public void Dispose() => network.Dispose();

    private bool IsThere(Tensor input) => input.device_type == device.type && input.device_index == device.index;

    private Tensor[] InPlace(CudaKernels kernels, Tensor[] inputs)
    {
        var contiguous = Array.ConvertAll(inputs, static input => input.contiguous());
        var (batch, height, width) = ((int)inputs[0].size(0), (int)inputs[0].size(2), (int)inputs[0].size(3));
        var outputs = Array.ConvertAll(kernels.ShapesOf(batch, height, width), shape => empty(shape, dtype: ScalarType.Float32, device: device));
        if (batch > 0)
            kernels.RunOnDevice(Array.ConvertAll(contiguous, AddressOf), Array.ConvertAll(outputs, AddressOf), batch, height, width);
        // Torch gives memory of tensors that are freed to later ones of the same stream: those run behind this.
        return outputs;
    }

    /// <summary>Brings tensors to the CPU, and what is made of them to a device.</summary>
    private static Tensor[] OnHost(Tensor[] inputs, Device device, Converter<Tensor[], Tensor[]> run)
    {
        var brought = Array.ConvertAll(inputs, static input => input.cpu());
        try
        {
            return Array.ConvertAll(run(brought), result =>
            {
                using (result)
                    return result.to(device);
            });
        }
        finally
        {
            Array.ForEach(brought, static tensor => tensor.Dispose());
        }
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
