namespace Blockwright;

/// <summary>CUDA is missing, refused a call, or cannot do what is asked. The message names the call and what it was for, what CUDA says, and what to do; of a library that is missing, where it was looked for.</summary>
public sealed class CudaException : Exception
{
    /// <summary>Says nothing.</summary>
    public CudaException()
    {
    }

    /// <summary>What no call said: a library or a device that is missing, a limit.</summary>
    /// <param name="message">What is wrong.</param>
    public CudaException(string message)
        : base(message)
    {
    }

    /// <summary>What no call said: a library or a device that is missing, a limit.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="innerException">What it comes from.</param>
    public CudaException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A call that failed.</summary>
    /// <param name="call">The function, as NVIDIA names it.</param>
    /// <param name="code">What it returned.</param>
    /// <param name="message">All of the message.</param>
    internal CudaException(string call, int code, string message)
        : base(message) => (Call, Code) = (call, code);

    /// <summary>The function that failed, as NVIDIA names it, if one did.</summary>
    public string? Call { get; }

    /// <summary>What it returned, CUDA's CUresult; 0 where no call failed.</summary>
    public int Code { get; }
}
