using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Weights;

public class ModuleWeightsTests
{
    [Fact]
    public void BatchNormSurvivesSavingAndLoading()
    {
        using var folder = new TestFolder();
        using var trained = nn.BatchNorm2d(4);
        using var fresh = nn.BatchNorm2d(4);
        trained.train();
        trained.call(randn(2, 4, 3, 3)).Dispose();
        trained.call(randn(2, 4, 3, 3)).Dispose();

        trained.SaveWeights(folder["bn.safetensors"], new Dictionary<string, string> { ["epoch"] = "2" });
        var report = fresh.LoadWeights(folder["bn.safetensors"]);

        Assert.Equal(["bias", "num_batches_tracked", "running_mean", "running_var", "weight"], report.Loaded.Order(StringComparer.Ordinal));
        Assert.True(report.IsComplete);
        Assert.Equal(2, fresh.state_dict()["num_batches_tracked"].item<long>());
        foreach (var (key, value) in trained.state_dict())
            Assert.Equal(value.bytes.ToArray(), fresh.state_dict()[key].bytes.ToArray());
        using var file = Safetensors.Open(folder["bn.safetensors"]);
        Assert.Equal("2", file.Metadata["epoch"]);
    }

    [Fact]
    public void StrictLoadReportsAllDifferencesAndChangesNothing()
    {
        using var folder = new TestFolder();
        using var net = Net();
        var before = net.Bytes();
        var path = SaveOther(folder);

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(path));

        AssertOtherReport(fault.Report!);
        Assert.Equal(before, net.Bytes());
        foreach (var part in (string[])[path, "does not fit Bag", "conv.bias", "head.extra", "fc.weight: expected [3, 2], found [2, 3]", "fc.bias: expected [3], found []", "Check that the file"])
            Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LenientLoadTakesWhatFitsAndReportsTheRest()
    {
        using var folder = new TestFolder();
        using var net = Net();
        var before = net.Bytes();

        var report = net.LoadWeights(SaveOther(folder), strict: false);

        AssertOtherReport(report);
        var after = net.Bytes();
        Assert.Equal(TorchFiles.Floats(10, 20), after["conv.weight"]);
        foreach (var key in before.Keys.Where(key => key != "conv.weight"))
            Assert.Equal(before[key], after[key]);
    }

    [Fact]
    public void ExceptedKeysStayWhateverTheFileHas()
    {
        using var folder = new TestFolder();
        using var net = Net();
        var before = net.Bytes();
        var path = SaveOther(folder);

        var report = net.LoadWeights(path, new() { Except = ["fc.*", "conv.b?as", "bn.*", "head.*"] });

        Assert.True(report.IsComplete);
        Assert.Equal(["conv.weight"], report.Loaded);
        Assert.Equal(["bn.running_mean", "conv.bias", "fc.bias", "fc.weight"], report.Excepted.Order(StringComparer.Ordinal));
        Assert.Contains("All 1 keys fit beside 4 that were to stay", report.ToString(), StringComparison.Ordinal);
        var after = net.Bytes();
        Assert.Equal(TorchFiles.Floats(10, 20), after["conv.weight"]);
        foreach (var key in report.Excepted)
            Assert.Equal(before[key], after[key]);
    }

    [Fact]
    public void AnExceptionMustBeOneInAStrictLoad()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("body.weight", zeros(2)).Add("fc.weight", zeros(2));
        Safetensors.Save(folder["net.safetensors"], ((string[])["body.weight", "fc.weight"]).Select(static key => new WeightSource(key, WeightType.Float32, [2], TorchFiles.Floats(3, 4))));
        var path = folder["net.safetensors"];
        var before = net.Bytes();

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(path, except: "fc"));

        Assert.Contains("'fc' is excepted", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'fc.*'", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before["body.weight"], net.Bytes()["body.weight"]);
        Assert.Equal(2, net.LoadWeights(path, strict: false, except: "fc").Loaded.Count);
        Assert.Equal(["body.weight"], net.LoadWeights(path, except: "fc.*").Loaded);
        Assert.Contains("there is nothing to load", Assert.Throws<WeightsException>(() => net.LoadWeights(path, except: "*")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fcc.*", "nor the file has such a key. 'fc.*' is nearest.")]
    [InlineData("bodi", "nor the file has such a key. 'body.*' is nearest.")]
    [InlineData("fc.*, body.*", "Several patterns go into LoadOptions.Except, each by itself.")]
    [InlineData("classifier.*", "nor the file has such a key. The keys begin with 'body', 'fc'.")]
    public void AnExceptionThatIsNoneIsToldWhatThereIs(string except, string expected)
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("body.weight", zeros(2)).Add("fc.weight", zeros(2));
        Safetensors.Save(folder["net.safetensors"], ((string[])["body.weight", "fc.weight"]).Select(static key => new WeightSource(key, WeightType.Float32, [2], TorchFiles.Floats(3, 4))));

        Assert.Contains(expected, Assert.Throws<WeightsException>(() => net.LoadWeights(folder["net.safetensors"], except: except)).Message, StringComparison.Ordinal);
    }

    /// <summary>A file with an auxiliary head that the network lacks.</summary>
    [Fact]
    public void WhatTheFileAloneHasIsAdvised()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("body.weight", zeros(2)).Add("fc.weight", zeros(2));
        Safetensors.Save(folder["net.safetensors"], ((string[])["body.weight", "fc.weight", "aux.fc.weight", "aux.fc.bias"]).Select(static key => new WeightSource(key, WeightType.Float32, [2], TorchFiles.Floats(3, 4))));

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(folder["net.safetensors"]));

        Assert.Contains("Load with except: \"aux.fc.*\" to leave what the file has more.", fault.Message, StringComparison.Ordinal);
        Assert.True(net.LoadWeights(folder["net.safetensors"], except: "aux.fc.*").IsComplete);
    }

    /// <summary>What is excepted already stays so in the advice, and the advice as it stands loads.</summary>
    [Fact]
    public void AnAdviceKeepsWhatIsExcepted()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("body.weight", zeros(2)).Add("fc.weight", zeros(3));
        Safetensors.Save(folder["net.safetensors"], ((string[])["body.weight", "fc.weight", "aux.fc.weight"]).Select(static key => new WeightSource(key, WeightType.Float32, [2], TorchFiles.Floats(3, 4))));

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(folder["net.safetensors"], except: "fc.*"));

        Assert.Contains("Load with new LoadOptions { Except = [\"fc.*\", \"aux.fc.*\"] } to leave what the file has more.", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["body.weight"], net.LoadWeights(folder["net.safetensors"], new LoadOptions { Except = ["fc.*", "aux.fc.*"] }).Loaded);
    }

    /// <summary>As a network of 1000 classes loads into one of 10, also from behind a wrapper's prefix.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    public void AnotherNumberOfClassesIsAdvisedAndLoads(string prefix)
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("body.weight", zeros(2)).Add("fc.weight", zeros(3)).Add("fc.bias", zeros(3));
        Safetensors.Save(folder["net.safetensors"], ((string[])["body.weight", "fc.weight", "fc.bias"]).Select(key => new WeightSource(prefix + key, WeightType.Float32, [2], TorchFiles.Floats(3, 4))));

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(folder["net.safetensors"]));
        var report = net.LoadWeights(folder["net.safetensors"], except: "fc.*");

        Assert.Contains("except: \"fc.*\"", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["body.weight"], report.Loaded);
        Assert.Equal(prefix, report.Prefix);
        Assert.Equal(TorchFiles.Floats(3, 4), net.Bytes()["body.weight"]);
        Assert.Equal(TorchFiles.Floats(0, 0, 0), net.Bytes()["fc.weight"]);
    }

    /// <summary>A file with a head that the network lacks, and an end of another size: both are named, and what is advised loads.</summary>
    [Fact]
    public void TheFewLayersThatDoNotFitAreAdvised()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("body.weight", zeros(2)).Add("fc.weight", zeros(3)).Add("fc.bias", zeros(3));
        Safetensors.Save(folder["net.safetensors"], ((string[])["body.weight", "fc.weight", "fc.bias", "aux.fc.weight"]).Select(static key => new WeightSource(key, WeightType.Float32, [2], TorchFiles.Floats(3, 4))));

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(folder["net.safetensors"]));
        var report = net.LoadWeights(folder["net.safetensors"], new LoadOptions { Except = ["fc.*", "aux.fc.*"] });

        Assert.Contains("Except = [\"fc.*\", \"aux.fc.*\"]", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["body.weight"], report.Loaded);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DamageInTheLastTensorChangesNothing(bool strict)
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("fc.weight", zeros(3, 2)).Add("fc.bias", zeros(2)).Add("bn.num_batches_tracked", tensor(3L), isBuffer: true);
        var before = net.Bytes();
        var archive = TorchFiles.Small();
        archive[archive.AsSpan().LastIndexOf(BitConverter.GetBytes(7L))] = 8;
        var path = folder.Write("damaged.pth", archive);

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(path, strict));

        Assert.Equal("archive/data/2", fault.Entry);
        Assert.Equal(before, net.Bytes());
    }

    [Fact]
    public void PyTorchFileLoadsWithItsConversions()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("fc.weight", zeros(3, 2)).Add("fc.bias", zeros(2)).Add("bn.num_batches_tracked", tensor(3L), isBuffer: true);

        Assert.True(net.LoadWeights(folder.Write("small.pth", TorchFiles.Small())).IsComplete);

        Assert.Equal(TorchFiles.Floats(1, 4, 2, 5, 3, 6), net.Bytes()["fc.weight"]);
        Assert.Equal(TorchFiles.Floats(1, 2), net.Bytes()["fc.bias"]);
        Assert.Equal(7, net.state_dict()["bn.num_batches_tracked"].item<long>());
    }

    [Fact]
    public void CountersOfBatchesMayBeMissing()
    {
        using var folder = new TestFolder();
        using var net = nn.BatchNorm2d(2);
        var kept = new[] { "weight", "bias", "running_mean", "running_var" };
        Safetensors.Save(folder["old.safetensors"], kept.Select(key => new WeightSource(key, WeightType.Float32, [2], TorchFiles.Floats(3, 4))));

        var report = net.LoadWeights(folder["old.safetensors"]);

        Assert.True(report.IsComplete);
        Assert.DoesNotContain("num_batches_tracked", report.Loaded);
        Assert.Equal(0, net.state_dict()["num_batches_tracked"].item<long>());
    }

    [Fact]
    public void HalfBecomesFloatExactly() => AssertConverts(
        WeightType.Float16,
        MemoryMarshal.AsBytes<Half>([(Half)1.5f, Half.MaxValue, Half.Epsilon, (Half)(-0.0f), Half.PositiveInfinity, (Half)(1 / 3f)]).ToArray(),
        1.5f, 65504, 5.9604645e-08f, -0.0f, float.PositiveInfinity, 0.33325195f);

    [Fact]
    public void BFloat16BecomesFloatExactly() => AssertConverts(
        WeightType.BFloat16,
        MemoryMarshal.AsBytes<ushort>([0x3f80, 0xc020, 0x7f7f, 0x0001, 0xff80, 0x3eab]).ToArray(),
        1, -2.5f, 3.3895314e+38f, BitConverter.UInt32BitsToSingle(0x00010000), float.NegativeInfinity, 0.33398438f);

    [Fact]
    public void DoubleBecomesTheNearestFloat()
    {
        // The last lies just above the middle of two floats.
        double[] values = [0.1, -1e300, 1e-300, Math.PI, 16777217, 1 + Math.Pow(2, -24) + Math.Pow(2, -50)];
        AssertConverts(WeightType.Float64, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), [.. values.Select(value => (float)value)]);
    }

    [Fact]
    public void IntegersAndBoolsBecomeFloats()
    {
        AssertConverts(WeightType.Int64, MemoryMarshal.AsBytes<long>([1, -5, 1L << 40]).ToArray(), 1, -5, 1099511627776);
        AssertConverts(WeightType.Int32, MemoryMarshal.AsBytes<int>([1, int.MinValue]).ToArray(), 1, -2147483648);
        AssertConverts(WeightType.Int16, MemoryMarshal.AsBytes<short>([-2, 300]).ToArray(), -2, 300);
        AssertConverts(WeightType.Int8, [0xff, 0x7f], -1, 127);
        AssertConverts(WeightType.UInt8, [0xff, 0x7f], 255, 127);
        AssertConverts(WeightType.Bool, [1, 0], 1, 0);
    }

    [Fact]
    public void ModuleInHalfStaysInHalf()
    {
        using var folder = new TestFolder();
        Safetensors.Save(folder["float.safetensors"], [new WeightSource("w", WeightType.Float32, [2], TorchFiles.Floats(1, 1 / 3f))]);
        using var net = new BagOfTensors().Add("w", zeros(2, ScalarType.Float16));

        net.LoadWeights(folder["float.safetensors"]);

        Assert.Equal(ScalarType.Float16, net.state_dict()["w"].dtype);
        Assert.Equal(MemoryMarshal.AsBytes<Half>([(Half)1f, (Half)(1 / 3f)]).ToArray(), net.Bytes()["w"]);
    }

    [Fact]
    public void EachTypeOfModuleSurvives()
    {
        using var folder = new TestFolder();
        ScalarType[] types =
        [
            ScalarType.Bool, ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int32, ScalarType.Float32,
            ScalarType.Float64, ScalarType.Int64,
        ];
        using var saved = new BagOfTensors();
        using var loaded = new BagOfTensors();
        foreach (var type in types)
        {
            saved.Add($"{type}", tensor(new float[] { 1, 0, 1 }).to(type), isBuffer: true);
            loaded.Add($"{type}", zeros(3, type), isBuffer: true);
        }
        saved.Add("empty", zeros(0, 4), isBuffer: true);
        loaded.Add("empty", zeros(0, 4), isBuffer: true);

        saved.SaveWeights(folder["types.safetensors"]);

        Assert.Equal(types.Length + 1, loaded.LoadWeights(folder["types.safetensors"]).Loaded.Count);
        Assert.Equal(saved.Bytes(), loaded.Bytes());
        using var file = WeightFile.Open(folder["types.safetensors"]);
        Assert.Equal(types.Length, file.Entries.Where(entry => entry.ElementCount > 0).Select(entry => entry.Type).Distinct().Count());
    }

    [Fact]
    public void ViewsAreSavedAndFilledInOrder()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("w", arange(6, ScalarType.Float32).reshape(2, 3).t(), isBuffer: true);

        net.SaveWeights(folder["view.safetensors"]);

        using (var file = WeightFile.Open(folder["view.safetensors"]))
            Assert.Equal(TorchFiles.Floats(0, 3, 1, 4, 2, 5), file.Entries.Single().ReadAll());
        using var other = new BagOfTensors().Add("w", zeros(2, 3).t(), isBuffer: true);
        other.LoadWeights(folder["view.safetensors"]);
        Assert.Equal([0f, 3, 1, 4, 2, 5], other.state_dict()["w"].contiguous().data<float>().ToArray());
    }

    [Fact]
    public void LoadedModuleTrainsOn()
    {
        using var folder = new TestFolder();
        using var net = nn.Linear(2, 1);
        net.SaveWeights(folder["linear.safetensors"]);
        var weight = net.weight!;
        using var optimizer = optim.SGD(net.parameters(), 0.5);

        net.LoadWeights(folder["linear.safetensors"]);
        using var loss = net.call(ones(1, 2)).sum();
        loss.backward();
        var before = weight.bytes.ToArray();
        optimizer.step();

        Assert.True(weight.requires_grad);
        Assert.True(weight.is_leaf);
        Assert.Same(weight, net.weight);
        Assert.NotEqual(before, net.weight!.bytes.ToArray());
    }

    [Fact]
    public void BuffersThatAreNotPersistentAreNeitherSavedNorMissed()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("kept", ones(1), isBuffer: true).Add("sub.scratch", ones(1), isBuffer: true, persistent: false);

        net.SaveWeights(folder["net.safetensors"]);

        using (var file = WeightFile.Open(folder["net.safetensors"]))
            Assert.Equal("kept", Assert.Single(file.Entries).Name);
        Assert.True(net.LoadWeights(folder["net.safetensors"]).IsComplete);
    }

    [Theory]
    [InlineData("net.pth", "saved as .safetensors, and this name ends with '.pth'. PyTorch reads it with")]
    [InlineData("net.pt", "saved as .safetensors, and this name ends with '.pt'. PyTorch")]
    [InlineData("net", "saved as .safetensors, and this name has no ending. PyTorch")]
    [InlineData(".", "it is a folder: name a file in it, ")]
    public void OnlySafetensorsAreWritten(string name, string expected)
    {
        using var folder = new TestFolder();
        using var net = Net();

        var fault = Assert.Throws<WeightsException>(() => net.SaveWeights(folder[name]));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Full));
    }

    [Fact]
    public void ComplexTensorIsNamedAndTheOldFileStays()
    {
        using var folder = new TestFolder();
        using var net = Net();
        net.SaveWeights(folder["net.safetensors"]);
        var before = File.ReadAllBytes(folder["net.safetensors"]);
        net.Add("phase", zeros(2, ScalarType.ComplexFloat32), isBuffer: true);

        var fault = Assert.Throws<WeightsException>(() => net.SaveWeights(folder["net.safetensors"]));

        Assert.Equal("phase", fault.Entry);
        Assert.Equal(before, File.ReadAllBytes(folder["net.safetensors"]));
    }

    [Fact]
    public void ContentNotNameSaysWhichKindOfFileItIs()
    {
        using var folder = new TestFolder();
        using var net = Net();
        net.SaveWeights(folder["net.safetensors"]);
        File.Move(folder["net.safetensors"], folder["net.pth"]);

        Assert.True(net.LoadWeights(folder["net.pth"]).IsComplete);
    }

    private static BagOfTensors Net() => new BagOfTensors()
        .Add("conv.weight", ones(2))
        .Add("conv.bias", ones(1))
        .Add("bn.running_mean", ones(2), isBuffer: true)
        .Add("fc.weight", ones(3, 2))
        .Add("fc.bias", ones(3));

    /// <summary>Weights of another network: two keys are missing, one is new, two have other shapes.</summary>
    private static string SaveOther(TestFolder folder)
    {
        Safetensors.Save(folder["other.safetensors"],
        [
            new WeightSource("conv.weight", WeightType.Float32, [2], TorchFiles.Floats(10, 20)),
            new WeightSource("head.extra", WeightType.Float32, [1], TorchFiles.Floats(1)),
            new WeightSource("fc.weight", WeightType.Float32, [2, 3], new byte[24]),
            new WeightSource("fc.bias", WeightType.Float32, [], new byte[4]),
        ]);
        return folder["other.safetensors"];
    }

    private static void AssertOtherReport(LoadReport report)
    {
        Assert.False(report.IsComplete);
        Assert.Equal(["conv.weight"], report.Loaded);
        Assert.Equal(["bn.running_mean", "conv.bias"], report.Missing.Order(StringComparer.Ordinal));
        Assert.Equal(["head.extra"], report.Unexpected);
        Assert.Equal(["fc.bias: expected [3], found []", "fc.weight: expected [3, 2], found [2, 3]"], report.WrongShape.Select(mismatch => mismatch.ToString()).Order(StringComparer.Ordinal));
    }

    private static void AssertConverts(WeightType type, byte[] bytes, params float[] expected)
    {
        using var folder = new TestFolder();
        Safetensors.Save(folder["typed.safetensors"], [new WeightSource("w", type, [expected.Length], bytes)]);
        using var net = new BagOfTensors().Add("w", zeros(expected.Length));

        net.LoadWeights(folder["typed.safetensors"]);

        Assert.Equal(ScalarType.Float32, net.state_dict()["w"].dtype);
        Assert.Equal(TorchFiles.Floats(expected), net.Bytes()["w"]);
    }
}
