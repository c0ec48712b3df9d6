namespace Blockwright.Weights;

/// <summary>What a global that a pickle may name stands for.</summary>
internal enum PickleGlobalKind
{
    /// <summary>collections.OrderedDict.</summary>
    OrderedDict,

    /// <summary>torch._utils._rebuild_tensor_v2: a tensor of its storage's type.</summary>
    Tensor,

    /// <summary>torch._utils._rebuild_tensor_v3: a tensor over an untyped storage, with a type of its own.</summary>
    TypedTensor,

    /// <summary>torch._utils._rebuild_parameter: the tensor that it wraps.</summary>
    Parameter,

    /// <summary>A storage class such as torch.FloatStorage, or torch.storage.UntypedStorage.</summary>
    Storage,

    /// <summary>A type such as torch.float32.</summary>
    Type,
}

/// <summary>
/// A global that a pickle may name. The list is closed: no name leads to code outside of this folder, and every other name is refused.
/// </summary>
/// <param name="Name">Module and name, joined by a dot.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Type">The element type of a storage class or a type; null for an untyped storage and for functions.</param>
internal sealed record PickleGlobal(string Name, PickleGlobalKind Kind, WeightType? Type = null)
{
    private static readonly Dictionary<string, PickleGlobal> Allowed = All().ToDictionary(global => global.Name, StringComparer.Ordinal);

    /// <summary>The global of that name; null if it is not allowed.</summary>
    public static PickleGlobal? Find(string name) => Allowed.GetValueOrDefault(name);

    private static IEnumerable<PickleGlobal> All()
    {
        yield return new("collections.OrderedDict", PickleGlobalKind.OrderedDict);
        yield return new("torch._utils._rebuild_tensor_v2", PickleGlobalKind.Tensor);
        yield return new("torch._utils._rebuild_tensor_v3", PickleGlobalKind.TypedTensor);
        yield return new("torch._utils._rebuild_parameter", PickleGlobalKind.Parameter);
        yield return new("torch.storage.UntypedStorage", PickleGlobalKind.Storage);
        (string Storage, string Name, WeightType Type)[] types =
        [
            ("BoolStorage", "bool", WeightType.Bool),
            ("ByteStorage", "uint8", WeightType.UInt8),
            ("CharStorage", "int8", WeightType.Int8),
            ("ShortStorage", "int16", WeightType.Int16),
            ("HalfStorage", "float16", WeightType.Float16),
            ("BFloat16Storage", "bfloat16", WeightType.BFloat16),
            ("IntStorage", "int32", WeightType.Int32),
            ("FloatStorage", "float32", WeightType.Float32),
            ("DoubleStorage", "float64", WeightType.Float64),
            ("LongStorage", "int64", WeightType.Int64),
        ];
        foreach (var (storage, name, type) in types)
        {
            yield return new($"torch.{storage}", PickleGlobalKind.Storage, type);
            yield return new($"torch.{name}", PickleGlobalKind.Type, type);
        }
    }
}
