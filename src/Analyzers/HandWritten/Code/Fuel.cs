namespace Blockwright.Analyzers.HandWritten.Code;

/// <summary>
/// How many steps one question may take. A local may name another twice, which names another twice: what is followed so doubles with each line. What takes more than any
/// network does is not followed, and so nothing is said of it.
/// </summary>
internal sealed class Fuel(int steps)
{
    private int _left = steps;

    /// <summary>How many steps are left.</summary>
    public int Left => _left;

    /// <summary>Whether all steps are taken: what was not found may be there.</summary>
    public bool IsSpent => _left == 0;

    /// <summary>Whether there is one more step.</summary>
    public bool Burn() => _left > 0 && _left-- > 0;
}
