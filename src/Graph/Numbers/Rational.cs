namespace Blockwright.Graph;

/// <summary>An exact fraction in lowest terms with a positive denominator. Arithmetic throws <see cref="OverflowException"/> beyond 64 bits.</summary>
public readonly record struct Rational
{
    public Rational(long numerator, long denominator = 1)
    {
        var divisor = Gcd(numerator, denominator);
        if (denominator < 0)
            divisor = checked(-divisor);
        Numerator = numerator / divisor;
        Denominator = denominator / divisor;
    }

    public long Numerator { get; }

    public long Denominator { get; }

    public bool IsZero => Numerator == 0;

    public bool IsInteger => Denominator == 1;

    public static Rational operator +(Rational a, Rational b) => checked(new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator));

    public static Rational operator *(Rational a, Rational b) => checked(new(a.Numerator * b.Numerator, a.Denominator * b.Denominator));

    public static Rational operator -(Rational a) => checked(new(-a.Numerator, a.Denominator));

    public static long Gcd(long a, long b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return checked(Math.Abs(a));
    }
}
