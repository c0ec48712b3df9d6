using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Blockwright.Weights;

// What a pickle can build here. Beside these only null, bool, long, double, BigInteger, string and byte[] occur.

/// <summary>A tuple.</summary>
internal sealed class PickleTuple(object?[] items)
{
    public static readonly PickleTuple Empty = new([]);

    private long[]? _sizes;

    public object?[] Items { get; } = items;

    /// <summary>The items as sizes, if all are integers from 0 on. Tensors that share the tuple share the array.</summary>
    public bool TryGetSizes([NotNullWhen(true)] out long[]? sizes)
    {
        if (_sizes is null && Array.TrueForAll(Items, item => item is long and >= 0))
            _sizes = Array.ConvertAll(Items, item => (long)item!);
        sizes = _sizes;
        return sizes is not null;
    }
}

/// <summary>A list. No part of a state dict is one, so its items are read past and forgotten.</summary>
internal sealed class PickleList
{
    public static readonly PickleList Any = new();
}

/// <summary>
/// A dict or a collections.OrderedDict: the pairs in order. There is no hash table: keys come from the file, and could be chosen to collide.
/// </summary>
internal sealed class PickleDict
{
    private List<KeyValuePair<object?, object?>>? _pairs;

    public IReadOnlyList<KeyValuePair<object?, object?>> Pairs => _pairs ?? (IReadOnlyList<KeyValuePair<object?, object?>>)[];

    public void Add(object? key, object? value) => (_pairs ??= []).Add(new(key, value));
}

/// <summary>A storage that a persistent id names: a record of the archive, seen as elements of a type.</summary>
/// <param name="Type">The element type; null for an untyped storage, whose length is in bytes.</param>
/// <param name="Key">The record <c>data/KEY</c>.</param>
/// <param name="Length">Its length in elements.</param>
internal sealed record PickleStorage(WeightType? Type, string Key, long Length)
{
    public int ElementSize => Type?.ElementSize() ?? 1;
}

/// <summary>A tensor: a strided view of a storage, as the pickle says. Whether that can be, <see cref="TensorView"/> checks.</summary>
/// <param name="Storage">What it views.</param>
/// <param name="Type">The element type.</param>
/// <param name="Offset">The first element, counted in elements from the start of the storage.</param>
/// <param name="Sizes">The dimensions.</param>
/// <param name="Strides">The distance in elements from one index to the next, in each dimension.</param>
/// <param name="Position">Where in the pickle it is built.</param>
internal sealed record PickleTensor(PickleStorage Storage, WeightType Type, long Offset, PickleTuple Sizes, PickleTuple Strides, long Position);

/// <summary>Words for a value of a pickle.</summary>
internal static class PickleValue
{
    public static string Describe(object? value) => value switch
    {
        null => "None",
        bool => "a bool",
        long or BigInteger => "an integer",
        double => "a float",
        string => "a text",
        byte[] => "bytes",
        PickleTuple tuple => $"a tuple of {tuple.Items.Length}",
        PickleList => "a list",
        PickleDict => "a dict",
        PickleStorage => "a storage",
        PickleTensor => "a tensor",
        PickleGlobal global => $"the global {global.Name}",
        _ => value.GetType().Name,
    };
}
