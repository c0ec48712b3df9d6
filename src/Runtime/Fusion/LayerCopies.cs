using System.ComponentModel;
using Blockwright.Plans;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>Copies of layers, as inference needs them: what the build's code keeps of a module for as long as a snapshot lives.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class LayerCopies
{
    private readonly List<IDisposable> _owned = [];

    private protected LayerCopies()
    {
    }

    private protected void DisposeCopies() => _owned.ForEach(static owned => owned.Dispose());

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
    /// <param name="owner">The declared module that it is a layer of.</param>
    /// <param name="module">The module.</param>
    /// <returns>A copy.</returns>
    /// <exception cref="InvalidOperationException">Made again, it has other weights, or its constructor does not make all of them.</exception>
    protected CopiedModule Copy(nn.Module owner, nn.Module<Tensor, Tensor> module)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(module);
        var (make, fields) = ModuleLayers.Of(owner)!.MakerOf(module);
        return Own(new CopiedModule(module, make, fields));
    }
}
