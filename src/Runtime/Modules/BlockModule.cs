using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright;

/// <summary>
/// What the build makes of a class declared with <see cref="BlockAttribute"/> or <see cref="NetworkAttribute"/>: a TorchSharp module that trains,
/// moves between devices, saves and loads like any other.
/// </summary>
public abstract class BlockModule : Module<Tensor, Tensor>
{
    /// <summary>Makes the module; the build's code adds the layers.</summary>
    /// <param name="name">The class's name.</param>
    /// <param name="inChannels">The channels of the input, C.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inChannels"/> is less than 1.</exception>
    protected BlockModule(string name, int inChannels)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inChannels, 1);
        InChannels = inChannels;
    }

    /// <summary>The channels of the input, C of N x C x H x W.</summary>
    public int InChannels { get; }

    /// <summary>The channels of the result: C of N x C x H x W, or F of N x F.</summary>
    public int OutChannels { get; protected set; }

    /// <summary>
    /// Takes a snapshot for inference: batch norms folded into the convolutions before them, activations in place. It has its own copy of the
    /// weights, on the module's device and in its type; training the module on leaves it as it was.
    /// </summary>
    /// <returns>The snapshot; its user disposes it.</returns>
    public abstract FusedModule Fuse();

    /// <summary>Registers a submodule under a key of the state dict, making the modules that its dots lead through.</summary>
    /// <typeparam name="TModule">The submodule's type.</typeparam>
    /// <param name="key">The key, as in <c>stage2.0</c>.</param>
    /// <param name="module">The submodule.</param>
    /// <returns>The submodule.</returns>
    protected TModule Register<TModule>(string key, TModule module)
        where TModule : Module
    {
        Module parent = this;
        var parts = key.Split('.');
        foreach (var part in parts.AsSpan(0, parts.Length - 1))
        {
            var child = parent.named_children().FirstOrDefault(child => child.name == part).module;
            if (child is null)
                parent.register_module(part, child = new KeyModule(part));
            parent = child;
        }
        parent.register_module(parts[^1], module);
        return module;
    }

    /// <summary>Every submodule is registered by name in the constructor; TorchSharp's search through fields would register them again by the fields' names.</summary>
    protected override void RegisterComponents()
    {
    }

    /// <summary>N x <see cref="InChannels"/> x H x W to N x <see cref="OutChannels"/> x H' x W' (or N x F), right in training and evaluation.</summary>
    /// <param name="input">The input.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">The input has another shape.</exception>
    public override Tensor forward(Tensor input)
    {
        CheckInput(input);
        using var scope = NewDisposeScope();
        return Compute(input).MoveToOuterDisposeScope();
    }

    /// <summary>What forward does, written by the build. Intermediate tensors may be left to the scope around it.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>A tensor of its own.</returns>
    protected abstract Tensor Compute(Tensor input);

    private void CheckInput(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.dim() != 4 || input.size(1) != InChannels)
            throw new ArgumentException($"{GetName()} takes N x {InChannels} x H x W, and was given {string.Join(" x ", input.shape)}.", nameof(input));
    }

    /// <summary>A step of a key that is no layer by itself, as <c>stage2</c> in <c>stage2.0.branch2.0.weight</c>.</summary>
    private sealed class KeyModule(string name) : Module(name);
}
