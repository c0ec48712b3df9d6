using System.Runtime.InteropServices;

namespace Blockwright.Weights;

/// <summary>
/// The stack of a pickle, with its marks. What lies below the newest mark cannot be reached until the mark is taken off, as in Python's own.
/// Operations that the stack's depth does not allow return false.
/// </summary>
internal sealed class PickleStack
{
    private readonly List<object?> _items = [];
    private readonly List<int> _marks = [];

    private int Fence => _marks is [.., var last] ? last : 0;

    public void Push(object? value) => _items.Add(value);

    public void Mark() => _marks.Add(_items.Count);

    public bool TryPeek(out object? value)
    {
        var has = _items.Count > Fence;
        value = has ? _items[^1] : null;
        return has;
    }

    public bool TryPop(out object? value)
    {
        if (!TryPeek(out value))
            return false;
        _items.RemoveAt(_items.Count - 1);
        return true;
    }

    /// <summary>Takes off everything down to the newest mark, and the mark.</summary>
    public bool TryPopMark(out object?[] items)
    {
        items = [];
        if (_marks.Count == 0)
            return false;
        var start = Fence;
        items = CollectionsMarshal.AsSpan(_items)[start..].ToArray();
        _items.RemoveRange(start, _items.Count - start);
        _marks.RemoveAt(_marks.Count - 1);
        return true;
    }
}
