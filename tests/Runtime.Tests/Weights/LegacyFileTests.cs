namespace Blockwright.Runtime.Tests.Weights;

/// <summary>What torch.save wrote before PyTorch 1.6.</summary>
public class LegacyFileTests
{
    private static readonly byte[] Version = PickleWriter.Start().Int(1001).Stop(), Machine = PickleWriter.Start().Op('}').Stop();

    public static TheoryData<string> HostileNames => [.. Hostile().Select(hostile => hostile.Name)];

    [Fact]
    public void StridesOffsetsAndTypesReadRight()
    {
        using var folder = new TestFolder();
        using var file = WeightFile.Open(folder.Write("small.pth", TorchFiles.SmallLegacy()));

        Assert.IsType<PyTorchFile>(file);
        Assert.Equal(["fc.weight Float32 [3, 2]", "fc.bias Float16 [2]", "bn.num_batches_tracked Int64 []"], file.Entries.Select(entry => entry.ToString()));
        Assert.Equal(TorchFiles.Floats(1, 4, 2, 5, 3, 6), file.Entries[0].ReadAll());
        Assert.Equal([0, 0x3c, 0, 0x40], file.Entries[1].ReadAll());
        Assert.Equal([7, 0, 0, 0, 0, 0, 0, 0], file.Entries[2].ReadAll());
    }

    [Fact]
    public void TensorsShareStoragesAndStoragesAreParts()
    {
        using var folder = new TestFolder();
        // A storage that is elements 1 to 3 of the one with key 0, under a key of its own, as files of before PyTorch 0.4 have them.
        var pickle = PickleWriter.Start().Op('}')
            .Text("all").Tensor("FloatStorage", "0", 4, 0, [4], [1]).Op('s')
            .Text("same").Tensor("FloatStorage", "0", 4, 2, [2], [1]).Op('s')
            .Text("part").Global("torch._utils", "_rebuild_tensor").Op('(').Op('(').Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Int(4)
            .Op('(').Text("9").Int(1).Int(3).Op('t', 't', 'Q').Int(1).Ints(2).Ints(1).Op('t', 'R', 's').Stop();
        using var file = WeightFile.Open(folder.Write("shared.pth", TorchFiles.Legacy(pickle, ("0", 4, TorchFiles.Floats(1, 2, 3, 4)))));

        Assert.Equal(TorchFiles.Floats(1, 2, 3, 4), file.Entries[0].ReadAll());
        Assert.Equal(TorchFiles.Floats(3, 4), file.Entries[1].ReadAll());
        Assert.Equal(TorchFiles.Floats(3, 4), file.Entries[2].ReadAll());
    }

    [Fact]
    public void StoragesOfForeignTypesAreWalkedPast()
    {
        using var folder = new TestFolder();
        var pickle = PickleWriter.Start().Op('}')
            .Text("z").Tensor("ComplexFloatStorage", "0", 2, 0, [2], [1]).Op('s')
            .Text("class").Op('(').Text("module").Global("__main__", "Net").Text("net.py").Text("class Net: pass").Op('t', 'Q', 's')
            .Text("w").Tensor("FloatStorage", "1", 1, 0, [], []).Op('s').Stop();
        using var file = WeightFile.Open(folder.Write("foreign.pth", TorchFiles.Legacy(pickle, ("0", 2, new byte[16]), ("1", 1, TorchFiles.Floats(5)))));

        Assert.Equal(TorchFiles.Floats(5), Assert.Single(file.Entries).ReadAll());
        Assert.Equal([("z", true), ("class", false)], file.Skipped.Select(skipped => (skipped.Name, skipped.IsTensor)));
    }

    [Fact]
    public void StateDictOfPython2Reads()
    {
        using var folder = new TestFolder();
        // Its OrderedDict was built from a list of lists of two, and its texts were bytes.
        var pickle = PickleWriter.Start().Global("collections", "OrderedDict").Op(']').Op(']', '(').Op('U').Raw(1, (byte)'w').Scalar().Op('e', 'a').Raw(0x85).Op('R').Stop();
        using var file = WeightFile.Open(folder.Write("two.pth", TorchFiles.Legacy(pickle, ("0", 1, TorchFiles.Floats(5)))));

        Assert.Equal("w Float32 []", Assert.Single(file.Entries).ToString());
    }

    [Fact]
    public void AnyProtocolReads()
    {
        using var folder = new TestFolder();
        var bytes = TorchFiles.SmallLegacy();
        byte[] framed = [0x80, 4, 0x95, 13, 0, 0, 0, 0, 0, 0, 0, .. bytes.AsSpan(2, 13), .. bytes.AsSpan(15)];

        using var file = WeightFile.Open(folder.Write("four.pth", framed));

        Assert.Equal(3, file.Entries.Count);
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public void FileThatBreaksARuleIsRefused(string name)
    {
        using var folder = new TestFolder();
        var (_, bytes, says) = Hostile().Single(hostile => hostile.Name == name);
        var path = folder.Write("hostile.pth", bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fault = Assert.Throws<WeightsException>(() => WeightFile.Open(path));

        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Offset);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    private static IEnumerable<(string Name, byte[] Bytes, string Says)> Hostile()
    {
        var one = PickleWriter.Start().Op('}').Text("w").Scalar().Op('s').Stop();
        var value = TorchFiles.Floats(1);
        var tooLong = PickleWriter.Start().Op('}').Text("w").Tensor("FloatStorage", "0", 1L << 61, 0, [1], [1]).Op('s').Stop();
        yield return ("another number first", [.. PickleWriter.Start().Raw(0x8a, 11).Raw(TorchFiles.LegacyMagic.AsSpan(4, 10)).Raw(1).Stop(), .. Version, .. Machine, .. one], "expected the magic number");
        yield return ("another version", [.. TorchFiles.LegacyMagic, .. PickleWriter.Start().Int(1000).Stop(), .. Machine, .. one], "expected version 1001");
        yield return ("nothing behind", [.. TorchFiles.LegacyMagic, .. Version, .. Machine], "more bytes were expected");
        yield return ("no list of keys", [.. TorchFiles.LegacyMagic, .. Version, .. Machine, .. one, .. PickleWriter.Start().Int(1).Stop()], "expected the list of the storages' keys");
        yield return ("a key that is no text", [.. TorchFiles.LegacyMagic, .. Version, .. Machine, .. one, .. PickleWriter.Start().Op(']').Int(1).Op('a').Stop()], "expected a text");
        yield return ("a key of no tensor", TorchFiles.Legacy(one, ("7", 1, value)), "no tensor names it");
        yield return ("a key twice", TorchFiles.Legacy(one, ("0", 1, value), ("0", 1, value)), "has it twice");
        yield return ("no storages", TorchFiles.Legacy(one), "'data/0' is not in the file");
        yield return ("another number of elements", TorchFiles.Legacy(one, ("0", 2, value)), "it has 2 elements, but the pickle says 1");
        yield return ("fewer bytes", TorchFiles.Legacy(one, ("0", 1, [1, 2, 3])), "truncated");
        yield return ("2^61 elements", TorchFiles.Legacy(tooLong, ("0", 1L << 61, value)), "truncated");
        yield return ("an unknown class", TorchFiles.Legacy(PickleWriter.Start().Op('}').Text("w").Tensor("NewStorage", "0", 1, 0, [], []).Op('s').Stop(), ("0", 1, value)), "whose length is not known");
        yield return ("a part beyond its storage", TorchFiles.Legacy(Part(1, 1), ("0", 1, value)), "a persistent id is a tuple");
        yield return ("a part of 2^63 - 1", TorchFiles.Legacy(Part(1, long.MaxValue), ("0", 1, value)), "a persistent id is a tuple");
    }

    private static byte[] Part(long start, long length) => PickleWriter.Start().Op('(').Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Int(1)
        .Op('(').Text("9").Int(start).Int(length).Op('t', 't', 'Q').Stop();
}
