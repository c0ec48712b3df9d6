using System.ComponentModel;
using static System.FormattableString;

namespace Blockwright;

/// <summary>What the constructors of blocks check. Called by the build's code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Require
{
    /// <summary>Throws unless <paramref name="divisor"/> divides <paramref name="value"/>.</summary>
    /// <param name="block">The block's name.</param>
    /// <param name="what">Whose requirement it is.</param>
    /// <param name="divisor">The divisor.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void Divides(string block, string what, int divisor, int value)
    {
        if (divisor == 0)
            throw new ArgumentException(Invariant($"{block}: {what}: expected a divisor above 0 of {value}, found 0."));
        if (value % divisor != 0)
            throw new ArgumentException(Invariant($"{block}: {what}: expected a multiple of {divisor}, found {value}."));
    }

    /// <summary>Throws unless <paramref name="value"/> is at least <paramref name="least"/>.</summary>
    /// <param name="block">The block's name.</param>
    /// <param name="what">Whose requirement it is.</param>
    /// <param name="value">The value.</param>
    /// <param name="least">The least that will do.</param>
    /// <exception cref="ArgumentException">It is less.</exception>
    public static void AtLeast(string block, string what, int value, int least)
    {
        if (value < least)
            throw new ArgumentException(Invariant($"{block}: {what}: expected at least {least}, found {value}."));
    }

    /// <summary>Throws unless both are equal.</summary>
    /// <param name="block">The block's name.</param>
    /// <param name="what">Whose requirement it is.</param>
    /// <param name="found">What is there.</param>
    /// <param name="expected">What is asked for.</param>
    /// <exception cref="ArgumentException">They differ.</exception>
    public static void Equal(string block, string what, int found, int expected)
    {
        if (found != expected)
            throw new ArgumentException(Invariant($"{block}: {what}: expected {expected}, found {found}."));
    }
}
