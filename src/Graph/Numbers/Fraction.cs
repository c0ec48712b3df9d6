namespace Blockwright.Graph;

/// <summary>A quotient of whole amounts, which need not be whole itself. The denominator is at least 1 wherever its user requires that of it.</summary>
internal readonly record struct Fraction(Amount Numerator, Amount Denominator)
{
    public static Fraction Of(Amount whole) => new(whole, Amount.One);

    public static Fraction operator +(Fraction a, Fraction b) => a.Denominator.Equals(b.Denominator)
        ? new(a.Numerator + b.Numerator, a.Denominator)
        : new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Fraction operator -(Fraction a, Fraction b) => a + new Fraction(Amount.Zero - b.Numerator, b.Denominator);

    public static Fraction operator *(Fraction a, Fraction b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Fraction operator /(Fraction a, Fraction b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    /// <summary>How a person reads it.</summary>
    public override string ToString() => Numerator.DividedBy(Denominator).Text;
}
