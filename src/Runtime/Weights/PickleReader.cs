using static System.FormattableString;

namespace Blockwright.Weights;

/// <summary>
/// Executes a pickle as far as weights need it: containers, numbers, texts and tensors come of it, and opaque values in the place of everything else. No
/// name leads to code, no object is called, and no step recurses. Each instruction takes at least a byte and builds at most what its bytes spell out, so
/// time and memory are bounded by the pickle's length.
/// </summary>
/// <remarks>Python's Lib/pickletools.py defines the instructions, torch/serialization.py and torch/_utils.py what they say of tensors.</remarks>
internal sealed class PickleReader
{
    // PROTO 2 is what torch.save writes; 5 is the newest. Pickles of 0 and 1 have no PROTO.
    private const int LowestProtocol = 2;
    private const int HighestProtocol = 5;

    private readonly PickleCursor _cursor;
    private readonly PickleStack _stack = new();
    private readonly PickleTensors _tensors;
    private readonly PickleMemo _memo = new();

    private bool _hasProtocol;

    private PickleReader(PickleCursor cursor)
    {
        _cursor = cursor;
        _tensors = new PickleTensors(cursor);
    }

    /// <summary>The object that the pickle describes. The cursor stands behind it then.</summary>
    /// <param name="cursor">Where the pickle starts.</param>
    /// <exception cref="WeightsException">The pickle is damaged.</exception>
    public static object? Read(PickleCursor cursor) => Read(cursor, out _);

    /// <summary>The object that the pickle describes, and the storages that it names.</summary>
    /// <param name="cursor">Where the pickle starts.</param>
    /// <param name="storages">All storages by their keys, also those of no tensor.</param>
    /// <exception cref="WeightsException">The pickle is damaged.</exception>
    public static object? Read(PickleCursor cursor, out IReadOnlyDictionary<string, PickleStorage> storages)
    {
        var reader = new PickleReader(cursor);
        storages = reader._tensors.Storages;
        return reader.Run();
    }

    private object? Run()
    {
        var opcode = _cursor.NextOpcode();
        for (; opcode != PickleOpcode.Stop; opcode = _cursor.NextOpcode())
        {
            if (!TryConstant(opcode) && !TryContainer(opcode) && !TryMemo(opcode) && !TryObject(opcode))
                throw Refused(opcode);
        }
        return Pop();
    }

    private bool TryConstant(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.None: return Push(null);
            case PickleOpcode.NewTrue: return Push(true);
            case PickleOpcode.NewFalse: return Push(false);
            case PickleOpcode.Int: return Push(_cursor.IntLine());
            case PickleOpcode.Long: return Push(_cursor.LongLine());
            case PickleOpcode.BinInt: return Push(PickleValue.Integer(_cursor.Int32()));
            case PickleOpcode.BinInt1: return Push(PickleValue.Integer(_cursor.Byte()));
            case PickleOpcode.BinInt2: return Push(PickleValue.Integer(_cursor.UInt16()));
            case PickleOpcode.Long1: return Push(_cursor.Integer(_cursor.Byte()));
            case PickleOpcode.Long4: return Push(_cursor.Integer((ulong)_cursor.UInt32()));
            case PickleOpcode.BinFloat: return Push(_cursor.Double());
            case PickleOpcode.BinUnicode: return Push(_cursor.Text((ulong)_cursor.UInt32()));
            case PickleOpcode.ShortBinUnicode: return Push(_cursor.Text(_cursor.Byte()));
            case PickleOpcode.BinUnicode8: return Push(_cursor.Text(_cursor.UInt64()));
            case PickleOpcode.BinString: return Push(_cursor.TextOrBytes((ulong)_cursor.UInt32()));
            case PickleOpcode.ShortBinString: return Push(_cursor.TextOrBytes(_cursor.Byte()));
            case PickleOpcode.BinBytes: return Push(_cursor.Bytes((ulong)_cursor.UInt32()));
            case PickleOpcode.ShortBinBytes: return Push(_cursor.Bytes(_cursor.Byte()));
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: return Push(_cursor.Bytes(_cursor.UInt64()));
            default: return false;
        }
    }

    private bool TryContainer(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptyTuple: return Push(PickleTuple.Empty);
            case PickleOpcode.Tuple1: return PushTuple(1);
            case PickleOpcode.Tuple2: return PushTuple(2);
            case PickleOpcode.Tuple3: return PushTuple(3);
            case PickleOpcode.Tuple: return Push(new PickleTuple(PopMark()));
            case PickleOpcode.EmptyList: return Push(new PickleList());
            case PickleOpcode.List: return Push(Fill(new PickleList(), PopMark()));
            case PickleOpcode.Append:
                var item = Pop();
                return Append("APPEND", [item]);
            case PickleOpcode.Appends: return Append("APPENDS", PopMark());
            case PickleOpcode.EmptyDict: return Push(new PickleDict());
            case PickleOpcode.Dict: return Push(Fill(new PickleDict(), PopMark()));
            case PickleOpcode.SetItem:
                var value = Pop();
                var key = Pop();
                return SetItems("SETITEM", [key, value]);
            case PickleOpcode.SetItems: return SetItems("SETITEMS", PopMark());
            case PickleOpcode.EmptySet: return Push(PickleOpaque.Set);
            case PickleOpcode.FrozenSet:
                PopMark();
                return Push(PickleOpaque.Set);
            case PickleOpcode.AddItems:
                PopMark();
                return Peek("ADDITEMS") is PickleOpaque ? true : throw Misapplied("ADDITEMS");
            default: return false;
        }
    }

    private bool TryMemo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinGet: return Push(Recall(_cursor.Byte()));
            case PickleOpcode.LongBinGet: return Push(Recall(_cursor.UInt32()));
            case PickleOpcode.BinPut: return Memoize(_cursor.Byte());
            case PickleOpcode.LongBinPut: return Memoize(_cursor.UInt32());
            case PickleOpcode.Memoize: return Memoize(_memo.Count);
            case PickleOpcode.Mark:
                _stack.Mark();
                return true;
            case PickleOpcode.Pop:
                Pop();
                return true;
            case PickleOpcode.PopMark:
                PopMark();
                return true;
            case PickleOpcode.Proto: return CheckProtocol(_cursor.Byte());
            case PickleOpcode.Frame:
                _cursor.Frame();
                return true;
            default: return false;
        }
    }

    private bool TryObject(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global: return Push(PickleGlobal.Find($"{_cursor.Line()}.{_cursor.Line()}"));
            case PickleOpcode.StackGlobal:
                var name = Pop();
                var module = Pop();
                return module is string inModule && name is string called
                    ? Push(PickleGlobal.Find($"{inModule}.{called}"))
                    : throw _cursor.Fault($"STACK_GLOBAL needs two texts, found {PickleValue.Describe(module)} and {PickleValue.Describe(name)}.");
            case PickleOpcode.BinPersId: return Push(_tensors.Storage(Pop()));
            case PickleOpcode.Reduce:
                var arguments = Pop();
                return Push(_tensors.Reduce(Pop(), arguments));
            case PickleOpcode.NewObj or PickleOpcode.NewObjEx:
                // Keyword arguments, which only NEWOBJ_EX has, make no difference to what is not called.
                if (opcode == PickleOpcode.NewObjEx)
                    Pop();
                arguments = Pop();
                return Push(_tensors.Reduce(Pop(), arguments));
            case PickleOpcode.Obj: return PopMark() is [PickleGlobal type, ..] ? Push(type.Result) : throw _cursor.Fault("OBJ needs a class.");
            case PickleOpcode.Inst:
                var instance = PickleGlobal.Find($"{_cursor.Line()}.{_cursor.Line()}");
                PopMark();
                return Push(instance.Result);
            case PickleOpcode.Build:
                // An OrderedDict's attributes are the _metadata that nn.Module.state_dict attaches: the version of each module, which nothing here needs.
                Pop();
                return Peek("BUILD") is PickleDict or PickleOpaque ? true : throw Misapplied("BUILD");
            case PickleOpcode.Ext1:
                _cursor.Byte();
                return Push(PickleOpaque.Extension);
            case PickleOpcode.Ext2:
                _cursor.UInt16();
                return Push(PickleOpaque.Extension);
            case PickleOpcode.Ext4:
                _cursor.UInt32();
                return Push(PickleOpaque.Extension);
            default: return false;
        }
    }

    private bool Push(object? value)
    {
        _stack.Push(value);
        return true;
    }

    private object? Pop() => _stack.TryPop(out var value) ? value : throw _cursor.Fault("the stack is empty. The pickle is damaged.");

    private object?[] PopMark() => _stack.TryPopMark(out var items) ? items : throw _cursor.Fault("there is no mark on the stack. The pickle is damaged.");

    private object? Peek(string instruction)
        => _stack.TryPeek(out var value) ? value : throw _cursor.Fault($"the stack is empty, and {instruction} needs something on it. The pickle is damaged.");

    private WeightsException Misapplied(string instruction)
        => _cursor.Fault($"{instruction} does not apply to {PickleValue.Describe(Peek(instruction))}. The pickle is damaged.");

    /// <summary>Items for the list on the stack; an opaque value may be a list of a class of its own.</summary>
    private bool Append(string instruction, object?[] items)
    {
        if (Peek(instruction) is PickleList list)
            Fill(list, items);
        else if (Peek(instruction) is not PickleOpaque)
            throw Misapplied(instruction);
        return true;
    }

    /// <summary>Pairs for the dict on the stack; an opaque value may be a dict of a class of its own.</summary>
    private bool SetItems(string instruction, object?[] items)
    {
        if (Peek(instruction) is PickleDict dict)
            Fill(dict, items);
        else if (Peek(instruction) is not PickleOpaque)
            throw Misapplied(instruction);
        return true;
    }

    private static PickleList Fill(PickleList list, object?[] items)
    {
        list.Add(items);
        return list;
    }

    private bool PushTuple(int length)
    {
        var items = new object?[length];
        for (var i = length - 1; i >= 0; i--)
            items[i] = Pop();
        return Push(new PickleTuple(items));
    }

    private PickleDict Fill(PickleDict dict, ReadOnlySpan<object?> items)
    {
        if (items.Length % 2 != 0)
            throw _cursor.Fault($"a dict takes pairs, but {items.Length} items are on the stack.");
        for (var i = 0; i < items.Length; i += 2)
            dict.Add(items[i], items[i + 1]);
        return dict;
    }

    private bool Memoize(long index)
    {
        if (!_stack.TryPeek(out var value))
            throw _cursor.Fault("there is nothing to remember. The pickle is damaged.");
        _memo.Set(index, value);
        return true;
    }

    private object? Recall(long index) => _memo.TryGet(index, out var value)
        ? value
        : throw _cursor.Fault(Invariant($"memo {index} is asked for, but is not among the {_memo.Count} that are set. The pickle is damaged."));

    private bool CheckProtocol(byte protocol) => protocol is >= LowestProtocol and <= HighestProtocol
        ? _hasProtocol = true
        : throw _cursor.Fault(
            $"pickle protocol {protocol} cannot be read. Expected {LowestProtocol} to {HighestProtocol}; torch.save writes {LowestProtocol}.");

    private WeightsException Refused(PickleOpcode opcode)
    {
        if (!Enum.IsDefined(opcode))
            return _cursor.Fault($"0x{(byte)opcode:x2} is no pickle instruction. The pickle is damaged.");
        return !_hasProtocol && IsText(opcode)
            ? _cursor.Fault($"pickle protocol 0 is not read, and {opcode} is of that. In Python, save it again with pickle_protocol={LowestProtocol} or later.")
            : _cursor.Fault($"the pickle instruction {opcode} cannot be read: torch.save writes none. The pickle is damaged.");
    }

    /// <summary>Whether only protocol 0 has it, which spells everything out in lines of text.</summary>
    private static bool IsText(PickleOpcode opcode)
        => opcode is PickleOpcode.Float or PickleOpcode.PersId or PickleOpcode.String or PickleOpcode.Unicode or PickleOpcode.Get or PickleOpcode.Put;
}
