using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>Tensors that show the same elements of their storage more than once, and so may claim any size.</summary>
public class ExpandedTensorTests
{
    private const long Terabytes = 1L << 40;

    // .NET's own buffers for a file and an archive, and the module's report.
    private const long FixedAllocation = 1 << 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ModuleBoundsWhatIsRead(bool isLegacy)
    {
        using var folder = new TestFolder();
        // Longer than the file: only the module says that so much is wanted.
        const int Size = 300;
        using var net = new BagOfTensors().Add("w", zeros(Size, Size)).Add("b", zeros(4));
        var pickle = PickleWriter.Start().Op('}').Text("w").Tensor("FloatStorage", "0", 2, 1, [Size, Size], [0, 0]).Op('s').Text("b").Tensor("FloatStorage", "0", 2, 0, [4], [0]).Op('s').Stop();

        var report = net.LoadWeights(Write(folder, pickle, isLegacy));

        Assert.True(report.IsComplete);
        Assert.Equal(TorchFiles.Floats([.. Enumerable.Repeat(2f, Size * Size)]), net.Bytes()["w"]);
        Assert.Equal(TorchFiles.Floats(1, 1, 1, 1), net.Bytes()["b"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UnwantedOneOfAnySizeStopsNothing(bool isLegacy)
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("w", zeros(2));
        // The second one has more bytes than 63 bits count.
        var pickle = PickleWriter.Start().Op('}').Text("huge").Tensor("FloatStorage", "0", 2, 0, [Terabytes], [0]).Op('s')
            .Text("more").Tensor("FloatStorage", "0", 2, 0, [1L << 31, 1L << 31], [0, 0]).Op('s').Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Op('s').Stop();
        var path = Write(folder, pickle, isLegacy);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var strict = Assert.Throws<WeightsException>(() => net.LoadWeights(path));
        var report = net.LoadWeights(path, strict: false);

        Assert.Equal(["huge", "more"], strict.Report!.Unexpected);
        Assert.Equal(["w"], report.Loaded);
        Assert.Equal(TorchFiles.Floats(1, 2), net.Bytes()["w"]);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < FixedAllocation);
    }

    [Fact]
    public void OneOfAnySizeReadsInParts()
    {
        using var folder = new TestFolder();
        var pickle = PickleWriter.Start().Op('}').Text("huge").Tensor("FloatStorage", "0", 2, 0, [Terabytes, 2], [0, 1]).Op('s')
            .Text("more").Tensor("FloatStorage", "0", 2, 0, [1L << 31, 1L << 31], [0, 0]).Op('s').Stop();
        using var file = WeightFile.Open(Write(folder, pickle, isLegacy: false));
        var part = new byte[8];

        file.Entries[0].Read(part, (2 * Terabytes) - 2);

        Assert.Equal(TorchFiles.Floats(1, 2), part);
        Assert.Equal(8 * Terabytes, file.Entries[0].ByteLength);
        Assert.Equal(long.MaxValue, file.Entries[1].ByteLength);
        foreach (var entry in file.Entries)
        {
            var fault = Assert.Throws<WeightsException>(entry.ReadAll);
            Assert.Equal(entry.Name, fault.Entry);
            Assert.Contains("more than the whole file has. Read it in parts", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WrongShapeOfAnySizeIsReported()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("w", zeros(4));
        var pickle = PickleWriter.Start().Op('}').Text("w").Tensor("FloatStorage", "0", 2, 0, [Terabytes], [0]).Op('s').Stop();

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(Write(folder, pickle, isLegacy: false)));

        Assert.Equal("w", Assert.Single(fault.Report!.WrongShape).Key);
    }

    /// <summary>A file with one storage of a 1 and a 2.</summary>
    private static string Write(TestFolder folder, byte[] pickle, bool isLegacy)
    {
        var values = TorchFiles.Floats(1, 2);
        return folder.Write("expanded.pth", isLegacy ? TorchFiles.Legacy(pickle, ("0", 2, values)) : TorchFiles.Archive(pickle, ("0", values)));
    }
}
