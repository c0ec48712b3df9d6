using System.Buffers.Binary;
using System.Text;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>Writes pickles instruction by instruction, right ones and wrong ones.</summary>
internal sealed class PickleWriter
{
    private readonly MemoryStream _bytes = new();

    public static PickleWriter Start(byte protocol = 2) => new PickleWriter().Raw(0x80, protocol);

    public byte[] Stop()
    {
        Op('.');
        return _bytes.ToArray();
    }

    public byte[] Unfinished() => _bytes.ToArray();

    public PickleWriter Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public PickleWriter Op(params ReadOnlySpan<char> opcodes)
    {
        foreach (var opcode in opcodes)
            _bytes.WriteByte((byte)opcode);
        return this;
    }

    public PickleWriter Repeat(int count, Action<PickleWriter> write)
    {
        for (var i = 0; i < count; i++)
            write(this);
        return this;
    }

    public PickleWriter Global(string module, string name) => Op('c').Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public PickleWriter Text(string text) => Op('X').UInt32((uint)Encoding.UTF8.GetByteCount(text)).Raw(Encoding.UTF8.GetBytes(text));

    public PickleWriter Bool(bool value) => Raw(value ? (byte)0x88 : (byte)0x89);

    /// <summary>LONG1, which takes any 64-bit integer.</summary>
    public PickleWriter Int(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(0x8a, 8).Raw(bytes);
    }

    public PickleWriter UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Raw(bytes);
    }

    public PickleWriter UInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return Raw(bytes);
    }

    public PickleWriter Ints(params ReadOnlySpan<long> values)
    {
        Op('(');
        foreach (var value in values)
            Int(value);
        return Op('t');
    }

    public PickleWriter OrderedDict() => Global("collections", "OrderedDict").Op(')', 'R');

    /// <summary>A storage by its persistent id.</summary>
    public PickleWriter Storage(string type, string key, long length)
        => Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Int(length).Op('t', 'Q');

    public PickleWriter Tensor(string type, string key, long length, long offset, long[] sizes, long[] strides)
        => Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage(type, key, length).Int(offset).Ints(sizes).Ints(strides).Bool(false).OrderedDict().Op('t', 'R');

    /// <summary>A float tensor of one element over storage 0, which has one.</summary>
    public PickleWriter Scalar() => Tensor("FloatStorage", "0", 1, 0, [], []);
}
