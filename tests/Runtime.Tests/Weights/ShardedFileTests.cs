namespace Blockwright.Runtime.Tests.Weights;

/// <summary>A model in several files, with the index that Hugging Face's libraries write.</summary>
public class ShardedFileTests
{
    private const string First = "model-00001-of-00002.safetensors", Second = "model-00002-of-00002.safetensors", Index = "model.safetensors.index.json";

    [Fact]
    public void TensorsOfAllFilesLoadByTheIndex()
    {
        using var folder = new TestFolder();
        using var net = Net();
        var path = WriteShards(folder, $$$"""{ "metadata": {"total_size": 16, "more": [{}]}, "weight_map": {"a": "{{{First}}}", "b": "{{{Second}}}"} }""");

        Assert.True(net.LoadWeights(path).IsComplete);

        Assert.Equal(TorchFiles.Floats(1, 2), net.Bytes()["a"]);
        Assert.Equal(TorchFiles.Floats(3, 4), net.Bytes()["b"]);
    }

    [Fact]
    public void PyTorchsFilesMayBeParts()
    {
        using var folder = new TestFolder();
        var pickle = PickleWriter.Start().Op('}').Text("w").Scalar().Op('s').Stop();
        folder.Write("pytorch_model-00001-of-00001.bin", TorchFiles.Archive(pickle, ("0", TorchFiles.Floats(5))));
        using var file = WeightFile.Open(folder.Write("pytorch_model.bin.index.json", """{"weight_map":{"w":"pytorch_model-00001-of-00001.bin"}}"""u8.ToArray()));

        Assert.Equal(TorchFiles.Floats(5), Assert.Single(file.Entries).ReadAll());
    }

    [Fact]
    public void FilesAreClosedWithTheIndex()
    {
        using var folder = new TestFolder();
        WeightEntry entry;
        using (var file = WeightFile.Open(WriteShards(folder, $$$"""{"weight_map":{"a":"{{{First}}}"}}""")))
            entry = file.Entries[0];

        Assert.Throws<ObjectDisposedException>(entry.ReadAll);
    }

    [Fact]
    public void OnePartSaysWhereTheIndexIs()
    {
        using var folder = new TestFolder();
        using var net = Net();
        WriteShards(folder, "{}");

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(folder[First]));

        Assert.Contains("one of 2 files of a model: load its index, model.safetensors.index.json", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingPartKeepsItsOwnException()
    {
        using var folder = new TestFolder();

        Assert.Throws<FileNotFoundException>(() => WeightFile.Open(WriteShards(folder, """{"weight_map":{"a":"none.safetensors"}}""")));
    }

    [Theory]
    [InlineData("{}", "without a weight_map")]
    [InlineData("{", "no valid JSON")]
    [InlineData("{\"weight_map\":", "no valid JSON")]
    [InlineData("{\"weight_map\":{}} x", "no valid JSON")]
    [InlineData("{\"weight_map\":{},\"weight_map\":{}}", "expected one object")]
    [InlineData("{\"weight_map\":[]}", "expected one object")]
    [InlineData("{\"weight_map\":{\"a\":1}}", "expected the name of a file")]
    [InlineData("{\"weight_map\":{\"a\":\"" + First + "\",\"a\":\"" + First + "\"}}", "declares it twice")]
    [InlineData("{\"weight_map\":{\"c\":\"" + First + "\"}}", "it does not")]
    [InlineData("{\"weight_map\":{\"a\":\"../" + First + "\"}}", "no name of a file beside the index")]
    [InlineData("{\"weight_map\":{\"a\":\"/etc/passwd\"}}", "no name of a file beside the index")]
    [InlineData("{\"weight_map\":{\"a\":\"..\"}}", "no name of a file beside the index")]
    [InlineData("{\"weight_map\":{\"a\":\"C:\\\\x\"}}", "no name of a file beside the index")]
    [InlineData("{\"weight_map\":{\"a\":\"\"}}", "no name of a file beside the index")]
    [InlineData("{\"weight_map\":{\"a\":\"" + Index + "\"}}", "another kind of file")]
    [InlineData("{\"weight_map\":{\"\\ud800\":\"" + First + "\"}}", "no valid JSON")]
    public void IndexThatBreaksARuleIsRefused(string index, string says)
    {
        using var folder = new TestFolder();

        var fault = Assert.Throws<WeightsException>(() => WeightFile.Open(WriteShards(folder, index)));

        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    private static BagOfTensors Net() => new BagOfTensors().Add("a", TorchSharp.torch.zeros(2)).Add("b", TorchSharp.torch.zeros(2));

    private static string WriteShards(TestFolder folder, string index)
    {
        Safetensors.Save(folder[First], [new WeightSource("a", WeightType.Float32, [2], TorchFiles.Floats(1, 2))]);
        Safetensors.Save(folder[Second], [new WeightSource("b", WeightType.Float32, [2], TorchFiles.Floats(3, 4))]);
        return folder.Write(Index, System.Text.Encoding.UTF8.GetBytes(index));
    }
}
