using System.Collections;
using System.ComponentModel;
using static TorchSharp.torch.nn;

namespace Blockwright;

/// <summary>
/// The layers whose keys begin alike, as <c>stage2</c> in <c>stage2.0.branch2.0.weight</c>: a module of the state dict that holds others and computes nothing itself. What has no weights (an activation, a pool,
/// a split) is no module, and has no key.
/// </summary>
public abstract class LayerGroup : Module
{
    private protected LayerGroup(string key)
        : base(key)
    {
    }

    /// <summary>What is in it, by the next part of the keys, in the order of the declaration.</summary>
    public IReadOnlyList<string> Keys => [.. named_children().Select(static child => child.name)];

    /// <summary>The layers, by their keys and as torch prints them.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => ModuleText.Of(this);

    /// <summary>A module's group of a key, which is made where there is none yet. Called by the build's code.</summary>
    /// <typeparam name="T">What all in it are.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="key">The key's first part.</param>
    /// <returns>The group.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static LayerGroup<T> Of<T>(Module module, string key)
        where T : Module => Of(module, key, static name => new LayerGroup<T>(name));

    /// <summary>A module's group of a key, which is made where there is none yet. Called by the build's code.</summary>
    /// <typeparam name="TGroup">A class with members for what is in it.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="key">The key; what its dots lead through is made, too.</param>
    /// <param name="make">Makes it, given the key's last part.</param>
    /// <returns>The group.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static TGroup Of<TGroup>(Module module, string key, Func<string, TGroup> make)
        where TGroup : LayerGroup
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(make);
        var (parent, name) = module.PlaceOf(key);
        if (parent.Child(name) is TGroup known)
            return known;
        var made = make(name);
        parent.register_module(name, made);
        return made;
    }

    /// <summary>A module's stage of a key, which is made where there is none yet. Called by the build's code.</summary>
    /// <typeparam name="TFirst">The first unit.</typeparam>
    /// <typeparam name="TRest">Each further one.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="key">The stage's key.</param>
    /// <returns>The stage.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static LayerStage<TFirst, TRest> StageOf<TFirst, TRest>(Module module, string key)
        where TFirst : BlockModule
        where TRest : BlockModule => Of(module, key, static name => new LayerStage<TFirst, TRest>(name));
}

// One indexer each, and none that hides another: TorchSharp's to() looks properties up by their names, and takes no two of one name.

/// <summary>The layers whose keys begin alike, all of one type: see <see cref="LayerGroup"/>.</summary>
/// <typeparam name="T">What all in it are: a block, a layer of TorchSharp's, or any module from a tensor to a tensor.</typeparam>
public class LayerGroup<T> : LayerGroup, IReadOnlyCollection<T>
    where T : Module
{
    /// <summary>A group without layers. Called by the build's code, whose groups have members for what is in them.</summary>
    /// <param name="key">The key's last part.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected internal LayerGroup(string key)
        : base(key)
    {
    }

    /// <summary>How many there are.</summary>
    public int Count => this.Count();

    /// <summary>
    /// The one of a key within the group: <c>conv1[0]</c>, <c>head["norm"]</c>; dots lead further in, <c>features["0.1"]</c>. A number is the key's own and no position: behind <c>conv1.0</c> and <c>conv1.1</c>
    /// a ReLU takes the 2, and the next convolution is <c>conv1[3]</c>.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <exception cref="KeyNotFoundException">There is no such key, or it is a group's: the message lists what there is.</exception>
    public T this[LayerKey key] => this.Find<T>(key.Text, GetName());

    /// <summary>All, in the order of the declaration.</summary>
    /// <returns>Them.</returns>
    public IEnumerator<T> GetEnumerator() => children().OfType<T>().GetEnumerator();

    /// <inheritdoc />
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A stage whose first unit is another block than the units behind it.</summary>
/// <typeparam name="TFirst">The first unit.</typeparam>
/// <typeparam name="TRest">Each further one.</typeparam>
public sealed class LayerStage<TFirst, TRest> : LayerGroup, IReadOnlyCollection<BlockModule>
    where TFirst : BlockModule
    where TRest : BlockModule
{
    internal LayerStage(string key)
        : base(key)
    {
    }

    /// <summary>How many units there are, the first with them.</summary>
    public int Count => this.Count();

    /// <summary>The first unit.</summary>
    public TFirst First => (TFirst)children().First();

    /// <summary>A unit behind the first, by its key's own number or name: <c>stage2[1]</c>.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="KeyNotFoundException">There is none, or it is the first; the message says what there is.</exception>
    public TRest this[LayerKey key] => this.Find<BlockModule>(key.Text, GetName()) is var found && found is TRest unit
        ? unit
        : throw new KeyNotFoundException($"{GetName()}.{key.Text} is the first unit, {found.GetName()}, and those behind it are {typeof(TRest).Name}: it is {GetName()}.First.");

    /// <summary>All units, the first with them.</summary>
    /// <returns>Them.</returns>
    public IEnumerator<BlockModule> GetEnumerator() => children().OfType<BlockModule>().GetEnumerator();

    /// <inheritdoc />
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
