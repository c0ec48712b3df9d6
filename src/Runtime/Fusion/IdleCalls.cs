namespace Blockwright;

/// <summary>The memory of a call, which serves others of its size.</summary>
internal interface ISizedCall : IDisposable
{
    long Bytes { get; }

    bool Fits(object program, int batch, int height, int width);
}

/// <summary>The memory of calls that have ended, kept for those of the same size that follow.</summary>
internal sealed class IdleCalls<TCall> : IDisposable
    where TCall : class, ISizedCall
{
    private readonly long _keptBytes;
    private readonly Lock _lock = new();
    private readonly List<TCall> _idle = [];
    private long _idleBytes;

    /// <param name="keptBytes">The most that is kept, save for what one call takes.</param>
    public IdleCalls(long keptBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keptBytes, nameof(FuseOptions.KeptBytes));
        _keptBytes = keptBytes;
    }

    public long IdleBytes
    {
        get
        {
            lock (_lock)
                return _idleBytes;
        }
    }

    /// <summary>One of a program and a size, if there is any.</summary>
    public TCall? Take(object program, int batch, int height, int width)
    {
        lock (_lock)
        {
            for (var i = _idle.Count - 1; i >= 0; i--)
            {
                if (_idle[i].Fits(program, batch, height, width))
                {
                    var found = _idle[i];
                    _idle.RemoveAt(i);
                    _idleBytes -= found.Bytes;
                    return found;
                }
            }
        }
        return null;
    }

    public void Return(TCall call)
    {
        lock (_lock)
        {
            _idle.Add(call);
            _idleBytes += call.Bytes;
            // The least recently used go first; the last one stays in any case.
            while (_idleBytes > _keptBytes && _idle.Count > 1)
                Drop();
        }
    }

    public void Trim()
    {
        lock (_lock)
        {
            while (_idle.Count > 0)
                Drop();
        }
    }

    public void Dispose() => Trim();

    private void Drop()
    {
        var call = _idle[0];
        _idle.RemoveAt(0);
        _idleBytes -= call.Bytes;
        call.Dispose();
    }
}
