using System.ComponentModel;
using System.Globalization;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright;

/// <summary>A key of a state dict within a module, without the parameter's own name: a number or a text, <c>0</c> or <c>"1.branch2.0"</c>.</summary>
/// <param name="Text">The key.</param>
public readonly record struct LayerKey(string Text)
{
    /// <summary>A key that is a number.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator LayerKey(int number) => FromInt32(number);

    /// <summary>Any key.</summary>
    /// <param name="text">The key.</param>
    public static implicit operator LayerKey(string text) => FromString(text);

    /// <summary>A key that is a number.</summary>
    /// <param name="number">The number.</param>
    /// <returns>The key.</returns>
    public static LayerKey FromInt32(int number) => new(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Any key.</summary>
    /// <param name="text">The key.</param>
    /// <returns>The key.</returns>
    public static LayerKey FromString(string text) => new(text);
}

/// <summary>Layers by their keys.</summary>
public static class LayerKeys
{
    /// <summary>
    /// The layer or block of a key of the state dict, without the parameter's own name: <c>net.Layer("stage2.0.branch2.0")</c>. It may be called, and a hook that is registered on it sees the tensors of the
    /// network's forward.
    /// </summary>
    /// <param name="module">A network, a block, or a group of layers.</param>
    /// <param name="key">The key.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="KeyNotFoundException">There is no such key, or it is a group's: the message lists what there is.</exception>
    public static Module<Tensor, Tensor> Layer(this Module module, LayerKey key)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.Find<Module<Tensor, Tensor>>(key.Text, module.GetName());
    }

    /// <summary>The layer of a key's first part, where it is there. Called by the build's code.</summary>
    /// <param name="module">A network or a block.</param>
    /// <param name="name">The key.</param>
    /// <returns>The layer, or null.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static Module? Member(Module module, string name)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.Child(name);
    }

    /// <summary>The module of a key, behind a module that messages call by a name.</summary>
    internal static T Find<T>(this Module module, string key, string name)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(key);
        var found = module;
        foreach (var part in key.Split('.'))
        {
            found = found.Child(part) ?? throw new KeyNotFoundException($"{name} has no layer '{part}'; it has {Listed(found)}.");
            name += "." + part;
        }
        return found as T ?? throw new KeyNotFoundException(found switch
        {
            LayerGroup => $"{name} is no layer; it has {Listed(found)}.",
            IBlock and not Module<Tensor, Tensor> => $"{name} is {found.GetType().Name}, a block with several values: its member of that name has its type, and named_modules() has it by its key.",
            _ => $"{name} is {found.GetType().Name}, no {typeof(T).Name}: ask for it by Layer(\"{key}\").",
        });
    }

    internal static Module? Child(this Module module, string name) => module.named_children().FirstOrDefault(child => child.name == name).module;

    /// <summary>Where a key's last part stands: the modules that its dots lead through are made where there are none.</summary>
    internal static (Module Parent, string Name) PlaceOf(this Module module, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var parent = module;
        var parts = key.Split('.');
        foreach (var part in parts.AsSpan(0, parts.Length - 1))
        {
            var child = parent.Child(part);
            if (child is null)
                parent.register_module(part, child = new LayerGroup<Module<Tensor, Tensor>>(part));
            parent = child;
        }
        return (parent, parts[^1]);
    }

    private static string Listed(Module module)
    {
        var names = module.named_children().Select(static child => $"'{child.name}'").ToList();
        return names.Count == 0 ? "none" : string.Join(", ", names);
    }
}
