using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What a snapshot holds, whatever it gives: copies of layers, and a gate that calls pass until it is closed.</summary>
public abstract partial class FusedParts : LayerCopies, IDisposable
{
    private readonly string _name;
    private readonly int _inChannels;
    private readonly CallGate _gate;

    /// <summary>Makes an empty snapshot.</summary>
    /// <param name="name">The name of the class that it is of.</param>
    /// <param name="inChannels">The channels of its input.</param>
    private protected FusedParts(string name, int inChannels)
    {
        (_name, _inChannels) = (name, inChannels);
        _gate = new CallGate(name, DisposeCopies);
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
    internal abstract Tensor[] Results(Tensor[] inputs);

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

    /// <summary>What a snapshot keeps of a block.</summary>
    /// <param name="block">The block.</param>
    /// <returns>Its snapshot.</returns>
    protected FusedModule Fold(BlockModule block) => Own(Checked(block).Fuse());

    /// <summary>What a snapshot keeps of a block with several results.</summary>
    /// <typeparam name="TResult">The results: a tuple of tensors.</typeparam>
    /// <param name="block">The block.</param>
    /// <returns>Its snapshot.</returns>
    protected FusedModule<TResult> Fold<TResult>(BlockModule<TResult> block) => Own(Checked(block).Fuse());

    /// <summary>What a snapshot keeps of blocks in a row.</summary>
    /// <param name="units">The blocks.</param>
    /// <returns>Their snapshots.</returns>
    protected FusedModule[] Fold(BlockModule[] units) => Array.ConvertAll(units, Fold);
}
