using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Blockwright.Benchmarks.Onnx;

/// <summary>Writes an ONNX model node by node: the protocol buffers of onnx/onnx.proto3, as far as a benchmark's graph and the layers' nodes need them.</summary>
/// <param name="opset">The version of the operators.</param>
public sealed class OnnxWriter(int opset = 13)
{
    private const int FloatType = 1;
    private const int Int64Type = 7;

    private readonly MemoryStream _graph = new();

    /// <summary>Adds a node with one attribute list.</summary>
    /// <param name="operation">The operator.</param>
    /// <param name="inputs">The values that it reads.</param>
    /// <param name="outputs">The values that it writes.</param>
    /// <param name="attributes">Integers (long), lists of them (long[]), or real numbers (double).</param>
    public void Node(string operation, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        using var node = new MemoryStream();
        foreach (var input in inputs)
            Text(node, 1, input);
        foreach (var output in outputs)
            Text(node, 2, output);
        Text(node, 3, outputs[0]);
        Text(node, 4, operation);
        foreach (var (name, value) in attributes)
        {
            using var attribute = new MemoryStream();
            Text(attribute, 1, name);
            Attribute(attribute, value);
            Bytes(node, 5, attribute.ToArray());
        }

        Bytes(_graph, 1, node.ToArray());
    }

    /// <summary>Adds a weight of floats.</summary>
    public void Weight(string name, ReadOnlySpan<float> values, params int[] shape) => Tensor(name, FloatType, MemoryMarshal.AsBytes(values), shape);

    /// <summary>Adds a constant list of integers.</summary>
    public void Constant(string name, params long[] values) => Tensor(name, Int64Type, MemoryMarshal.AsBytes<long>(values), [values.Length]);

    /// <summary>The model.</summary>
    /// <param name="input">The input's name.</param>
    /// <param name="inputShape">Its shape; below 1 for any.</param>
    /// <param name="output">The output's name.</param>
    /// <param name="outputShape">Its shape; below 1 for any.</param>
    public byte[] Model(string input, int[] inputShape, string output, int[] outputShape)
    {
        Text(_graph, 2, "plain");
        Bytes(_graph, 11, Value(input, inputShape));
        Bytes(_graph, 12, Value(output, outputShape));
        using var operators = new MemoryStream();
        Number(operators, 2, opset);
        using var model = new MemoryStream();
        Number(model, 1, 8);
        Bytes(model, 7, _graph.ToArray());
        Bytes(model, 8, operators.ToArray());
        return model.ToArray();
    }

    private static void Attribute(Stream attribute, object value)
    {
        const int Float = 1;
        const int Int = 2;
        const int Ints = 7;
        switch (value)
        {
            case long[] list:
                foreach (var item in list)
                    Number(attribute, 8, item);
                Number(attribute, 20, Ints);
                break;
            case double real:
                Single(attribute, 2, (float)real);
                Number(attribute, 20, Float);
                break;
            default:
                Number(attribute, 3, (long)value);
                Number(attribute, 20, Int);
                break;
        }
    }

    private static byte[] Value(string name, int[] shape)
    {
        using var dimensions = new MemoryStream();
        foreach (var size in shape)
        {
            using var dimension = new MemoryStream();
            if (size > 0)
                Number(dimension, 1, size);
            else
                Text(dimension, 2, "n");
            Bytes(dimensions, 1, dimension.ToArray());
        }

        using var tensor = new MemoryStream();
        Number(tensor, 1, FloatType);
        Bytes(tensor, 2, dimensions.ToArray());
        using var type = new MemoryStream();
        Bytes(type, 1, tensor.ToArray());
        using var value = new MemoryStream();
        Text(value, 1, name);
        Bytes(value, 2, type.ToArray());
        return value.ToArray();
    }

    private void Tensor(string name, int type, ReadOnlySpan<byte> raw, int[] shape)
    {
        using var tensor = new MemoryStream();
        foreach (var size in shape)
            Number(tensor, 1, size);
        Number(tensor, 2, type);
        Text(tensor, 8, name);
        Bytes(tensor, 9, raw);
        Bytes(_graph, 5, tensor.ToArray());
    }

    private static void Text(Stream target, int field, string text) => Bytes(target, field, Encoding.UTF8.GetBytes(text));

    private static void Bytes(Stream target, int field, ReadOnlySpan<byte> bytes)
    {
        Varint(target, (ulong)field << 3 | 2);
        Varint(target, (ulong)bytes.Length);
        target.Write(bytes);
    }

    private static void Single(Stream target, int field, float number)
    {
        Varint(target, (ulong)field << 3 | 5);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, number);
        target.Write(bytes);
    }

    private static void Number(Stream target, int field, long number)
    {
        Varint(target, (ulong)field << 3);
        Varint(target, (ulong)number);
    }

    private static void Varint(Stream target, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            target.WriteByte((byte)(value | 0x80));
        target.WriteByte((byte)value);
    }
}
