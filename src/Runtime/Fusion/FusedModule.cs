using static TorchSharp.torch;

namespace Blockwright;

/// <summary>
/// A snapshot of a block or network for inference, from <see cref="BlockModule.Fuse"/>. It keeps no tie to the module it was taken from. It may be
/// called from several threads at once. It is no <see cref="nn.Module"/>, which would have weights to train, a mode and hooks: where one is asked for, write the parameter as
/// <c>nn.IModule&lt;Tensor, Tensor&gt;</c>, which both are, or hand over its <c>call</c> as a <c>Func&lt;Tensor, Tensor&gt;</c>.
/// </summary>
public abstract class FusedModule : FusedModule<Tensor>
{
    /// <summary>Makes an empty snapshot; the build's code fills it.</summary>
    /// <param name="source">The module that it is taken from.</param>
    protected FusedModule(BlockModule source)
        : base(source)
    {
    }

    /// <inheritdoc cref="FusedParts(string, int)" />
    private protected FusedModule(string name, int inChannels)
        : base(name, inChannels)
    {
    }
}

/// <summary>A snapshot of a block or network, whatever it gives: a <see cref="FusedModule"/>, or one of what gives several.</summary>
/// <typeparam name="TResult">A tensor, or a tuple of them: those that are there in training alone are null.</typeparam>
public abstract class FusedModule<TResult> : FusedParts, nn.IModule<Tensor, TResult>
{
    /// <summary>Makes an empty snapshot; the build's code fills it.</summary>
    /// <param name="source">The module that it is taken from.</param>
    protected FusedModule(BlockModule<TResult> source)
        : this(Checked(source).GetName(), source.InChannels) => Key = ((IBlock)source).Key;

    /// <inheritdoc cref="FusedParts(string, int)" />
    private protected FusedModule(string name, int inChannels)
        : base(name, inChannels)
    {
    }

    /// <summary>Computes the results, as the module did in evaluation mode when the snapshot was taken.</summary>
    /// <param name="input">N x C x H x W, on the snapshot's device and of its type. It is not changed.</param>
    /// <returns>The results, without gradient; their user disposes them.</returns>
    /// <exception cref="ArgumentException">The input has another shape.</exception>
    /// <exception cref="InvalidOperationException">Torch refused what a layer was given, or an input of another type or on another device.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public TResult call(Tensor input)
    {
        CheckInput(input);
        using var call = Enter();
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var frame = FeatureTrace.Enter(this, Key);
        try
        {
            var results = Compute(input);
            if (results is Tensor only)
                frame.Gives(only);
            return ResultTuple.MoveOut(results);
        }
        catch (Exception e) when (ModuleCalls.IsTorchs(e))
        {
            throw ModuleCalls.Failed(ToString(), input, e);
        }
    }

    internal sealed override Tensor[] Results(Tensor[] inputs) => ResultTuple.Tensors(call(inputs[0]));

    /// <summary>Computes the results. Intermediate tensors may be left to the scope around it.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>Tensors of their own.</returns>
    protected abstract TResult Compute(Tensor input);
}
