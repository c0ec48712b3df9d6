namespace Blockwright.Generator.Tests.Properties;

/// <summary>Choices that were drawn beforehand, so that a drawn program can be drawn again and shrunk. Behind its end each choice is the first.</summary>
internal sealed class Tape(int[] choices)
{
    private int _position;

    /// <summary>A number below <paramref name="options"/>.</summary>
    public int Next(int options) => _position < choices.Length ? choices[_position++] % options : 0;

    public bool Chance(int outOf) => Next(outOf) == outOf - 1;

    public T Pick<T>(IReadOnlyList<T> options) => options[Next(options.Count)];
}
