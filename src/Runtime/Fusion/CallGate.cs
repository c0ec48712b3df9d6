namespace Blockwright;

/// <summary>
/// Lets calls in until it is closed, and frees what they use once the last of them has left: a server may dispose a model that other threads are calling. A call costs two
/// atomic additions.
/// </summary>
/// <param name="free">Frees; called once.</param>
internal sealed class CallGate(Action free)
{
    // The sign bit says that it is closed; the rest counts the calls inside.
    private const int Closed = int.MinValue;

    private int _state;
    private int _isFreed;

    /// <summary>Begins a call of <paramref name="owner"/>.</summary>
    /// <exception cref="ObjectDisposedException">The gate is closed.</exception>
    public Call Enter(object owner)
    {
        if (Interlocked.Increment(ref _state) >= 0)
            return new Call(this);
        Leave();
        throw new ObjectDisposedException(owner.GetType().Name, $"{owner} was disposed: take another snapshot, or dispose this one later.");
    }

    /// <summary>Lets nobody in any more.</summary>
    public void Close()
    {
        if (Interlocked.Or(ref _state, Closed) == 0)
            Free();
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _state) == Closed)
            Free();
    }

    private void Free()
    {
        if (Interlocked.Exchange(ref _isFreed, 1) == 0)
            free();
    }

    /// <summary>A call that is inside; disposed once.</summary>
    public readonly struct Call(CallGate gate) : IDisposable
    {
        public void Dispose() => gate.Leave();
    }
}
