using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>A snapshot of torch's operations: any type and device that torch has.</summary>
/// <param name="plans">The network's plans.</param>
/// <param name="snapshot">The snapshot.</param>
/// <param name="like">A parameter of the network: its type and device are the snapshot's. Null where it has none.</param>
/// <param name="reason">Why it does not run on Blockwright's own kernels.</param>
internal sealed class TorchDevice(NetworkPlans plans, FusedParts snapshot, Tensor? like, string reason) : IFusedDevice
{
    private readonly ScalarType _type = like?.dtype ?? ScalarType.Float32;
    private readonly Device _device = like?.device ?? CPU;
    private readonly bool _takesAny = like is null;

    public KernelNetwork? Network => null;

    public Tensor[] Run(Tensor[] inputs)
    {
        Array.ForEach(inputs, Check);
        return Results(inputs);
    }

    public Tensor[] Features(Tensor[] inputs, string[] names)
    {
        Array.ForEach(inputs, Check);
        var found = FeatureTrace.Of(snapshot, names, () => Array.ForEach(Results(inputs), static result => result.Dispose()));
        if (Array.IndexOf(found, null) is >= 0 and var missing)
        {
            Array.ForEach(found, static tensor => tensor?.Dispose());
            throw ValueNames.Fused(plans.Network, names[missing], ValueNames.OfInference(plans).Except([names[missing]]));
        }
        return Array.ConvertAll(found, tensor => FeatureTrace.Given(tensor!));
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        using var scope = NewDisposeScope();
        var images = new List<Tensor>();
        foreach (var (_, channels, inputHeight, inputWidth) in InputSizes.At(plans, height, width))
        {
            var length = batch * channels * inputHeight * inputWidth;
            images.Add(tensor(input[..length].ToArray(), [batch, channels, inputHeight, inputWidth]).to(_type, _device));
            input = input[length..];
        }
        var results = Array.ConvertAll(Results([.. images]), static result => result.to(ScalarType.Float32).cpu().contiguous());
        RunLengths.CheckOutput(plans.Network, output.Length, results.Sum(static result => result.numel()));
        foreach (var result in results)
        {
            var values = MemoryMarshal.Cast<byte, float>(result.bytes);
            values.CopyTo(output);
            output = output[values.Length..];
        }
    }

    /// <summary>Torch keeps nothing of ours.</summary>
    public void Trim()
    {
    }

    public void Save(string path) =>
        throw new InvalidOperationException($"Only a snapshot on Blockwright's own CPU kernels can be saved; this one of {plans.Network} runs on torch's operations, since {reason}. Save the network's own weights, net.SaveWeights(path), or for a program without torch Blockwright.Onnx's net.ExportOnnx(path).");

    public void Dispose() => snapshot.Dispose();

    /// <summary>Some of torch's operations refuse no images: then none is what is left of one's results.</summary>
    private Tensor[] Results(Tensor[] inputs)
    {
        if (Array.Exists(inputs, static input => input.dim() != 4 || input.size(0) > 0))
            return snapshot.Results(inputs);
        var ones = Array.ConvertAll(inputs, static input => zeros([1, .. input.shape[1..]], input.dtype, input.device));
        try
        {
            return Array.ConvertAll(snapshot.Results(ones), static result =>
            {
                using (result)
                    return result.narrow(0, 0, 0).clone();
            });
        }
        finally
        {
            Array.ForEach(ones, static one => one.Dispose());
        }
    }

    private void Check(Tensor input)
    {
        if (!_takesAny && (input.dtype != _type || input.device_type != _device.type))
            throw IFusedDevice.WrongInput(plans.Network, _type, _device, input);
    }
}
