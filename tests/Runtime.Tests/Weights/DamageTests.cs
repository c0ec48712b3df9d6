using CsCheck;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>Whatever happens to a file on its way, it reads or it is refused with a WeightsException. Nothing else, and no memory for it.</summary>
public class DamageTests
{
    private const long MostAllocated = 4 << 20;

    private static readonly Dictionary<string, byte[]> Files = new()
    {
        ["pth"] = TorchFiles.Small(),
        // Checksums would stop the damage before it reaches the pickle.
        ["pth without checksums"] = TorchFiles.WithoutChecksums(TorchFiles.Small()),
        ["legacy"] = TorchFiles.SmallLegacy(),
        ["safetensors"] = SafetensorsTests.Bytes(
            """{"__metadata__":{"format":"pt"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]},"f":{"dtype":"BOOL","shape":[3],"data_offsets":[16,19]}} """,
            [7, 0, 0, 0, 0, 0, 0, 0, .. TorchFiles.Floats(1, 2), 1, 0, 1]),
    };

    public static TheoryData<string> Kinds => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void UndamagedFileReads(string kind)
    {
        using var folder = new TestFolder();

        Assert.Equal(3, ReadAll(folder.Write("whole", Files[kind])));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void FileTruncatedAnywhereIsRefused(string kind)
    {
        using var folder = new TestFolder();
        for (var length = 0; length < Files[kind].Length; length++)
        {
            var path = folder.Write("truncated", Files[kind][..length]);

            var fault = Assert.Throws<WeightsException>(() => ReadAll(path));

            Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
            Assert.NotNull(fault.Offset);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AnyByteMayBeAnyOfTheWorst(string kind)
    {
        using var folder = new TestFolder();
        var refused = 0;
        foreach (var value in (byte[])[0, 1, 0x7f, 0x80, 0xff, (byte)'.', (byte)'R', (byte)'"'])
            for (var at = 0; at < Files[kind].Length; at++)
            {
                var bytes = Files[kind].ToArray();
                bytes[at] = value;
                refused += IsRefused(folder.Write("damaged", bytes)) ? 1 : 0;
            }

        Assert.True(refused > Files[kind].Length, $"{refused} damaged files were refused.");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void RandomDamage(string kind)
    {
        using var folder = new TestFolder();
        Gen.Select(Gen.Int[0, Files[kind].Length - 1], Gen.Byte).Array[1, 12].Sample(
            changes =>
            {
                var bytes = Files[kind].ToArray();
                foreach (var (at, value) in changes)
                    bytes[at] ^= value;
                IsRefused(folder.Write("damaged", bytes));
            },
            iter: 3000,
            threads: 1);
    }

    /// <summary>Random instructions, with arguments that are likely to fit: most damage to a right pickle ends at the first wrong byte.</summary>
    [Fact]
    public void RandomPickles()
    {
        using var folder = new TestFolder();
        var step = Gen.OneOf(
            AnyOf([.. "()]}N0120tlduesabRQ.".Select(opcode => (Action<PickleWriter>)(writer => writer.Op(opcode)))]),
            AnyOf([.. new byte[] { 0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x93, 0x94, 0x8f, 0x97 }.Select(opcode => (Action<PickleWriter>)(writer => writer.Raw(opcode)))]),
            AnyOf([
                writer => writer.Scalar(),
                writer => writer.OrderedDict(),
                writer => writer.Storage("FloatStorage", "0", 1),
                writer => writer.Global("torch._utils", "_rebuild_tensor_v2"),
                writer => writer.Global("torch._utils", "_rebuild_parameter"),
                writer => writer.Text("state_dict"),
                writer => writer.Ints(1, 1),
            ]),
            Gen.Long.Select(value => (Action<PickleWriter>)(writer => writer.Int(value))),
            Gen.Byte.Select(index => (Action<PickleWriter>)(writer => writer.Op('h').Raw((byte)(index & 7)))),
            Gen.Byte.Select(index => (Action<PickleWriter>)(writer => writer.Op('q').Raw((byte)(index & 7)))));
        step.Array[0, 60].Sample(
            steps =>
            {
                var writer = PickleWriter.Start();
                foreach (var write in steps)
                    write(writer);
                IsRefused(folder.Write("random", TorchFiles.Archive(writer.Stop(), ("0", TorchFiles.Floats(1)))));
            },
            iter: 5000,
            threads: 1);
    }

    private static Gen<Action<PickleWriter>> AnyOf(Action<PickleWriter>[] steps) => Gen.Int[0, steps.Length - 1].Select(i => steps[i]);

    private static bool IsRefused(string path)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isRefused = false;
        try
        {
            ReadAll(path);
        }
        catch (WeightsException fault)
        {
            isRefused = true;
            Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
        }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostAllocated);
        return isRefused;
    }

    private static int ReadAll(string path)
    {
        using var file = WeightFile.Open(path);
        foreach (var entry in file.Entries)
            Assert.Equal(entry.ByteLength, entry.ReadAll().Length);
        return file.Entries.Count;
    }
}
