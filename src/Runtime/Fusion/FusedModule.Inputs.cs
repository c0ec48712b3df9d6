using static TorchSharp.torch;

namespace Blockwright;

/// <summary>A snapshot of a network with several inputs: what <see cref="FusedModule{TResult}"/> is of one with one.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them; those that are there in training alone are null.</typeparam>
public abstract class FusedModuleOfInputs<TResult> : FusedParts
{
    /// <summary>Makes an empty snapshot; the build's code fills it.</summary>
    /// <param name="source">The network that it is taken from.</param>
    protected FusedModuleOfInputs(INetworkModule source)
        : this(Checked(source).Plans)
    {
    }

    /// <inheritdoc cref="FusedParts(string, int)" />
    private protected FusedModuleOfInputs(NetworkPlans plans)
        : base(plans.Network, plans.Channels) => Plans = plans;

    private protected NetworkPlans Plans { get; }

    internal sealed override Tensor[] Results(Tensor[] inputs) => ResultTuple.Tensors(Call(inputs));

    private protected TResult Call(params Tensor[] inputs)
    {
        CheckInputs(inputs);
        using var call = Enter();
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var frame = FeatureTrace.Enter(this, key: null);
        try
        {
            return ResultTuple.MoveOut(Compute(inputs));
        }
        catch (Exception e) when (ModuleCalls.IsTorchs(e))
        {
            throw ModuleCalls.Failed(ToString(), inputs, e);
        }
    }

    private protected void CheckInputs(IReadOnlyList<Tensor> inputs) => InputSizes.Check(Plans, $"The snapshot of {Plans.Network}", inputs);

    /// <summary>Computes the result. Intermediate tensors may be left to the scope around it.</summary>
    /// <param name="inputs">The inputs, in their order.</param>
    /// <returns>Tensors of their own.</returns>
    protected abstract TResult Compute(Tensor[] inputs);
}
