using Blockwright.Plans;
using TorchSharp.Modules;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What a snapshot holds, whatever it gives: parts that it disposes, copies of layers, and a gate that calls pass until it is closed.</summary>
public abstract class FusedParts : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly string _name;
    private readonly int _inChannels;
    private readonly CallGate _gate;

    /// <summary>Makes an empty snapshot.</summary>
    /// <param name="name">The name of the class that it is of.</param>
    /// <param name="inChannels">The channels of its input.</param>
    private protected FusedParts(string name, int inChannels)
    {
        (_name, _inChannels) = (name, inChannels);
        _gate = new CallGate(name, () => _owned.ForEach(static owned => owned.Dispose()));
    }

    /// <summary>The key of the block that it is of in the declared module around; null where there is none.</summary>
    private protected string? Key { get; init; }

    /// <summary>Calls that run come to their end; later ones throw.</summary>
    public void Dispose()
    {
        _gate.Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whose snapshot it is.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{_name}, fused";

    /// <summary>What it gives in inference, one tensor after another; their user disposes them.</summary>
    internal abstract Tensor[] Results(Tensor input);

    private protected void CheckInput(Tensor input)
    {
        ModuleCalls.CheckThere($"The snapshot of {_name}", input);
        if (input.dim() != 4 || input.size(1) != _inChannels)
            throw new ArgumentException(Invariant($"The snapshot of {_name} takes N x {_inChannels} x H x W, and was given {input.shape.Joined(" x ")}."), nameof(input));
    }

    /// <summary>Begins a call, which ends when the result is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    private protected CallGate.Call Enter() => _gate.Enter();

    private protected static T Checked<T>(T source)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(source);
        return source;
    }

    /// <summary>Lets the snapshot dispose a part.</summary>
    /// <typeparam name="TPart">The part's type.</typeparam>
    /// <param name="part">The part.</param>
    /// <returns>The part.</returns>
    private protected TPart Own<TPart>(TPart part)
        where TPart : IDisposable
    {
        _owned.Add(part);
        return part;
    }

    /// <summary>What a snapshot keeps of a convolution and the batch norm behind it.</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="norm">The batch norm, if any.</param>
    /// <returns>The convolution with the batch norm folded in.</returns>
    protected FoldedConvolution Fold(Conv2d convolution, BatchNorm2d? norm) => Own(new FoldedConvolution(convolution, norm));

    /// <summary>What a snapshot keeps of a transposed convolution and the batch norm behind it.</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="norm">The batch norm, if any.</param>
    /// <returns>The convolution with the batch norm folded in.</returns>
    protected FoldedConvTranspose Fold(ConvTranspose2d convolution, BatchNorm2d? norm) => Own(new FoldedConvTranspose(convolution, norm));

    /// <summary>What a snapshot keeps of a batch norm that no convolution takes in: one scale and shift for each channel where it has running statistics.</summary>
    /// <param name="norm">The batch norm.</param>
    /// <returns>A copy.</returns>
    protected FrozenLayer Fold(BatchNorm2d norm)
    {
        ArgumentNullException.ThrowIfNull(norm);
        if (norm.running_mean is not { } like)
        {
            var eps = norm.eps;
            return Own(new FrozenLayer([norm.weight, norm.bias], (input, state) => TensorOps.BatchNorm(input, eps, state[0], state[1])));
        }
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (scale, shift) = NormFolding.Affine(norm);
        return Own(new FrozenLayer([OverMap(scale), OverMap(shift)], static (input, state) => addcmul(state[1]!, input, state[0]!, TensorOps.One)));

        Tensor OverMap(Tensor value) => value.reshape(1, -1, 1, 1).to(like.dtype).to(like.device);
    }

    /// <summary>What a snapshot keeps of a linear layer.</summary>
    /// <param name="linear">The layer.</param>
    /// <returns>A copy.</returns>
    protected FoldedLinear Fold(Linear linear) => Own(new FoldedLinear(linear));

    /// <summary>What a snapshot keeps of a PReLU.</summary>
    /// <param name="prelu">The layer.</param>
    /// <returns>A copy.</returns>
    protected FrozenLayer Fold(PReLU prelu)
    {
        ArgumentNullException.ThrowIfNull(prelu);
        return Own(new FrozenLayer([prelu.weight], static (input, state) => input.prelu(state[0]!)));
    }

    /// <summary>What a snapshot keeps of a learned factor for each channel.</summary>
    /// <param name="scale">The factors.</param>
    /// <returns>A copy.</returns>
    protected FrozenLayer Fold(LearnedScale scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        return Own(new FrozenLayer([scale.Parameter], static (input, state) => input * state[0]!));
    }

    /// <summary>What a snapshot keeps of a norm over groups of channels.</summary>
    /// <param name="norm">The layer.</param>
    /// <returns>A copy.</returns>
    protected FrozenLayer Fold(GroupNorm norm)
    {
        ArgumentNullException.ThrowIfNull(norm);
        var (groups, eps) = (norm.num_groups, norm.eps);
        return Own(new FrozenLayer([norm.weight, norm.bias], (input, state) => nn.functional.group_norm(input, groups, state[0], state[1], eps)));
    }

    /// <summary>What a snapshot keeps of a norm over each channel.</summary>
    /// <param name="norm">The layer.</param>
    /// <returns>A copy.</returns>
    protected FrozenLayer Fold(InstanceNorm2d norm)
    {
        ArgumentNullException.ThrowIfNull(norm);
        var eps = norm.eps;
        return Own(new FrozenLayer([norm.weight, norm.bias], (input, state) => nn.functional.instance_norm(input, weight: state[0], bias: state[1], eps: eps)));
    }

    /// <summary>What a snapshot keeps of a norm over the last dimensions.</summary>
    /// <param name="norm">The layer.</param>
    /// <returns>A copy.</returns>
    protected FrozenLayer Fold(LayerNorm norm)
    {
        ArgumentNullException.ThrowIfNull(norm);
        var (shape, eps) = (norm.normalized_shape, norm.eps);
        return Own(new FrozenLayer([norm.weight, norm.bias], (input, state) => nn.functional.layer_norm(input, shape, state[0], state[1], eps)));
    }

    /// <summary>What a snapshot keeps of a module of the user's own.</summary>
    /// <typeparam name="TModule">Its class.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="make">Makes one like it.</param>
    /// <returns>A copy.</returns>
    /// <exception cref="InvalidOperationException">What is made has other weights than the module.</exception>
    protected CopiedModule Copy<TModule>(TModule module, Func<TModule> make)
        where TModule : nn.Module<Tensor, Tensor> => Own(new CopiedModule(module, make));

    /// <summary>What a snapshot keeps of a block.</summary>
    /// <param name="block">The block.</param>
    /// <returns>Its snapshot.</returns>
    protected FusedModule Fold(BlockModule block) => Own(Checked(block).Fuse());

    /// <summary>What a snapshot keeps of blocks in a row.</summary>
    /// <param name="units">The blocks.</param>
    /// <returns>Their snapshots.</returns>
    protected FusedModule[] Fold(BlockModule[] units) => Array.ConvertAll(units, Fold);
}
