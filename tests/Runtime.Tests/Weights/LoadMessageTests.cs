using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>What is said where weights do not fit.</summary>
public class LoadMessageTests
{
    private const int MostLines = 30;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MessageIsShortHoweverManyKeysDiffer(bool strict)
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors();
        for (var i = 0; i < 300; i++)
            net.Add($"layer{i}.weight", zeros(2)).Add($"wide{i}.weight", zeros(3));
        var path = Save(folder, [.. Enumerable.Range(0, 300).SelectMany(i => (string[])[$"block{i}.weight", $"wide{i}.weight"])]);

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(path, strict));

        Assert.InRange(fault.Message.Split('\n').Length, 15, MostLines);
        Assert.Equal(300, fault.Report!.Missing.Count);
        Assert.Equal(300, fault.Report.Unexpected.Count);
        Assert.Equal(300, fault.Report.WrongShape.Count);
        Assert.InRange(fault.Report.ToString().Split('\n').Length, 15, MostLines);
        Assert.Contains("and 295 more", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("strict: false", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LenientLoadIsAdvisedWhereMostFits()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("a", zeros(2)).Add("b", zeros(2)).Add("c", zeros(3));

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(Save(folder, ["a", "b", "c"])));

        Assert.Contains("strict: false", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LenientLoadThatLoadsNothingThrows()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("a", zeros(2));

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(Save(folder, ["b"]), strict: false));

        Assert.Contains("nothing was loaded", fault.Message, StringComparison.Ordinal);
        Assert.Empty(fault.Report!.Loaded);
    }

    [Fact]
    public void UnknownPrefixIsFoundAndSaid()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("fc.weight", zeros(2)).Add("fc.bias", zeros(2));
        var path = Save(folder, ["encoder.q.fc.weight", "encoder.q.fc.bias", "loss"]);

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(path));

        Assert.Contains("load with new() { Prefix = \"encoder.q.\" }", fault.Message, StringComparison.Ordinal);
        Assert.True(net.LoadWeights(path, new() { Prefix = "encoder.q." }).IsComplete);
    }

    [Fact]
    public void PrefixThatTheFileLacksIsFoundAndSaid()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("encoder.fc.weight", zeros(2)).Add("encoder.fc.bias", zeros(2));
        var path = Save(folder, ["fc.weight", "fc.bias"]);

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(path));

        Assert.Contains("Rename = key => \"encoder.\" + key", fault.Message, StringComparison.Ordinal);
        Assert.True(net.LoadWeights(path, new() { Rename = key => "encoder." + key }).IsComplete);
    }

    /// <summary>A batch norm that a file has folded in: both of its biases are as near to the first one of the file.</summary>
    [Fact]
    public void NoEntryIsAdvisedTwice()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("body.1.bias", zeros(2)).Add("body.4.bias", zeros(2));

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(Save(folder, ["body.0.bias", "body.3.bias"])));

        Assert.Contains("'body.1.bias' may be the file's 'body.0.bias'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'body.4.bias' may be the file's 'body.3.bias'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesThatAreNearAreShown()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("layers.norm1.weight", zeros(2)).Add("layers.norm2.weight", zeros(2));

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(Save(folder, ["layers.norm.1.weight", "layers.norm.2.weight"])));

        Assert.Contains("'layers.norm1.weight' may be the file's 'layers.norm.1.weight'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'layers.norm2.weight' may be the file's 'layers.norm.2.weight'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightOfATypeThatIsNotReadIsNamed()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("a", zeros(4)).Add("b", zeros(1));
        var path = folder.Write("f8.safetensors", SafetensorsTests.Bytes(
            """{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", new byte[8]));

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(path));

        Assert.Contains("The file has 'a', but as F8_E4M3 [4], which cannot be read", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["a"], fault.Report!.Missing);
        Assert.Equal(["b"], net.LoadWeights(path, strict: false).Loaded);
    }

    [Theory]
    [InlineData("F4", 2)]
    [InlineData("F6_E2M3", 3)]
    [InlineData("F8_E4M3", 4)]
    [InlineData("F8_E5M2", 4)]
    [InlineData("F8_E8M0", 4)]
    [InlineData("U16", 8)]
    [InlineData("U32", 16)]
    [InlineData("U64", 32)]
    [InlineData("C64", 32)]
    [InlineData("F3_OF_TOMORROW", 7)]
    public void EntryOfAForeignTypeIsSkippedWhereItIsNotWanted(string type, int bytes)
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("b", zeros(1));
        var header = $$$"""{"a":{"dtype":"{{{type}}}","shape":[4],"data_offsets":[0,{{{bytes}}}]},"b":{"dtype":"F32","shape":[1],"data_offsets":[{{{bytes}}},{{{bytes + 4}}}]}}""";
        var path = folder.Write("foreign.safetensors", SafetensorsTests.Bytes(header, [.. new byte[bytes], .. TorchFiles.Floats(3)]));

        var report = net.LoadWeights(path, strict: false);

        Assert.Equal(["a"], report.Unexpected);
        Assert.Equal(new SkippedEntry("a", $"{type} [4]", IsTensor: true), Assert.Single(report.Skipped));
        Assert.Equal(TorchFiles.Floats(3), net.Bytes()["b"]);
    }

    [Fact]
    public void ModuleOnTheMetaDeviceHasNoMemory()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("a", zeros(2, device: new Device(DeviceType.META)));

        foreach (var fault in (WeightsException[])[
            Assert.Throws<WeightsException>(() => net.LoadWeights(Save(folder, ["a"]))),
            Assert.Throws<WeightsException>(() => net.SaveWeights(folder["meta.safetensors"]))])
        {
            Assert.Contains("on the meta device", fault.Message, StringComparison.Ordinal);
            Assert.Contains("no memory", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:abc\n", "Git LFS pointer")]
    [InlineData("<!DOCTYPE html><html>Not found</html>", "a web page")]
    [InlineData("", "the file is empty")]
    [InlineData("\u001f\u008b\u0008 and so on", "gzip")]
    [InlineData("\u0080\u0004}.and more", "a pickle that torch.save did not write")]
    public void FileOfAnotherKindIsNamed(string content, string says)
    {
        using var folder = new TestFolder();

        var fault = Assert.Throws<WeightsException>(() => WeightFile.Open(folder.Write("net.pth", System.Text.Encoding.Latin1.GetBytes(content))));

        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Who asks for nothing, or for a prefix that is not there, is told that, and not what is missing.</summary>
    [Fact]
    public void NothingIsLeftToLoad()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("stem.weight", zeros(3)).Add("head.weight", zeros(3));
        net.SaveWeights(folder["net.safetensors"]);
        Assert.EndsWith("All 2 keys of Bag are excepted: there is nothing to load.", Assert.Throws<WeightsException>(() => net.LoadWeights(folder["net.safetensors"], except: "*")).Message, StringComparison.Ordinal);
        var refused = Assert.Throws<WeightsException>(() => net.LoadWeights(folder["net.safetensors"], new LoadOptions { Prefix = "encoder." })).Message;
        Assert.EndsWith("No key begins with the prefix 'encoder.' that was asked for; they begin with 'head', 'stem'.", refused, StringComparison.Ordinal);
    }

    /// <summary>TorchSharp's own format, which has no magic number, and what only looks like it.</summary>
    [Fact]
    public void FileOfTorchSharpsIsNamed()
    {
        using var folder = new TestFolder();
        using var net = new BagOfTensors().Add("stage2.0.branch1.0.weight", zeros(8, 3, 3, 3)).Add("n", zeros([], int64));
        net.save(folder["net.dat"]);
        var bytes = File.ReadAllBytes(folder["net.dat"]);
        var refused = Assert.Throws<WeightsException>(() => net.LoadWeights(folder["net.dat"])).Message;
        Assert.Contains("TorchSharp's Module.save writes; the module's load(path) reads it", refused, StringComparison.Ordinal);

        // Cut short, without an entry, and with a name that is no key.
        foreach (var other in (byte[][])[bytes[..3], [0, .. bytes[1..]], [.. bytes[..2], 0xff, .. bytes[3..]], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]])
            Assert.DoesNotContain("TorchSharp", Assert.Throws<WeightsException>(() => WeightFile.Open(folder.Write("other.dat", other))).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task PipeIsNoRegularFileAndNobodyWaits()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        using var folder = new TestFolder();
        var pipe = folder["pipe.safetensors"];
        using (var make = Process.Start("mkfifo", pipe))
            await make.WaitForExitAsync();
        File.CreateSymbolicLink(folder["link.pth"], "pipe.safetensors");
        folder.Write("net.index.json", [.. """{"weight_map":{"w":"pipe.safetensors"}}"""u8]);
        var opening = Task.Run(() => Array.ConvertAll<Func<IDisposable>, WeightsException>(
            [() => Safetensors.Open(pipe), () => WeightFile.Open(pipe), () => PyTorchFile.Open(folder["link.pth"]), () => WeightFile.Open(folder["net.index.json"])],
            open => Assert.Throws<WeightsException>(open)));

        var isDone = await Task.WhenAny(opening, Task.Delay(TimeSpan.FromSeconds(30))) == opening;
        if (!isDone)
        {
            // Lets go whoever waits for a writer, so that the test ends.
            using var writer = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite);
        }

        Assert.True(isDone, "Opening a pipe waits for a writer.");
        foreach (var fault in await opening)
            Assert.Contains("it is no regular file", fault.Message, StringComparison.Ordinal);
    }

    private static string Save(TestFolder folder, string[] keys)
    {
        Safetensors.Save(folder["saved.safetensors"], keys.Select(key => new WeightSource(key, WeightType.Float32, [2], TorchFiles.Floats(1, 2))));
        return folder["saved.safetensors"];
    }
}
