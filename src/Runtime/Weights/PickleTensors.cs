namespace Blockwright.Weights;

/// <summary>Builds what the allowed globals of a pickle stand for: ordered dicts, storages and tensors. All arguments are checked by type.</summary>
internal sealed class PickleTensors(PickleCursor cursor)
{
    /// <summary>What a persistent id names: <c>('storage', class, key, device, length)</c>.</summary>
    public PickleStorage Storage(object? id)
    {
        // The device is where the tensor was; the reader decides where it goes.
        if (id is PickleTuple { Items: ["storage", PickleGlobal { Kind: PickleGlobalKind.Storage } type, string key, string, long and >= 0 and var length] })
            return new PickleStorage(type.Type, key, length);
        throw cursor.Fault($"a persistent id is a tuple ('storage', class, key, device, length); found {PickleValue.Describe(id)} of other content.");
    }

    /// <summary>The result of calling a global.</summary>
    public object Reduce(object? function, object? arguments)
    {
        if (function is not PickleGlobal global || arguments is not PickleTuple { Items: var items })
            throw cursor.Fault($"REDUCE needs a global and a tuple, found {PickleValue.Describe(function)} and {PickleValue.Describe(arguments)}.");
        return global.Kind switch
        {
            PickleGlobalKind.OrderedDict when items.Length == 0 => new PickleDict(),
            PickleGlobalKind.Tensor => Tensor(items),
            PickleGlobalKind.TypedTensor => TypedTensor(items),
            PickleGlobalKind.Parameter when items is [PickleTensor data, bool, _] => data,
            _ => throw cursor.Fault($"{global.Name} is not called with {items.Length} arguments of these types."),
        };
    }

    /// <summary><c>_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks, metadata=None)</c>.</summary>
    private PickleTensor Tensor(object?[] items)
    {
        if (items is not [PickleStorage storage, long and >= 0 and var offset, PickleTuple sizes, PickleTuple strides, bool, PickleDict or null, .. var rest])
            throw cursor.Fault("_rebuild_tensor_v2 needs a storage, an offset from 0 on, sizes, strides, a bool and hooks.");
        if (storage.Type is not { } type)
            throw cursor.Fault("_rebuild_tensor_v2 needs a typed storage, found torch.storage.UntypedStorage.");
        CheckMetadata(rest);
        return new PickleTensor(storage, type, offset, sizes, strides, cursor.Instruction);
    }

    /// <summary><c>_rebuild_tensor_v3(storage, offset, size, stride, requires_grad, backward_hooks, dtype, metadata=None)</c>.</summary>
    private PickleTensor TypedTensor(object?[] items)
    {
        if (items is not [
            PickleStorage { Type: null } storage, long and >= 0 and var offset, PickleTuple sizes, PickleTuple strides, bool, PickleDict or null,
            PickleGlobal { Kind: PickleGlobalKind.Type, Type: { } type }, .. var rest])
        {
            throw cursor.Fault("_rebuild_tensor_v3 needs an untyped storage, an offset from 0 on, sizes, strides, a bool, hooks and a type.");
        }
        CheckMetadata(rest);
        return new PickleTensor(storage, type, offset, sizes, strides, cursor.Instruction);
    }

    /// <summary>Metadata marks a tensor whose values are to be conjugated or negated when they are read. No weight is saved so.</summary>
    private void CheckMetadata(object?[] rest)
    {
        if (rest is not ([] or [null] or [PickleDict { Pairs.Count: 0 }]))
            throw cursor.Fault("the tensor is a conjugated or negated view. Save tensor.resolve_conj().resolve_neg() instead.");
    }
}
