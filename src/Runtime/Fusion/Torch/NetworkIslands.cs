using System.ComponentModel;
using Blockwright.Cpu.Steps;
using Blockwright.Kernels;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What torch computes of a network between Blockwright's kernels, with copies of the layers that have none. Written by the build's code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class NetworkIslands : LayerCopies, IIslands
{
    private readonly ModuleLayers _source;
    private readonly string _network;

    /// <summary>Keeps nothing; the build's code fills it.</summary>
    /// <param name="source">The network.</param>
    protected NetworkIslands(INetworkModule source)
    {
        ArgumentNullException.ThrowIfNull(source);
        (_source, _network) = (source.Layers, source.Plans.Network);
    }

    void IIslands.Compute(int island, string layers, FeatureMap[] inputs, FeatureMap output)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        // Copies: a layer may keep what it is given, or write over it.
        var given = Array.ConvertAll(inputs, static input => ImagesOf(input));
        try
        {
            var result = Compute(island, given);
            if (result.dtype != ScalarType.Float32 || result.device_type != TorchSharp.DeviceType.CPU || result.numel() != (long)output.Pixels * output.Channels || result.size(0) != output.Images)
                throw new InvalidOperationException(Invariant($"{_network}, {layers}: {result.shape.Joined(" x ")} of {result.dtype} came out on {result.device}; expected {output} of {ScalarType.Float32} on {CPU}."));
            Place(result, output);
        }
        catch (Exception e) when (ModuleCalls.IsTorchs(e))
        {
            throw ModuleCalls.Failed($"{_network}, {layers}", given[0], e);
        }
    }

    void IDisposable.Dispose() => DisposeCopies();

    /// <summary>Computes some layers.</summary>
    /// <param name="island">Which, counted from 0.</param>
    /// <param name="inputs">What they read: N x C x H x W, with 1 x 1 for features.</param>
    /// <returns>What comes out.</returns>
    protected abstract Tensor Compute(int island, Tensor[] inputs);

    /// <summary>What is said of a number that no island has.</summary>
    /// <param name="island">The number.</param>
    /// <returns>What is thrown.</returns>
    protected static Exception Unknown(int island) => new FormatException(Invariant($"The plan in the emitted class asks for island {island}, which there is not. Build the project again."));

    /// <summary>A layer of the network, to be copied.</summary>
    /// <typeparam name="TLayer">Its type.</typeparam>
    /// <param name="key">Its key.</param>
    /// <returns>The layer.</returns>
    protected TLayer Layer<TLayer>(string key) => (TLayer)_source.Find(key).Layer;

    /// <summary>What is kept of a module of the user's own.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>A copy.</returns>
    /// <exception cref="InvalidOperationException">Made again, it has other weights.</exception>
    protected CopiedModule Copy(string key)
    {
        var (owner, module) = _source.Find(key);
        return Copy(owner, (nn.Module<Tensor, Tensor>)module);
    }

    /// <summary>N x C x H x W, a copy.</summary>
    private static Tensor ImagesOf(FeatureMap map)
    {
        var images = empty([map.Images, map.Channels, map.Height, map.Width]);
        EachImage(images, map, static (planes, image) => planes.CopyFrom(image, Share.Whole));
        return images;
    }

    private static void Place(Tensor result, FeatureMap map) =>
        EachImage(result.reshape(map.Images, map.Channels, map.Height, map.Width).contiguous(), map, static (planes, image) => planes.CopyTo(image, Share.Whole));

    /// <summary>Goes through a tensor and a map of one shape: a span of all of it could be too long.</summary>
    private static unsafe void EachImage(Tensor images, FeatureMap map, Action<PlanarImages, FeatureMap> copy)
    {
        for (var i = 0; i < map.Images; i++)
        {
            using var one = images.narrow(0, i, 1);
            fixed (byte* memory = one.bytes)
                copy(new((float*)memory, 1, map.Channels, map.Height, map.Width), map.Batch(i, 1));
        }
    }
}
