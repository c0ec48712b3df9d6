namespace Blockwright.Runtime.Tests.Weights;

public class HostilePickleTests
{
    // .NET's own buffers for a file and an archive, and what an exception takes.
    private const long FixedAllocation = 1 << 20;

    // Per byte of the file: a list that grows, and an object of some 40 bytes.
    private const long AllocationPerByte = 200;

    public static TheoryData<string> PickleNames => [.. HostilePickles.All.Select(hostile => hostile.Name)];

    public static TheoryData<string> InertNames => [.. HostilePickles.Inert.Select(inert => inert.Name)];

    public static TheoryData<string> ArchiveNames => [.. HostilePickles.Archives.Select(hostile => hostile.Name)];

    [Theory]
    [MemberData(nameof(PickleNames))]
    public void PickleIsRefused(string name)
    {
        var (_, pickle, says) = HostilePickles.All.Single(hostile => hostile.Name == name);

        var refusal = AssertRefused(TorchFiles.Archive(pickle, ("0", TorchFiles.Floats(1))));

        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', refusal.Message);
        Assert.NotNull(refusal.Entry);
    }

    [Theory]
    [MemberData(nameof(InertNames))]
    public void WhatIsNoTensorIsSkippedAndNothingIsDone(string name)
    {
        using var folder = new TestFolder();
        var (_, write, description) = HostilePickles.Inert.Single(inert => inert.Name == name);
        var pickle = PickleWriter.Start(4).Op('}').Text("first").Scalar().Op('s').Text("hostile");
        write(pickle);
        pickle.Op('s').Text("last").Scalar().Op('s');
        var path = folder.Write("inert.pth", TorchFiles.Archive(pickle.Stop(), ("0", TorchFiles.Floats(5))));

        using var file = WeightFile.Open(path);

        Assert.Equal(["first", "last"], file.Entries.Select(entry => entry.Name));
        Assert.Equal(TorchFiles.Floats(5), file.Entries[1].ReadAll());
        Assert.Equal(new SkippedEntry("hostile", description, IsTensor: false), Assert.Single(file.Skipped));
        Assert.False(File.Exists("/tmp/owned"));
    }

    [Theory]
    [MemberData(nameof(ArchiveNames))]
    public void ArchiveIsRefused(string name)
    {
        var (_, archive, says) = HostilePickles.Archives.Single(hostile => hostile.Name == name);

        Assert.Contains(says, AssertRefused(archive).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecordsThatShareBytesAreRefused()
    {
        using var folder = new TestFolder();
        // Both storages' headers in the directory point to the first one's bytes.
        var archive = TorchFiles.WithoutChecksums(TorchFiles.Archive(
            PickleWriter.Start().Op('}').Text("a").Tensor("FloatStorage", "0", 1, 0, [], []).Op('s').Text("b").Tensor("FloatStorage", "1", 1, 0, [], []).Op('s').Stop(),
            ("0", TorchFiles.Floats(1)),
            ("1", TorchFiles.Floats(1))));
        byte[]? first = null;
        archive = TorchFiles.EachCentralHeader(archive, header =>
        {
            if (header[46..].StartsWith("archive/data/0"u8))
                first = header.Slice(42, 4).ToArray();
            else if (header[46..].StartsWith("archive/data/1"u8))
                first!.CopyTo(header[42..]);
        });

        var refusal = Assert.Throws<WeightsException>(() => WeightFile.Open(folder.Write("shared.pth", archive)));

        Assert.Contains("shares bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatStandsBesideTheStateDictIsNeverWalked()
    {
        using var folder = new TestFolder();
        var pickle = HostilePickles.Laughs(PickleWriter.Start().Op('}').Text("extra"), 1000).Op('s')
            .Text("state_dict").OrderedDict().Text("w").Scalar().Op('s').Op('s').Stop();
        var path = folder.Write("laughs.pth", TorchFiles.Archive(pickle, ("0", TorchFiles.Floats(5))));

        using var file = WeightFile.Open(path);

        Assert.Equal(TorchFiles.Floats(5), Assert.Single(file.Entries).ReadAll());
    }

    private static WeightsException AssertRefused(byte[] content)
    {
        using var folder = new TestFolder();
        var path = folder.Write("hostile.pth", content);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refusal = Assert.Throws<WeightsException>(() => ReadAll(path));

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < FixedAllocation + (AllocationPerByte * content.Length), $"{allocated} bytes were allocated for a file of {content.Length}.");
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(path, refusal.Path);
        Assert.Equal([path], Directory.GetFiles(folder.Full));
        return refusal;
    }

    private static void ReadAll(string path)
    {
        using var file = WeightFile.Open(path);
        foreach (var entry in file.Entries)
            entry.ReadAll();
    }
}
