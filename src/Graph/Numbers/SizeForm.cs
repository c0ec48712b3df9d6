namespace Blockwright.Graph;

/// <summary>How one size of a map becomes another: (size * times + plus) / over, rounded down. Times 0 is a size of its own, whatever comes in.</summary>
public sealed record SizeForm(Amount Times, Amount Plus, Amount Over)
{
    public static SizeForm Same { get; } = new(Amount.One, Amount.Zero, Amount.One);

    public bool IsSame => Equals(Same);

    /// <param name="expression">What is declared.</param>
    /// <param name="size">What it calls the size that comes in.</param>
    /// <param name="part">What a part without that size is; null after a report.</param>
    /// <returns>The form; where there is none, what was expected, or nothing after a report.</returns>
    public static (SizeForm? Form, string? Expected) Of(Expression expression, string size, Func<Expression, Amount?> part)
    {
        if (!expression.Mentions(size))
            return (part(expression) is { } number ? new(Amount.Zero, number, Amount.One) : null, null);
        if (expression is Expression.Name)
            return (Same, null);
        if (expression is not Expression.Operation operation)
            return (null, Expected(size));
        var (left, expected) = Of(operation.Left, size, part);
        var (right, other) = Of(operation.Right, size, part);
        if (left is null || right is null)
            return (null, expected ?? other);
        return Combine(operation.Operator, left, right) is { } form ? (form, null) : (null, Expected(size));
    }

    public Extent Of(Extent size)
    {
        if (Times.Equals(Amount.Zero))
            return Extent.Always(Plus).Over(Over);
        var scaled = size.Times(Times);
        return (Plus.Equals(Amount.Zero) ? scaled : scaled.Plus(Plus)).Over(Over);
    }

    /// <summary>Null where what is rounded down would be multiplied, or taken away.</summary>
    private static SizeForm? Combine(char sign, SizeForm left, SizeForm right) => sign switch
    {
        '+' when right.IsWhole => new(left.Times + (right.Times * left.Over), left.Plus + (right.Plus * left.Over), left.Over),
        '+' when left.IsWhole => Combine(sign, right, left),
        '-' when right.IsWhole => new(left.Times - (right.Times * left.Over), left.Plus - (right.Plus * left.Over), left.Over),
        '*' when left.IsWhole && right.IsNumber => new(left.Times * right.Plus, left.Plus * right.Plus, Amount.One),
        '*' when right.IsWhole && left.IsNumber => Combine(sign, right, left),
        '/' when right.IsNumber && right.Plus.Constant is null or > 0 => left with { Over = left.Over * right.Plus },
        _ => null,
    };

    private static string Expected(string size) => $"{size} times a number, plus a number, divided by a number, as ({size}-1)/2+1";

    private bool IsWhole => Over.Equals(Amount.One);

    private bool IsNumber => IsWhole && Times.Equals(Amount.Zero);
}
