using System.ComponentModel;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>
/// What a snapshot keeps of a module of the user's own: one that is made as the declaration makes it, with a copy of the weights, in evaluation. What else was set on the module since then is not in it, nor are its hooks.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class CopiedModule : nn.IModule<Tensor, Tensor>, IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _copy;
    private readonly Holder _holder;

    /// <param name="source">The module.</param>
    /// <param name="make">Makes one like it.</param>
    /// <exception cref="InvalidOperationException">What is made has other weights than the module.</exception>
    internal CopiedModule(nn.Module<Tensor, Tensor> source, Func<nn.Module<Tensor, Tensor>> make)
    {
        using var noGradient = no_grad();
        // Of what is drawn for the copy's first weights nobody else is to notice.
        using var drawn = get_rng_state();
        try
        {
            _copy = make();
        }
        finally
        {
            set_rng_state(drawn);
        }
        _holder = new Holder(_copy);
        try
        {
            Copy(source);
        }
        catch
        {
            Dispose();
            throw;
        }
        _copy.eval();
    }

    internal Type Type => _copy.GetType();

    /// <summary>What the module computes in evaluation.</summary>
    /// <param name="input">N x C x H x W, or N x F.</param>
    /// <returns>What it gives.</returns>
    public Tensor call(Tensor input) => _copy.call(input);

    /// <inheritdoc />
    public void Dispose() => _holder.Dispose();

    private void Copy(nn.Module<Tensor, Tensor> source)
    {
        var weights = source.state_dict();
        if (!weights.Keys.Order(StringComparer.Ordinal).SequenceEqual(_copy.state_dict().Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            throw new InvalidOperationException($"{Type} cannot be copied for a snapshot: made anew as its declaration makes it, it has other keys in its state dict than the one that is there. Let its constructor make all of its weights.");
        }
        if (weights.Values.FirstOrDefault(static weight => weight.is_floating_point()) is { } like)
            _copy.to(like.dtype).to(like.device);
        foreach (var (key, copy) in _copy.state_dict())
            copy.copy_(weights[key]);
    }

    /// <summary>A module's fields are registered once it stands in another, as the one that is copied does.</summary>
    private sealed class Holder : nn.Module
    {
        public Holder(nn.Module copy)
            : base(nameof(Holder)) => register_module(nameof(copy), copy);
    }
}
