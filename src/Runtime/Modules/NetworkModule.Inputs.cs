using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright;

// Torch's module of each number of inputs is a class of its own, with which nothing else can be shared: what they have in common is NetworkCore's.

/// <summary>
/// What the build makes of a class declared with <see cref="NetworkAttribute"/> and two inputs (<see cref="InputAttribute"/>): a TorchSharp module that trains, moves between devices, saves and loads like any other. Its
/// <c>forward</c> names its parameters as the declaration names the inputs.
/// </summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them.</typeparam>
[DynamicallyAccessedMembers(ModuleLayers.Fields)]
public abstract class NetworkModule2<TResult> : Module<Tensor, Tensor, TResult>, INetworkModule
{
    private readonly NetworkCore<TResult> _core;

    /// <summary>Makes the module; the build's code adds the layers.</summary>
    /// <param name="plans">What the build decided for the network.</param>
    /// <param name="pack">Makes the result of the tensors that a snapshot gives.</param>
    protected NetworkModule2(NetworkPlans plans, Func<Tensor[], TResult> pack)
        : base(NetworkCore.NameIn(plans)) => _core = new(this, plans, pack, Compute, new(this, ConditionallyRegisterParameter, (key, tensor) => ConditionallyRegisterBuffer(key, tensor)));

    /// <summary>Throws. A constructor of the user's own that does not run the build's ends here, at the latest.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected NetworkModule2()
        : base("") => throw NetworkCore.WithoutLayers(GetType());

    /// <inheritdoc />
    public int InChannels => _core.Plans.Channels;

    /// <inheritdoc cref="NetworkModule.FeatureNames" />
    public IReadOnlyList<string> FeatureNames => [.. _core.Plans.Names.Select(static each => each.Name)];

    /// <inheritdoc cref="BlockModule.Fuse" />
    public FusedNetwork2<TResult> Fuse() => Fuse(FuseOptions.Default);

    /// <summary>Takes a snapshot for inference that computes as the options say; its user disposes it.</summary>
    /// <param name="options">How it computes.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="NotSupportedException">A layer has no kernel on the device that the options name, or the class was built without kernels for it.</exception>
    /// <exception cref="ObjectDisposedException">The module was disposed.</exception>
    public FusedNetwork2<TResult> Fuse(FuseOptions options) => new(_core, options);

    /// <summary>Runs the network, and gives values of it by their names, in training with their gradients.</summary>
    /// <param name="inputs">The inputs, in their order.</param>
    /// <param name="names">Names of <see cref="FeatureNames"/>.</param>
    /// <returns>Copies of the values, in that order; their user disposes them.</returns>
    /// <exception cref="ArgumentException">A name is none of a value's, or an input is not what the network takes.</exception>
    public FeatureTensors Features(IReadOnlyList<Tensor> inputs, params string[] names) => _core.Features(inputs, names);

    NetworkCore INetworkModule.Core => _core;

    FusedParts INetworkModule.TakeTorchSnapshot() => TakeSnapshot();

    INetworkSnapshot INetworkModule.TakeSnapshot(FuseOptions options) => Fuse(options);

    Tensor[] INetworkModule.Results(params Tensor[] inputs) => ResultTuple.Tensors(call(inputs[0], inputs[1]));

    /// <inheritdoc cref="BlockModule{TResult}.ToString" />
    public override string ToString() => ModuleText.Of(this);

    /// <summary>What Fuse does, written by the build: a snapshot that runs on torch's operations.</summary>
    /// <returns>The snapshot.</returns>
    protected abstract FusedModuleOfInputs<TResult> TakeSnapshot();

    /// <summary>What forward does, with checks of the inputs and in a dispose scope.</summary>
    /// <param name="inputs">The inputs, in their order.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">An input has another shape than the network takes, or not as many images as the first, or is of another type or on another device.</exception>
    /// <exception cref="InvalidOperationException">Torch refused what a layer was given; the message says whose and of which shapes.</exception>
    /// <exception cref="ObjectDisposedException">The module was disposed.</exception>
    protected TResult forward(Tensor[] inputs) => _core.Forward(inputs);

    /// <summary>What forward does, written by the build. Intermediate tensors may be left to the scope around it.</summary>
    /// <param name="inputs">The inputs, in their order.</param>
    /// <returns>Tensors of their own.</returns>
    protected abstract TResult Compute(Tensor[] inputs);

    /// <inheritdoc cref="BlockModule{TResult}.Register{TModule}(string, TModule)" />
    protected TModule Register<TModule>(string key, TModule module)
        where TModule : Module => _core.Layers.Register(key, module);

    /// <inheritdoc cref="BlockModule{TResult}.Register{TModule}(string, Func{TModule})" />
    protected TModule Register<[DynamicallyAccessedMembers(ModuleLayers.Fields)] TModule>(string key, Func<TModule> make)
        where TModule : Module<Tensor, Tensor> => _core.Layers.Register(key, make);

    /// <inheritdoc cref="BlockModule{TResult}.Register(string, LearnedScale)" />
    protected LearnedScale Register(string key, LearnedScale scale) => _core.Layers.Register(key, scale);

    /// <inheritdoc cref="BlockModule{TResult}.RegisterComponents" />
    protected override void RegisterComponents() => _core.Layers.RegisterComponents(GetType());

    /// <inheritdoc cref="BlockModule{TResult}.RegisterOwn(string, Module?)" />
    protected void RegisterOwn(string name, Module? module) => _core.Layers.RegisterOwn(name, module);

    /// <inheritdoc cref="BlockModule{TResult}.RegisterOwn(string, Tensor?)" />
    protected void RegisterOwn(string name, Tensor? tensor) => _core.Layers.RegisterOwn(name, tensor);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        // Null where the constructor threw.
        if (_core is not null)
            _core.Layers.IsDisposed = true;
        base.Dispose(disposing);
    }
}

/// <summary>A network with three inputs, as <see cref="NetworkModule2{TResult}"/> is one with two.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them.</typeparam>
[DynamicallyAccessedMembers(ModuleLayers.Fields)]
public abstract class NetworkModule3<TResult> : Module<Tensor, Tensor, Tensor, TResult>, INetworkModule
{
    private readonly NetworkCore<TResult> _core;

    /// <inheritdoc cref="NetworkModule2{TResult}.NetworkModule2(NetworkPlans, Func{Tensor[], TResult})" />
    protected NetworkModule3(NetworkPlans plans, Func<Tensor[], TResult> pack)
        : base(NetworkCore.NameIn(plans)) => _core = new(this, plans, pack, Compute, new(this, ConditionallyRegisterParameter, (key, tensor) => ConditionallyRegisterBuffer(key, tensor)));

    /// <inheritdoc cref="NetworkModule2{TResult}.NetworkModule2()" />
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected NetworkModule3()
        : base("") => throw NetworkCore.WithoutLayers(GetType());

    /// <inheritdoc />
    public int InChannels => _core.Plans.Channels;

    /// <inheritdoc cref="NetworkModule.FeatureNames" />
    public IReadOnlyList<string> FeatureNames => [.. _core.Plans.Names.Select(static each => each.Name)];

    /// <inheritdoc cref="BlockModule.Fuse" />
    public FusedNetwork3<TResult> Fuse() => Fuse(FuseOptions.Default);

    /// <inheritdoc cref="NetworkModule2{TResult}.Fuse(FuseOptions)" />
    public FusedNetwork3<TResult> Fuse(FuseOptions options) => new(_core, options);

    /// <inheritdoc cref="NetworkModule2{TResult}.Features" />
    public FeatureTensors Features(IReadOnlyList<Tensor> inputs, params string[] names) => _core.Features(inputs, names);

    NetworkCore INetworkModule.Core => _core;

    FusedParts INetworkModule.TakeTorchSnapshot() => TakeSnapshot();

    INetworkSnapshot INetworkModule.TakeSnapshot(FuseOptions options) => Fuse(options);

    Tensor[] INetworkModule.Results(params Tensor[] inputs) => ResultTuple.Tensors(call(inputs[0], inputs[1], inputs[2]));

    /// <inheritdoc cref="BlockModule{TResult}.ToString" />
    public override string ToString() => ModuleText.Of(this);

    /// <inheritdoc cref="NetworkModule2{TResult}.TakeSnapshot" />
    protected abstract FusedModuleOfInputs<TResult> TakeSnapshot();

    /// <inheritdoc cref="NetworkModule2{TResult}.forward(Tensor[])" />
    protected TResult forward(Tensor[] inputs) => _core.Forward(inputs);

    /// <inheritdoc cref="NetworkModule2{TResult}.Compute" />
    protected abstract TResult Compute(Tensor[] inputs);

    /// <inheritdoc cref="BlockModule{TResult}.Register{TModule}(string, TModule)" />
    protected TModule Register<TModule>(string key, TModule module)
        where TModule : Module => _core.Layers.Register(key, module);

    /// <inheritdoc cref="BlockModule{TResult}.Register{TModule}(string, Func{TModule})" />
    protected TModule Register<[DynamicallyAccessedMembers(ModuleLayers.Fields)] TModule>(string key, Func<TModule> make)
        where TModule : Module<Tensor, Tensor> => _core.Layers.Register(key, make);

    /// <inheritdoc cref="BlockModule{TResult}.Register(string, LearnedScale)" />
    protected LearnedScale Register(string key, LearnedScale scale) => _core.Layers.Register(key, scale);

    /// <inheritdoc cref="BlockModule{TResult}.RegisterComponents" />
    protected override void RegisterComponents() => _core.Layers.RegisterComponents(GetType());

    /// <inheritdoc cref="BlockModule{TResult}.RegisterOwn(string, Module?)" />
    protected void RegisterOwn(string name, Module? module) => _core.Layers.RegisterOwn(name, module);

    /// <inheritdoc cref="BlockModule{TResult}.RegisterOwn(string, Tensor?)" />
    protected void RegisterOwn(string name, Tensor? tensor) => _core.Layers.RegisterOwn(name, tensor);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        // Null where the constructor threw.
        if (_core is not null)
            _core.Layers.IsDisposed = true;
        base.Dispose(disposing);
    }
}

/// <summary>A network with four inputs, as <see cref="NetworkModule2{TResult}"/> is one with two.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them.</typeparam>
[DynamicallyAccessedMembers(ModuleLayers.Fields)]
public abstract class NetworkModule4<TResult> : Module<Tensor, Tensor, Tensor, Tensor, TResult>, INetworkModule
{
    private readonly NetworkCore<TResult> _core;

    /// <inheritdoc cref="NetworkModule2{TResult}.NetworkModule2(NetworkPlans, Func{Tensor[], TResult})" />
    protected NetworkModule4(NetworkPlans plans, Func<Tensor[], TResult> pack)
        : base(NetworkCore.NameIn(plans)) => _core = new(this, plans, pack, Compute, new(this, ConditionallyRegisterParameter, (key, tensor) => ConditionallyRegisterBuffer(key, tensor)));

    /// <inheritdoc cref="NetworkModule2{TResult}.NetworkModule2()" />
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected NetworkModule4()
        : base("") => throw NetworkCore.WithoutLayers(GetType());

    /// <inheritdoc />
    public int InChannels => _core.Plans.Channels;

    /// <inheritdoc cref="NetworkModule.FeatureNames" />
    public IReadOnlyList<string> FeatureNames => [.. _core.Plans.Names.Select(static each => each.Name)];

    /// <inheritdoc cref="BlockModule.Fuse" />
    public FusedNetwork4<TResult> Fuse() => Fuse(FuseOptions.Default);

    /// <inheritdoc cref="NetworkModule2{TResult}.Fuse(FuseOptions)" />
    public FusedNetwork4<TResult> Fuse(FuseOptions options) => new(_core, options);

    /// <inheritdoc cref="NetworkModule2{TResult}.Features" />
    public FeatureTensors Features(IReadOnlyList<Tensor> inputs, params string[] names) => _core.Features(inputs, names);

    NetworkCore INetworkModule.Core => _core;

    FusedParts INetworkModule.TakeTorchSnapshot() => TakeSnapshot();

    INetworkSnapshot INetworkModule.TakeSnapshot(FuseOptions options) => Fuse(options);

    Tensor[] INetworkModule.Results(params Tensor[] inputs) => ResultTuple.Tensors(call(inputs[0], inputs[1], inputs[2], inputs[3]));

    /// <inheritdoc cref="BlockModule{TResult}.ToString" />
    public override string ToString() => ModuleText.Of(this);

    /// <inheritdoc cref="NetworkModule2{TResult}.TakeSnapshot" />
    protected abstract FusedModuleOfInputs<TResult> TakeSnapshot();

    /// <inheritdoc cref="NetworkModule2{TResult}.forward(Tensor[])" />
    protected TResult forward(Tensor[] inputs) => _core.Forward(inputs);

    /// <inheritdoc cref="NetworkModule2{TResult}.Compute" />
    protected abstract TResult Compute(Tensor[] inputs);

    /// <inheritdoc cref="BlockModule{TResult}.Register{TModule}(string, TModule)" />
    protected TModule Register<TModule>(string key, TModule module)
        where TModule : Module => _core.Layers.Register(key, module);

    /// <inheritdoc cref="BlockModule{TResult}.Register{TModule}(string, Func{TModule})" />
    protected TModule Register<[DynamicallyAccessedMembers(ModuleLayers.Fields)] TModule>(string key, Func<TModule> make)
        where TModule : Module<Tensor, Tensor> => _core.Layers.Register(key, make);

    /// <inheritdoc cref="BlockModule{TResult}.Register(string, LearnedScale)" />
    protected LearnedScale Register(string key, LearnedScale scale) => _core.Layers.Register(key, scale);

    /// <inheritdoc cref="BlockModule{TResult}.RegisterComponents" />
    protected override void RegisterComponents() => _core.Layers.RegisterComponents(GetType());

    /// <inheritdoc cref="BlockModule{TResult}.RegisterOwn(string, Module?)" />
    protected void RegisterOwn(string name, Module? module) => _core.Layers.RegisterOwn(name, module);

    /// <inheritdoc cref="BlockModule{TResult}.RegisterOwn(string, Tensor?)" />
    protected void RegisterOwn(string name, Tensor? tensor) => _core.Layers.RegisterOwn(name, tensor);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        // Null where the constructor threw.
        if (_core is not null)
            _core.Layers.IsDisposed = true;
        base.Dispose(disposing);
    }
}

/// <summary>A network with five inputs, as <see cref="NetworkModule2{TResult}"/> is one with two.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them.</typeparam>
[DynamicallyAccessedMembers(ModuleLayers.Fields)]
public abstract class NetworkModule5<TResult> : Module<Tensor, Tensor, Tensor, Tensor, Tensor, TResult>, INetworkModule
{
    private readonly NetworkCore<TResult> _core;

    /// <inheritdoc cref="NetworkModule2{TResult}.NetworkModule2(NetworkPlans, Func{Tensor[], TResult})" />
    protected NetworkModule5(NetworkPlans plans, Func<Tensor[], TResult> pack)
        : base(NetworkCore.NameIn(plans)) => _core = new(this, plans, pack, Compute, new(this, ConditionallyRegisterParameter, (key, tensor) => ConditionallyRegisterBuffer(key, tensor)));

    /// <inheritdoc cref="NetworkModule2{TResult}.NetworkModule2()" />
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected NetworkModule5()
        : base("") => throw NetworkCore.WithoutLayers(GetType());

    /// <inheritdoc />
    public int InChannels => _core.Plans.Channels;

    /// <inheritdoc cref="NetworkModule.FeatureNames" />
    public IReadOnlyList<string> FeatureNames => [.. _core.Plans.Names.Select(static each => each.Name)];

    /// <inheritdoc cref="BlockModule.Fuse" />
    public FusedNetwork5<TResult> Fuse() => Fuse(FuseOptions.Default);

    /// <inheritdoc cref="NetworkModule2{TResult}.Fuse(FuseOptions)" />
    public FusedNetwork5<TResult> Fuse(FuseOptions options) => new(_core, options);

    /// <inheritdoc cref="NetworkModule2{TResult}.Features" />
    public FeatureTensors Features(IReadOnlyList<Tensor> inputs, params string[] names) => _core.Features(inputs, names);

    NetworkCore INetworkModule.Core => _core;

    FusedParts INetworkModule.TakeTorchSnapshot() => TakeSnapshot();

    INetworkSnapshot INetworkModule.TakeSnapshot(FuseOptions options) => Fuse(options);

    Tensor[] INetworkModule.Results(params Tensor[] inputs) => ResultTuple.Tensors(call(inputs[0], inputs[1], inputs[2], inputs[3], inputs[4]));

    /// <inheritdoc cref="BlockModule{TResult}.ToString" />
    public override string ToString() => ModuleText.Of(this);

    /// <inheritdoc cref="NetworkModule2{TResult}.TakeSnapshot" />
    protected abstract FusedModuleOfInputs<TResult> TakeSnapshot();

    /// <inheritdoc cref="NetworkModule2{TResult}.forward(Tensor[])" />
    protected TResult forward(Tensor[] inputs) => _core.Forward(inputs);

    /// <inheritdoc cref="NetworkModule2{TResult}.Compute" />
    protected abstract TResult Compute(Tensor[] inputs);

    /// <inheritdoc cref="BlockModule{TResult}.Register{TModule}(string, TModule)" />
    protected TModule Register<TModule>(string key, TModule module)
        where TModule : Module => _core.Layers.Register(key, module);

    /// <inheritdoc cref="BlockModule{TResult}.Register{TModule}(string, Func{TModule})" />
    protected TModule Register<[DynamicallyAccessedMembers(ModuleLayers.Fields)] TModule>(string key, Func<TModule> make)
        where TModule : Module<Tensor, Tensor> => _core.Layers.Register(key, make);

    /// <inheritdoc cref="BlockModule{TResult}.Register(string, LearnedScale)" />
    protected LearnedScale Register(string key, LearnedScale scale) => _core.Layers.Register(key, scale);

    /// <inheritdoc cref="BlockModule{TResult}.RegisterComponents" />
    protected override void RegisterComponents() => _core.Layers.RegisterComponents(GetType());

    /// <inheritdoc cref="BlockModule{TResult}.RegisterOwn(string, Module?)" />
    protected void RegisterOwn(string name, Module? module) => _core.Layers.RegisterOwn(name, module);

    /// <inheritdoc cref="BlockModule{TResult}.RegisterOwn(string, Tensor?)" />
    protected void RegisterOwn(string name, Tensor? tensor) => _core.Layers.RegisterOwn(name, tensor);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        // Null where the constructor threw.
        if (_core is not null)
            _core.Layers.IsDisposed = true;
        base.Dispose(disposing);
    }
}

/// <summary>A network with six inputs, as <see cref="NetworkModule2{TResult}"/> is one with two.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them.</typeparam>
[DynamicallyAccessedMembers(ModuleLayers.Fields)]
public abstract class NetworkModule6<TResult> : Module<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, TResult>, INetworkModule
{
    private readonly NetworkCore<TResult> _core;

    /// <inheritdoc cref="NetworkModule2{TResult}.NetworkModule2(NetworkPlans, Func{Tensor[], TResult})" />
    protected NetworkModule6(NetworkPlans plans, Func<Tensor[], TResult> pack)
        : base(NetworkCore.NameIn(plans)) => _core = new(this, plans, pack, Compute, new(this, ConditionallyRegisterParameter, (key, tensor) => ConditionallyRegisterBuffer(key, tensor)));

    /// <inheritdoc cref="NetworkModule2{TResult}.NetworkModule2()" />
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected NetworkModule6()
        : base("") => throw NetworkCore.WithoutLayers(GetType());

    /// <inheritdoc />
    public int InChannels => _core.Plans.Channels;

    /// <inheritdoc cref="NetworkModule.FeatureNames" />
    public IReadOnlyList<string> FeatureNames => [.. _core.Plans.Names.Select(static each => each.Name)];

    /// <inheritdoc cref="BlockModule.Fuse" />
    public FusedNetwork6<TResult> Fuse() => Fuse(FuseOptions.Default);

    /// <inheritdoc cref="NetworkModule2{TResult}.Fuse(FuseOptions)" />
    public FusedNetwork6<TResult> Fuse(FuseOptions options) => new(_core, options);

    /// <inheritdoc cref="NetworkModule2{TResult}.Features" />
    public FeatureTensors Features(IReadOnlyList<Tensor> inputs, params string[] names) => _core.Features(inputs, names);

    NetworkCore INetworkModule.Core => _core;

    FusedParts INetworkModule.TakeTorchSnapshot() => TakeSnapshot();

    INetworkSnapshot INetworkModule.TakeSnapshot(FuseOptions options) => Fuse(options);

    Tensor[] INetworkModule.Results(params Tensor[] inputs) => ResultTuple.Tensors(call(inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5]));

    /// <inheritdoc cref="BlockModule{TResult}.ToString" />
    public override string ToString() => ModuleText.Of(this);

    /// <inheritdoc cref="NetworkModule2{TResult}.TakeSnapshot" />
    protected abstract FusedModuleOfInputs<TResult> TakeSnapshot();

    /// <inheritdoc cref="NetworkModule2{TResult}.forward(Tensor[])" />
    protected TResult forward(Tensor[] inputs) => _core.Forward(inputs);

    /// <inheritdoc cref="NetworkModule2{TResult}.Compute" />
    protected abstract TResult Compute(Tensor[] inputs);

    /// <inheritdoc cref="BlockModule{TResult}.Register{TModule}(string, TModule)" />
    protected TModule Register<TModule>(string key, TModule module)
        where TModule : Module => _core.Layers.Register(key, module);

    /// <inheritdoc cref="BlockModule{TResult}.Register{TModule}(string, Func{TModule})" />
    protected TModule Register<[DynamicallyAccessedMembers(ModuleLayers.Fields)] TModule>(string key, Func<TModule> make)
        where TModule : Module<Tensor, Tensor> => _core.Layers.Register(key, make);

    /// <inheritdoc cref="BlockModule{TResult}.Register(string, LearnedScale)" />
    protected LearnedScale Register(string key, LearnedScale scale) => _core.Layers.Register(key, scale);

    /// <inheritdoc cref="BlockModule{TResult}.RegisterComponents" />
    protected override void RegisterComponents() => _core.Layers.RegisterComponents(GetType());

    /// <inheritdoc cref="BlockModule{TResult}.RegisterOwn(string, Module?)" />
    protected void RegisterOwn(string name, Module? module) => _core.Layers.RegisterOwn(name, module);

    /// <inheritdoc cref="BlockModule{TResult}.RegisterOwn(string, Tensor?)" />
    protected void RegisterOwn(string name, Tensor? tensor) => _core.Layers.RegisterOwn(name, tensor);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        // Null where the constructor threw.
        if (_core is not null)
            _core.Layers.IsDisposed = true;
        base.Dispose(disposing);
    }
}
