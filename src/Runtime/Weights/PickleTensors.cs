namespace Blockwright.Weights;

/// <summary>
/// Builds what the globals of a pickle stand for: ordered dicts, storages and tensors, whose arguments are all checked by type; and opaque values for
/// every other name.
/// </summary>
internal sealed class PickleTensors(PickleCursor cursor)
{
    /// <summary>The storages that persistent ids named, by key, in the order of their first mention.</summary>
    public Dictionary<string, PickleStorage> Storages { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// What a persistent id names: <c>('storage', class, key, device, length)</c>, before PyTorch 1.6 with a sixth item that says of which part of the
    /// bytes it is a view; or <c>('module', class, file, source)</c>, which those files have for the class of a network.
    /// </summary>
    public object Storage(object? id)
    {
        // The device is where the tensor was; the reader decides where it goes.
        if (id is PickleTuple
            {
                Items: [
                    "storage", PickleGlobal { Kind: PickleGlobalKind.Storage or PickleGlobalKind.Other } type, string key, string,
                    long and >= 0 and var length, .. var rest]
            }
            && View(rest, length) is var (start, viewLength))
        {
            var storage = new PickleStorage(type, key, length, start, viewLength);
            Storages.TryAdd(key, storage);
            return storage;
        }
        if (id is PickleTuple { Items: ["module", PickleGlobal or PickleOpaque, ..] })
            return PickleOpaque.Module;
        throw cursor.Fault($"a persistent id is a tuple ('storage', class, key, device, length); found {PickleValue.Describe(id)} of other content.");
    }

    /// <summary>The result of calling a function, or a class.</summary>
    public object Reduce(object? function, object? arguments)
    {
        if (arguments is not PickleTuple { Items: var items } || function is not (PickleGlobal or PickleOpaque))
            throw cursor.Fault($"REDUCE needs a global and a tuple, found {PickleValue.Describe(function)} and {PickleValue.Describe(arguments)}.");
        if (function is not PickleGlobal global)
            return function;
        return global.Kind switch
        {
            PickleGlobalKind.OrderedDict => OrderedDict(items),
            PickleGlobalKind.Size when items is [PickleTuple size] => size,
            PickleGlobalKind.OldTensor or PickleGlobalKind.Tensor or PickleGlobalKind.TypedTensor => Tensor(global, items),
            PickleGlobalKind.TensorWithState => TensorWithState(items),
            PickleGlobalKind.Parameter when items is [PickleTensor or PickleOpaque, bool, _] => items[0]!,
            PickleGlobalKind.ParameterWithState when items is [PickleTensor or PickleOpaque, bool, _, _] => items[0]!,
            PickleGlobalKind.Other or PickleGlobalKind.ForeignTensor or PickleGlobalKind.TensorClass => global.Result,
            _ => throw Refused(global, items),
        };
    }

    private static (long Start, long Length)? View(object?[] rest, long length) => rest switch
    {
        [] or [null] => (0, length),
        [PickleTuple { Items: [string, long and >= 0 and var start, long and >= 0 and var viewLength] }]
            when CheckedMath.TryAdd(start, viewLength, out var end) && end <= length => (start, viewLength),
        _ => null,
    };

    /// <summary>Python 2 wrote the pairs as an argument: a list of lists of two.</summary>
    private PickleDict OrderedDict(object?[] items)
    {
        var dict = new PickleDict();
        if (items is [PickleList { Items: var pairs }])
            foreach (var pair in pairs)
                if (Items(pair) is [var key, var value])
                    dict.Add(key, value);
                else
                    throw cursor.Fault($"OrderedDict needs pairs, found {PickleValue.Describe(pair)}.");
        else if (items.Length != 0)
            throw cursor.Fault($"collections.OrderedDict is not called with {items.Length} arguments of these types.");
        return dict;
    }

    private static IReadOnlyList<object?> Items(object? value) => value switch
    {
        PickleList list => list.Items,
        PickleTuple tuple => tuple.Items,
        _ => [],
    };

    /// <summary><c>_rebuild_from_type_v2(function, class, arguments, state)</c>; the state holds attributes, none of which is a weight.</summary>
    private object TensorWithState(object?[] items) => items switch
    {
        [
            PickleGlobal { Kind: PickleGlobalKind.Tensor or PickleGlobalKind.TypedTensor } function, PickleGlobal { Kind: PickleGlobalKind.TensorClass },
            PickleTuple arguments, _] => Tensor(function, arguments.Items),
        [PickleGlobal or PickleOpaque, PickleGlobal type, PickleTuple, _]
            => new PickleOpaque($"a tensor of class {WeightsException.Show(type.Name)}", isTensor: true),
        _ => throw cursor.Fault("_rebuild_from_type_v2 needs a function, a class, its arguments and a state."),
    };

    /// <summary>
    /// <c>_rebuild_tensor(storage, offset, size, stride)</c>, <c>_rebuild_tensor_v2(..., requires_grad, backward_hooks, metadata=None)</c> or
    /// <c>_rebuild_tensor_v3(..., requires_grad, backward_hooks, dtype, metadata=None)</c>.
    /// </summary>
    private object Tensor(PickleGlobal function, object?[] items)
    {
        if (items is not [PickleStorage or PickleOpaque, long and >= 0 and var offset, PickleTuple sizes, PickleTuple strides, .. var rest])
            throw cursor.Fault($"{function.Name} needs a storage, an offset from 0 on, sizes and strides.");
        var type = (items[0] as PickleStorage)?.Class;
        if (function.Kind != PickleGlobalKind.OldTensor)
        {
            if (rest is not [bool, PickleDict or null, .. var more])
                throw cursor.Fault($"{function.Name} needs a bool and hooks after the strides.");
            rest = more;
        }
        if (function.Kind == PickleGlobalKind.TypedTensor)
        {
            if (type is { IsUntyped: false } || rest is not [PickleGlobal element, .. var more])
                throw cursor.Fault($"{function.Name} needs an untyped storage, and a type after the hooks.");
            (type, rest) = (element, more);
        }
        else if (type is { IsUntyped: true })
            throw cursor.Fault($"{function.Name} needs a typed storage, found torch.storage.UntypedStorage.");
        if (type?.Type is not { } read)
            return new PickleOpaque($"a tensor of {(type is null ? "unknown elements" : WeightsException.Show(type.Name))}", isTensor: true);
        // Metadata marks a tensor whose values are to be conjugated or negated when they are read.
        return rest is [] or [null] or [PickleDict { Pairs.Count: 0 }]
            ? new PickleTensor((PickleStorage)items[0]!, read, offset, sizes, strides, cursor.Instruction)
            : PickleOpaque.View;
    }

    private WeightsException Refused(PickleGlobal global, object?[] items)
        => cursor.Fault($"{global.Name} is not called with {items.Length} arguments of these types.");
}
