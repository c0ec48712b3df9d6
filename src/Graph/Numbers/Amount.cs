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
/// <see cref="Requirement"/>). Arithmetic throws <see cref="OverflowException"/> beyond 64 bits.
/// </summary>
public sealed class Amount : IEquatable<Amount>
{
    private readonly ImmutableArray<Term> _terms;

    private Amount(ImmutableArray<Term> terms)
    {
        _terms = terms;
        Text = Format(terms, static atom => atom.Text, spaced: false);
    }

    public static Amount Zero { get; } = Of(0);

    public static Amount One { get; } = Of(1);

    /// <summary>How a person reads it, and its identity.</summary>
    public string Text { get; }

    /// <summary>Its value, where it depends on nothing.</summary>
    public long? Constant => _terms.IsEmpty ? 0 : _terms is [{ Factors.IsEmpty: true, Coefficient.IsInteger: true } only] ? only.Coefficient.Numerator : null;

    /// <summary>The terms that are added up: what it costs to compute with it, and to write it.</summary>
    public int Terms => _terms.Length;

    /// <summary>Whether it is at least 1 wherever its atoms are and it is whole.</summary>
    public bool IsSurelyPositive => !_terms.IsEmpty && _terms.All(static term => term.Coefficient.Numerator > 0);

    /// <summary>Whether C#'s int holds every number in <see cref="Code"/>.</summary>
    public bool FitsInt
    {
        get
        {
            var common = Common;
            return common <= int.MaxValue && _terms.All(term => Math.Abs(checked(term.Coefficient.Numerator * (common / term.Coefficient.Denominator))) <= int.MaxValue);
        }
    }

    /// <summary>An expression in C#, exact in integers wherever the amount is whole.</summary>
    public string Code
    {
        get
        {
            var common = Common;
            if (common == 1)
                return Format(_terms, static atom => atom.Code, spaced: true);
            var scaled = Format(_terms.Select(term => term with { Coefficient = term.Coefficient * new Rational(common) }).ToImmutableArray(), static atom => atom.Code, spaced: true);
            return $"{(_terms.Length > 1 ? $"({scaled})" : scaled)} / {common.ToString(CultureInfo.InvariantCulture)}";
        }
    }

    /// <summary>The least common denominator.</summary>
    private long Common => _terms.Aggregate(1L, static (all, term) => checked(all / Rational.Gcd(all, term.Coefficient.Denominator) * term.Coefficient.Denominator));

    /// <summary>What it depends on.</summary>
    public IEnumerable<Atom> Atoms => _terms.SelectMany(static term => term.Factors).Distinct();

    public static Amount Of(long value) => new(value == 0 ? ImmutableArray<Term>.Empty : ImmutableArray.Create(new Term(new Rational(value), ImmutableArray<Atom>.Empty)));

    public static Amount Of(Atom atom) => new(ImmutableArray.Create(new Term(new Rational(1), ImmutableArray.Create(atom))));

    // Most amounts are constants: those need no polynomials.
    public static Amount operator +(Amount a, Amount b) => a.Constant is { } p && b.Constant is { } q ? Of(checked(p + q)) : Sum(a._terms.AddRange(b._terms));

    public static Amount operator -(Amount a, Amount b) => a.Constant is { } p && b.Constant is { } q ? Of(checked(p - q)) : a + b.Scale(new Rational(-1));

    public static Amount operator *(Amount a, Amount b) => a.Constant is { } p && b.Constant is { } q ? Of(checked(p * q)) : Sum(
        (from x in a._terms from y in b._terms select new Term(x.Coefficient * y.Coefficient, Product(x.Factors, y.Factors))).ToImmutableArray());

    /// <summary>The exact quotient by a number other than zero.</summary>
    private Amount DividedBy(long divisor) => Scale(new Rational(1, divisor));

    /// <summary>The quotient: exact by a number, else a thing of its own that C# divides.</summary>
    public Amount DividedBy(Amount divisor)
    {
        if (Equals(divisor))
            return One;
        return divisor.Constant is { } number ? DividedBy(number) : Of(new Atom($"({Text})/({divisor.Text})", $"(({Code}) / ({divisor.Code}))"));
    }

    public bool Equals(Amount? other) => other is not null && other.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as Amount);

    public override int GetHashCode() => Text.GetHashCode();

    public override string ToString() => Text;

    private Amount Scale(Rational by) => new(_terms.Select(term => term with { Coefficient = term.Coefficient * by }).ToImmutableArray());

    private static Amount Sum(ImmutableArray<Term> terms) => new(
        (from term in terms
         group term by term.Key into same
         let sum = same.Aggregate(new Rational(0), static (all, term) => all + term.Coefficient)
         where !sum.IsZero
         select new Term(sum, same.First().Factors)).OrderBy(static term => term.Key.Length == 0).ThenBy(static term => term.Key, StringComparer.Ordinal).ToImmutableArray()); // The constant comes last.

    private static ImmutableArray<Atom> Product(ImmutableArray<Atom> a, ImmutableArray<Atom> b) =>
        a.AddRange(b).Sort(static (x, y) => string.CompareOrdinal(x.Text, y.Text));

    private static string Format(ImmutableArray<Term> terms, Func<Atom, string> name, bool spaced)
    {
        if (terms.IsEmpty)
            return "0";
        var text = new StringBuilder();
        foreach (var term in terms)
        {
            var (numerator, denominator) = (term.Coefficient.Numerator, term.Coefficient.Denominator);
            text.Append((text.Length, numerator < 0) switch { (0, true) => "-", (0, false) => "", (_, true) => " - ", _ => " + " });
            var factors = term.Factors.Select(name).ToList();
            if (Math.Abs(numerator) != 1 || factors.Count == 0)
                factors.Insert(0, Math.Abs(numerator).ToString(CultureInfo.InvariantCulture));
            text.Append(string.Join(spaced ? " * " : "*", factors));
            if (denominator != 1)
                text.Append(spaced ? " / " : "/").Append(denominator.ToString(CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    private readonly record struct Term(Rational Coefficient, ImmutableArray<Atom> Factors)
    {
        public string Key => string.Join("*", Factors.Select(static factor => factor.Text));
    }
}
