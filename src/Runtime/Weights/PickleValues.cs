using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Blockwright.Weights;

// What a pickle can build here. Beside these only null, bool, long, double, BigInteger and string occur.

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

/// <summary>A list.</summary>
internal sealed class PickleList
{
    private List<object?>? _items;

    public IReadOnlyList<object?> Items => _items ?? (IReadOnlyList<object?>)[];

    public void Add(ReadOnlySpan<object?> items) => (_items ??= []).AddRange(items);
}

/// <summary>
/// A dict or a collections.OrderedDict: the pairs in order. There is no hash table: keys come from the file, and could be chosen to collide.
/// </summary>
internal sealed class PickleDict
{
    private List<KeyValuePair<object?, object?>>? _pairs;

    public IReadOnlyList<KeyValuePair<object?, object?>> Pairs => _pairs ?? (IReadOnlyList<KeyValuePair<object?, object?>>)[];

    /// <summary>Whether a tensor stands in it under a text, be it of a kind that is not read.</summary>
    public bool HasTensor { get; private set; }

    public void Add(object? key, object? value)
    {
        (_pairs ??= []).Add(new(key, value));
        HasTensor |= key is string && value is PickleTensor or PickleOpaque { IsTensor: true };
    }
}

/// <summary>A storage that a persistent id names: bytes of the file, seen as elements of a type.</summary>
/// <param name="Class">The class, which says what the elements are.</param>
/// <param name="Key">The name of its bytes: the record <c>data/KEY</c> of an archive.</param>
/// <param name="Length">The length of all its bytes, in elements.</param>
/// <param name="ViewStart">The element that is the first of this storage: old files have storages that are parts of others.</param>
/// <param name="ViewLength">Its length in elements.</param>
internal sealed record PickleStorage(PickleGlobal Class, string Key, long Length, long ViewStart, long ViewLength);

/// <summary>A tensor: a strided view of a storage, as the pickle says. Whether that can be, <see cref="TensorView"/> checks.</summary>
/// <param name="Storage">What it views.</param>
/// <param name="Type">The element type.</param>
/// <param name="Offset">The first element, counted in elements from the start of the storage.</param>
/// <param name="Sizes">The dimensions.</param>
/// <param name="Strides">The distance in elements from one index to the next, in each dimension.</param>
/// <param name="Position">Where in the pickle it is built.</param>
internal sealed record PickleTensor(PickleStorage Storage, WeightType Type, long Offset, PickleTuple Sizes, PickleTuple Strides, long Position)
{
    /// <summary>Whether another one views the same elements.</summary>
    public bool IsSame(PickleTensor other)
        => ReferenceEquals(this, other)
            || (Storage == other.Storage && Type == other.Type && Offset == other.Offset && IsSame(Sizes, other.Sizes) && IsSame(Strides, other.Strides));

    private static bool IsSame(PickleTuple sizes, PickleTuple others)
        => ReferenceEquals(sizes, others)
            // Longer ones are of no tensor, and many tensors could have them.
            || (sizes.Items.Length <= TensorView.MostDimensions && others.Items.Length == sizes.Items.Length
                && sizes.TryGetSizes(out var left) && others.TryGetSizes(out var right) && left.AsSpan().SequenceEqual(right));
}

/// <summary>A value that no weight is made of. It is known by its description alone: nothing was executed or imported to have it.</summary>
internal sealed class PickleOpaque
{
    public static readonly PickleOpaque Bytes = new("bytes");

    public static readonly PickleOpaque LongText = new("a long text");

    public static readonly PickleOpaque LongInteger = new("an integer");

    public static readonly PickleOpaque Set = new("a set");

    public static readonly PickleOpaque Extension = new("an object of a registered extension");

    public static readonly PickleOpaque Module = new("the source of a module");

    public static readonly PickleOpaque View = new("a conjugated or negated view; save tensor.resolve_conj().resolve_neg()", isTensor: true);

    private readonly string? _description;
    private readonly PickleGlobal? _global;

    /// <param name="description">What it is, in words.</param>
    /// <param name="isTensor">Whether it is a tensor of a kind that is not read.</param>
    public PickleOpaque(string description, bool isTensor = false)
    {
        _description = description;
        IsTensor = isTensor;
    }

    /// <param name="global">The class that it is of, or the function that would make it.</param>
    public PickleOpaque(PickleGlobal global)
    {
        _global = global;
        IsTensor = global.Kind == PickleGlobalKind.ForeignTensor;
    }

    public string Description => _description ?? $"an object of {WeightsException.Show(_global!.Name)}";

    public bool IsTensor { get; }
}

/// <summary>Values of a pickle: shared ones, and words for all.</summary>
internal static class PickleValue
{
    private static readonly object[] Small = [.. Enumerable.Range(0, 1 << 8).Select(value => (object)(long)value)];

    /// <summary>An integer. The small ones, of which pickles are full, are shared.</summary>
    public static object Integer(long value) => value >= 0 && value < Small.Length ? Small[value] : value;

    public static string Describe(object? value) => value switch
    {
        null => "None",
        bool => "a bool",
        long or BigInteger => "an integer",
        double => "a float",
        string => "a text",
        PickleTuple tuple => $"a tuple of {tuple.Items.Length}",
        PickleList => "a list",
        PickleDict => "a dict",
        PickleStorage => "a storage",
        PickleTensor => "a tensor",
        PickleOpaque opaque => opaque.Description,
        PickleGlobal global => $"the global {WeightsException.Show(global.Name)}",
        _ => value.GetType().Name,
    };
}
