namespace Blockwright.Graph.Memory;

/// <summary>Values by keys that compare by value, as many as an estimate of their bytes allows; what was not used for longest goes first.</summary>
/// <param name="limit">In bytes. What is larger by itself is not kept.</param>
public sealed class SizedMemory<TKey, TValue>(long limit)
    where TKey : notnull
    where TValue : class
{
    private readonly object _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<Item>> _items = [];

    // Last used first.
    private readonly LinkedList<Item> _byUse = [];

    private long _size;

    public TValue? Recall(TKey key)
    {
        lock (_lock)
        {
            if (!_items.TryGetValue(key, out var item))
                return null;
            _byUse.Remove(item);
            _byUse.AddFirst(item);
            return item.Value.Value;
        }
    }

    /// <summary>Keeps a value in the place of the one that the key had.</summary>
    public void Keep(TKey key, TValue value, long size)
    {
        lock (_lock)
        {
            if (_items.TryGetValue(key, out var before))
                Forget(before);
            if (size > limit)
                return;
            while (_size > limit - size)
                Forget(_byUse.Last!);
            _items.Add(key, _byUse.AddFirst(new Item(key, value, size)));
            _size += size;
        }
    }

    private void Forget(LinkedListNode<Item> item)
    {
        _items.Remove(item.Value.Key);
        _byUse.Remove(item);
        _size -= item.Value.Size;
    }

    private sealed record Item(TKey Key, TValue Value, long Size);
}
