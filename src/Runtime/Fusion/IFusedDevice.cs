using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What a network's snapshot runs on: all that <see cref="FusedNetwork"/> asks of a device. It may be called from several threads at once.</summary>
internal interface IFusedDevice : IDisposable
{
    /// <summary>The inputs, each N x C x H x W, to the results, each a tensor of its own.</summary>
    /// <exception cref="ArgumentException">The input is of another type, on another device, or of a size that the network does not take.</exception>
    Tensor[] Run(Tensor[] inputs);

    /// <summary>The same on plain memory, whose lengths are checked: N x C x H x W values, as torch lays them; several inputs lie one behind another, each of all images, and so do several results.</summary>
    void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width);

    /// <summary>The inputs to values by their names, of those in <see cref="NetworkPlans.Names"/>.</summary>
    /// <exception cref="ArgumentException">As <see cref="Run(Tensor[])"/>; or one of the values is not computed by itself.</exception>
    /// <exception cref="NotSupportedException">The device keeps no value but the results.</exception>
    Tensor[] Features(Tensor[] inputs, string[] names);

    /// <summary>What is said where the input is of another type or on another device than the network was.</summary>
    static ArgumentException WrongInput(string network, ScalarType type, Device device, Tensor input) =>
        new($"The snapshot of {network} was taken of a {type} network on {device}, and was given {input.dtype} on {input.device}. Bring the input there, input.to({type}) or input.to(device), or move the network first, net.to(...), and then take the snapshot.", nameof(input));

    /// <summary>The network on Blockwright's own kernels; null where torch's operations run.</summary>
    KernelNetwork? Network { get; }

    /// <summary>Frees the memory that is kept between calls.</summary>
    void Trim();

    /// <summary>Saves what the network's <c>LoadFused</c> reads.</summary>
    /// <exception cref="InvalidOperationException">The device has nothing to save.</exception>
    void Save(string path);
}
