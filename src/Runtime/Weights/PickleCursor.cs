using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using static System.FormattableString;

namespace Blockwright.Weights;

/// <summary>
/// Reads the arguments of a pickle's instructions through a window of the file. Each length is compared with what is left before anything is made
/// of it, and what no weight needs (bytes, long texts, huge integers) is passed over without being read.
/// </summary>
internal sealed class PickleCursor
{
    private const int WindowLength = 1 << 16;

    // A key of a state dict, the name of a class or a storage's key is shorter.
    private const int LongestText = 1 << 12;

    // Two longs. torch's magic number has 10 bytes, a random state's seed 16.
    private const int LongestInteger = 16;

    // As many bytes as digits.
    private const int LongestDigits = 40;

    private readonly PickleSource _source;
    private readonly byte[] _window;
    private long _windowStart;
    private int _filled;
    private long _at;

    public PickleCursor(PickleSource source)
    {
        _source = source;
        _window = new byte[Math.Min(source.Length, WindowLength)];
    }

    /// <summary>Where the instruction that is being executed starts.</summary>
    public long Instruction { get; private set; }

    /// <summary>The position of the next byte.</summary>
    public long Position => _at;

    public bool IsAtEnd => _at == _source.Length;

    private long Left => _source.Length - _at;

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

    /// <summary>Bytes are part of no weight: they are passed over.</summary>
    public object Bytes(ulong length)
    {
        Skip(length);
        return PickleOpaque.Bytes;
    }

    public object Text(ulong length)
    {
        if (length <= LongestText)
            return Decode(Take((int)length));
        Skip(length);
        return PickleOpaque.LongText;
    }

    /// <summary>What Python 2 wrote for its texts, which were bytes.</summary>
    public object TextOrBytes(ulong length)
    {
        if (length > LongestText)
            return Bytes(length);
        var bytes = Take((int)length);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : PickleOpaque.Bytes;
    }

    /// <summary>A two's complement integer of any length.</summary>
    public object Integer(ulong length)
    {
        if (length > LongestInteger)
        {
            Skip(length);
            return PickleOpaque.LongInteger;
        }
        return Shorten(new BigInteger(Take((int)length)));
    }

    /// <summary>
    /// An integer as a line of digits, or a bool of protocol 1: <c>00</c> or <c>01</c>. Python 2's cPickle writes integers of more than 32 bits so in
    /// protocol 2, too.
    /// </summary>
    public object IntLine() => Line() switch
    {
        "00" => false,
        "01" => true,
        var digits => Parse(digits),
    };

    /// <summary>An integer as a line of digits with an <c>L</c> behind, as Python 2 shows its long ones.</summary>
    public object LongLine() => Parse(Line().TrimEnd('L'));

    /// <summary>A text that ends with a line feed.</summary>
    public string Line()
    {
        var most = (int)Math.Min(Left, LongestText);
        Fill(most);
        var length = _window.AsSpan((int)(_at - _windowStart), most).IndexOf((byte)'\n');
        if (length < 0)
            throw Fault("a text has no end.");
        var line = Decode(Take(length));
        _at++;
        return line;
    }

    /// <summary>A frame announces how many bytes belong together; all of them must be there.</summary>
    public void Frame()
    {
        var length = UInt64();
        if (length > (ulong)Left)
            throw Fault(Invariant($"a frame of {length} bytes is announced, but {Left} are left."));
    }

    public WeightsException Fault(string problem) => _source.Fault(Invariant($"pickle position {Instruction}: {problem}"), position: Instruction);

    private void Skip(ulong length)
    {
        Require(length);
        _at += (long)length;
    }

    private void Require(ulong length)
    {
        if (length > (ulong)Left)
            throw Fault(Invariant($"{length} more bytes were expected, {Left} are left. The pickle is truncated or damaged."));
    }

    /// <summary>Takes a few bytes, never more than the window holds.</summary>
    private ReadOnlySpan<byte> Take(int length)
    {
        Require((ulong)length);
        Fill(length);
        var taken = _window.AsSpan((int)(_at - _windowStart), length);
        _at += length;
        return taken;
    }

    private void Fill(int length)
    {
        if (_at >= _windowStart && _at + length <= _windowStart + _filled)
            return;
        _filled = (int)Math.Min(Left, _window.Length);
        _source.File.Read(_window.AsSpan(0, _filled), _source.Start + _at, _source.Name);
        _windowStart = _at;
    }

    private object Parse(string digits)
    {
        if (digits.Length > LongestDigits)
            return PickleOpaque.LongInteger;
        return BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? Shorten(value)
            : throw Fault($"'{WeightsException.Show(digits)}' is no integer. The pickle is damaged.");
    }

    private static object Shorten(BigInteger value) => value < long.MinValue || value > long.MaxValue ? value : PickleValue.Integer((long)value);

    private string Decode(ReadOnlySpan<byte> text) => Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw Fault("a text is no valid UTF-8.");
}
