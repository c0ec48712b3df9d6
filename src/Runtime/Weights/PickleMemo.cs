namespace Blockwright.Weights;

/// <summary>
/// What a pickle remembers, by number. Picklers count up without gaps, Python's own from 0 and Python 2's cPickle from 1, but any numbers are right: those
/// outside the run stand in a tree. Memory is bounded by what is set, whatever the numbers are, and no choice of them makes the tree slow.
/// </summary>
internal sealed class PickleMemo
{
    private readonly List<object?> _run = [];
    private readonly SortedDictionary<long, object?> _others = [];
    private long _first;

    /// <summary>How many numbers are in use. MEMOIZE takes this as the next one, be it in use or not.</summary>
    public int Count => _run.Count + _others.Count;

    public void Set(long index, object? value)
    {
        if (_run.Count == 0)
            _first = index;
        var at = index - _first;
        if (at == _run.Count)
        {
            _others.Remove(index);
            _run.Add(value);
        }
        else if (IsInRun(at))
            _run[(int)at] = value;
        else
            _others[index] = value;
    }

    public bool TryGet(long index, out object? value)
    {
        var at = index - _first;
        if (!IsInRun(at))
            return _others.TryGetValue(index, out value);
        value = _run[(int)at];
        return true;
    }

    private bool IsInRun(long at) => at >= 0 && at < _run.Count;
}
