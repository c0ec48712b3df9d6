using System.Globalization;
using System.Runtime.InteropServices;
using Blockwright.Onnx.Format;
using Google.Protobuf;
using static TorchSharp.torch;

namespace Blockwright.Onnx.Graphs;

/// <summary>A graph in the making. Each name is one value's: an input, a weight, a constant or a result.</summary>
/// <param name="name">The network's name.</param>
/// <param name="elements">The type of its values.</param>
internal sealed class OnnxGraph(string name, ScalarType elements)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _nodeNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);

    public string Name => name;

    public List<NodeProto> Nodes { get; } = [];

    /// <summary>What is known of values: the input, the results of the network's own nodes, its output.</summary>
    public List<ValueInfoProto> Inputs { get; } = [];

    public List<ValueInfoProto> Outputs { get; } = [];

    public List<ValueInfoProto> Values { get; } = [];

    /// <summary>The weights by their names, in the order in which they are used.</summary>
    public OrderedDictionary<string, Tensor> Weights { get; } = new(StringComparer.Ordinal);

    public List<TensorProto> Constants { get; } = [];

    public TensorProto.Types.DataType ElementType => ElementTypes.Of(elements);

    /// <summary>Takes a name that must be free.</summary>
    /// <exception cref="ArgumentException">It is another value's.</exception>
    public string Claim(string wanted, string what) =>
        _names.Add(wanted) ? wanted : throw new ArgumentException($"{name}: {what} cannot be called '{wanted}': the graph has a value of that name. Choose another.");

    /// <summary>A name like the one that is wanted which no value has.</summary>
    public string FreeName(string wanted) => Free(_names, wanted);

    /// <summary>Adds a node.</summary>
    /// <param name="label">The node's name; another like it where a node has it.</param>
    /// <param name="operation">The operator.</param>
    /// <param name="inputs">The names of what it reads; empty for what is left out.</param>
    /// <param name="outputs">The names of its results.</param>
    public NodeProto Node(string label, string operation, IEnumerable<string> inputs, IEnumerable<string> outputs)
    {
        var node = new NodeProto { Name = Free(_nodeNames, label), OpType = operation };
        node.Input.Add(inputs);
        node.Output.Add(outputs);
        Nodes.Add(node);
        return node;
    }

    /// <summary>A constant of 64-bit integers.</summary>
    public string Integers(params long[] values) =>
        Constant($"integers_{string.Join("_", values.Select(Text))}", [values.Length], TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes<long>(values));

    /// <summary>A constant of 32-bit real numbers.</summary>
    public string Reals(params float[] values) =>
        Constant($"reals_{string.Join("_", values.Select(static value => value.ToString("R", CultureInfo.InvariantCulture)))}", [values.Length], TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes<float>(values));

    /// <summary>A constant of one element, of the network's type.</summary>
    public string Scalar(double value)
    {
        using var single = tensor(value, float64).to(elements);
        return Constant($"scalar_{value.ToString("R", CultureInfo.InvariantCulture)}", [], ElementType, single.bytes);
    }

    /// <summary>What is known of a value.</summary>
    public ValueInfoProto Value(string valueName, IEnumerable<TensorShapeProto.Types.Dimension> dimensions)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(dimensions);
        return new() { Name = valueName, Type = new() { TensorType = new() { ElemType = (int)ElementType, Shape = shape } } };
    }

    private string Constant(string wanted, long[] shape, TensorProto.Types.DataType type, ReadOnlySpan<byte> bytes)
    {
        if (_constants.TryGetValue(wanted, out var known))
            return known;
        var constant = new TensorProto { Name = FreeName(wanted), DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        constant.Dims.Add(shape);
        Constants.Add(constant);
        _constants.Add(wanted, constant.Name);
        return constant.Name;
    }

    private static string Free(HashSet<string> taken, string wanted)
    {
        var free = wanted;
        for (var i = 1; !taken.Add(free); i++)
            free = wanted + "_" + Text(i);
        return free;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
