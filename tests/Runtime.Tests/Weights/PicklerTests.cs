namespace Blockwright.Runtime.Tests.Weights;

/// <summary>Pickles as other picklers than Python 3's of protocol 2 write them, in both of PyTorch's formats.</summary>
public class PicklerTests
{
    public static TheoryData<bool> Formats => [false, true];

    [Theory]
    [MemberData(nameof(Formats))]
    public void MemoThatStartsAtOneReads(bool isLegacy)
    {
        // Python 2's cPickle: the first number is 1, and what nobody else refers to gets none.
        var pickle = PickleWriter.Start().OrderedDict().Op('q').Raw(1).Op('(').Text("a").Op('q').Raw(2)
            .Scalar().Op('q').Raw(3).Text("b").Op('h').Raw(3).Op('u').Stop();

        Assert.Equal([("a", 5), ("b", 5)], Read(pickle, isLegacy));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void MemoWithGapsReads(bool isLegacy)
    {
        // One beyond any array, one far below it, one beside that; the dict takes a number twice.
        var pickle = PickleWriter.Start().Op('}', 'r').UInt32(uint.MaxValue).Op('q').Raw(7)
            .Scalar().Op('q').Raw(9).Op('0').Text("b").Op('q').Raw(8).Op('0')
            .Text("a").Op('h').Raw(9).Op('s').Op('h').Raw(8).Op('h').Raw(9).Op('s').Op('0').Op('j').UInt32(uint.MaxValue).Op('q').Raw(9).Op('h').Raw(7).Raw(0x86).Op('0').Op('h').Raw(9).Stop();

        Assert.Equal([("a", 5), ("b", 5)], Read(pickle, isLegacy));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void MemoizeTakesTheNumberOfThoseInUse(bool isLegacy)
    {
        // 5 is set, so MEMOIZE sets 1, and then 2; BINPUT sets 6 beside 5.
        var pickle = PickleWriter.Start(4).Op('}', 'q').Raw(5).Scalar().Raw(0x94).Op('0').Text("a").Raw(0x94).Op('q').Raw(6)
            .Op('h').Raw(1).Op('s').Text("b").Op('h').Raw(1).Op('s').Op('h').Raw(6).Op('0').Op('h').Raw(2).Op('0').Stop();

        Assert.Equal([("a", 5), ("b", 5)], Read(pickle, isLegacy));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void IntegersAsLinesRead(bool isLegacy)
    {
        // Python 2 writes an int of more than 32 bits as INT, protocol 1 a bool as INT and a long integer as LONG. The tensor's flag is one of them.
        var pickle = new PickleWriter().Op('}').Text("a").Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage("FloatStorage", "0", 1).Op('I').Raw("0\n"u8)
            .Op('(', 'L').Raw("1L\n"u8).Op('t', '(', 'I').Raw("8589934592\n"u8).Op('t', 'I').Raw("00\n"u8).OrderedDict().Op('t', 'R', 's')
            .Text("n").Op('L').Raw("-119547037146038801333356L\n"u8).Op('s').Text("m").Op('L').Raw([.. Enumerable.Repeat((byte)'9', 3000), (byte)'L', (byte)'\n']).Op('s').Stop();

        Assert.Equal([("a", 5)], Read(pickle, isLegacy));
    }

    [Fact]
    public void LegacyFileOfProtocol1Reads()
    {
        using var folder = new TestFolder();
        byte[] head = [.. "L119547037146038801333356L\n."u8, .. new PickleWriter().Op('M').Raw(0xe9, 3).Stop(), .. new PickleWriter().Op('}').Stop()];
        var small = TorchFiles.SmallLegacy();

        using var file = WeightFile.Open(folder.Write("one.pth", [.. head, .. small.AsSpan(small.AsSpan().IndexOf("ccollections"u8))]));

        Assert.Equal(TorchFiles.Floats(1, 4, 2, 5, 3, 6), file.Entries[0].ReadAll());
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Protocol0IsNamed(bool isLegacy)
    {
        using var folder = new TestFolder();
        var pickle = new PickleWriter().Op('(', 'd', 'p').Raw("0\n"u8).Op('V').Raw("w\n"u8).Stop();
        byte[] legacy = [.. "L119547037146038801333356L\n."u8, .. "I1001\n."u8, .. pickle];

        var fault = Assert.Throws<WeightsException>(() => WeightFile.Open(folder.Write("zero.pth", isLegacy ? legacy : TorchFiles.Archive(pickle))));

        Assert.Contains("pickle protocol 0 is not read", fault.Message, StringComparison.Ordinal);
        Assert.Contains("pickle_protocol=2 or later", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Loads a pickle over one storage, which holds a 5.</summary>
    private static IEnumerable<(string, float)> Read(byte[] pickle, bool isLegacy)
    {
        using var folder = new TestFolder();
        var value = TorchFiles.Floats(5);
        using var file = WeightFile.Open(folder.Write("pickled.pth", isLegacy ? TorchFiles.Legacy(pickle, ("0", 1, value)) : TorchFiles.Archive(pickle, ("0", value))));
        return [.. file.Entries.Select(entry => (entry.Name, BitConverter.ToSingle(entry.ReadAll())))];
    }
}
