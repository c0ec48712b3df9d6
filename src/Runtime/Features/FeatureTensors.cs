using System.Collections;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>
/// Values of a network by their names: what its <c>Features</c> gives. They are tensors of their own, in the order in which they were asked for; whoever disposes this disposes them.
/// <c>var (low, high) = features;</c> takes them apart, and <c>features["stage3"]</c> is one of them.
/// </summary>
public sealed class FeatureTensors : IReadOnlyList<Tensor>, IDisposable
{
    private readonly string[] _names;
    private readonly Tensor[] _tensors;

    internal FeatureTensors(string[] names, Tensor[] tensors) => (_names, _tensors) = (names, tensors);

    /// <summary>The names, in the order in which they were asked for.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <inheritdoc />
    public int Count => _tensors.Length;

    /// <inheritdoc />
    public Tensor this[int index] => _tensors[index];

    /// <summary>The value of a name.</summary>
    /// <param name="name">One of those that were asked for.</param>
    /// <exception cref="KeyNotFoundException">It was not asked for.</exception>
    public Tensor this[string name] => Array.IndexOf(_names, name) is >= 0 and var index
        ? _tensors[index]
        : throw new KeyNotFoundException($"'{name}' was not asked for; {ValueNames.Listed(_names)} {(_names.Length == 1 ? "was" : "were")}.");

    /// <summary>Takes two values apart.</summary>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    /// <exception cref="InvalidOperationException">Another number of values was asked for.</exception>
    public void Deconstruct(out Tensor first, out Tensor second)
    {
        Require(2);
        (first, second) = (_tensors[0], _tensors[1]);
    }

    /// <summary>Takes three values apart.</summary>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    /// <param name="third">The third.</param>
    /// <exception cref="InvalidOperationException">Another number of values was asked for.</exception>
    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third)
    {
        Require(3);
        (first, second, third) = (_tensors[0], _tensors[1], _tensors[2]);
    }

    /// <summary>Takes four values apart.</summary>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    /// <param name="third">The third.</param>
    /// <param name="fourth">The fourth.</param>
    /// <exception cref="InvalidOperationException">Another number of values was asked for.</exception>
    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third, out Tensor fourth)
    {
        Require(4);
        (first, second, third, fourth) = (_tensors[0], _tensors[1], _tensors[2], _tensors[3]);
    }

    /// <inheritdoc />
    public IEnumerator<Tensor> GetEnumerator() => _tensors.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Disposes the tensors.</summary>
    public void Dispose() => Array.ForEach(_tensors, static tensor => tensor.Dispose());

    private void Require(int count)
    {
        if (_tensors.Length != count)
            throw new InvalidOperationException(Invariant($"{count} values are taken apart, and {_tensors.Length} were asked for: {ValueNames.Listed(_names)}."));
    }
}
