namespace Blockwright.Graph;

/// <summary>What is certain of each of a value's elements that is a number.</summary>
/// <param name="Least">None is below.</param>
/// <param name="Greatest">None is above.</param>
public readonly record struct ValueRange(double Least, double Greatest)
{
    public static ValueRange Any { get; } = new(double.NegativeInfinity, double.PositiveInfinity);

    public static ValueRange NonNegative { get; } = new(0, double.PositiveInfinity);

    public bool Contains(ValueRange other) => Least <= other.Least && Greatest >= other.Greatest;

    /// <summary>Both.</summary>
    public ValueRange Or(ValueRange other) => new(Math.Min(Least, other.Least), Math.Max(Greatest, other.Greatest));

    public ValueRange OrZero() => Or(new(0, 0));

    public ValueRange Clamp(double least, double greatest) => new(Math.Min(Math.Max(Least, least), greatest), Math.Max(Math.Min(Greatest, greatest), least));

    public ValueRange Plus(ValueRange other) => new(Least + other.Least, Greatest + other.Greatest);

    public ValueRange Times(ValueRange other)
    {
        double[] corners = [Product(Least, other.Least), Product(Least, other.Greatest), Product(Greatest, other.Least), Product(Greatest, other.Greatest)];
        return new(corners.Min(), corners.Max());
    }

    // 0 times a bound that may be as large as it likes is 0.
    private static double Product(double a, double b) => a == 0 || b == 0 ? 0 : a * b;
}
