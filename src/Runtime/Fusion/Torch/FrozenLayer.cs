using System.ComponentModel;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>A copy of a layer's tensors, and what torch's operations make of an input with them.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class FrozenLayer : IDisposable
{
    private readonly Tensor?[] _state;
    private readonly Func<Tensor, Tensor?[], Tensor> _compute;

    /// <param name="state">The layer's tensors; null for what it has not.</param>
    /// <param name="compute">What the layer computes of an input and the copies.</param>
    internal FrozenLayer(Tensor?[] state, Func<Tensor, Tensor?[], Tensor> compute)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _state = Array.ConvertAll(state, static tensor => tensor?.detach().clone().DetachFromDisposeScope());
        _compute = compute;
    }

    /// <summary>What the layer computes.</summary>
    /// <param name="input">N x C x H x W, or N x F where the layer takes that.</param>
    /// <returns>A new tensor.</returns>
    public Tensor call(Tensor input) => _compute(input, _state);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var tensor in _state)
            tensor?.Dispose();
    }
}
