namespace Blockwright.Graph.Memory;

/// <summary>A number for each object, so that a key can tell objects apart without keeping them. None is given twice.</summary>
public sealed class WeakNumbers
{
    private readonly WeakMemory<object, object> _numbers = new();

    private long _last;

    public long Of(object key) => (long)_numbers.Of(key, _ => Interlocked.Increment(ref _last));
}
