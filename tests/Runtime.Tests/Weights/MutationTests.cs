using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>
/// Files changed at random, in their headers and their bodies: they read or are refused with a <see cref="WeightsException"/>, in bounded memory and time. A few thousand
/// changes each time; <c>BLOCKWRIGHT_MUTATIONS</c> sets another number of them, <c>BLOCKWRIGHT_MUTATION_SEED</c> the first seed, for a long run by hand.
/// </summary>
public class MutationTests
{
    private const int Short = 3000;

    // .NET's own buffers for a file and an archive, and what an exception takes.
    private const long FixedAllocation = 1 << 20;

    // A byte of a pickle makes an object of 24 bytes and a place on a stack that grows by doubling; two bytes of JSON an entry's part.
    private const long AllocationPerByte = 64;

    private static readonly byte[] Numbers = [0, 1, 2, 3, 4, 8, 16, 0x7f, 0x80, 0xfe, 0xff];

    private static readonly byte[] Checkpoint = File.ReadAllBytes(TestFolder.Data("checkpoints/ck_optimizer.pth"));
    private static readonly byte[] Objects = File.ReadAllBytes(TestFolder.Data("checkpoints/ck_numpy_array.pth"));

    private static readonly Dictionary<string, (Func<byte[]> Whole, Func<byte[], byte[]>? Wrap)> Files = new()
    {
        ["safetensors"] = (
            () => SafetensorsTests.Bytes(
                """{"__metadata__":{"format":"pt"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]},"e":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[16,19]},"f":{"dtype":"BOOL","shape":[3],"data_offsets":[19,22]}} """,
                [7, 0, 0, 0, 0, 0, 0, 0, .. TorchFiles.Floats(1, 2), 1, 2, 3, 1, 0, 1]),
            null),
        ["pth"] = (TorchFiles.Small, null),
        // Checksums would stop the damage before it reaches the pickle.
        ["pth without checksums"] = (() => TorchFiles.WithoutChecksums(TorchFiles.Small()), null),
        ["pickle of a checkpoint"] = (() => TorchFiles.Record(Checkpoint, "data.pkl"), pickle => TorchFiles.Replace(Checkpoint, "data.pkl", pickle)),
        ["pickle of objects"] = (() => TorchFiles.Record(Objects, "data.pkl"), pickle => TorchFiles.Replace(Objects, "data.pkl", pickle)),
        ["legacy"] = (() => File.ReadAllBytes(TestFolder.Data("checkpoints/legacy.pth")), null),
        ["legacy parts"] = (TorchFiles.SmallLegacy, null),
        ["index"] = (() => Encoding.UTF8.GetBytes("""{"metadata":{"total_size":16},"weight_map":{"a":"part.safetensors","b":"part.safetensors"}}"""), null),
    };

    public static TheoryData<string> Kinds => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ChangedFileReadsOrIsRefused(string kind)
    {
        using var folder = new TestFolder();
        Safetensors.Save(folder["part.safetensors"], [new WeightSource("a", WeightType.Float32, [1], new byte[4]), new WeightSource("b", WeightType.Float32, [1], new byte[4])]);
        var whole = Files[kind].Whole();
        var wrap = Files[kind].Wrap ?? (bytes => bytes);
        var others = Files.Values.Select(file => file.Whole()).ToList();
        var refused = 0;
        var first = Setting("BLOCKWRIGHT_MUTATION_SEED", 1);
        var count = Setting("BLOCKWRIGHT_MUTATIONS", Short);
        for (var seed = first; seed < first + count; seed++)
            refused += IsRefused(folder.Write("changed", wrap(Mutate(new Random(seed), whole, others))), seed, kind == "index") ? 1 : 0;

        // Most changes hit something that is checked; some hit a value, or nothing that is read.
        Assert.InRange(refused, count / 4, count);
    }

    private static byte[] Mutate(Random random, byte[] whole, List<byte[]> others)
    {
        var bytes = whole.ToList();
        for (var left = random.Next(1, 6); left > 0 && bytes.Count > 0; left--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(9))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = Numbers[random.Next(Numbers.Length)];
                    break;
                case 2:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, Piece(random, whole));
                    break;
                case 5:
                    bytes.InsertRange(at, Piece(random, others[random.Next(others.Count)]));
                    break;
                case 6:
                    // A length or an offset of four or eight bytes.
                    for (var i = at; i < Math.Min(at + (random.Next(2) == 0 ? 4 : 8), bytes.Count); i++)
                        bytes[i] = Numbers[random.Next(Numbers.Length)];
                    break;
                case 7:
                    ChangeDigits(random, bytes, at);
                    break;
                default:
                    bytes.InsertRange(at, Enumerable.Repeat(bytes[at], random.Next(1, 2000)));
                    break;
            }
        }
        return [.. bytes];
    }

    private static byte[] Piece(Random random, byte[] from)
    {
        var start = random.Next(from.Length);
        return from[start..Math.Min(start + random.Next(1, 80), from.Length)];
    }

    /// <summary>A number of a JSON header becomes another one.</summary>
    private static void ChangeDigits(Random random, List<byte> bytes, int at)
    {
        var digit = bytes.FindIndex(at, value => value is >= (byte)'0' and <= (byte)'9');
        if (digit < 0)
            return;
        string[] numbers = ["0", "-1", "1e9", "4294967296", "9223372036854775807", "18446744073709551616", "00", "2.5", "null", "[", "\""];
        bytes.RemoveAt(digit);
        bytes.InsertRange(digit, Encoding.ASCII.GetBytes(numbers[random.Next(numbers.Length)]));
    }

    private static bool IsRefused(string path, int seed, bool hasParts)
    {
        var length = new FileInfo(path).Length;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isRefused = false;
        try
        {
            ReadAll(path);
            if (seed % 4 == 0)
                Load(path);
        }
        catch (WeightsException fault)
        {
            isRefused = true;
            Assert.InRange(fault.Message.Split('\n').Length, 1, 30);
        }
        catch (IOException) when (hasParts)
        {
            // The changed name of a part: there is no such file, or cannot be.
            isRefused = true;
        }
        catch (Exception e)
        {
            Assert.Fail($"Seed {seed} gives {e}");
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < FixedAllocation + (AllocationPerByte * length), $"Seed {seed} allocates {allocated} bytes for a file of {length}.");
        return isRefused;
    }

    private static void ReadAll(string path)
    {
        using var file = WeightFile.Open(path);
        foreach (var entry in file.Entries)
            Assert.Equal(entry.ByteLength, entry.ReadAll().Length);
    }

    /// <summary>Loads what fits into a module that has some of the files' keys.</summary>
    private static void Load(string path)
    {
        using var net = new BagOfTensors().Add("a", zeros(2, 1)).Add("fc.weight", zeros(3, 2)).Add("conv.weight", zeros(4, 3, 3, 3)).Add("bn.num_batches_tracked", zeros([], ScalarType.Int64), isBuffer: true);
        net.LoadWeights(path, strict: false);
    }

    private static int Setting(string name, int otherwise)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
