using static TorchSharp.torch;

namespace Blockwright;

/// <content>What snapshots of networks do alike, whatever they take and give: each is of another torch type.</content>
public abstract partial class FusedParts
{
    private protected void Save(IFusedDevice device, string path)
    {
        using var call = Enter();
        device.Save(path);
    }

    private protected void Trim(IFusedDevice device)
    {
        using var call = Enter();
        device.Trim();
    }

    private protected void Run(IFusedDevice device, NetworkPlans plans, ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        InputSizes.CheckLength(plans, input.Length, batch, height, width);
        using var call = Enter();
        device.Run(input, output, batch, height, width);
    }

    /// <summary>The inputs are checked.</summary>
    private protected NetworkProfile Profile(IFusedDevice device, NetworkPlans plans, Tensor[] inputs, int iterations)
    {
        using var inside = Enter();
        return NetworkProfile.Of(plans, device.Network, inputs, iterations, () => Array.ForEach(Results(inputs), static result => result.Dispose()));
    }

    /// <summary>The inputs are checked.</summary>
    private protected FeatureTensors Features(IFusedDevice device, NetworkPlans plans, Tensor[] inputs, string[] names)
    {
        using var inside = Enter();
        return FusedDevices.Features(plans, device, inputs, names);
    }
}
