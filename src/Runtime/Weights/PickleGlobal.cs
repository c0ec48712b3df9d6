namespace Blockwright.Weights;

/// <summary>What a global that a pickle names stands for.</summary>
internal enum PickleGlobalKind
{
    /// <summary>Any other name. It is never looked up: what comes of it is opaque.</summary>
    Other,

    /// <summary>collections.OrderedDict.</summary>
    OrderedDict,

    /// <summary>torch.Size: the tuple that it is given.</summary>
    Size,

    /// <summary>torch._utils._rebuild_tensor, of before PyTorch 0.4: a tensor of its storage's type.</summary>
    OldTensor,

    /// <summary>torch._utils._rebuild_tensor_v2: a tensor of its storage's type.</summary>
    Tensor,

    /// <summary>torch._utils._rebuild_tensor_v3: a tensor over an untyped storage, with a type of its own.</summary>
    TypedTensor,

    /// <summary>torch._tensor._rebuild_from_type_v2: a tensor with attributes.</summary>
    TensorWithState,

    /// <summary>torch._utils._rebuild_parameter: the tensor that it wraps.</summary>
    Parameter,

    /// <summary>torch._utils._rebuild_parameter_with_state: the tensor that it wraps.</summary>
    ParameterWithState,

    /// <summary>A function that builds a tensor of a kind that no file of weights can hold here: quantized, sparse, on the meta device.</summary>
    ForeignTensor,

    /// <summary>The class of tensors or parameters.</summary>
    TensorClass,

    /// <summary>A storage class such as torch.FloatStorage, or torch.storage.UntypedStorage.</summary>
    Storage,

    /// <summary>A type such as torch.float32.</summary>
    Type,
}

/// <summary>
/// A global that a pickle names. Those that tensors need are listed; every other name stays a name: it leads to no code, and what it would make is an
/// opaque value.
/// </summary>
/// <param name="Name">Module and name, joined by a dot.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Type">The element type of a storage class or a type; null for an untyped storage, a type that is not read, and functions.</param>
/// <param name="ElementSize">The bytes of a storage's element; 0 where that is not known.</param>
internal sealed record PickleGlobal(string Name, PickleGlobalKind Kind = PickleGlobalKind.Other, WeightType? Type = null, int ElementSize = 0)
{
    private const string Untyped = "torch.storage.UntypedStorage";

    private static readonly Dictionary<string, PickleGlobal> Known = All().ToDictionary(global => global.Name, StringComparer.Ordinal);

    private PickleOpaque? _result;

    /// <summary>Whether a storage of this class holds bytes without a type.</summary>
    public bool IsUntyped => Name == Untyped;

    /// <summary>What calling it gives, where that is nothing that weights are made of.</summary>
    public PickleOpaque Result => _result ??= new PickleOpaque(this);

    public static PickleGlobal Find(string name) => Known.GetValueOrDefault(name) ?? new PickleGlobal(name);

    private static IEnumerable<PickleGlobal> All()
    {
        yield return new("collections.OrderedDict", PickleGlobalKind.OrderedDict);
        yield return new("torch.Size", PickleGlobalKind.Size);
        yield return new("torch._utils._rebuild_tensor", PickleGlobalKind.OldTensor);
        yield return new("torch._utils._rebuild_tensor_v2", PickleGlobalKind.Tensor);
        yield return new("torch._utils._rebuild_tensor_v3", PickleGlobalKind.TypedTensor);
        yield return new("torch._tensor._rebuild_from_type", PickleGlobalKind.TensorWithState);
        yield return new("torch._tensor._rebuild_from_type_v2", PickleGlobalKind.TensorWithState);
        yield return new("torch._utils._rebuild_parameter", PickleGlobalKind.Parameter);
        yield return new("torch._utils._rebuild_parameter_with_state", PickleGlobalKind.ParameterWithState);
        string[] foreign =
        [
            "qtensor", "sparse_tensor", "sparse_csr_tensor", "nested_tensor", "meta_tensor_no_storage", "device_tensor_from_numpy", "wrapper_subclass",
        ];
        foreach (var name in foreign)
            yield return new($"torch._utils._rebuild_{name}", PickleGlobalKind.ForeignTensor);
        foreach (var name in (string[])["torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer"])
            yield return new(name, PickleGlobalKind.TensorClass);
        yield return new(Untyped, PickleGlobalKind.Storage, ElementSize: 1);
        foreach (var global in ReadTypes().Concat(ForeignTypes()))
            yield return global;
    }

    private static IEnumerable<PickleGlobal> ReadTypes()
    {
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
            yield return new($"torch.{storage}", PickleGlobalKind.Storage, type, type.ElementSize());
            yield return new($"torch.{name}", PickleGlobalKind.Type, type);
        }
    }

    /// <summary>Storages whose elements are not read, but whose length must be known to find what lies behind them.</summary>
    private static IEnumerable<PickleGlobal> ForeignTypes()
    {
        (string Storage, int ElementSize)[] storages =
        [
            ("ComplexFloatStorage", 8), ("ComplexDoubleStorage", 16), ("QInt8Storage", 1), ("QUInt8Storage", 1), ("QInt32Storage", 4),
            ("QUInt4x2Storage", 1), ("QUInt2x4Storage", 1),
        ];
        foreach (var (storage, size) in storages)
            yield return new($"torch.{storage}", PickleGlobalKind.Storage, ElementSize: size);
    }
}
