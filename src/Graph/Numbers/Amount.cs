using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Blockwright.Graph;

/// <summary>What an amount cannot look into: a variable, or an operation that is not a polynomial.</summary>
/// <param name="Text">How a person reads it: <c>in</c>.</param>
/// <param name="Code">How C# reads it: <c>inChannels</c>.</param>
public readonly record struct Atom(string Text, string Code);

/// <summary>
/// A whole number that may depend on a block's channels and parameters: a polynomial over atoms with exact fractions as coefficients, in
/// one canonical form, so that <c>in/2 + in/2</c> is <c>in</c>. That it is whole is for its user to require (see
/// <see cref="Requirement"/>). Arithmetic throws <see cref="OverflowException"/> beyond 64 bits, and <see cref="AmountLengthException"/> where the result would be too long.
/// </summary>
public sealed class Amount : IEquatable<Amount>
{
    /// <summary>More terms than anybody writes. A product of sums, which is short to write, has as many as the numbers of theirs multiplied.</summary>
    public const int MostTerms = 64;

    /// <summary>A quotient holds what it divides, and so its length can double with each division.</summary>
    public const int MostCharacters = 512;

    // Most amounts are constants: those need no polynomials.
    private readonly ImmutableArray<Term> _terms = ImmutableArray<Term>.Empty;
    private readonly string? _text;

    private Amount(long constant) => Constant = constant;

    private Amount(ImmutableArray<Term> terms)
    {
        Constant = terms.IsEmpty ? 0 : terms is [{ Factors.IsEmpty: true, Coefficient.IsInteger: true } only] ? only.Coefficient.Numerator : null;
        if (Constant is not null)
            return;
        _terms = terms;
        if (terms.Length > MostTerms)
            throw AmountLengthException.OfTerms(terms.Length);
        _text = Format(terms, static atom => atom.Text, spaced: false);
        if (_text.Length > MostCharacters)
            throw new AmountLengthException($"at most {MostCharacters.ToString(CultureInfo.InvariantCulture)} characters once it is worked out", _text.Length);
    }

    public static Amount Zero { get; } = new(0);

    public static Amount One { get; } = new(1);

    /// <summary>How a person reads it, and its identity.</summary>
    public string Text => _text ?? Constant!.Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Its value, where it depends on nothing.</summary>
    public long? Constant { get; }

    /// <summary>Whether it is at least 1 wherever its atoms are and it is whole.</summary>
    public bool IsSurelyPositive => Constant is { } number ? number > 0 : _terms.All(static term => term.Coefficient.Numerator > 0);

    /// <summary>Whether C#'s int holds every number in <see cref="Code"/>.</summary>
    public bool FitsInt
    {
        get
        {
            if (Constant is { } number)
                return number is >= -int.MaxValue and <= int.MaxValue;
            try
            {
                var common = Common;
                return common <= int.MaxValue && _terms.All(term => Math.Abs(checked(term.Coefficient.Numerator * (common / term.Coefficient.Denominator))) <= int.MaxValue);
            }
            catch (OverflowException)
            {
                return false;
            }
        }
    }

    /// <summary>An expression in C#, exact in integers wherever the amount is whole.</summary>
    public string Code
    {
        get
        {
            if (_text is null)
                return Text;
            var common = Common;
            if (common == 1)
                return Format(_terms, static atom => atom.Code, spaced: true);
            var scaled = Format(_terms.Select(term => term with { Coefficient = term.Coefficient * new Rational(common) }).ToImmutableArray(), static atom => atom.Code, spaced: true);
            return $"{(_terms.Length > 1 ? $"({scaled})" : scaled)} / {common.ToString(CultureInfo.InvariantCulture)}";
        }
    }

    /// <summary>The least common denominator.</summary>
    private long Common => _terms.Aggregate(1L, static (all, term) => checked(all / Rational.Gcd(all, term.Coefficient.Denominator) * term.Coefficient.Denominator));

    /// <summary>Whether it depends on nothing but things of these names.</summary>
    public bool DependsOnlyOn(string one, string other)
    {
        foreach (var term in _terms)
        {
            foreach (var factor in term.Factors)
            {
                if (factor.Text != one && factor.Text != other)
                    return false;
            }
        }
        return true;
    }

    private ImmutableArray<Term> Terms => Constant is { } number and not 0 ? ImmutableArray.Create(new Term(new Rational(number), ImmutableArray<Atom>.Empty, "")) : _terms;

    public static Amount Of(long value) => value switch { 0 => Zero, 1 => One, _ => new(value) };

    public static Amount Of(Atom atom) => new(ImmutableArray.Create(new Term(new Rational(1), ImmutableArray.Create(atom), atom.Text)));

    public static Amount operator +(Amount a, Amount b) => a.Constant is { } p && b.Constant is { } q ? Of(checked(p + q)) : new(Sum(a.Terms, b.Terms));

    public static Amount operator -(Amount a, Amount b) => a.Constant is { } p && b.Constant is { } q ? Of(checked(p - q)) : a + b.Scale(new Rational(-1));

    public static Amount operator *(Amount a, Amount b)
    {
        if (a.Constant is { } p && b.Constant is { } q)
            return Of(checked(p * q));
        // Said before it is worked out.
        var (left, right) = (a.Terms, b.Terms);
        if (left.Length * right.Length > MostTerms)
            throw AmountLengthException.OfTerms(left.Length * right.Length);
        var sum = ImmutableArray<Term>.Empty;
        foreach (var x in left)
            sum = Sum(sum, right.Select(y => x * y).ToImmutableArray().Sort(Term.Compare));
        return new(sum);
    }

    /// <summary>The exact quotient by a number other than zero.</summary>
    private Amount DividedBy(long divisor) => Scale(new Rational(1, divisor));

    /// <summary>The quotient: exact by a number, else a thing of its own that C# divides.</summary>
    public Amount DividedBy(Amount divisor)
    {
        if (Equals(divisor))
            return One;
        return divisor.Constant is { } number ? DividedBy(number) : Of(new Atom($"({Text})/({divisor.Text})", $"(({Code}) / ({divisor.Code}))"));
    }

    /// <summary>The smaller of two: one of them where that is known, else a thing of its own.</summary>
    public static Amount Min(Amount a, Amount b) => Least(a, b) ?? Of(new Atom($"{Functions.Min}({a.Text}, {b.Text})", $"global::System.Math.Min({a.Code}, {b.Code})"));

    /// <summary>The larger of two: one of them where that is known, else a thing of its own.</summary>
    public static Amount Max(Amount a, Amount b) => Least(a, b) is { } least
        ? least.Equals(a) ? b : a
        : Of(new Atom($"{Functions.Max}({a.Text}, {b.Text})", $"global::System.Math.Max({a.Code}, {b.Code})"));

    /// <summary>One of two, as a condition has it.</summary>
    public static Amount Choose(Condition condition, Amount then, Amount otherwise)
    {
        if (condition.Known is { } known)
            return known ? then : otherwise;
        var difference = then - otherwise;
        if (difference.Equals(Zero) || condition.MakesZero(difference, where: false))
            return then;
        return condition.MakesZero(difference, where: true)
            ? otherwise
            : Of(new Atom($"({condition} ? {then.Text} : {otherwise.Text})", $"({condition.Code} ? {then.Code} : {otherwise.Code})"));
    }

    private static Amount? Least(Amount a, Amount b) => (a - b).Constant is { } difference ? difference <= 0 ? a : b : null;

    public bool Equals(Amount? other) => ReferenceEquals(this, other) || (other is not null && other.Constant == Constant && other._text == _text);

    public override bool Equals(object? obj) => Equals(obj as Amount);

    public override int GetHashCode() => _text?.GetHashCode() ?? Constant.GetHashCode();

    public override string ToString() => Text;

    private Amount Scale(Rational by) => new(Terms.Select(term => term with { Coefficient = term.Coefficient * by }).ToImmutableArray());

    /// <summary>Both in order, and so is the result: like terms meet.</summary>
    private static ImmutableArray<Term> Sum(ImmutableArray<Term> a, ImmutableArray<Term> b)
    {
        var sum = ImmutableArray.CreateBuilder<Term>(a.Length + b.Length);
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            var order = i == a.Length ? 1 : j == b.Length ? -1 : Term.Compare(a[i], b[j]);
            var next = order <= 0 ? a[i++] : b[j++];
            if (order == 0)
                next = next with { Coefficient = next.Coefficient + b[j++].Coefficient };
            if (!next.Coefficient.IsZero)
                sum.Add(next);
        }
        return sum.ToImmutable();
    }

    private static string Format(ImmutableArray<Term> terms, Func<Atom, string> name, bool spaced)
    {
        if (terms.IsEmpty)
            return "0";
        var text = new StringBuilder();
        foreach (var term in terms)
        {
            var (numerator, denominator) = (term.Coefficient.Numerator, term.Coefficient.Denominator);
            text.Append((text.Length, numerator < 0) switch { (0, true) => "-", (0, false) => "", (_, true) => " - ", _ => " + " });
            var isNumbered = Math.Abs(numerator) != 1 || term.Factors.IsEmpty;
            if (isNumbered)
                text.Append(Math.Abs(numerator).ToString(CultureInfo.InvariantCulture));
            for (var i = 0; i < term.Factors.Length; i++)
                text.Append(isNumbered || i > 0 ? spaced ? " * " : "*" : "").Append(name(term.Factors[i]));
            if (denominator != 1)
                text.Append(spaced ? " / " : "/").Append(denominator.ToString(CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    /// <param name="Key">Its factors: terms with the same are like.</param>
    private readonly record struct Term(Rational Coefficient, ImmutableArray<Atom> Factors, string Key)
    {
        /// <summary>The constant comes last.</summary>
        public static int Compare(Term a, Term b) => (a.Key.Length == 0) == (b.Key.Length == 0) ? string.CompareOrdinal(a.Key, b.Key) : a.Key.Length == 0 ? 1 : -1;

        public static Term operator *(Term a, Term b)
        {
            var factors = a.Factors.AddRange(b.Factors).Sort(static (x, y) => string.CompareOrdinal(x.Text, y.Text));
            return new(a.Coefficient * b.Coefficient, factors, string.Join("*", factors.Select(static factor => factor.Text)));
        }
    }
}

/// <summary>An amount that is longer than any that a person writes; what it would cost to go on with it, and to compile it, has no end.</summary>
/// <param name="expected">The most that there may be.</param>
/// <param name="found">What there is, or at least what there would be.</param>
public sealed class AmountLengthException(string expected, long found) : OverflowException($"An amount of {expected}, found {found.ToString(CultureInfo.InvariantCulture)}.")
{
    public string Expected => expected;

    public long Found => found;

    internal static AmountLengthException OfTerms(int found) => new($"at most {Amount.MostTerms.ToString(CultureInfo.InvariantCulture)} terms once its products are multiplied out", found);
}
