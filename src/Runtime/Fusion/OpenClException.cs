namespace Blockwright;

/// <summary>OpenCL is not there, or fails: the message says what was looked for and where, or what its compiler said.</summary>
public sealed class OpenClException : Exception
{
    /// <summary>Says nothing.</summary>
    public OpenClException()
    {
    }

    /// <summary>Says what is wrong.</summary>
    /// <param name="message">What is wrong.</param>
    public OpenClException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="innerException">What it comes from.</param>
    public OpenClException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
