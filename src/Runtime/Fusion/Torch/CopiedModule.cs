using System.ComponentModel;
using System.Reflection;
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
    private readonly FieldInfo[] _unset;
    private readonly int _weights;
    private volatile bool _hasRun;

    /// <param name="source">The module.</param>
    /// <param name="make">Makes one like it.</param>
    /// <param name="fields">The module's fields.</param>
    /// <exception cref="InvalidOperationException">What is made has other weights than the module, or its constructor does not make all of them.</exception>
    internal CopiedModule(nn.Module<Tensor, Tensor> source, Func<nn.Module<Tensor, Tensor>> make, FieldInfo[] fields)
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
        (_unset, _weights) = ([.. fields.Where(field => field.GetValue(_copy) is null)], _copy.state_dict().Count);
        try
        {
            RequireMade(source);
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
    /// <exception cref="InvalidOperationException">Its first forward made weights, which are others than the module's.</exception>
    public Tensor call(Tensor input)
    {
        var result = _copy.call(input);
        if (!_hasRun)
        {
            RequireMade(_copy);
            if (_copy.state_dict().Count != _weights)
                throw OtherKeys();
            _hasRun = true;
        }
        return result;
    }

    /// <inheritdoc />
    public void Dispose() => _holder.Dispose();

    private void Copy(nn.Module<Tensor, Tensor> source)
    {
        var weights = source.state_dict();
        if (!weights.Keys.Order(StringComparer.Ordinal).SequenceEqual(_copy.state_dict().Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            throw OtherKeys();
        }
        if (weights.Values.FirstOrDefault(static weight => weight.is_floating_point()) is { } like)
            _copy.to(like.dtype).to(like.device);
        foreach (var (key, copy) in _copy.state_dict())
            copy.copy_(weights[key]);
    }

    /// <summary>A layer that the first forward makes is made anew in the copy, with other weights; and where it is not registered, no state dict has them.</summary>
    private void RequireMade(nn.Module module)
    {
        if (Array.Find(_unset, field => field.GetValue(module) is TorchSharp.Modules.Parameter || (field.GetValue(module) is nn.Module made && made.state_dict().Count > 0)) is { } late)
            throw new InvalidOperationException($"{Type} cannot be copied for a snapshot: its constructor leaves {late.Name} null, and forward makes it, so that a copy would have other weights. Let its constructor make all of its weights, and register them.");
    }

    private InvalidOperationException OtherKeys() =>
        new($"{Type} cannot be copied for a snapshot: made anew as its declaration makes it, it has other keys in its state dict than the one that is there. Let its constructor make all of its weights.");

    /// <summary>A module's fields are registered once it stands in another, as the one that is copied does.</summary>
    private sealed class Holder : nn.Module
    {
        public Holder(nn.Module copy)
            : base(nameof(Holder)) => register_module(nameof(copy), copy);
    }
}
