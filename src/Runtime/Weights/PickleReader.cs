namespace Blockwright.Weights;

/// <summary>
/// Executes the pickle of a state dict: containers, numbers, texts and tensors; nothing else can come of it. No name leads to code, no
/// object is called, and no step recurses. Each instruction takes at least a byte and builds at most what its bytes spell out, so time and
/// memory are bounded by the pickle's length.
/// </summary>
/// <remarks>Python's Lib/pickletools.py defines the instructions, torch/serialization.py and torch/_utils.py what they say of tensors.</remarks>
internal sealed class PickleReader
{
    // PROTO 2 is what torch.save writes; 5 is the newest.
    private const int LowestProtocol = 2;
    private const int HighestProtocol = 5;

    private readonly PickleCursor _cursor;
    private readonly PickleStack _stack = new();
    private readonly PickleTensors _tensors;
    private readonly List<object?> _memo = [];

    private PickleReader(byte[] pickle, string path, TorchRecord record)
    {
        _cursor = new PickleCursor(pickle, path, record);
        _tensors = new PickleTensors(_cursor);
    }

    /// <summary>The object that the pickle describes.</summary>
    /// <exception cref="WeightsException">The pickle is damaged, or would build something else than containers and tensors.</exception>
    public static object? Read(byte[] pickle, string path, TorchRecord record) => new PickleReader(pickle, path, record).Run();

    private object? Run()
    {
        var opcode = _cursor.NextOpcode();
        for (; opcode != PickleOpcode.Stop; opcode = _cursor.NextOpcode())
        {
            if (!TryConstant(opcode) && !TryContainer(opcode) && !TryMemo(opcode) && !TryObject(opcode))
                throw Refused(opcode);
        }
        var result = Pop();
        return _cursor.IsAtEnd ? result : throw _cursor.Fault("the pickle ends here, but more bytes follow.");
    }

    private bool TryConstant(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.None: return Push(null);
            case PickleOpcode.NewTrue: return Push(true);
            case PickleOpcode.NewFalse: return Push(false);
            case PickleOpcode.BinInt: return Push(_cursor.Int32());
            case PickleOpcode.BinInt1: return Push((long)_cursor.Byte());
            case PickleOpcode.BinInt2: return Push(_cursor.UInt16());
            case PickleOpcode.Long1: return Push(_cursor.Integer(_cursor.Byte()));
            case PickleOpcode.Long4: return Push(_cursor.Integer((ulong)_cursor.UInt32()));
            case PickleOpcode.BinFloat: return Push(_cursor.Double());
            case PickleOpcode.BinUnicode: return Push(_cursor.Text((ulong)_cursor.UInt32()));
            case PickleOpcode.ShortBinUnicode: return Push(_cursor.Text(_cursor.Byte()));
            case PickleOpcode.BinUnicode8: return Push(_cursor.Text(_cursor.UInt64()));
            // Python 2 wrote its texts so.
            case PickleOpcode.BinString: return Push(_cursor.Text((ulong)_cursor.UInt32()));
            case PickleOpcode.ShortBinString: return Push(_cursor.Text(_cursor.Byte()));
            case PickleOpcode.BinBytes: return Push(_cursor.Bytes((ulong)_cursor.UInt32()));
            case PickleOpcode.ShortBinBytes: return Push(_cursor.Bytes(_cursor.Byte()));
            case PickleOpcode.BinBytes8: return Push(_cursor.Bytes(_cursor.UInt64()));
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
            case PickleOpcode.EmptyList: return Push(PickleList.Any);
            case PickleOpcode.List:
                PopMark();
                return Push(PickleList.Any);
            case PickleOpcode.Append:
                Pop();
                return Expect<PickleList>("APPEND");
            case PickleOpcode.Appends:
                PopMark();
                return Expect<PickleList>("APPENDS");
            case PickleOpcode.EmptyDict: return Push(new PickleDict());
            case PickleOpcode.Dict: return Push(Fill(new PickleDict(), PopMark()));
            case PickleOpcode.SetItem:
                var value = Pop();
                var key = Pop();
                return Fill(Peek<PickleDict>("SETITEM"), [key, value]) is not null;
            case PickleOpcode.SetItems:
                var items = PopMark();
                return Fill(Peek<PickleDict>("SETITEMS"), items) is not null;
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
            case PickleOpcode.Global: return PushGlobal(_cursor.Line(), _cursor.Line());
            case PickleOpcode.StackGlobal:
                var name = Pop();
                var module = Pop();
                return module is string inModule && name is string called
                    ? PushGlobal(inModule, called)
                    : throw _cursor.Fault($"STACK_GLOBAL needs two texts, found {PickleValue.Describe(module)} and {PickleValue.Describe(name)}.");
            case PickleOpcode.BinPersId: return Push(_tensors.Storage(Pop()));
            case PickleOpcode.Reduce:
                var arguments = Pop();
                return Push(_tensors.Reduce(Pop(), arguments));
            case PickleOpcode.Build:
                // An OrderedDict's attributes: the _metadata that nn.Module.state_dict attaches. It says the version of each module, which nothing here needs.
                Pop();
                return Expect<PickleDict>("BUILD");
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

    private T Peek<T>(string instruction)
        where T : class
    {
        if (!_stack.TryPeek(out var value))
            throw _cursor.Fault("the stack is empty. The pickle is damaged.");
        return value as T ?? throw _cursor.Fault($"{instruction} does not apply to {PickleValue.Describe(value)}.");
    }

    private bool Expect<T>(string instruction)
        where T : class
    {
        Peek<T>(instruction);
        return true;
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

    /// <summary>Python numbers what it remembers without gaps; only so is the memo's size bounded by the pickle's.</summary>
    private bool Memoize(long index)
    {
        if (!_stack.TryPeek(out var value))
            throw _cursor.Fault("there is nothing to remember. The pickle is damaged.");
        if (index > _memo.Count)
            throw _cursor.Fault($"memo {index} is set, but only {_memo.Count} are in use. The pickle is damaged.");
        if (index == _memo.Count)
            _memo.Add(value);
        else
            _memo[(int)index] = value;
        return true;
    }

    private object? Recall(long index) => index < _memo.Count
        ? _memo[(int)index]
        : throw _cursor.Fault($"memo {index} is asked for, but only {_memo.Count} are in use. The pickle is damaged.");

    private bool CheckProtocol(byte protocol) => protocol is >= LowestProtocol and <= HighestProtocol
        ? true
        : throw _cursor.Fault(
            $"pickle protocol {protocol} cannot be read. Expected {LowestProtocol} to {HighestProtocol}; torch.save writes {LowestProtocol}.");

    private bool PushGlobal(string module, string name) => PickleGlobal.Find($"{module}.{name}") is { } global
        ? Push(global)
        : throw _cursor.Fault(
            $"the pickle names the global '{WeightsException.Show($"{module}.{name}")}'. It is refused: weights need none but tensors. "
            + "If you trust the file, load it in Python and save the tensors alone: torch.save(model.state_dict(), path).");

    private WeightsException Refused(PickleOpcode opcode) => Enum.IsDefined(opcode)
        ? _cursor.Fault($"the pickle instruction {opcode} is refused: no state dict needs it. Save the tensors alone: torch.save(model.state_dict(), path).")
        : _cursor.Fault($"0x{(byte)opcode:x2} is no pickle instruction. The pickle is damaged.");
}
