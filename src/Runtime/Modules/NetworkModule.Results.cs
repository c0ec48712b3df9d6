using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright;

/// <summary>
/// What the build makes of a class declared with <see cref="NetworkAttribute"/> and several results (<see cref="OutputAttribute"/>): a TorchSharp module that trains, moves between devices, saves and loads like any other.
/// </summary>
/// <typeparam name="TResult">The results: a tuple of tensors.</typeparam>
[DynamicallyAccessedMembers(ModuleLayers.Fields)]
public abstract class NetworkModule<TResult> : Module<Tensor, TResult>, INetworkModule
{
    private readonly Func<Tensor[], TResult> _pack;
    private readonly NetworkCore _core;

    /// <summary>Makes the module; the build's code adds the layers.</summary>
    /// <param name="plans">What the build decided for the network.</param>
    /// <param name="pack">Makes the results of the tensors that a snapshot gives.</param>
    protected NetworkModule(NetworkPlans plans, Func<Tensor[], TResult> pack)
        : base(NetworkCore.NameIn(plans))
    {
        ArgumentNullException.ThrowIfNull(pack);
        _pack = pack;
        _core = new(this, plans, new(this, ConditionallyRegisterParameter, (key, tensor) => ConditionallyRegisterBuffer(key, tensor)));
    }

    /// <summary>Throws. A constructor of the user's own that does not run the build's ends here, at the latest.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected NetworkModule()
        : base("") => throw NetworkCore.WithoutLayers(GetType());

    /// <summary>The channels of the input, C of N x C x H x W.</summary>
    public int InChannels => _core.Plans.Channels;

    /// <inheritdoc cref="BlockModule.Fuse"/>
    public FusedNetwork<TResult> Fuse() => Fuse(FuseOptions.Default);

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

    /// <summary>What Fuse does, written by the build: a snapshot that runs on torch's operations.</summary>
    /// <returns>The snapshot.</returns>
    protected abstract FusedModule<TResult> TakeSnapshot();

    /// <inheritdoc cref="BlockModule.ToString"/>
    public override string ToString() => ModuleText.Of(this);

    /// <inheritdoc cref="BlockModule.Register{TModule}(string, TModule)"/>
    protected TModule Register<TModule>(string key, TModule module)
        where TModule : Module => _core.Layers.Register(key, module);

    /// <inheritdoc cref="BlockModule.Register{TModule}(string, Func{TModule})"/>
    protected TModule Register<[DynamicallyAccessedMembers(ModuleLayers.Fields)] TModule>(string key, Func<TModule> make)
        where TModule : Module<Tensor, Tensor> => _core.Layers.Register(key, make);

    /// <inheritdoc cref="BlockModule.Register(string, LearnedScale)"/>
    protected LearnedScale Register(string key, LearnedScale scale) => _core.Layers.Register(key, scale);

    /// <inheritdoc cref="BlockModule.RegisterComponents"/>
    protected override void RegisterComponents() => _core.Layers.RegisterComponents(GetType());

    /// <inheritdoc cref="BlockModule.RegisterOwn(string, Module?)"/>
    protected void RegisterOwn(string name, Module? module) => _core.Layers.RegisterOwn(name, module);

    /// <inheritdoc cref="BlockModule.RegisterOwn(string, Tensor?)"/>
    protected void RegisterOwn(string name, Tensor? tensor) => _core.Layers.RegisterOwn(name, tensor);

    /// <summary>N x <see cref="InChannels"/> x H x W to the results, right in training and evaluation.</summary>
    /// <param name="input">The input.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">The input has another shape, or is of a type or on a device that the layers do not take.</exception>
    /// <exception cref="InvalidOperationException">Torch refused what a layer was given; the message says whose and of which shape.</exception>
    /// <exception cref="ObjectDisposedException">The module was disposed.</exception>
    public sealed override TResult forward(Tensor input)
    {
        ObjectDisposedException.ThrowIf(_core.Layers.IsDisposed, this);
        ModuleCalls.CheckInput(this, InChannels, input);
        using var scope = NewDisposeScope();
        using var frame = FeatureTrace.Enter(this, key: null);
        try
        {
            return ResultTuple.MoveOut(Compute(input));
        }
        catch (Exception e) when (ModuleCalls.HasMoreToSay(this, input, e))
        {
            throw ModuleCalls.Said(this, key: null, input, e);
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        // Null where the constructor threw.
        if (_core is not null)
            _core.Layers.IsDisposed = true;
        base.Dispose(disposing);
    }

    /// <summary>What forward does, written by the build. Intermediate tensors may be left to the scope around it.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>Tensors of their own.</returns>
    protected abstract TResult Compute(Tensor input);
}
