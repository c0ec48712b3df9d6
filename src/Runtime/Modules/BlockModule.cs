using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>
/// What the build makes of a class declared with <see cref="BlockAttribute"/> or <see cref="NetworkAttribute"/>: a TorchSharp module that trains,
/// moves between devices, saves and loads like any other.
/// <para>
/// Its layers are members by their keys: <c>net.fc</c>, <c>net.conv1[0]</c>, <c>net.stage3[1].branch2[0]</c>, each of which may be called and take hooks. A stage's first unit, where it is another block, is <c>net.stage3.First</c>. A key that is no name is an indexer's, <c>unit[0]</c> or
/// <c>net["stage3.1.branch2.0"]</c>. A member of one's own, an inherited one and one that the build writes keep their names; a layer whose key begins with it is reached by <see cref="LayerKeys.Layer"/>, as any is.
/// </para>
/// <para>
/// A hook's tensors live while the hook runs: what is to be kept is cloned, <c>y.clone().DetachFromDisposeScope()</c>, since the forward frees a value behind its last reader, and an activation may overwrite it.
/// What has no weights (an activation, a pool, a split, a join) is a call on a tensor and no module: no hook can be hung there; one on the layer behind it sees the same tensor come in.
/// </para>
/// </summary>
[DynamicallyAccessedMembers(ModuleLayers.Fields)]
public abstract class BlockModule : BlockModule<Tensor>
{
    /// <inheritdoc cref="BlockModule{TResult}(string, int)"/>
    protected BlockModule(string name, int inChannels)
        : base(name, inChannels)
    {
    }

    /// <inheritdoc cref="BlockModule{TResult}()"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected BlockModule()
    {
    }

    /// <summary>The channels of the result: C of N x C x H x W, or F of N x F.</summary>
    public int OutChannels { get; protected set; }

    /// <inheritdoc cref="BlockModule{TResult}.Fuse"/>
    public new FusedModule Fuse() => (FusedModule)base.Fuse();

    private protected override FusedModule FuseCore() => TakeSnapshot();

    /// <inheritdoc/>
    protected abstract override FusedModule TakeSnapshot();
}

/// <summary>
/// What declared modules with one input have in common, whatever they give: a <see cref="BlockModule"/> a tensor; what the build makes of a class declared with <see cref="BlockAttribute"/> and several results
/// (<see cref="OutputAttribute"/>) a tuple, of which all holds that is said of a <see cref="BlockModule"/>.
/// </summary>
/// <typeparam name="TResult">A tensor, or a tuple of them.</typeparam>
[DynamicallyAccessedMembers(ModuleLayers.Fields)]
public abstract class BlockModule<TResult> : Module<Tensor, TResult>, IBlock
{
    private readonly ModuleLayers _layers;

    /// <summary>Makes the module; the build's code adds the layers.</summary>
    /// <param name="name">The class's name.</param>
    /// <param name="inChannels">The channels of the input, C.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inChannels"/> is less than 1.</exception>
    protected BlockModule(string name, int inChannels)
        : base(NativeTorch.Required(name))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inChannels, 1);
        InChannels = inChannels;
        _layers = new(this, ConditionallyRegisterParameter, (key, tensor) => ConditionallyRegisterBuffer(key, tensor));
    }

    /// <summary>Throws. A constructor of the user's own that does not run the build's ends here, at the latest.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected BlockModule()
        : base("") => throw NetworkCore.WithoutLayers(GetType());

    /// <summary>The channels of the input, C of N x C x H x W.</summary>
    public int InChannels { get; }

    ModuleLayers IBlock.Layers => _layers;

    string? IBlock.Key
    {
        get => Key;
        set => Key = value;
    }

    private protected ModuleLayers Layers => _layers;

    private protected string? Key { get; private set; }

    /// <summary>
    /// Takes a snapshot for inference: batch norms folded into the convolutions before them, activations in place. It has its own copy of the
    /// weights, on the module's device and in its type; training the module on leaves it as it was. Hooks are not part of it.
    /// </summary>
    /// <returns>The snapshot; its user disposes it.</returns>
    /// <exception cref="ObjectDisposedException">The module was disposed.</exception>
    public FusedModule<TResult> Fuse()
    {
        ModuleCalls.RequireLayers(this);
        return FuseCore();
    }

    private protected virtual FusedModule<TResult> FuseCore() => TakeSnapshot();

    /// <summary>What Fuse does, written by the build: a snapshot that runs on torch's operations.</summary>
    /// <returns>The snapshot.</returns>
    protected abstract FusedModule<TResult> TakeSnapshot();

    /// <summary>The layers, by their keys and as torch prints them; what has no weights is no module, and not among them.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => ModuleText.Of(this);

    /// <summary>Registers a submodule under a key of the state dict, making the modules that its dots lead through.</summary>
    /// <typeparam name="TModule">The submodule's type.</typeparam>
    /// <param name="key">The key, as in <c>stage2.0</c>.</param>
    /// <param name="module">The submodule.</param>
    /// <returns>The submodule.</returns>
    protected TModule Register<TModule>(string key, TModule module)
        where TModule : Module => _layers.Register(key, module);

    /// <summary>Makes and registers a module of the user's own, of which snapshots make another.</summary>
    /// <typeparam name="TModule">The module's type.</typeparam>
    /// <param name="key">The key, as in <c>stage2.0</c>.</param>
    /// <param name="make">Makes the module.</param>
    /// <returns>The module.</returns>
    protected TModule Register<[DynamicallyAccessedMembers(ModuleLayers.Fields)] TModule>(string key, Func<TModule> make)
        where TModule : Module<Tensor, Tensor> => _layers.Register(key, make);

    /// <summary>Registers a parameter under a key of the state dict.</summary>
    /// <param name="key">The key, as in <c>features.1.0.layer_scale</c>.</param>
    /// <param name="scale">The parameter.</param>
    /// <returns>The parameter.</returns>
    protected LearnedScale Register(string key, LearnedScale scale) => _layers.Register(key, scale);

    /// <summary>
    /// Registers the modules, parameters and buffers that members of the user's own hold, by the members' names; the layers of the declaration are registered by their keys already.
    /// The build's constructor calls it, for members that are set where they are declared. A constructor that sets others calls it behind them; it may be called again.
    /// </summary>
    /// <exception cref="InvalidOperationException">A layer of the declaration has the key.</exception>
    protected override void RegisterComponents() => _layers.RegisterComponents(GetType());

    /// <summary>Registers a module that a member of the user's own holds; again it registers what the member holds then.</summary>
    /// <param name="name">The member's name.</param>
    /// <param name="module">The module, or null while the member is not set.</param>
    /// <exception cref="InvalidOperationException">A layer of the declaration has that key.</exception>
    protected void RegisterOwn(string name, Module? module) => _layers.RegisterOwn(name, module);

    /// <summary>Registers a parameter, or else as a buffer a tensor, that a member of the user's own holds; again it registers what the member holds then.</summary>
    /// <param name="name">The member's name.</param>
    /// <param name="tensor">The tensor, or null while the member is not set.</param>
    /// <exception cref="InvalidOperationException">A layer of the declaration has that key.</exception>
    protected void RegisterOwn(string name, Tensor? tensor) => _layers.RegisterOwn(name, tensor);

    /// <summary>N x <see cref="InChannels"/> x H x W to the results, right in training and evaluation.</summary>
    /// <param name="input">The input.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">The input has another shape, or is of a type or on a device that the layers do not take.</exception>
    /// <exception cref="InvalidOperationException">Torch refused what a layer was given; the message says whose and of which shape.</exception>
    /// <exception cref="ObjectDisposedException">The module was disposed.</exception>
    public sealed override TResult forward(Tensor input)
    {
        ObjectDisposedException.ThrowIf(_layers.IsDisposed, this);
        ModuleCalls.CheckInput(this, InChannels, input);
        using var scope = NewDisposeScope();
        using var frame = FeatureTrace.Enter(this, Key);
        try
        {
            var results = Compute(input);
            if (results is Tensor only)
                frame.Gives(only);
            return ResultTuple.MoveOut(results);
        }
        catch (Exception e) when (ModuleCalls.HasMoreToSay(this, input, e))
        {
            throw ModuleCalls.Said(this, Key, input, e);
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        // Null where the constructor threw.
        if (_layers is not null)
            _layers.IsDisposed = true;
        base.Dispose(disposing);
    }

    /// <summary>What forward does, written by the build. Intermediate tensors may be left to the scope around it.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>Tensors of their own.</returns>
    protected abstract TResult Compute(Tensor input);
}
