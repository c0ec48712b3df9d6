using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What networks have in common, whatever they take and give: torch's module of each number of inputs is a class of its own.</summary>
/// <param name="module">The network.</param>
/// <param name="plans">What the build decided for it.</param>
/// <param name="layers">How its layers came into it.</param>
internal class NetworkCore(nn.Module module, NetworkPlans plans, ModuleLayers layers)
{
    public nn.Module Module => module;

    public NetworkPlans Plans => plans;

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
}

/// <summary>The same of networks with several inputs, whatever their number.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them.</typeparam>
/// <param name="network">The network.</param>
/// <param name="plans">What the build decided for it.</param>
/// <param name="pack">Makes the result of the tensors that a snapshot gives.</param>
/// <param name="compute">What its forward does.</param>
/// <param name="layers">How its layers came into it.</param>
internal sealed class NetworkCore<TResult>(nn.Module network, NetworkPlans plans, Func<Tensor[], TResult> pack, Func<Tensor[], TResult> compute, ModuleLayers layers) : NetworkCore(network, plans, layers)
{
    private readonly INetworkModule _network = (INetworkModule)network;

    public Func<Tensor[], TResult> Pack { get; } = pack ?? throw new ArgumentNullException(nameof(pack));

    /// <summary>What a snapshot runs on.</summary>
    public IFusedDevice DeviceOf(FuseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ModuleCalls.RequireLayers(Module);
        return FusedDevices.Take(_network, Plans, options);
    }

    public FeatureTensors Features(IReadOnlyList<Tensor> inputs, string[] names)
    {
        InputSizes.Check(Plans, Plans.Network, inputs);
        return ModuleCalls.Features(_network, [.. inputs], names);
    }

    public TResult Forward(Tensor[] inputs)
    {
        ObjectDisposedException.ThrowIf(Layers.IsDisposed, Module);
        InputSizes.Check(Plans, Plans.Network, inputs);
        using var scope = NewDisposeScope();
        using var frame = FeatureTrace.Enter(_network, key: null);
        try
        {
            return ResultTuple.MoveOut(compute(inputs));
        }
        catch (Exception e) when (ModuleCalls.HasMoreToSay(Module, inputs[0], e))
        {
            throw ModuleCalls.Said(Module, inputs, e);
        }
    }
}
