using System.Runtime.CompilerServices;

namespace Blockwright.Graph.Memory;

/// <summary>Facts of objects that never change, each for as long as somebody else keeps its object.</summary>
public sealed class WeakMemory<TKey, TValue>
    where TKey : class
    where TValue : class
{
    private readonly ConditionalWeakTable<TKey, TValue> _table = new();

    /// <summary>What is remembered of the object, or what is made now. Of two that are made at the same time both get the first.</summary>
    public TValue Of(TKey key, Func<TKey, TValue> make) => _table.TryGetValue(key, out var known) ? known : Keep(key, make(key));

    private TValue Keep(TKey key, TValue made) => _table.GetValue(key, _ => made);
}
