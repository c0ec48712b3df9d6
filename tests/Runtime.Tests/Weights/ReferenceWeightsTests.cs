using System.Security.Cryptography;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>Files that PyTorch and safetensors wrote.</summary>
public class ReferenceWeightsTests
{
    private const int StateDictLength = 338;

    [Fact]
    public void PyTorchFileHasTheTensorsThatPythonSaw()
    {
        var expected = File.ReadAllLines(TestFolder.Data("shufflenet_v2_x0_5.tensors.tsv"));

        using var file = PyTorchFile.Open(TestFolder.Data("shufflenet_v2_x0_5.pth"));

        var found = file.Entries.Select(entry => string.Join(
            '\t', entry.Name, entry.Type.SafetensorsName(), string.Join(',', entry.Shape), Convert.ToHexStringLower(SHA256.HashData(entry.ReadAll()))));
        Assert.Equal(StateDictLength, expected.Length);
        Assert.Equal(expected, found);
    }

    [Fact]
    public void ModuleLoadsPyTorchFileStrictlyAndSavesTheSameTensors()
    {
        using var folder = new TestFolder();
        using var source = WeightFile.Open(TestFolder.Data("shufflenet_v2_x0_5.pth"));
        using var module = BagOfTensors.Like(source);

        var report = module.LoadWeights(source);
        module.SaveWeights(folder["copy.safetensors"]);

        Assert.True(report.IsComplete);
        Assert.Equal(StateDictLength, report.Loaded.Count);
        using var copy = Safetensors.Open(folder["copy.safetensors"]);
        AssertSameTensors(source, copy);
    }

    [SkippableFact]
    public void PyTorchAndSafetensorsFilesLoadTheSameBits()
    {
        using var torch = WeightFile.Open(TestFolder.Data("shufflenet_v2_x0_5.pth"));
        using var safe = WeightFile.Open(TestFolder.Reference("shufflenet_v2_x0_5.safetensors"));
        using var fromTorch = BagOfTensors.Like(torch);
        using var fromSafe = BagOfTensors.Like(torch);

        fromTorch.LoadWeights(torch);
        fromSafe.LoadWeights(safe);

        Assert.IsType<PyTorchFile>(torch);
        Assert.IsType<Safetensors>(safe);
        AssertSameTensors(torch, safe);
        Assert.Equal(fromTorch.Bytes(), fromSafe.Bytes());
        Assert.Contains(fromTorch.Bytes().Values, bytes => bytes.Any(value => value != 0));
    }

    [SkippableFact]
    public void FullWidthNetworkLoadsStrictly()
    {
        using var file = WeightFile.Open(TestFolder.Reference("shufflenet_v2_x1_0.pth"));
        using var module = BagOfTensors.Like(file);

        var report = module.LoadWeights(file);

        Assert.Equal(StateDictLength, report.Loaded.Count);
        Assert.True(report.IsComplete);
        Assert.Equal(file.Entries.ToDictionary(entry => entry.Name, entry => entry.ReadAll()), module.Bytes());
    }

    [SkippableFact]
    public void InputsAndLogitsAreReadable()
    {
        using var file = Safetensors.Open(TestFolder.Reference("shufflenet_v2_x0_5.io.safetensors"));

        Assert.Equal(["input Float32 [2, 3, 224, 224]", "logits Float32 [2, 1000]"], file.Entries.Select(entry => entry.ToString()));
    }

    private static void AssertSameTensors(WeightFile expected, WeightFile found)
    {
        Assert.Equal(expected.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal), found.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        foreach (var entry in expected.Entries)
        {
            Assert.True(found.TryGet(entry.Name, out var other));
            Assert.Equal(entry.ToString(), other.ToString());
            Assert.Equal(entry.ReadAll(), other.ReadAll());
        }
    }
}
