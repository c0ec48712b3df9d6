using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>Where in what was saved the state dict is found, and what its keys are called.</summary>
public class CheckpointTests
{
    private const int MostLines = 30;

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("net")]
    [InlineData("params")]
    [InlineData("ema")]
    [InlineData("anything")]
    [InlineData("checkpoint.model")]
    [InlineData("model.state_dict")]
    public void StateDictIsFoundUpToTwoLevelsDeep(string path)
    {
        using var folder = new TestFolder();
        using var file = WeightFile.Open(Write(folder, Dict((path, Weights("w")), ("epoch", writer => writer.Int(3)), ("optimizer", Optimizer))));

        Assert.Equal("w Float32 []", Assert.Single(file.Entries).ToString());
        Assert.Equal(path, file.EntryPath);
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model")]
    public void TensorBesideTheStateDictIsNotTakenForIt(string key)
    {
        using var folder = new TestFolder();
        using var file = WeightFile.Open(Write(folder, Dict((key, Weights("w")), ("best", writer => writer.Scalar()))));

        Assert.Equal("w", Assert.Single(file.Entries).Name);
    }

    [Fact]
    public void ExtraStateOfAModuleIsNoStateDict()
    {
        using var folder = new TestFolder();
        using var file = WeightFile.Open(Write(folder, Dict(("w", writer => writer.Scalar()), ("head._extra_state", Weights("scale")))));

        Assert.Equal("w", Assert.Single(file.Entries).Name);
        Assert.Equal(new SkippedEntry("head._extra_state", "a dict", IsTensor: false), Assert.Single(file.Skipped));
    }

    [Fact]
    public void SeveralAreListedAndOneIsChosen()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("w", zeros([]));
        var path = Write(folder, Dict(("model", Weights("w")), ("ema", Weights("w", "1"))));

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(path));
        var opened = Assert.Throws<WeightsException>(() => WeightFile.Open(path));
        var wrong = Assert.Throws<WeightsException>(() => net.LoadWeights(path, new() { Entry = "teacher" }));
        var report = net.LoadWeights(path, new() { Entry = "ema" });

        foreach (var message in (string[])[fault.Message, opened.Message, wrong.Message])
        {
            Assert.Contains("\"model\" (1 tensors)", message, StringComparison.Ordinal);
            Assert.Contains("\"ema\" (1 tensors)", message, StringComparison.Ordinal);
            Assert.Contains("Entry = \"model\"", message, StringComparison.Ordinal);
        }
        Assert.Contains("no dict of tensors 'teacher'", wrong.Message, StringComparison.Ordinal);
        Assert.Equal("ema", report.Entry);
        Assert.Equal(TorchFiles.Floats(2), net.Bytes()["w"]);
    }

    [Fact]
    public void OpenFileTurnsToAnotherStateDict()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("w", zeros([]));
        using var file = WeightFile.Open(Write(folder, Dict(("model", Weights("w")), ("ema", Weights("w", "1")))), "model");

        net.LoadWeights(file, new() { Entry = "ema" });

        Assert.Equal(TorchFiles.Floats(2), net.Bytes()["w"]);
        Assert.Equal("ema", file.EntryPath);
    }

    [Fact]
    public void OnlyOneThatFitsIsTaken()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("d", zeros([]));
        var path = Write(folder, Dict(("generator", Weights("g")), ("discriminator", Weights("d", "1")), ("epoch", writer => writer.Int(1))));

        Assert.Equal("discriminator", net.LoadWeights(path).Entry);
        Assert.Throws<WeightsException>(() => WeightFile.Open(path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("model")]
    [InlineData("state_dict")]
    public void SameDictUnderTwoNamesIsNoChoice(string? entry)
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("w", zeros([]));
        // The same object; another dict with the same tensor; one that spells the same tensor out.
        var path = Write(folder, PickleWriter.Start().Op('}')
            .Text("model").OrderedDict().Op('q').Raw(0).Text("w").Scalar().Op('q').Raw(1, (byte)'s', (byte)'s')
            .Text("state_dict").Op('h').Raw(0).Op('s')
            .Text("ema").Op('}').Text("w").Op('h').Raw(1).Op('s', 's')
            .Text("teacher").Op('}').Text("w").Scalar().Op('s', 's').Stop());

        var report = net.LoadWeights(path, new() { Entry = entry });
        using var file = WeightFile.Open(path, entry);

        Assert.Equal(entry ?? "model", report.Entry);
        Assert.Equal("w", Assert.Single(file.Entries).Name);
    }

    [Fact]
    public void DictsThatDifferInOneTensorAreAChoice()
    {
        using var folder = new TestFolder();
        Func<PickleWriter, PickleWriter> Of(string storage, long offset, long[] sizes) => writer => writer.Op('}').Text("w").Tensor("FloatStorage", storage, 1, offset, sizes, [.. sizes]).Op('s');
        foreach (var other in (Func<PickleWriter, PickleWriter>[])[Of("1", 0, []), Of("0", 1, []), Of("0", 0, [1]), Weights("v"), writer => Of("0", 0, [])(writer).Text("v").Scalar().Op('s')])
        {
            var path = Write(folder, Dict(("model", Of("0", 0, [])), ("ema", other)));

            Assert.Contains("several dicts of tensors", Assert.Throws<WeightsException>(() => WeightFile.Open(path)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EntryThatNamesTwoIsRefused(bool isTurned)
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("w", zeros([]));
        (string, Func<PickleWriter, PickleWriter>) dotted = ("a.model", Weights("w")), nested = ("a", writer => Weights("w", "1")(writer.Op('}').Text("model")).Op('s'));
        var path = Write(folder, isTurned ? Dict(nested, dotted) : Dict(dotted, nested));

        foreach (var fault in (WeightsException[])[
            Assert.Throws<WeightsException>(() => net.LoadWeights(path)),
            Assert.Throws<WeightsException>(() => net.LoadWeights(path, new() { Entry = "a.model" })),
            Assert.Throws<WeightsException>(() => net.LoadWeights(path, new() { Entry = "a" }))])
        {
            Assert.Contains("are spelled alike", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Entry = ", fault.Message, StringComparison.Ordinal);
        }
        // The last key is no way to the other one: that has a dot in it.
        Assert.Equal("a.model", net.LoadWeights(path, new() { Entry = "model" }).Entry);
        Assert.Equal(TorchFiles.Floats(2), net.Bytes()["w"]);
        using var file = WeightFile.Open(path, "model");
        Assert.Contains("several 'a.model'", Assert.Throws<WeightsException>(() => net.LoadWeights(file, new() { Entry = "a.model" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SameTensorsUnderManyNamesAreComparedOnceEach()
    {
        using var folder = new TestFolder();
        // Two dicts of the same 20,000 keys, the second under 20,000 names.
        var pickle = PickleWriter.Start().Scalar().Op('q').Raw(1).Op('0');
        foreach (var memo in (byte[])[2, 3])
            Numbered(pickle.Op('}', 'q').Raw(memo).Op('('), 1).Op('u', '0');
        pickle.Op('}', '(').Text("first").Op('h').Raw(2);
        using var file = WeightFile.Open(Write(folder, Numbered(pickle, 3).Op('u').Stop()));

        Assert.Equal("first", file.EntryPath);
        Assert.Equal(20_000, file.Entries.Count);
    }

    [Fact]
    public void ManyAreListedInAFewLines()
    {
        using var folder = new TestFolder();
        var path = Write(folder, Dict([.. Enumerable.Range(0, 500).Select(i => ($"model{i}", Weights($"w{i}")))]));

        var fault = Assert.Throws<WeightsException>(() => WeightFile.Open(path));

        Assert.Contains("and 480 more", fault.Message, StringComparison.Ordinal);
        Assert.InRange(fault.Message.Split('\n').Length, 20, MostLines);
    }

    [Fact]
    public void DictsInDictsAreWalkedOnceEach()
    {
        using var folder = new TestFolder();
        // A dict of 20,000 times the same dict of 20,000 numbers.
        var inner = PickleWriter.Start().Op('}', 'q').Raw(0).Op('(').Repeat(20_000, writer => writer.Text("k").Op('N')).Op('u', '0');
        var pickle = inner.Op('}', '(').Repeat(20_000, writer => writer.Text("k").Op('h').Raw(0)).Text("model");
        Weights("w")(pickle);
        using var file = WeightFile.Open(Write(folder, pickle.Op('u').Stop()));

        Assert.Equal("w", Assert.Single(file.Entries).Name);
    }

    [Fact]
    public void DictThatStandsInManyPlacesIsComparedOnce()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("w", zeros([]));
        // 20,000 times the same dict of 20,000 times the same tensor, under names of their own, and another one.
        var pickle = PickleWriter.Start().Scalar().Op('q').Raw(0).Op('0').Op('}', 'q').Raw(1).Op('(');
        Numbered(pickle, 0).Op('u', '0').Op('}', '(');
        Weights("v")(Numbered(pickle, 1).Text("other")).Op('u');

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(Write(folder, pickle.Stop())));

        Assert.Contains("and 19981 more", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PickleOfAMillionNumbersLoads()
    {
        using var folder = new TestFolder();
        var pickle = PickleWriter.Start().Op('}').Text("history").Op(']', '(').Repeat(1_000_000, writer => writer.Op('G').UInt64(0x3fb999999999999a)).Op('e', 's').Text("state_dict");
        Weights("w")(pickle);
        var path = Write(folder, pickle.Op('s').Stop());
        var before = GC.GetAllocatedBytesForCurrentThread();

        using var file = WeightFile.Open(path);

        Assert.Equal("w", Assert.Single(file.Entries).Name);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10 * new FileInfo(path).Length);
    }

    [Theory]
    [InlineData("module.")]
    [InlineData("_orig_mod.")]
    [InlineData("model.")]
    [InlineData("module._orig_mod.")]
    [InlineData("model.module._orig_mod.")]
    public void WrapperBeforeEveryKeyIsTakenOff(string prefix)
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("fc.weight", zeros([])).Add("fc.bias", zeros([]));

        var report = net.LoadWeights(Write(folder, Dict((prefix + "fc.weight", writer => writer.Scalar()), (prefix + "fc.bias", writer => writer.Scalar()))));

        Assert.Equal(prefix, report.Prefix);
        Assert.True(report.IsComplete);
        Assert.Equal(TorchFiles.Floats(1), net.Bytes()["fc.weight"]);
    }

    [Fact]
    public void WrapperThatIsTheModulesOwnStays()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("model.w", zeros([]));

        Assert.Equal("", net.LoadWeights(Write(folder, Dict(("model.w", writer => writer.Scalar())))).Prefix);
    }

    [Fact]
    public void PrefixIsTakenAsItIsSaid()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("w", zeros([]));
        var path = Write(folder, Dict(("backbone.w", writer => writer.Scalar()), ("head.v", writer => writer.Scalar())));

        var report = net.LoadWeights(path, new() { Prefix = "backbone." });

        Assert.True(report.IsComplete);
        Assert.Equal("backbone.", report.Prefix);
        Assert.Throws<WeightsException>(() => net.LoadWeights(Write(folder, Dict(("module.w", writer => writer.Scalar()))), new() { Prefix = "" }));
    }

    [Fact]
    public void RenameGivesTheModulesKeysOrLeavesOut()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("norm1", zeros([]));
        var path = Write(folder, Dict(("module.norm.1", writer => writer.Scalar()), ("module.loss", writer => writer.Scalar())));

        var report = net.LoadWeights(path, new() { Rename = key => key == "loss" ? null : key.Replace("norm.", "norm", StringComparison.Ordinal) });

        Assert.True(report.IsComplete);
        Assert.Equal("module.", report.Prefix);
        Assert.Contains("two entries are called 'norm1'", Assert.Throws<WeightsException>(() => net.LoadWeights(path, new() { Rename = _ => "norm1" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ScalarOfBeforePyTorch04IsATensorOfOneElement()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("w", zeros([]));

        Assert.True(net.LoadWeights(Write(folder, Dict(("w", writer => writer.Tensor("FloatStorage", "0", 1, 0, [1], [1]))))).IsComplete);

        Assert.Equal(TorchFiles.Floats(1), net.Bytes()["w"]);
    }

    [Fact]
    public void BigEndianElementsAreTurned()
    {
        using var folder = new TestFolder();
        var pickle = PickleWriter.Start().Op('}').Text("w").Tensor("FloatStorage", "0", 1, 0, [], []).Op('s').Text("h").Tensor("HalfStorage", "1", 2, 0, [2], [1]).Op('s')
            .Text("n").Tensor("LongStorage", "2", 1, 0, [], []).Op('s').Text("b").Tensor("ByteStorage", "3", 2, 0, [2], [1]).Op('s').Stop();
        using var file = WeightFile.Open(folder.Write("big.pth", TorchFiles.Zip(
            ("a/data.pkl", pickle), ("a/byteorder", "big"u8.ToArray()), ("a/data/0", [0x3f, 0x80, 0, 0]), ("a/data/1", [0x3c, 0, 0x40, 0]), ("a/data/2", [0, 0, 0, 0, 0, 0, 1, 2]), ("a/data/3", [1, 2]))));

        Assert.Equal(TorchFiles.Floats(1), file.Entries[0].ReadAll());
        Assert.Equal([0, 0x3c, 0, 0x40], file.Entries[1].ReadAll());
        Assert.Equal([2, 1, 0, 0, 0, 0, 0, 0], file.Entries[2].ReadAll());
        Assert.Equal([1, 2], file.Entries[3].ReadAll());
    }

    /// <summary>20,000 pairs of a number and what is remembered.</summary>
    private static PickleWriter Numbered(PickleWriter writer, byte memo)
    {
        for (var i = 0; i < 20_000; i++)
            writer.Text($"{i}").Op('h').Raw(memo);
        return writer;
    }

    private static PickleWriter Optimizer(PickleWriter writer)
        => writer.Op('}').Text("state").Op('}').Int(0).Op('}').Text("momentum_buffer").Scalar().Op('s', 's', 's').Text("param_groups").Op(']', 's');

    private static Func<PickleWriter, PickleWriter> Weights(string key, string storage = "0")
        => writer => writer.OrderedDict().Text(key).Tensor("FloatStorage", storage, 1, 0, [], []).Op('s');

    /// <summary>A dict; a key with a dot stands for a dict in a dict, unless tensors are in it.</summary>
    private static byte[] Dict(params (string Key, Func<PickleWriter, PickleWriter> Write)[] items)
    {
        var writer = PickleWriter.Start().Op('}');
        foreach (var (key, write) in items)
        {
            if (key is "checkpoint.model" or "model.state_dict")
            {
                writer.Text(key[..key.IndexOf('.')]).Op('}').Text(key[(key.IndexOf('.') + 1)..]);
                write(writer).Op('s', 's');
            }
            else
                write(writer.Text(key)).Op('s');
        }
        return writer.Stop();
    }

    private static string Write(TestFolder folder, byte[] pickle)
        => folder.Write("checkpoint.pth", TorchFiles.Archive(pickle, ("0", TorchFiles.Floats(1)), ("1", TorchFiles.Floats(2))));
}
