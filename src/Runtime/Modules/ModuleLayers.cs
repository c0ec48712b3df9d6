using BindingFlags = System.Reflection.BindingFlags;
using System.Diagnostics.CodeAnalysis;
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
    /// <summary>The keys of members of the user's own.</summary>
    private readonly HashSet<string> _own = new(StringComparer.Ordinal);

    /// <summary>Registers a submodule under a key of the state dict, making the modules that its dots lead through.</summary>
    public TModule Register<TModule>(string key, TModule module)
        where TModule : Module
    {
        var (parent, name) = owner.PlaceOf(key);
        parent.register_module(name, module);
        if (module is BlockModule block)
            block.Key = key;
        return module;
    }

    /// <summary>Registers a parameter under a key of the state dict.</summary>
    public LearnedScale Register(string key, LearnedScale scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        var (parent, name) = owner.PlaceOf(key);
        scale.RegisterIn(parent, name);
        return scale;
    }

    /// <summary>Of a declared class the build writes what to register. A class that is derived from one by hand is looked through, as TorchSharp does.</summary>
    public void RegisterComponents([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)] Type type)
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
