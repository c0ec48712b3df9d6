using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using static System.FormattableString;

namespace Blockwright.Benchmarks.Onnx;

/// <summary>A tensor of floats.</summary>
public sealed record OnnxTensor(int[] Shape, float[] Values);

/// <summary>A node: what it does, its name, and the names that it reads.</summary>
public sealed record OnnxNode(string Operation, string Name, string[] Inputs);

/// <summary>
/// The nodes and the float weights of an ONNX file. Just enough of its protocol buffers (onnx/onnx.proto3) for a benchmark to read the weights that ONNX
/// Runtime will run.
/// </summary>
public sealed class OnnxFile
{
    private const int FloatType = 1;

    private readonly Dictionary<string, OnnxTensor> _weights = [];
    private readonly List<OnnxNode> _nodes = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no ONNX file of the expected kind.</exception>
    public OnnxFile(string path)
    {
        var model = new Message(File.ReadAllBytes(path));
        foreach (var field in model.Fields().Where(f => f.Number == 7))
            ReadGraph(new Message(field.Bytes));
        if (_nodes.Count == 0)
            throw new InvalidDataException($"{path} holds no graph.");
    }

    /// <summary>The nodes, in the order in which they run.</summary>
    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    /// <summary>A weight by name.</summary>
    /// <exception cref="InvalidDataException">The file has no such weight.</exception>
    public OnnxTensor Weight(string name) =>
        _weights.TryGetValue(name, out var tensor) ? tensor : throw new InvalidDataException($"The graph has no float weight {name}.");

    private void ReadGraph(Message graph)
    {
        foreach (var field in graph.Fields())
        {
            if (field.Number == 1)
                ReadNode(new Message(field.Bytes));
            else if (field.Number == 5)
                ReadTensor(new Message(field.Bytes));
        }
    }

    private void ReadNode(Message node)
    {
        var inputs = new List<string>();
        var (name, operation) = ("", "");
        foreach (var field in node.Fields())
        {
            if (field.Number == 1)
                inputs.Add(field.Text);
            else if (field.Number == 3)
                name = field.Text;
            else if (field.Number == 4)
                operation = field.Text;
        }

        _nodes.Add(new OnnxNode(operation, name, [.. inputs]));
    }

    private void ReadTensor(Message tensor)
    {
        var shape = new List<int>();
        var name = "";
        ulong type = 0;
        ReadOnlyMemory<byte> raw = default;
        foreach (var field in tensor.Fields())
        {
            switch (field.Number)
            {
                case 1 when field.Bytes.IsEmpty:
                    shape.Add((int)field.Value);
                    break;
                case 1:
                    shape.AddRange(new Message(field.Bytes).Varints().Select(v => (int)v));
                    break;
                case 2:
                    type = field.Value;
                    break;
                case 8:
                    name = field.Text;
                    break;
                case 9:
                    raw = field.Bytes;
                    break;
            }
        }

        if (type == FloatType)
            _weights[name] = new OnnxTensor([.. shape], MemoryMarshal.Cast<byte, float>(raw.Span).ToArray());
    }

    /// <summary>A field of a message: a number, or bytes.</summary>
    private readonly record struct Field(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)
    {
        public string Text => Encoding.UTF8.GetString(Bytes.Span);
    }

    private sealed class Message(ReadOnlyMemory<byte> bytes)
    {
        private int _at;

        public IEnumerable<Field> Fields()
        {
            while (_at < bytes.Length)
            {
                var tag = Varint();
                var number = (int)(tag >> 3);
                switch (tag & 7)
                {
                    case 0:
                        yield return new Field(number, Varint(), default);
                        break;
                    case 1:
                        yield return new Field(number, BinaryPrimitives.ReadUInt64LittleEndian(Take(8).Span), default);
                        break;
                    case 2:
                        var length = (int)Varint();
                        yield return new Field(number, 0, Take(length));
                        break;
                    case 5:
                        yield return new Field(number, BinaryPrimitives.ReadUInt32LittleEndian(Take(4).Span), default);
                        break;
                    default:
                        throw new InvalidDataException(Invariant($"Wire type {tag & 7} at byte {_at} is none that ONNX uses."));
                }
            }
        }

        public IEnumerable<ulong> Varints()
        {
            while (_at < bytes.Length)
                yield return Varint();
        }

        private ReadOnlyMemory<byte> Take(int length)
        {
            if (length < 0 || _at + length > bytes.Length)
                throw new InvalidDataException(Invariant($"A field of {length} bytes at byte {_at} goes beyond its message of {bytes.Length}."));
            _at += length;
            return bytes.Slice(_at - length, length);
        }

        private ulong Varint()
        {
            ulong value = 0;
            for (var shift = 0; shift < 64; shift += 7)
            {
                if (_at >= bytes.Length)
                    throw new InvalidDataException("The file ends within a number.");
                var next = bytes.Span[_at++];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                    return value;
            }

            throw new InvalidDataException(Invariant($"A number at byte {_at} is too long."));
        }
    }
}
