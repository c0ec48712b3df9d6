using System.Runtime.InteropServices;

namespace Blockwright.Runtime.Tests.Weights;

public class PyTorchFileTests
{
    [Fact]
    public void StridesOffsetsAndTypesReadRight()
    {
        using var folder = new TestFolder();
        using var file = WeightFile.Open(folder.Write("small.pth", TorchFiles.Small()));

        Assert.IsType<PyTorchFile>(file);
        Assert.Equal(["fc.weight Float32 [3, 2]", "fc.bias Float16 [2]", "bn.num_batches_tracked Int64 []"], file.Entries.Select(entry => entry.ToString()));
        // A transposed view of [[1, 2, 3], [4, 5, 6]].
        Assert.Equal(TorchFiles.Floats(1, 4, 2, 5, 3, 6), file.Entries[0].ReadAll());
        Assert.Equal([0, 0x3c, 0, 0x40], file.Entries[1].ReadAll());
        Assert.Equal([7, 0, 0, 0, 0, 0, 0, 0], file.Entries[2].ReadAll());
    }

    [Theory]
    [InlineData(new long[] { 2, 3, 4 }, new long[] { 12, 4, 1 }, 0)]
    [InlineData(new long[] { 2, 3, 4 }, new long[] { 1, 2, 6 }, 0)]
    [InlineData(new long[] { 4, 2 }, new long[] { 2, 1 }, 5)]
    [InlineData(new long[] { 3, 2 }, new long[] { 8, 3 }, 1)]
    [InlineData(new long[] { 2, 1, 2, 1 }, new long[] { 3, 99999999999, 7, 0 }, 2)]
    [InlineData(new long[] { 5 }, new long[] { 0 }, 3)]
    [InlineData(new long[] { 4, 4 }, new long[] { 1, 1 }, 3)]
    [InlineData(new long[] { 25 }, new long[] { 0 }, 23)]
    [InlineData(new long[] { 4, 3, 3, 3 }, new long[] { 3, 0, 1, 0 }, 0)]
    [InlineData(new long[] { 4, 3, 3, 3 }, new long[] { 2, 1, 2, 1 }, 3)]
    [InlineData(new long[] { 17, 4 }, new long[] { 1, 1 }, 4)]
    [InlineData(new long[] { 0, 7 }, new long[] { 7, 1 }, 24)]
    [InlineData(new long[0], new long[0], 23)]
    public void AnyViewOfAStorageReadsAsItsElements(long[] shape, long[] strides, long offset)
    {
        using var folder = new TestFolder();
        var storage = Enumerable.Range(0, 24).Select(i => (double)i).ToArray();
        var expected = Indices(shape).Select(index => storage[offset + index.Zip(strides, (i, stride) => i * stride).Sum()]).ToArray();
        var pickle = PickleWriter.Start().Op('}').Text("w").Tensor("DoubleStorage", "0", 24, offset, shape, strides).Op('s').Stop();
        using var file = WeightFile.Open(folder.Write("view.pth", TorchFiles.Archive(pickle, ("0", MemoryMarshal.AsBytes(storage.AsSpan()).ToArray()))));
        var entry = file.Entries.Single();

        var all = MemoryMarshal.Cast<byte, double>(entry.ReadAll()).ToArray();
        Span<double> one = stackalloc double[1];
        var oneByOne = new List<double>();
        for (var i = 0; i < entry.ElementCount; i++)
        {
            entry.Read(MemoryMarshal.AsBytes(one), i);
            oneByOne.Add(one[0]);
        }

        Assert.Equal(expected, all);
        Assert.Equal(expected, oneByOne);
    }

    [Theory]
    [InlineData("BoolStorage", WeightType.Bool)]
    [InlineData("ByteStorage", WeightType.UInt8)]
    [InlineData("CharStorage", WeightType.Int8)]
    [InlineData("ShortStorage", WeightType.Int16)]
    [InlineData("HalfStorage", WeightType.Float16)]
    [InlineData("BFloat16Storage", WeightType.BFloat16)]
    [InlineData("IntStorage", WeightType.Int32)]
    [InlineData("FloatStorage", WeightType.Float32)]
    [InlineData("DoubleStorage", WeightType.Float64)]
    [InlineData("LongStorage", WeightType.Int64)]
    public void EachStorageTypeReads(string storage, WeightType type)
    {
        using var folder = new TestFolder();
        var bytes = Enumerable.Range(0, 2 * type.ElementSize()).Select(i => type == WeightType.Bool ? (byte)(i & 1) : (byte)(i + 3)).ToArray();
        // Transposed, so that each element size takes the way of strided views.
        var pickle = PickleWriter.Start().Op('}').Text("w").Tensor(storage, "0", 2, 0, [1, 2], [2, 1]).Op('s').Text("last").Tensor(storage, "0", 2, 1, [1], [1]).Op('s').Stop();
        using var file = WeightFile.Open(folder.Write("typed.pth", TorchFiles.Archive(pickle, ("0", bytes))));

        Assert.Equal(type, file.Entries[0].Type);
        Assert.Equal(bytes, file.Entries[0].ReadAll());
        Assert.Equal(bytes[type.ElementSize()..], file.Entries[1].ReadAll());
    }

    [Fact]
    public void NewerPicklesAndParametersRead()
    {
        using var folder = new TestFolder();
        // Protocol 4 with FRAME, MEMOIZE, SHORT_BINUNICODE, STACK_GLOBAL; _rebuild_parameter around _rebuild_tensor_v3 over an untyped storage.
        var body = PickleWriter.Start(4).Op('}').Raw(0x94, 0x8c, 1, (byte)'p')
            .Text("torch._utils").Text("_rebuild_parameter").Raw(0x93).Op('(')
            .Text("torch._utils").Text("_rebuild_tensor_v3").Raw(0x93).Op('(')
            .Op('(').Text("storage").Text("torch.storage").Text("UntypedStorage").Raw(0x93).Text("0").Text("cuda:0").Int(8).Op('t', 'Q')
            .Int(1).Ints(1).Ints(1).Bool(true).Op('}').Text("torch").Text("float32").Raw(0x93).Op('t', 'R')
            .Bool(true).Op('}').Op('t', 'R', 's').Stop();
        byte[] pickle = [0x80, 4, 0x95, .. BitConverter.GetBytes((ulong)(body.Length - 2)), .. body[2..]];
        using var file = WeightFile.Open(folder.Write("new.pt", TorchFiles.Archive(pickle, ("0", TorchFiles.Floats(1, 2)))));

        Assert.Equal("p Float32 [1]", Assert.Single(file.Entries).ToString());
        Assert.Equal(TorchFiles.Floats(2), file.Entries[0].ReadAll());
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("model")]
    public void CheckpointGivesItsStateDict(string key)
    {
        using var folder = new TestFolder();
        var pickle = PickleWriter.Start().Op('}')
            .Text("epoch").Int(90).Op('s')
            .Text("best").Op('G').UInt64(0).Op('s')
            .Text("seed").Raw(0x8a, 16).UInt64(1).UInt64(1).Op('s')
            .Text("optimizer").Op('}').Text("state").Op('}').Int(0).Op('}').Text("momentum").Scalar().Op('s', 's', 's')
            .Text("groups").Op(']', '(').Op('}').Int(1).Op('e').Op('s').Op('s')
            .Text(key).OrderedDict().Text("w").Scalar().Op('s').Op('}').Text("_metadata").OrderedDict().Op('s', 'b').Op('s').Stop();
        using var file = WeightFile.Open(folder.Write("checkpoint.pth", TorchFiles.Archive(pickle, ("0", TorchFiles.Floats(3)))));

        Assert.Equal("w Float32 []", Assert.Single(file.Entries).ToString());
    }

    [Fact]
    public void EmptyStateDictHasNoEntries()
    {
        using var folder = new TestFolder();
        using var file = WeightFile.Open(folder.Write("empty.pth", TorchFiles.Archive(PickleWriter.Start().OrderedDict().Stop())));

        Assert.Empty(file.Entries);
    }

    [Fact]
    public void DamagedStorageIsNamedWhenItIsRead()
    {
        using var folder = new TestFolder();
        var archive = TorchFiles.Small();
        var at = archive.AsSpan().IndexOf(TorchFiles.Floats(1, 2, 3, 4, 5, 6));
        archive[at + 5] ^= 1;
        using var file = WeightFile.Open(folder.Write("damaged.pth", archive));

        var fault = Assert.Throws<WeightsException>(() => file.Entries[0].ReadAll());

        Assert.Equal("archive/data/0", fault.Entry);
        Assert.Equal(at, fault.Offset);
        Assert.Contains("checksum", fault.Message, StringComparison.Ordinal);
        Assert.Equal([0, 0x3c, 0, 0x40], file.Entries[1].ReadAll());
    }

    [Fact]
    public void FileWithoutChecksumsReads()
    {
        using var folder = new TestFolder();
        using var file = WeightFile.Open(folder.Write("small.pth", TorchFiles.WithoutChecksums(TorchFiles.Small())));

        Assert.Equal(TorchFiles.Floats(1, 4, 2, 5, 3, 6), file.Entries[0].ReadAll());
    }

    [Fact]
    public void BoolThatIsNeitherTrueNorFalseIsRefused()
    {
        using var folder = new TestFolder();
        var pickle = PickleWriter.Start().Op('}').Text("mask").Tensor("BoolStorage", "0", 3, 0, [3], [1]).Op('s').Stop();
        using var file = WeightFile.Open(folder.Write("mask.pth", TorchFiles.Archive(pickle, ("0", [1, 0, 2]))));

        Assert.Contains("element 2", Assert.Throws<WeightsException>(() => file.Entries[0].ReadAll()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ElementsBeyondTheEntryAreNotRead()
    {
        using var folder = new TestFolder();
        using var file = WeightFile.Open(folder.Write("small.pth", TorchFiles.Small()));

        Assert.Throws<ArgumentException>(() => file.Entries[0].Read(new byte[4], 6));
        Assert.Throws<ArgumentException>(() => file.Entries[0].Read(new byte[4], -1));
        Assert.Throws<ArgumentException>(() => file.Entries[0].Read(new byte[28]));
        Assert.Throws<ArgumentException>(() => file.Entries[0].Read(new byte[3]));
    }

    private static IEnumerable<long[]> Indices(long[] shape)
    {
        IEnumerable<long[]> indices = [[]];
        foreach (var size in shape)
            indices = indices.SelectMany(index => Enumerable.Range(0, (int)size).Select(i => (long[])[.. index, i]));
        return indices;
    }
}
