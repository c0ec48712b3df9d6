namespace Blockwright.Gpu.Cuda;

/// <summary>CUDA is missing, refused a call, or cannot do what is asked. The message names the call and what it was for, what CUDA says, and what to do.</summary>
internal sealed class CudaException : Exception
{
    /// <summary>What no call said: a library or a device that is missing, a limit.</summary>
    public CudaException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>A call that failed.</summary>
    /// <param name="call">The function, as NVIDIA names it.</param>
    /// <param name="code">What it returned.</param>
    /// <param name="message">All of the message.</param>
    public CudaException(string call, int code, string message)
        : base(message) => (Call, Code) = (call, code);

    /// <summary>The function that failed, if one did.</summary>
    public string? Call { get; }

    /// <summary>What it returned.</summary>
    public int Code { get; }
}
