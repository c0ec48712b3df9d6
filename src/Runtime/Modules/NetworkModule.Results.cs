using System.ComponentModel;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>
/// What the build makes of a class declared with <see cref="NetworkAttribute"/> and several results (<see cref="OutputAttribute"/>): a TorchSharp module that trains, moves between devices, saves and loads like any other.
/// </summary>
/// <typeparam name="TResult">The results: a tuple of tensors.</typeparam>
public abstract class NetworkModule<TResult> : BlockModule<TResult>, INetworkModule
{
    private readonly Func<Tensor[], TResult> _pack;
    private readonly NetworkCore _core;

    /// <summary>Makes the module; the build's code adds the layers.</summary>
    /// <param name="plans">What the build decided for the network.</param>
    /// <param name="pack">Makes the results of the tensors that a snapshot gives.</param>
    protected NetworkModule(NetworkPlans plans, Func<Tensor[], TResult> pack)
        : base(NetworkCore.NameIn(plans), plans.Channels)
    {
        ArgumentNullException.ThrowIfNull(pack);
        _pack = pack;
        _core = new(this, plans, Layers);
    }

    /// <inheritdoc cref="BlockModule{TResult}()"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected NetworkModule() => (_pack, _core) = (null!, null!);

    /// <inheritdoc cref="BlockModule.Fuse"/>
    public new FusedNetwork<TResult> Fuse() => Fuse(FuseOptions.Default);

    /// <summary>Takes a snapshot for inference that computes as the options say; its user disposes it.</summary>
    /// <param name="options">How it computes.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The module was disposed.</exception>
    public FusedNetwork<TResult> Fuse(FuseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ModuleCalls.RequireLayers(this);
        return FusedNetwork<TResult>.Take(this, _core.Plans, options, _pack);
    }

    /// <inheritdoc cref="NetworkModule.FeatureNames"/>
    public IReadOnlyList<string> FeatureNames => [.. _core.Plans.Names.Select(static each => each.Name)];

    /// <inheritdoc cref="NetworkModule.Features"/>
    public FeatureTensors Features(Tensor input, params string[] names) => ModuleCalls.Features(this, [input], names);

    NetworkCore INetworkModule.Core => _core;

    FusedParts INetworkModule.TakeTorchSnapshot() => TakeSnapshot();

    INetworkSnapshot INetworkModule.TakeSnapshot(FuseOptions options) => Fuse(options);

    Tensor[] INetworkModule.Results(params Tensor[] inputs) => ResultTuple.Tensors(call(inputs[0]));

    private protected sealed override FusedModule<TResult> FuseCore() => Fuse();
}
