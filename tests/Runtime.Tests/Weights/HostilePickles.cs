using System.IO.Compression;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>Pickles that must be refused, each with words that its refusal must contain.</summary>
internal static class HostilePickles
{
    private const int Deep = 200_000;

    public static IReadOnlyList<(string Name, byte[] Pickle, string Says)> All { get; } =
        [.. Globals(), .. Instructions(), .. Lengths(), .. Memos(), .. Structures(), .. Storages(), .. Views()];

    /// <summary>Archives that must be refused, whatever their pickle says.</summary>
    public static IReadOnlyList<(string Name, byte[] Archive, string Says)> Archives { get; } = [.. BrokenArchives()];

    /// <summary>What a hostile pickle would have Python do, each leaving one value on the stack. Here that value is opaque, and nothing is done.</summary>
    public static IReadOnlyList<(string Name, Action<PickleWriter> Write, string Is)> Inert { get; } =
    [
        .. Names.SelectMany(Calls),
        ("EXT1", writer => writer.Raw(0x82, 1), "an object of a registered extension"),
        ("EXT2", writer => writer.Raw(0x83, 1, 0), "an object of a registered extension"),
        ("EXT4", writer => writer.Raw(0x84, 1, 0, 0, 0), "an object of a registered extension"),
        ("INST", writer => writer.Op('(', 'i').Raw("os\nsystem\n"u8), "an object of os.system"),
        ("OBJ", writer => writer.Op('(').Global("os", "system").Text("touch /tmp/owned").Op('o'), "an object of os.system"),
        ("NEWOBJ", writer => writer.Global("subprocess", "Popen").Text("touch /tmp/owned").Raw(0x85, 0x81), "an object of subprocess.Popen"),
        ("NEWOBJ_EX", writer => writer.Global("subprocess", "Popen").Op(')', '}').Raw(0x92), "an object of subprocess.Popen"),
        ("a call of what a call gave", writer => writer.Global("os", "system").Op(')', 'R', ')', 'R'), "an object of os.system"),
        ("BUILD", writer => writer.Global("builtins", "object").Op(')').Raw(0x81).Op('}').Text("__class__").Int(1).Op('s', 'b'), "an object of builtins.object"),
        ("a class of its own that is a dict", writer => writer.Global("a", "Dict").Op(')', 'R', '(').Text("w").Scalar().Op('u').Text("v").Scalar().Op('s'), "an object of a.Dict"),
        ("a class of its own that is a list", writer => writer.Global("a", "List").Op(')', 'R', '(').Int(1).Op('e').Int(1).Op('a'), "an object of a.List"),
        ("a set", writer => writer.Raw(0x8f).Op('(').Int(1).Raw(0x90), "a set"),
        ("a frozen set", writer => writer.Op('(').Int(1).Raw(0x91), "a set"),
        ("a module's source", writer => writer.Op('(').Text("module").Global("os", "system").Text("f.py").Text("import os").Op('t', 'Q'), "the source of a module"),
        ("bytes", writer => writer.Op('B').UInt32(3).Raw(1, 2, 3), "bytes"),
        ("an array of bytes", writer => writer.Raw(0x96).UInt64(3).Raw(1, 2, 3), "bytes"),
        ("a long integer", writer => writer.Raw(0x8a, 200).Raw(new byte[200]), "an integer"),
        ("a long text", writer => writer.Text(new string('a', 100_000)), "a long text"),
        ("a text of Python 2 that is none", writer => writer.Op('U').Raw(2, 0xc3, 0x28), "bytes"),
    ];

    private static (string Module, string Name)[] Names =>
    [
        ("os", "system"), ("posix", "system"), ("nt", "system"), ("subprocess", "Popen"), ("builtins", "eval"), ("builtins", "exec"),
        ("__builtin__", "eval"), ("builtins", "getattr"), ("torch.hub", "load"), ("torch", "load"),
        ("numpy.core.multiarray", "_reconstruct"), ("argparse", "Namespace"), ("torch", "float8_e4m3fn"), ("collections", "OrderedDict.fromkeys"),
        ("torch", "FloatStorage\u001b[2J"),
    ];

    private static IEnumerable<(string, Action<PickleWriter>, string)> Calls((string Module, string Name) called)
    {
        var (module, name) = called;
        var result = $"an object of {module}.{name.Replace("\u001b", "\\u001b", StringComparison.Ordinal)}";
        yield return ($"GLOBAL {module}.{name} and REDUCE", writer => writer.Global(module, name).Text("touch /tmp/owned").Raw(0x85).Op('R'), result);
        yield return ($"STACK_GLOBAL {module}.{name}", writer => writer.Text(module).Text(name).Raw(0x93).Text("1").Raw(0x85).Op('R'), result);
    }

    private static IEnumerable<(string, byte[], string)> Globals()
    {
        yield return ("STACK_GLOBAL of numbers", PickleWriter.Start(4).Int(1).Int(2).Raw(0x93).Stop(), "STACK_GLOBAL needs two texts");
        yield return ("GLOBAL without an end", PickleWriter.Start().Op('c').Raw("os"u8).Unfinished(), "a text has no end");
        yield return ("a global", PickleWriter.Start().Global("os", "system").Stop(), "the file holds the global os.system");
    }

    private static IEnumerable<(string, byte[], string)> Instructions()
    {
        yield return ("PERSID", PickleWriter.Start().Op('P').Raw("/etc/passwd\n"u8).Stop(), "PersId cannot be read");
        yield return ("NEXT_BUFFER", PickleWriter.Start(5).Raw(0x97).Stop(), "NextBuffer cannot be read");
        yield return ("FLOAT of protocol 0 in another", PickleWriter.Start().Op('F').Raw("1\n"u8).Stop(), "Float cannot be read");
        yield return ("a dict of protocol 0", new PickleWriter().Op('(', 'd', 'p').Raw("0\n"u8).Stop(), "pickle protocol 0 is not read");
        yield return ("INT that is none", PickleWriter.Start().Op('I').Raw("1x\n"u8).Stop(), "'1x' is no integer");
        yield return ("INT without digits", PickleWriter.Start().Op('I').Raw("\n"u8).Stop(), "'' is no integer");
        yield return ("INT without an end", PickleWriter.Start().Op('I').Raw("1"u8).Unfinished(), "a text has no end");
        yield return ("LONG that is none", PickleWriter.Start().Op('L').Raw("--L\n"u8).Stop(), "'--' is no integer");
        yield return ("no instruction", PickleWriter.Start().Raw(0xff).Stop(), "0xff is no pickle instruction");
        yield return ("protocol 0", PickleWriter.Start(0).Op('}').Stop(), "protocol 0 cannot be read");
        yield return ("protocol 6", PickleWriter.Start(6).Op('}').Stop(), "protocol 6 cannot be read");
        yield return ("REDUCE of a text", PickleWriter.Start().Text("os.system").Op(')', 'R').Stop(), "REDUCE needs a global and a tuple");
        yield return ("REDUCE of a storage class", PickleWriter.Start().Global("torch", "FloatStorage").Op(')', 'R').Stop(), "is not called with 0 arguments");
        yield return ("REDUCE without a tuple", PickleWriter.Start().Global("collections", "OrderedDict").Op('}', 'R').Stop(), "REDUCE needs a global and a tuple");
        yield return ("OBJ without a class", PickleWriter.Start().Op('(').Int(1).Op('o').Stop(), "OBJ needs a class");
        yield return ("OrderedDict of a number", PickleWriter.Start().Global("collections", "OrderedDict").Int(1).Raw(0x85).Op('R').Stop(), "is not called with 1 arguments");
        yield return ("OrderedDict of no pairs", PickleWriter.Start().Global("collections", "OrderedDict").Op(']').Int(1).Op('a').Raw(0x85).Op('R').Stop(), "OrderedDict needs pairs");
        yield return ("BUILD of a tensor", PickleWriter.Start().Scalar().Op('}', 'b').Stop(), "BUILD does not apply to a tensor");
        yield return ("BUILD of a global", PickleWriter.Start().Global("torch", "FloatStorage").Op('}', 'b').Stop(), "BUILD does not apply to the global torch.FloatStorage");
        yield return ("APPEND to a dict", PickleWriter.Start().Op('}').Int(1).Op('a').Stop(), "APPEND does not apply to a dict");
        yield return ("ADDITEMS to a list", PickleWriter.Start().Op(']', '(').Int(1).Raw(0x90).Stop(), "ADDITEMS does not apply to a list");
        yield return ("SETITEM of a tuple", PickleWriter.Start().Op(')').Int(1).Int(2).Op('s').Stop(), "SETITEM does not apply to a tuple");
    }

    private static IEnumerable<(string, byte[], string)> Lengths()
    {
        yield return ("LONG4 of 2 GiB", PickleWriter.Start().Raw(0x8b).UInt32(int.MaxValue).Stop(), "2147483647 more bytes were expected");
        yield return ("LONG4 of a negative length", PickleWriter.Start().Raw(0x8b).UInt32(uint.MaxValue).Stop(), "4294967295 more bytes were expected");
        yield return ("BINUNICODE of 4 GiB", PickleWriter.Start().Op('X').UInt32(uint.MaxValue).Stop(), "4294967295 more bytes were expected");
        yield return ("BINUNICODE8 of 2^64 - 1", PickleWriter.Start(4).Raw(0x8d).UInt64(ulong.MaxValue).Stop(), "18446744073709551615 more bytes were expected");
        yield return ("BINBYTES8 of 2^63", PickleWriter.Start(4).Raw(0x8e).UInt64(1UL << 63).Stop(), "9223372036854775808 more bytes were expected");
        yield return ("FRAME of 2^63", PickleWriter.Start(4).Raw(0x95).UInt64(1UL << 63).Op('}').Stop(), "a frame of 9223372036854775808 bytes");
        yield return ("a text that is no UTF-8", PickleWriter.Start().Op('X').UInt32(2).Raw(0xc3, 0x28).Stop(), "no valid UTF-8");
        yield return ("no end", PickleWriter.Start().Op('}').Unfinished(), "1 more bytes were expected, 0 are left");
        yield return ("nothing", [], "1 more bytes were expected, 0 are left");
        yield return ("more after the end", [.. PickleWriter.Start().Op('}').Stop(), (byte)'.'], "more bytes follow");
    }

    private static IEnumerable<(string, byte[], string)> Memos()
    {
        yield return ("memo below the first", PickleWriter.Start().Op('}', 'q').Raw(1).Op('h').Raw(0).Stop(), "memo 0 is asked for");
        yield return ("memo in a gap", PickleWriter.Start().Op('}', 'q').Raw(1).Op('r').UInt32(uint.MaxValue).Op('j').UInt32(uint.MaxValue - 1).Stop(), "memo 4294967294 is asked for");
        yield return ("MEMOIZE far from the first", PickleWriter.Start(4).Int(1).Op('r').UInt32(uint.MaxValue).Repeat(Deep, writer => writer.Raw(0x94)).Stop(), "the file holds an integer");
        yield return ("memo of nothing", PickleWriter.Start().Op('q').Raw(0).Stop(), "nothing to remember");
        yield return ("memo that is not there", PickleWriter.Start().Op('h').Raw(3).Stop(), "memo 3 is asked for");
        yield return ("long memo that is not there", PickleWriter.Start().Op('j').UInt32(uint.MaxValue).Stop(), "memo 4294967295 is asked for");
    }

    private static IEnumerable<(string, byte[], string)> Structures()
    {
        yield return ("empty stack", PickleWriter.Start().Stop(), "the stack is empty");
        yield return ("POP of nothing", PickleWriter.Start().Op('0').Stop(), "the stack is empty");
        yield return ("POP through a mark", PickleWriter.Start().Op('}', '(', '0').Stop(), "the stack is empty");
        yield return ("TUPLE without a mark", PickleWriter.Start().Op('t').Stop(), "there is no mark");
        yield return ("odd SETITEMS", PickleWriter.Start().Op('}', '(').Text("a").Op('u').Stop(), "a dict takes pairs");
        yield return ("no dict", PickleWriter.Start().Int(1).Stop(), "the file holds an integer");
        yield return ("a tensor", PickleWriter.Start().Scalar().Stop(), "the file holds a tensor");
        yield return ("a dict without tensors", PickleWriter.Start().Op('}').Text("epoch").Int(3).Op('s').Stop(), "'epoch': an integer");
        yield return ("a key that is no text", PickleWriter.Start().Op('}').Int(3).Scalar().Op('s').Stop(), "a dict without tensors ('an integer': a tensor)");
        yield return ("a key twice", PickleWriter.Start().Op('}').Text("a").Scalar().Op('s').Text("a").Scalar().Op('s').Stop(), "the key twice");
        yield return ("deep tuples", PickleWriter.Start().Op(')').Repeat(Deep, writer => writer.Raw(0x85)).Stop(), "the file holds a tuple");
        yield return ("deep dicts", PickleWriter.Start().Repeat(Deep, writer => writer.Op('}', 'N')).Repeat(Deep - 1, writer => writer.Op('s')).Stop(), "");
        yield return ("many marks", PickleWriter.Start().Repeat(Deep, writer => writer.Op('(')).Stop(), "the stack is empty");
        yield return ("tuples that double", Laughs(PickleWriter.Start(), 1000).Stop(), "the file holds a tuple");
        yield return ("a dict in itself", PickleWriter.Start().Op('}', 'q').Raw(0).Text("model").Op('h').Raw(0).Op('s').Stop(), "'model': a dict");
    }

    private static IEnumerable<(string, byte[], string)> Storages()
    {
        PickleWriter Start() => PickleWriter.Start().Op('}').Text("w").Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        yield return ("persistent id that is a text", Start().Text("/etc/passwd").Op('Q').Stop(), "found a text");
        yield return ("persistent id of two", Start().Text("storage").Text("0").Raw(0x86).Op('Q').Stop(), "found a tuple of 2");
        yield return ("persistent id of a function", Start().Op('(').Text("storage").Global("collections", "OrderedDict").Text("0").Text("cpu").Int(1).Op('t', 'Q').Stop(), "a persistent id");
        yield return ("storage of negative length", Start().Storage("FloatStorage", "0", -1).Stop(), "a persistent id");
        yield return ("tensor without a storage", Start().Int(0).Int(0).Ints().Ints().Bool(false).Op('N', 't', 'R').Stop(), "_rebuild_tensor_v2 needs a storage");
        yield return ("tensor with too few arguments", Start().Storage("FloatStorage", "0", 1).Op('t', 'R').Stop(), "_rebuild_tensor_v2 needs a storage");
        yield return ("tensor with hooks that are a text", Start().Storage("FloatStorage", "0", 1).Int(0).Ints().Ints().Bool(false).Text("x").Op('t', 'R').Stop(), "_rebuild_tensor_v2 needs");
        yield return ("storage that is not there", View("FloatStorage", "77", 1, 0, [], []), "'data/77' is not in the archive");
        yield return ("storage outside", View("FloatStorage", "../../../../etc/passwd", 1, 0, [], []), "is not in the archive");
        yield return ("storage longer than its record", View("FloatStorage", "0", 2, 0, [2], [1]), "has 2 elements of 4 bytes");
        yield return ("storage of another type", View("DoubleStorage", "0", 1, 0, [], []), "has 1 elements of 8 bytes");
        yield return ("storage of 2^62 elements", View("FloatStorage", "0", 1L << 62, 0, [1L << 62], [1]), "has 4611686018427387904 elements");
    }

    private static IEnumerable<(string, byte[], string)> Views()
    {
        yield return ("negative stride", View("FloatStorage", "0", 1, 0, [1], [-1]), "integers from 0 on");
        yield return ("negative size", View("FloatStorage", "0", 1, 0, [-1], [1]), "integers from 0 on");
        yield return ("size that is a text", PickleWriter.Start().Op('}').Text("w").Global("torch._utils", "_rebuild_tensor_v2").Op('(')
            .Storage("FloatStorage", "0", 1).Int(0).Text("1").Raw(0x85).Ints(1).Bool(false).Op('N', 't', 'R', 's').Stop(), "integers from 0 on");
        yield return ("fewer strides than sizes", View("FloatStorage", "0", 1, 0, [1, 1], [1]), "as many strides as sizes");
        yield return ("negative offset", View("FloatStorage", "0", 1, -1, [], []), "an offset from 0 on");
        yield return ("offset beyond", View("FloatStorage", "0", 1, 1, [], []), "goes beyond the 1 elements");
        yield return ("offset far beyond", View("FloatStorage", "0", 1, long.MaxValue, [1], [1]), "goes beyond the 1 elements");
        yield return ("offset beyond of an empty tensor", View("FloatStorage", "0", 1, 2, [0], [1]), "goes beyond the 1 elements");
        yield return ("more elements than the storage", View("FloatStorage", "0", 1, 0, [2], [1]), "goes beyond the 1 elements");
        yield return ("expanded to gigabytes", View("FloatStorage", "0", 1, 0, [1L << 31], [0]), "shows the same elements many times over");
        yield return ("expanded to the most", View("FloatStorage", "0", 1, 0, [long.MaxValue], [0]), "shows the same elements many times over");
        yield return ("expanded beyond the file alone", View("FloatStorage", "0", 1, 0, [1000, 1], [0, 1]), "4000 bytes, more than the whole file has");
        yield return ("2^64 elements", View("FloatStorage", "0", 1, 0, [1L << 32, 1L << 32], [0, 0]), "goes beyond the 1 elements");
        yield return ("2^64 elements, then none", View("FloatStorage", "0", 1, 0, [1L << 32, 1L << 32, 0], [0, 0, 0]), "goes beyond the 1 elements");
        yield return ("stride beyond 63 bits", View("FloatStorage", "0", 1, 0, [3, 1], [long.MaxValue, long.MaxValue]), "goes beyond the 1 elements");
        yield return ("integer beyond 64 bits", PickleWriter.Start().Op('}').Text("w").Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage("FloatStorage", "0", 1)
            .Int(0).Raw(0x8a, 9).UInt64(0).Raw(1).Raw(0x85).Ints(1).Bool(false).Op('N', 't', 'R', 's').Stop(), "integers from 0 on");
        yield return ("65 dimensions", View("FloatStorage", "0", 1, 0, [.. Enumerable.Repeat(1L, 65)], [.. Enumerable.Repeat(1L, 65)]), "65 dimensions");
    }

    /// <summary>Tuples of two references to the tuple before: 2^depth leaves for anyone who walks them.</summary>
    public static PickleWriter Laughs(PickleWriter writer, uint depth)
    {
        writer.Text("ha").Op('r').UInt32(0);
        for (var i = 0u; i < depth; i++)
            writer.Op('0').Op('j').UInt32(i).Op('j').UInt32(i).Raw(0x86).Op('r').UInt32(i + 1);
        return writer;
    }

    private static byte[] View(string type, string key, long length, long offset, long[] sizes, long[] strides)
        => PickleWriter.Start().Op('}').Text("w").Tensor(type, key, length, offset, sizes, strides).Op('s').Stop();

    private static IEnumerable<(string Name, byte[] Archive, string Says)> BrokenArchives()
    {
        var pickle = PickleWriter.Start().Op('}').Text("w").Scalar().Op('s').Stop();
        (string, byte[]) data = ("a/data.pkl", pickle), storage = ("a/data/0", TorchFiles.Floats(1));
        yield return ("no pickle", TorchFiles.Zip(storage), "found 0");
        yield return ("two pickles", TorchFiles.Zip(data, ("b/data.pkl", pickle), storage), "found 2");
        yield return ("a record twice", TorchFiles.Zip(data, storage, storage), "two records of this name");
        yield return ("middle-endian", TorchFiles.Zip(data, storage, ("a/byteorder", "pdp"u8.ToArray())), "neither 'little' nor 'big'");
        yield return ("TorchScript", TorchFiles.Zip(data, storage, ("a/constants.pkl", pickle)), "TorchScript archive");
        yield return ("TorchScript code", TorchFiles.Zip(data, storage, ("a/code/__torch__.py", pickle)), "TorchScript archive");
        yield return ("compressed", TorchFiles.Zip(CompressionLevel.SmallestSize, data, ("a/data/0", new byte[1 << 20])), "compressed");
        yield return ("encrypted", TorchFiles.EachCentralHeader(TorchFiles.Zip(data, storage), header => header[8] |= 1), "encrypted");
        yield return ("records of 4 GiB", TorchFiles.EachCentralHeader(TorchFiles.Zip(data, storage), header => header.Slice(20, 8).Fill(0xfe)), "");
        yield return ("bytes of 4 GiB in a small record", TorchFiles.EachCentralHeader(TorchFiles.Zip(data, storage), header => header.Slice(24, 4).Fill(0xfe)), "compressed");
        yield return ("records that share bytes", TorchFiles.EachCentralHeader(TorchFiles.Zip(data, storage), header => header.Slice(42, 4).Clear()), "");
    }
}
