using static TorchSharp.torch;

namespace Blockwright;

/// <summary>
/// A network's snapshot for inference. A float32 network runs on Blockwright's own kernels, which move no channel: on the CPU, and on a GPU where its class was built with kernels for one. What
/// has no kernel torch computes between them, on the CPU (BW4006). Of another type, on another device, or where nothing is left for kernels, it runs on torch's operations. It may be called from several threads at once.
/// It is no <see cref="nn.Module"/>, as <see cref="FusedModule"/> says; where code that is not yours asks for one, wrap it in a class of a few lines, which docs/guides/deploy.md has.
/// </summary>
public sealed class FusedNetwork : FusedModule, INetworkSnapshot
{
    private readonly NetworkPlans _plans;
    private readonly IFusedDevice _device;

    private FusedNetwork(NetworkPlans plans, IFusedDevice device)
        : base(plans.Network, plans.Channels) => (_plans, _device) = (plans, Own(device));

    /// <summary>The network on Blockwright's own kernels; null where it runs on torch's operations. The snapshot disposes it.</summary>
    public KernelNetwork? Kernels => _device.Network;

    /// <summary>Takes a snapshot.</summary>
    internal static FusedNetwork Take(NetworkModule source, NetworkPlans plans, FuseOptions options) => new(plans, FusedDevices.Take(source, plans, options));

    /// <summary>Saves the folded weights, as .safetensors, for the network's <c>LoadFused</c>.</summary>
    /// <param name="path">The file; its name ends with <c>.safetensors</c>.</param>
    /// <exception cref="WeightsException">The name ends otherwise.</exception>
    /// <exception cref="InvalidOperationException">The snapshot runs on torch's operations, or some of the network does.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public void Save(string path) => Save(_device, path);

    /// <summary>Frees the memory that is kept between calls; the next call allocates its own again.</summary>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public void Trim() => Trim(_device);

    /// <inheritdoc cref="KernelNetwork.Run(ReadOnlySpan{float}, Span{float}, int)" />
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch) => Run(input, output, batch, _plans.Height, _plans.Width);

    /// <inheritdoc cref="KernelNetwork.Run(ReadOnlySpan{float}, Span{float}, int, int, int)" />
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width) => Run(_device, _plans, input, output, batch, height, width);

    /// <summary>Runs images again and again, and says where the time goes: each step of the kernels' plan; torch's operations as one.</summary>
    /// <param name="input">N x C x H x W, on the snapshot's device and of its type.</param>
    /// <param name="iterations">The runs that are timed, each of all N images, at most a million; some more come before. How many images there are the input says.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="ArgumentException">The input has another shape, or the network does not take the size.</exception>
    /// <exception cref="NotSupportedException">The snapshot's kernels run on a GPU.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public NetworkProfile Profile(Tensor input, int iterations = KernelNetwork.ProfileRuns)
    {
        KernelNetwork.CheckRuns(iterations);
        CheckInput(input);
        return Profile(_device, _plans, [input], iterations);
    }

    /// <summary>The names that its values may be asked for by; on Blockwright's kernels without those that are computed in one pass with what follows.</summary>
    public IReadOnlyList<string> FeatureNames => FusedDevices.FeatureNames(_plans, _device);

    /// <summary>Gives values of the network by their names, <c>fused.Features(images, "stage3", "stage4")</c>. On the CPU's kernels nothing is computed that they do not need.</summary>
    /// <param name="input">N x C x H x W, on the snapshot's device and of its type.</param>
    /// <param name="names">Names of <see cref="FeatureNames"/>.</param>
    /// <returns>The values, in that order; their user disposes them.</returns>
    /// <exception cref="ArgumentException">A name is none of a value's, or the input has another shape, or the network does not take the size.</exception>
    /// <exception cref="NotSupportedException">The snapshot's kernels run on a GPU.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public FeatureTensors Features(Tensor input, params string[] names)
    {
        CheckInput(input);
        return Features(_device, _plans, [input], names);
    }

    Tensor[] INetworkSnapshot.Results(params Tensor[] inputs) => Results(inputs);

    NetworkProfile INetworkSnapshot.Profile(Tensor[] inputs, int iterations) => Profile(inputs[0], iterations);

    /// <inheritdoc />
    protected override Tensor Compute(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return _device.Run([input])[0];
    }
}
