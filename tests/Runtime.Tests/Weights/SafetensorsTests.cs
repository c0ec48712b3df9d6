using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Blockwright.Runtime.Tests.Weights;

public class SafetensorsTests
{
    private const string OneFloat = """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";

    public static TheoryData<WeightType> Types => [.. Enum.GetValues<WeightType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void EachTypeSurvivesSavingAndReading(WeightType type)
    {
        using var folder = new TestFolder();
        var bytes = Enumerable.Range(0, 6 * type.ElementSize()).Select(i => type == WeightType.Bool ? (byte)(i & 1) : (byte)(37 * i)).ToArray();

        Safetensors.Save(folder["typed.safetensors"], [new WeightSource("x.weight", type, [3, 2], bytes), new WeightSource("scalar", type, [], bytes.AsMemory(0, type.ElementSize()))]);

        using var file = Safetensors.Open(folder["typed.safetensors"]);
        Assert.Equal([$"scalar {type} []", $"x.weight {type} [3, 2]"], file.Entries.Select(entry => entry.ToString()));
        Assert.Equal(bytes[..type.ElementSize()], file.Entries[0].ReadAll());
        Assert.Equal(bytes, file.Entries[1].ReadAll());
        Assert.Empty(file.Metadata);
    }

    [Fact]
    public void AnyNamesShapesAndMetadataSurvive()
    {
        using var folder = new TestFolder();
        var text = Gen.OneOf(Gen.String, Gen.Const("ключ 🔑"), Gen.Const("\"\\\n\0</a>"), Gen.Const("conv1.0.weight"));
        var entry = Gen.Select(text, Gen.Enum<WeightType>(), Gen.Long[0, 4].Array[0, 4]);
        Gen.Select(entry.Array[0, 8], Gen.Dictionary(text, text)[0, 3]).Sample(
            (entries, metadata) =>
            {
                var sources = entries.DistinctBy(item => item.Item1).Select((item, i) =>
                {
                    var bytes = Enumerable.Repeat((byte)(i & 1), (int)item.Item3.Aggregate((long)item.Item2.ElementSize(), (a, b) => a * b)).ToArray();
                    return (Bytes: bytes, Source: new WeightSource(item.Item1, item.Item2, [.. item.Item3], bytes));
                }).ToList();
                Safetensors.Save(folder["any.safetensors"], sources.Select(item => item.Source), metadata);

                using var file = Safetensors.Open(folder["any.safetensors"]);
                Assert.Equal(metadata, file.Metadata);
                Assert.Equal(sources.Count, file.Entries.Count);
                foreach (var (bytes, source) in sources)
                {
                    Assert.True(file.TryGet(source.Name, out var found));
                    Assert.Equal(source.Type, found.Type);
                    Assert.Equal(source.Shape.AsEnumerable(), found.Shape.AsEnumerable());
                    Assert.Equal(bytes, found.ReadAll());
                }
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void NameThatIsNoUnicodeIsRefused()
    {
        using var folder = new TestFolder();

        var fault = Assert.Throws<WeightsException>(() => Safetensors.Save(folder["x.safetensors"], [new WeightSource("a\ud800", WeightType.Float32, [1], new byte[4])]));

        Assert.Contains("'a\\ud800'", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Full));
    }

    [Fact]
    public void SavedFileKeepsTheFormatsRules()
    {
        using var folder = new TestFolder();
        Safetensors.Save(
            folder["rules.safetensors"],
            [
                new WeightSource("flag", WeightType.Bool, [3], new byte[] { 1, 0, 1 }),
                new WeightSource("b", WeightType.Float32, [1], new byte[4]),
                new WeightSource("a\"Ж", WeightType.Float32, [1], new byte[4]),
                new WeightSource("none", WeightType.Float64, [0, 5], Array.Empty<byte>()),
                new WeightSource("half", WeightType.Float16, [1], new byte[2]),
                new WeightSource("count", WeightType.Int64, [], new byte[8]),
            ],
            new Dictionary<string, string> { ["format"] = "pt", ["author"] = "x" });

        var bytes = File.ReadAllBytes(folder["rules.safetensors"]);
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var header = Encoding.UTF8.GetString(bytes, 8, (int)length);
        Assert.Equal(0, length % 8);
        Assert.StartsWith("""{"__metadata__":{"author":"x","format":"pt"},"count":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"none":""", header, StringComparison.Ordinal);
        Assert.Equal(bytes.Length, 8 + length + 8 + 0 + 4 + 4 + 2 + 3);
        using var json = JsonDocument.Parse(header);
        Assert.Equal(["__metadata__", "count", "none", "a\"Ж", "b", "half", "flag"], json.RootElement.EnumerateObject().Select(property => property.Name));
        using var file = Safetensors.Open(folder["rules.safetensors"]);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.True(file.TryGet("a\"Ж", out _));
    }

    [Fact]
    public void OrderOfTheHeaderNeedNotBeTheOrderOfTheBytes()
    {
        using var folder = new TestFolder();
        var header = """{"b":{"data_offsets":[4,8],"dtype":"F32","shape":[1],"later":{"x":[1,{}]}},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}   """;
        using var file = Safetensors.Open(folder.Write("order.safetensors", Bytes(header, TorchFiles.Floats(1, 2))));

        Assert.Equal(["b", "a"], file.Entries.Select(entry => entry.Name));
        Assert.Equal(TorchFiles.Floats(2), file.Entries[0].ReadAll());
    }

    [Theory]
    [InlineData("", 0, "'{'")]
    [InlineData("[]", 0, "'{'")]
    [InlineData(" {}", 0, "'{'")]
    [InlineData("{", 0, "no valid JSON")]
    [InlineData("{}x", 0, "no valid JSON")]
    [InlineData("{\"a\":", 0, "no valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],}}""", 4, "no valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "declares it twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "declares it twice")]
    [InlineData("""{"__metadata__":{"a":"b","a":"c"}}""", 0, "stands in it twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "expected a text for 'a'")]
    [InlineData("""{"__metadata__":[]}""", 0, "expected an object of texts")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'dtype' twice")]
    [InlineData("""{"a":1}""", 0, "expected an object")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "expected dtype, shape")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "expected dtype, shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "expected dtype, shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", 4, "more than 2 numbers")]
    [InlineData("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "expected a text for dtype")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[5],"data_offsets":[0,4]}}""", 4, "takes 5 bytes")]
    [InlineData("""{"a":{"dtype":"F4","shape":[9],"data_offsets":[0,4]}}""", 4, "or a part of one")]
    [InlineData("""{"a":{"dtype":"U64","shape":[2305843009213693952],"data_offsets":[0,0]}}""", 0, "more bytes than a file can")]
    [InlineData("""{"a":{"dtype":"X1","shape":[1],"data_offsets":[4,0]}}""", 4, "data_offsets gives it 4 to 0")]
    [InlineData("""{"a":{"dtype":"X1","shape":[1],"data_offsets":[0,5]}}""", 4, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "shape holds something")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "shape holds something")]
    [InlineData("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "shape holds something")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", 4, "shape holds something")]
    [InlineData("""{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]}}""", 4, "shape holds something")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "more bytes than a file can")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}""", 0, "more bytes than a file can")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}""", 0, "more bytes than a file can")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "takes 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "takes 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "data_offsets holds something")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "overlap those of 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "no holes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "no holes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "1 more bytes follow")]
    [InlineData("{}", 1, "1 more bytes follow")]
    [InlineData("""{"a\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "no Unicode")]
    public void HeaderThatBreaksARuleIsRefused(string header, int dataLength, string says)
    {
        var fault = AssertRefused(Bytes(header, new byte[dataLength]));

        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Offset);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(100_000_001UL)]
    [InlineData(57UL)]
    public void HeaderLengthIsComparedWithTheFileBeforeAnythingIsAllocated(ulong length)
    {
        var bytes = Bytes(OneFloat, []);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);

        var fault = AssertRefused(bytes);

        Assert.Contains($"length is {length}", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, fault.Offset);
    }

    [Fact]
    public void HeaderBeyondTheFormatsLimitIsRefused()
    {
        using var folder = new TestFolder();
        using (var stream = File.Create(folder["huge.safetensors"]))
        {
            stream.Write(BitConverter.GetBytes(100_000_001UL));
            // A sparse file: the bytes are there, and are zeros.
            stream.SetLength(200_000_000);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fault = Assert.Throws<WeightsException>(() => Safetensors.Open(folder["huge.safetensors"]));

        Assert.Contains("the format allows 100000000", fault.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void FailedSaveLeavesTheOldFileAndNoOther()
    {
        using var folder = new TestFolder();
        var path = folder["net.safetensors"];
        Safetensors.Save(path, [new WeightSource("a", WeightType.Float32, [1], TorchFiles.Floats(1))]);
        var before = File.ReadAllBytes(path);

        Assert.Throws<TimeoutException>(() => Safetensors.Save(path,
        [
            new WeightSource("a", WeightType.Float32, [1], TorchFiles.Floats(2)),
            new WeightSource("b", WeightType.Float32, [1], _ => throw new TimeoutException()),
        ]));
        Assert.Contains("3 were written", Assert.Throws<WeightsException>(
            () => Safetensors.Save(path, [new WeightSource("a", WeightType.Float32, [1], new byte[3])])).Message, StringComparison.Ordinal);

        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Full));
    }

    [Fact]
    public void SaveReplacesTheOldFileWhileItIsBeingRead()
    {
        using var folder = new TestFolder();
        var path = folder["net.safetensors"];
        Safetensors.Save(path, [new WeightSource("a", WeightType.Float32, [2], TorchFiles.Floats(1, 2))]);
        using (var old = Safetensors.Open(path))
        {
            // The source reads the very file that is being replaced.
            Safetensors.Save(path, [new WeightSource("b", WeightType.Float32, [2], stream => stream.Write(old.Entries[0].ReadAll()))]);
        }

        using var file = Safetensors.Open(path);
        Assert.Equal("b", Assert.Single(file.Entries).Name);
        Assert.Equal(TorchFiles.Floats(1, 2), file.Entries[0].ReadAll());
    }

    [Fact]
    public void NamesThatCannotBeSavedAreRefused()
    {
        using var folder = new TestFolder();
        WeightSource Named(string name) => new(name, WeightType.Float32, [1], new byte[4]);

        Assert.Equal("a", Assert.Throws<WeightsException>(() => Safetensors.Save(folder["x.safetensors"], [Named("a"), Named("a")])).Entry);
        Assert.Equal("__metadata__", Assert.Throws<WeightsException>(() => Safetensors.Save(folder["x.safetensors"], [Named("__metadata__")])).Entry);
        Assert.Empty(Directory.GetFiles(folder.Full));
    }

    [Fact]
    public void MissingFileKeepsItsOwnException()
    {
        using var folder = new TestFolder();

        Assert.Throws<FileNotFoundException>(() => WeightFile.Open(folder["none.safetensors"]));
        Assert.Throws<UnauthorizedAccessException>(() => WeightFile.Open(folder.Full));
    }

    internal static byte[] Bytes(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data];
    }

    private static WeightsException AssertRefused(byte[] content)
    {
        using var folder = new TestFolder();
        var path = folder.Write("hostile.safetensors", content);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fault = Assert.Throws<WeightsException>(() => WeightFile.Open(path));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
        return fault;
    }
}
