using System.ComponentModel;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What the build makes of a class declared with <see cref="NetworkAttribute"/>: a <see cref="BlockModule"/> whose snapshots run on Blockwright's kernels.</summary>
public abstract class NetworkModule : BlockModule, INetworkModule
{
    private readonly NetworkCore _core;

    /// <summary>Makes the module; the build's code adds the layers.</summary>
    /// <param name="plans">What the build decided for the network.</param>
    protected NetworkModule(NetworkPlans plans)
        : base(NetworkCore.NameIn(plans), plans.Channels) => _core = new(this, plans, Layers);

    /// <summary>Throws. A constructor of the user's own that does not run the build's ends here, at the latest.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected NetworkModule() => _core = null!;

    /// <summary>What the build decided for the network.</summary>
    internal NetworkPlans Plans => _core.Plans;

    /// <inheritdoc cref="BlockModule.Fuse"/>
    public new FusedNetwork Fuse() => Fuse(FuseOptions.Default);

    /// <summary>Takes a snapshot for inference that computes as the options say; its user disposes it.</summary>
    /// <param name="options">How it computes.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The module was disposed.</exception>
    public FusedNetwork Fuse(FuseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ModuleCalls.RequireLayers(this);
        return FusedNetwork.Take(this, Plans, options);
    }

    /// <summary>
    /// The names that its values may be asked for by: what As, Split and Output say, and the keys of paths, stages, their units and blocks, <c>stage3</c> and <c>stage3.1</c>. A name is what bears it at the end, behind the last layer; a path's key what its last
    /// layer with a key in it gives, behind the activations, dropouts and shuffles that follow.
    /// </summary>
    public IReadOnlyList<string> FeatureNames => [.. Plans.Names.Select(static each => each.Name)];

    /// <summary>Runs the network, and gives values of it by their names, in training with their gradients: <c>net.Features(images, "stage3", "stage4")</c>.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="names">Names of <see cref="FeatureNames"/>.</param>
    /// <returns>Copies of the values, in that order; their user disposes them.</returns>
    /// <exception cref="ArgumentException">A name is none of a value's, or the input has another shape, or is of a type or on a device that the layers do not take.</exception>
    public FeatureTensors Features(Tensor input, params string[] names) => ModuleCalls.Features(this, [input], names);

    private protected sealed override FusedModule FuseCore() => Fuse();

    NetworkCore INetworkModule.Core => _core;

    FusedParts INetworkModule.TakeTorchSnapshot() => TakeSnapshot();

    INetworkSnapshot INetworkModule.TakeSnapshot(FuseOptions options) => Fuse(options);

    Tensor[] INetworkModule.Results(params Tensor[] inputs) => [call(inputs[0])];
}
