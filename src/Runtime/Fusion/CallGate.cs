namespace Blockwright;

/// <summary>
/// Lets calls in until it is closed, and frees what they use once the last of them has left: a server may dispose a model that other threads are calling. A call costs two
/// atomic additions.
/// </summary>
/// <param name="network">The network that is called, for messages.</param>
/// <param name="free">Frees; called once.</param>
internal sealed class CallGate(string network, Action free)
{
    // The sign bit says that it is closed; the rest counts the calls inside.
    private const int Closed = int.MinValue;

    private int _state;
    private int _isFreed;

    /// <summary>What a call is answered behind the end.</summary>
    public static ObjectDisposedException Disposed(string network) => new(network, $"This snapshot of {network} was disposed: take or load another, or dispose it behind its last call.");

    /// <summary>Begins a call.</summary>
    /// <exception cref="ObjectDisposedException">The gate is closed.</exception>
    public Call Enter()
    {
        if (Interlocked.Increment(ref _state) >= 0)
            return new Call(this);
        Leave();
        throw Disposed(network);
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
