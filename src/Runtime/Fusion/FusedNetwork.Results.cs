using static TorchSharp.torch;

namespace Blockwright;

/// <summary>A network's snapshot with several results, as <see cref="FusedNetwork"/> is one with one result. It may be called from several threads at once.</summary>
/// <typeparam name="TResult">The results: a tuple of tensors. Those that are there in training alone are null.</typeparam>
public sealed class FusedNetwork<TResult> : FusedModule<TResult>, INetworkSnapshot
{
    private readonly NetworkPlans _plans;
    private readonly IFusedDevice _device;
    private readonly Func<Tensor[], TResult> _pack;

    private FusedNetwork(NetworkPlans plans, IFusedDevice device, Func<Tensor[], TResult> pack)
        : base(plans.Network, plans.Channels) => (_plans, _device, _pack) = (plans, Own(device), pack);

    /// <inheritdoc cref="FusedNetwork.Kernels"/>
    public KernelNetwork? Kernels => _device.Network;

    internal static FusedNetwork<TResult> Take(NetworkModule<TResult> source, NetworkPlans plans, FuseOptions options, Func<Tensor[], TResult> pack) => new(plans, FusedDevices.Take(source, plans, options), pack);

    /// <inheritdoc cref="FusedNetwork.Save"/>
    public void Save(string path) => Save(_device, path);

    /// <inheritdoc cref="FusedNetwork.Trim"/>
    public void Trim() => Trim(_device);

    /// <inheritdoc cref="KernelNetwork.Run(ReadOnlySpan{float}, Span{float}, int)" />
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch) => Run(input, output, batch, _plans.Height, _plans.Width);

    /// <inheritdoc cref="KernelNetwork.Run(ReadOnlySpan{float}, Span{float}, int, int, int)" />
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width) => Run(_device, _plans, input, output, batch, height, width);

    /// <inheritdoc cref="FusedNetwork.Profile"/>
    public NetworkProfile Profile(Tensor input, int iterations = KernelNetwork.ProfileRuns)
    {
        KernelNetwork.CheckRuns(iterations);
        CheckInput(input);
        return Profile(_device, _plans, [input], iterations);
    }

    /// <inheritdoc cref="FusedNetwork.FeatureNames"/>
    public IReadOnlyList<string> FeatureNames => FusedDevices.FeatureNames(_plans, _device);

    /// <inheritdoc cref="FusedNetwork.Features"/>
    public FeatureTensors Features(Tensor input, params string[] names)
    {
        CheckInput(input);
        return Features(_device, _plans, [input], names);
    }

    Tensor[] INetworkSnapshot.Results(params Tensor[] inputs) => Results(inputs);

    NetworkProfile INetworkSnapshot.Profile(Tensor[] inputs, int iterations) => Profile(inputs[0], iterations);

    /// <inheritdoc />
    protected override TResult Compute(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return _pack(_device.Run([input]));
    }
}
