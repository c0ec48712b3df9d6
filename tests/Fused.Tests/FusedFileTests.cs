using System.Collections.Immutable;

namespace Blockwright.Fused.Tests;

/// <summary>Files that say they are a network's snapshot and are not: each is refused with its name and the entry's, before anything is taken from it.</summary>
public sealed class FusedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blockwright-fused-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void EveryEntryIsCheckedAgainstThePlan()
    {
        var (entries, metadata) = Saved();
        foreach (var entry in entries)
        {
            Refused([.. entries.Where(other => other != entry)], entry.Name, "is missing");
            Refused(With(entry with { Shape = [.. entry.Shape.Select(static size => size * 16)], Bytes = new byte[Size(entry) * Power(16, entry.Shape.Length)] }), entry.Name, "expected Float32");
            Refused(With(entry with { Shape = [.. entry.Shape, 1] }), entry.Name, "expected Float32");
            Refused(With(entry with { Shape = [], Bytes = new byte[4] }), entry.Name, "expected Float32");
            Refused(With(entry with { Type = WeightType.Int32 }), entry.Name, "found Int32");
            Refused(With(entry with { Type = WeightType.Float64, Bytes = new byte[Size(entry) * 2] }), entry.Name, "found Float64");

            ImmutableArray<Entry> With(Entry changed) => [.. entries.Select(other => other == entry ? changed : other)];
        }

        void Refused(ImmutableArray<Entry> changed, string name, string what)
        {
            var path = Path.Combine(_folder, "changed.safetensors");
            Safetensors.Save(path, changed.Select(static each => new WeightSource(each.Name, each.Type, each.Shape, each.Bytes)), metadata);
            var e = Assert.Throws<WeightsException>(() => AdaptiveSplit.LoadFused(path));
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
            Assert.Contains(name, e.Message, StringComparison.Ordinal);
            Assert.Equal(name, e.Entry);
            Assert.Contains(what, e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("net.pth")]
    [InlineData("net")]
    public void ASnapshotsFileIsCalledWhatItIs(string name)
    {
        using var network = (AdaptiveSplit)Networks.Make("AdaptiveSplit", seed: 2);
        network.eval();
        using var fused = network.Fuse();

        Assert.Contains("saved as .safetensors", Assert.Throws<WeightsException>(() => fused.Save(Path.Combine(_folder, name))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, name)));
    }

    /// <summary>Many of its keys are the module's, and none of its weights: batch norms are folded into them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AModuleTakesNone(bool strict)
    {
        Saved();
        using var network = (AdaptiveSplit)Networks.Make("AdaptiveSplit", seed: 2);
        var before = network.state_dict().ToDictionary(static each => each.Key, static each => each.Value.clone());

        var e = Assert.Throws<WeightsException>(() => network.LoadWeights(Path.Combine(_folder, "whole.safetensors"), strict));

        Assert.Contains("is a snapshot of 'AdaptiveSplit'", e.Message, StringComparison.Ordinal);
        Assert.Contains("LoadFused", e.Message, StringComparison.Ordinal);
        Assert.All(network.state_dict(), each => Assert.True(before[each.Key].Equals(each.Value)));
    }

    /// <summary>Whatever bytes change, the file loads or is refused as the documentation says; what loads runs.</summary>
    [Fact]
    public void DamageIsRefusedOrHarmless()
    {
        Saved();
        var whole = File.ReadAllBytes(Path.Combine(_folder, "whole.safetensors"));
        var header = 8 + (int)BitConverter.ToUInt64(whole);
        var random = new Random(1);
        var (input, output, path) = (new float[3 * 32 * 32], new float[10], Path.Combine(_folder, "damaged.safetensors"));
        var loaded = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = (byte[])whole.Clone();
            for (var k = random.Next(1, 4); k > 0; k--)
                bytes[random.Next(random.Next(4) == 0 ? bytes.Length : header)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"0123456789,:[]{}\"FIx"[random.Next(20)];
            File.WriteAllBytes(path, random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
            try
            {
                using var network = AdaptiveSplit.LoadFused(path, new FuseOptions { Threads = 1 });
                network.Run(input, output, 1);
                loaded++;
            }
            catch (WeightsException)
            {
                // What is documented.
            }
        }

        Assert.InRange(loaded, 1, Mutations - 1);
    }

    private static int Mutations => Environment.GetEnvironmentVariable("BLOCKWRIGHT_MUTATIONS") is { } number ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : 2000;

    private (ImmutableArray<Entry> Entries, IReadOnlyDictionary<string, string> Metadata) Saved()
    {
        var path = Path.Combine(_folder, "whole.safetensors");
        using var network = (AdaptiveSplit)Networks.Make("AdaptiveSplit");
        using (var fused = network.Fuse(new FuseOptions { Threads = 1 }))
            fused.Save(path);
        using var file = Safetensors.Open(path);
        return ([.. file.Entries.Select(static entry => new Entry(entry.Name, entry.Type, entry.Shape, Read(entry)))], file.Metadata);
    }

    private static byte[] Read(WeightEntry entry)
    {
        var bytes = new byte[entry.ElementCount * sizeof(float)];
        entry.Read(bytes);
        return bytes;
    }

    private static int Size(Entry entry) => entry.Bytes.Length;

    private static int Power(int number, int exponent) => Enumerable.Repeat(number, exponent).Aggregate(1, static (product, each) => product * each);

    private sealed record Entry(string Name, WeightType Type, ImmutableArray<long> Shape, byte[] Bytes);
}
