using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What networks with several inputs have in common, whatever their number.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them.</typeparam>
/// <param name="network">The network.</param>
/// <param name="plans">What the build decided for it.</param>
/// <param name="pack">Makes the result of the tensors that a snapshot gives.</param>
/// <param name="compute">What its forward does.</param>
/// <param name="layers">Its layers.</param>
internal sealed class NetworkCore<TResult>(INetworkModule network, NetworkPlans plans, Func<Tensor[], TResult> pack, Func<Tensor[], TResult> compute, ModuleLayers layers)
{
    public NetworkPlans Plans => plans;

    public Func<Tensor[], TResult> Pack { get; } = pack ?? throw new ArgumentNullException(nameof(pack));

    public ModuleLayers Layers => layers;

    /// <summary>Held by whoever hangs hooks into the layers.</summary>
    public Lock Profiling { get; } = new();

    /// <summary>The network's name, as the first constructor that runs asks for it.</summary>
    public static string NameIn(NetworkPlans plans)
    {
        ArgumentNullException.ThrowIfNull(plans);
        return NativeTorch.Required(plans.Network);
    }

    /// <summary>What a constructor that does not run the build's throws.</summary>
    public static InvalidOperationException WithoutLayers(Type type) => new($"{type} has no layers: the constructor that was called does not run the one that the build writes. Give it ': this(...)', as BW0027 says.");

    /// <summary>What a snapshot runs on.</summary>
    public IFusedDevice DeviceOf(FuseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ModuleCalls.RequireLayers(network.Module);
        return FusedDevices.Take(network, plans, options);
    }

    public FeatureTensors Features(IReadOnlyList<Tensor> inputs, string[] names)
    {
        InputSizes.Check(plans, plans.Network, inputs);
        return ModuleCalls.Features(network, [.. inputs], names);
    }

    public TResult Forward(Tensor[] inputs)
    {
        ObjectDisposedException.ThrowIf(layers.IsDisposed, network);
        InputSizes.Check(plans, plans.Network, inputs);
        using var scope = NewDisposeScope();
        using var frame = FeatureTrace.Enter(network, key: null);
        try
        {
            return ResultTuple.MoveOut(compute(inputs));
        }
        catch (Exception e) when (ModuleCalls.HasMoreToSay(network.Module, inputs[0], e))
        {
            throw ModuleCalls.Said(network.Module, inputs, e);
        }
    }
}
