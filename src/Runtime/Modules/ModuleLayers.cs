using BindingFlags = System.Reflection.BindingFlags;
using FieldInfo = System.Reflection.FieldInfo;
using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright;

/// <summary>
/// How layers and members of the user's own come into a declared module, whatever it gives: torch has no base class between Module and Module&lt;T, TResult&gt; that both kinds of module could share.
/// </summary>
/// <param name="owner">The declared module.</param>
/// <param name="registerParameter">The module's own way to register a parameter.</param>
/// <param name="registerBuffer">The module's own way to register a buffer.</param>
internal sealed class ModuleLayers(Module owner, Action<string, Tensor> registerParameter, Action<string, Tensor> registerBuffer)
{
    /// <summary>What is looked through of a class of the user's own: trimming keeps it.</summary>
    public const DynamicallyAccessedMemberTypes Fields = DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields;

    /// <summary>The keys of members of the user's own.</summary>
    private readonly HashSet<string> _own = new(StringComparer.Ordinal);

    /// <summary>The declaration's layers, with how many parameters and buffers each had, and with what numbers it was made.</summary>
    private readonly List<(string Key, Module Module, int Tensors, (string Name, string Value)[] Numbers)> _registered = [];

    /// <summary>What makes each module of the user's own again, and the fields of its class.</summary>
    private readonly Dictionary<Module, (Func<Module<Tensor, Tensor>> Make, FieldInfo[] Fields)> _makers = new(ReferenceEqualityComparer.Instance);

    private readonly Dictionary<string, LearnedScale> _scales = new(StringComparer.Ordinal);

    /// <summary>A declared module's; null of any other.</summary>
    public static ModuleLayers? Of(Module module) => (module as IBlock)?.Layers ?? (module as INetworkModule)?.Layers;

    /// <summary>
    /// What is said where the module, or a layer of the declaration, was disposed: it has no weights then, and nothing else would say so. Null where all are there.
    /// </summary>
    public ObjectDisposedException? Disposed()
    {
        if (IsDisposed)
            return new(owner.GetName());
        foreach (var (key, module, tensors, declared) in _registered)
        {
            if (Of(module) is null && Living(module) < tensors && Taken(LayerNumbers.Of(module), declared) is { } name)
                return new(owner.GetName(), $"{owner.GetName()}: {key}.{name} is null, and the layer was declared with one. Put a tensor there, or declare the layer without.");
            if (Of(module) is { } inner ? inner.Disposed() is not null : Living(module) < tensors)
                return new(owner.GetName(), $"{owner.GetName()}: its layer '{key}', or a weight of it, has been disposed or taken away. Whoever takes a layer from a module (net.fc) does not own it; make the module anew and load its weights.");
        }
        return null;
    }

    /// <summary>What of a layer is another than it was declared with, by its key; null where nothing is.</summary>
    public string? Changed()
    {
        foreach (var (key, module, _, declared) in _registered)
        {
            if (Of(module)?.Changed() is { } inner)
                return $"{key}.{inner}";
            if (declared.Length > 0 && LayerNumbers.Of(module).Zip(declared).FirstOrDefault(static each => each.First.Value != each.Second.Value) is { First: { Name: not null } now, Second: var before })
                return $"{key}.{now.Name} is {now.Value}, and was declared as {before.Value}";
        }
        return null;
    }

    /// <summary>Whether the module was disposed.</summary>
    public bool IsDisposed { get; set; }

    /// <summary>The tensor that somebody has set to null, where the others are there.</summary>
    private static string? Taken((string Name, string Value)[] now, (string Name, string Value)[] declared)
    {
        var gone = now.Zip(declared).Where(static each => each.First.Value == "none" && each.Second.Value != "none").Select(static each => each.First.Name).ToList();
        return gone is [var only] && !now.Any(static each => each.Value == "disposed") ? only : null;
    }

    private static int Living(Module module) => module.parameters().Concat(module.buffers()).Count(static tensor => !tensor.IsInvalid);

    /// <summary>Registers a submodule under a key of the state dict, making the modules that its dots lead through.</summary>
    public TModule Register<TModule>(string key, TModule module)
        where TModule : Module
    {
        var (parent, name) = owner.PlaceOf(key);
        parent.register_module(name, module);
        if (module is IBlock block)
            block.Key = key;
        if (module is GroupNorm norm)
            Begin(norm);
        // A module of the user's own may come to have fewer; with none left of any it was disposed.
        _registered.Add((key, module, module is IBlock ? 0 : module.GetType().Assembly == typeof(Module).Assembly ? Living(module) : Math.Min(Living(module), 1), LayerNumbers.Of(module)));
        return module;
    }

    /// <summary>A scale of 1 and a shift of 0, as in torch: TorchSharp leaves what was in the memory before.</summary>
    private static void Begin(GroupNorm norm)
    {
        using var noGradient = no_grad();
        init.ones_(norm.weight);
        init.zeros_(norm.bias);
    }

    /// <summary>Makes and registers a module of the user's own, of which snapshots make another.</summary>
    public TModule Register<[DynamicallyAccessedMembers(Fields)] TModule>(string key, Func<TModule> make)
        where TModule : Module<Tensor, Tensor>
    {
        ArgumentNullException.ThrowIfNull(make);
        var module = Register(key, make());
        _makers[module] = (make, typeof(TModule).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic));
        return module;
    }

    /// <summary>What makes a module of the user's own again, and the fields of its class.</summary>
    public (Func<Module<Tensor, Tensor>> Make, FieldInfo[] Fields) MakerOf(Module<Tensor, Tensor> module) => _makers[module];

    /// <summary>A layer of the declaration, or of one in it, with the declared module that it is directly in.</summary>
    /// <param name="key">Its key.</param>
    public (Module Owner, object Layer) Find(string key)
    {
        foreach (var (own, module, _, _) in _registered)
        {
            if (own == key)
                return (owner, module);
            if (key.StartsWith(own + ".", StringComparison.Ordinal) && Of(module) is { } inner)
                return inner.Find(key[(own.Length + 1)..]);
        }
        return (owner, _scales[key]);
    }

    /// <summary>The parameters of the declaration's layers by their keys, without those of modules and members of the user's own.</summary>
    public IEnumerable<(string Key, Tensor Parameter)> Parameters() =>
        _registered.Where(each => !_makers.ContainsKey(each.Module))
            .SelectMany(static each => (Of(each.Module)?.Parameters() ?? each.Module.named_parameters().Select(static own => (own.name, (Tensor)own.parameter))).Select(own => ($"{each.Key}.{own.Item1}", own.Item2)))
            .Concat(_scales.Select(static each => (each.Key, (Tensor)each.Value.Parameter)));

    /// <summary>Registers a parameter under a key of the state dict.</summary>
    public LearnedScale Register(string key, LearnedScale scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        var (parent, name) = owner.PlaceOf(key);
        scale.RegisterIn(parent, name);
        _scales[key] = scale;
        return scale;
    }

    /// <summary>Of a declared class the build writes what to register. A class that is derived from one by hand is looked through, as TorchSharp does.</summary>
    public void RegisterComponents([DynamicallyAccessedMembers(Fields)] Type type)
    {
        if (IsDeclared(type))
            return;
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(static field => !IsDeclared(field.DeclaringType!)))
        {
            // An automatic property's field is called <Property>k__BackingField.
            var name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
            switch (field.GetValue(owner))
            {
                case Module module: RegisterOwn(name, module); break;
                case Tensor tensor: RegisterOwn(name, tensor); break;
                default: break;
            }
        }
    }

    /// <summary>Registers a module that a member of the user's own holds; again it registers what the member holds then.</summary>
    public void RegisterOwn(string name, Module? module)
    {
        // A list, once registered, takes no notice of what is added to it: one that is empty still waits for that.
        var isEmptyList = module is System.Collections.IEnumerable list && !list.Cast<object>().Any();
        if (module is null || isEmptyList || !IsOwn(name))
            return;
        // Registered anew: it may be another module than before, or a list that holds more.
        owner.register_module(name, null!);
        owner.register_module(name, module);
    }

    /// <summary>Registers a parameter, or else as a buffer a tensor, that a member of the user's own holds; again it registers what the member holds then.</summary>
    public void RegisterOwn(string name, Tensor? tensor)
    {
        if (tensor is null || !IsOwn(name))
            return;
        if (tensor is TorchSharp.Modules.Parameter)
            registerParameter(name, tensor);
        else
            registerBuffer(name, tensor);
    }

    private static bool IsDeclared(Type type) => type.IsDefined(typeof(BlockAttribute), inherit: false) || type.IsDefined(typeof(NetworkAttribute), inherit: false);

    private bool IsOwn(string name) => _own.Contains(name)
        || (owner.named_children().Any(each => each.name == name) || owner.named_parameters(recurse: false).Any(each => each.name == name) ? throw Taken(name) : _own.Add(name));

    private InvalidOperationException Taken(string name) => new($"{owner.GetName()} has something else under the key '{name}': rename the member '{name}'.");
}
