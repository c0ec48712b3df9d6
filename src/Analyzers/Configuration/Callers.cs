namespace Blockwright.Analyzers.Configuration;

/// <summary>What is said of a forward that leaves tensors behind (BW6002).</summary>
public enum Callers
{
    /// <summary>Only what certainly nobody frees: a program's calls are followed.</summary>
    Followed,

    /// <summary>What may be left, whoever calls: each forward is looked at by itself.</summary>
    Ignored,
}
