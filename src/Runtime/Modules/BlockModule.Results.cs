using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright;

/// <summary>
/// What the build makes of a class declared with <see cref="BlockAttribute"/> and several results (<see cref="OutputAttribute"/>), and what one of a network with such derives from: all that <see cref="BlockModule"/> says holds, but that it gives a tuple.
/// </summary>
/// <typeparam name="TResult">The results: a tuple of tensors.</typeparam>
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

    /// <inheritdoc cref="BlockModule.Fuse"/>
    public FusedModule<TResult> Fuse()
    {
        ModuleCalls.RequireLayers(this);
        return FuseCore();
    }

    private protected virtual FusedModule<TResult> FuseCore() => TakeSnapshot();

    /// <summary>What Fuse does, written by the build: a snapshot that runs on torch's operations.</summary>
    /// <returns>The snapshot.</returns>
    protected abstract FusedModule<TResult> TakeSnapshot();

    /// <inheritdoc cref="BlockModule.ToString"/>
    public override string ToString() => ModuleText.Of(this);

    /// <inheritdoc cref="BlockModule.Register{TModule}(string, TModule)"/>
    protected TModule Register<TModule>(string key, TModule module)
        where TModule : Module => _layers.Register(key, module);

    /// <inheritdoc cref="BlockModule.Register{TModule}(string, Func{TModule})"/>
    protected TModule Register<[DynamicallyAccessedMembers(ModuleLayers.Fields)] TModule>(string key, Func<TModule> make)
        where TModule : Module<Tensor, Tensor> => _layers.Register(key, make);

    /// <inheritdoc cref="BlockModule.Register(string, LearnedScale)"/>
    protected LearnedScale Register(string key, LearnedScale scale) => _layers.Register(key, scale);

    /// <inheritdoc cref="BlockModule.RegisterComponents"/>
    protected override void RegisterComponents() => _layers.RegisterComponents(GetType());

    /// <inheritdoc cref="BlockModule.RegisterOwn(string, Module?)"/>
    protected void RegisterOwn(string name, Module? module) => _layers.RegisterOwn(name, module);

    /// <inheritdoc cref="BlockModule.RegisterOwn(string, Tensor?)"/>
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
            return ResultTuple.MoveOut(Compute(input));
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
