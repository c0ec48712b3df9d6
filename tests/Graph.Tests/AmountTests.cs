using CsCheck;

namespace Blockwright.Graph.Tests;

public class AmountTests
{
    private static readonly Dictionary<string, Atom> Atoms = new() { ["in"] = new("in", "inChannels"), ["out"] = new("out", "outChannels"), ["p"] = new("p", "p") };

    [Theory]
    [InlineData("in", "in", "inChannels")]
    [InlineData("in/2 + in/2", "in", "inChannels")]
    [InlineData("in - in", "0", "0")]
    [InlineData("2*3+4", "10", "10")]
    [InlineData("in*2", "2*in", "2 * inChannels")]
    [InlineData("out*in", "in*out", "inChannels * outChannels")]
    [InlineData("in/2", "in/2", "inChannels / 2")]
    [InlineData("3*in/2", "3*in/2", "3 * inChannels / 2")]
    [InlineData("(in+1)/2", "in/2 + 1/2", "(inChannels + 1) / 2")]
    [InlineData("in/2 + out/3", "in/2 + out/3", "(3 * inChannels + 2 * outChannels) / 6")]
    [InlineData("5 - in", "-in + 5", "-inChannels + 5")]
    [InlineData("in - 5", "in - 5", "inChannels - 5")]
    [InlineData("(in+p)*(in-p)", "in*in - p*p", "inChannels * inChannels - p * p")]
    [InlineData("in/in", "1", "1")]
    [InlineData("in*2/(2*in)", "1", "1")]
    [InlineData("in/p", "(in)/(p)", "((inChannels) / (p))")]
    [InlineData("in/p + in/p", "2*(in)/(p)", "2 * ((inChannels) / (p))")]
    public void HasOneForm(string expression, string text, string code)
    {
        var amount = Of(expression);

        Assert.Equal(text, amount.Text);
        Assert.Equal(code, amount.Code);
        Assert.Equal(text, amount.ToString());
    }

    /// <summary>Dictionaries have small letters before large ones, and each language its own order.</summary>
    [Fact]
    public void HasOneFormInEveryLanguage() => Assert.Equal("B + a + i + ä", (Amount.Of(new Atom("i", "i")) + Amount.Of(new Atom("ä", "ä")) + Amount.Of(new Atom("a", "a")) + Amount.Of(new Atom("B", "B"))).Text);

    [Theory]
    [InlineData("in + out", "out + in")]
    [InlineData("(in + out)*p", "out*p + p*in")]
    [InlineData("in*in/4", "in/2*in/2")]
    [InlineData("out - in + in", "out")]
    public void EqualAmountsAreEqual(string one, string other)
    {
        Assert.Equal(Of(one), Of(other));
        Assert.Equal(Of(one).GetHashCode(), Of(other).GetHashCode());
        Assert.NotEqual(Of(one), Of(one) + Amount.One);
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("3-5", -2L)]
    [InlineData("in*0", 0L)]
    [InlineData("in-in+4", 4L)]
    [InlineData("in", null)]
    [InlineData("in/3", null)]
    public void KnowsWhatDependsOnNothing(string expression, long? constant) => Assert.Equal(constant, Of(expression).Constant);

    [Theory]
    [InlineData("in", true)]
    [InlineData("in/2 + 1", true)]
    [InlineData("in - 1", false)]
    [InlineData("0*in", false)]
    [InlineData("3", true)]
    public void KnowsWhatIsSurelyPositive(string expression, bool isPositive) => Assert.Equal(isPositive, Of(expression).IsSurelyPositive);

    [Theory]
    [InlineData("2147483647", true)]
    [InlineData("2147483647+1", false)]
    [InlineData("in*2147483647", true)]
    [InlineData("in*65536*65536", false)]
    [InlineData("in*65536*65536/65536", true)]
    [InlineData("in/65536/65536", false)]
    [InlineData("in/2147483647 + out/3", false)]
    public void KnowsWhatAnIntHolds(string expression, bool fits) => Assert.Equal(fits, Of(expression).FitsInt);

    [Fact]
    public void SixtyFourBitsAreTheEnd()
    {
        var large = Amount.Of(long.MaxValue);

        Assert.Throws<OverflowException>(() => large + Amount.One);
        Assert.Throws<OverflowException>(() => large * Amount.Of(2));
        Assert.Throws<OverflowException>(() => Amount.Of(long.MinValue) - Amount.One);
        Assert.Throws<OverflowException>(() => Amount.Of(long.MinValue) * Amount.Of(-1));
    }

    [Fact]
    public void ItsCodeIsExactWhereTheAmountIsWhole() =>
        Gen.Select(DrawnExpressions.Gen, Gen.Long[1, 60], Gen.Long[1, 60], Gen.Long[1, 12]).Sample(
            static (expression, @in, @out, p) =>
            {
                var values = new Dictionary<string, long> { ["in"] = @in, ["out"] = @out, ["p"] = p };
                if (Exact(expression, values) is not { } expected || !IsWithinReach(expression))
                    return;
                var amount = Of(expression);
                var byCode = new Dictionary<string, long> { ["inChannels"] = @in, ["outChannels"] = @out, ["p"] = p };

                Assert.Equal(expected, Truncating(ExpressionParser.Parse(Readable(amount.Code)), byCode));
                if (amount.Constant is { } constant)
                    Assert.Equal(expected, constant);
            },
            iter: 20_000,
            threads: 1);

    private static Amount Of(string expression) => Of(ExpressionParser.Parse(expression));

    private static Amount Of(Expression expression) => expression switch
    {
        Expression.Number number => Amount.Of(number.Value),
        Expression.Name name => Amount.Of(Atoms[name.Text]),
        Expression.Operation { Operator: '+' } sum => Of(sum.Left) + Of(sum.Right),
        Expression.Operation { Operator: '-' } difference => Of(difference.Left) - Of(difference.Right),
        Expression.Operation { Operator: '*' } product => Of(product.Left) * Of(product.Right),
        Expression.Operation quotient => Of(quotient.Left).DividedBy(Of(quotient.Right)),
        var other => throw new ArgumentException(other.ToString()),
    };

    /// <summary>The value where every division is without a rest, as the constructor requires; else null.</summary>
    private static long? Exact(Expression expression, Dictionary<string, long> values) => expression switch
    {
        Expression.Operation { Operator: '/' } quotient => Exact(quotient.Left, values) is { } left && Exact(quotient.Right, values) is { } right && right != 0 && left % right == 0 ? left / right : null,
        Expression.Operation operation => Exact(operation.Left, values) is { } left && Exact(operation.Right, values) is { } right ? Compute(operation.Operator, left, right) : null,
        Expression.Name name => values[name.Text],
        _ => ((Expression.Number)expression).Value,
    };

    /// <summary>As C# computes it.</summary>
    private static long Truncating(Expression expression, Dictionary<string, long> values) => expression switch
    {
        Expression.Operation operation => Compute(operation.Operator, Truncating(operation.Left, values), Truncating(operation.Right, values)),
        Expression.Name name => values[name.Text],
        Expression.Number number => number.Value,
        var other => throw new ArgumentException(other.ToString()),
    };

    private static long Compute(char symbol, long left, long right) => checked(symbol switch { '+' => left + right, '-' => left - right, '*' => left * right, _ => left / right });

    /// <summary>The parser knows no sign.</summary>
    private static string Readable(string code) => (code.StartsWith('-') ? "0 " + code : code).Replace("(-", "(0 -", StringComparison.Ordinal);

    /// <summary>Whether no product of its numbers comes near 64 bits, its length is the parser's, and nothing is divided by what is always 0.</summary>
    private static bool IsWithinReach(Expression expression)
    {
        try
        {
            return Readable(Of(expression).Code).Length <= 256;
        }
        catch (Exception e) when (e is OverflowException or DivideByZeroException)
        {
            return false;
        }
    }
}
