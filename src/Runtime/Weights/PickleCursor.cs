using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace Blockwright.Weights;

/// <summary>Reads the arguments of a pickle's instructions. Each length is compared with what is left before anything is made of it.</summary>
internal sealed class PickleCursor(byte[] pickle, string path, TorchRecord record)
{
    private int _at;

    /// <summary>Where the instruction that is being executed starts.</summary>
    public int Instruction { get; private set; }

    public bool IsAtEnd => _at == pickle.Length;

    public PickleOpcode NextOpcode()
    {
        Instruction = _at;
        return (PickleOpcode)Take(1)[0];
    }

    public byte Byte() => Take(1)[0];

    public long UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public long Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>The one number that pickles store with the highest byte first.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(sizeof(double)));

    public byte[] Bytes(ulong length) => Take(length).ToArray();

    public string Text(ulong length) => Decode(Take(length));

    /// <summary>A two's complement integer of any length.</summary>
    public object Integer(ulong length)
    {
        var value = new BigInteger(Take(length));
        if (value < long.MinValue || value > long.MaxValue)
            return value;
        return (long)value;
    }

    /// <summary>A text that ends with a line feed.</summary>
    public string Line()
    {
        var length = pickle.AsSpan(_at).IndexOf((byte)'\n');
        if (length < 0)
            throw Fault("a text has no end.");
        var line = Decode(Take((ulong)length));
        _at++;
        return line;
    }

    /// <summary>A frame announces how many bytes belong together; all of them must be there.</summary>
    public void Frame()
    {
        var length = UInt64();
        if (length > (ulong)(pickle.Length - _at))
            throw Fault($"a frame of {length} bytes is announced, but {pickle.Length - _at} are left.");
    }

    public WeightsException Fault(string problem, long? instruction = null)
    {
        var at = instruction ?? Instruction;
        return new WeightsException(path, $"pickle position {at}: {problem}", record.Name, record.Start + at);
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(pickle.Length - _at))
            throw Fault($"{length} more bytes were expected, {pickle.Length - _at} are left. The pickle is truncated or damaged.");
        var taken = pickle.AsSpan(_at, (int)length);
        _at += (int)length;
        return taken;
    }

    private string Decode(ReadOnlySpan<byte> text) => Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw Fault("a text is no valid UTF-8.");
}
