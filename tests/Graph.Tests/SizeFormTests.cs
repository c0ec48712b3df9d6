using CsCheck;

namespace Blockwright.Graph.Tests;

/// <summary>How a module of the user's own makes one size of another.</summary>
public class SizeFormTests
{
    private static readonly Gen<Expression> Drawn = Gen.Recursive<Expression>(static (depth, inner) => depth > 3
        ? Gen.OneOf(Gen.Int[1, 5].Select(static number => (Expression)new Expression.Number(number)), Gen.Const((Expression)new Expression.Name("h")))
        : Gen.Select(Gen.Int[0, 4].Select(static i => "+-*/ "[i]), inner, inner, static (sign, left, right) => sign == ' ' ? left : new Expression.Operation(sign, left, right)));

    /// <summary>What has a form is what the expression says, each quotient rounded down.</summary>
    [Fact]
    public void IsTheExpression()
    {
        var formed = 0;
        Drawn.Sample(
            expression =>
            {
                if (SizeForm.Of(expression, "h", static part => IsWhole(part) ? Amount.Of(Value(part, 0)) : null).Form is not { } form)
                    return;
                Interlocked.Increment(ref formed);
                for (var size = 1; size <= 12; size++)
                {
                    var (expected, found) = (Value(expression, size), form.Of(Extent.Of(size)).Size);
                    Assert.True(expected == found || (expected < 1 && found < 1), $"{expression} of {size} is {expected}, not {found}.");
                }
            },
            iter: 20_000);
        Assert.True(formed > 300, $"Only {formed} had a form.");
    }

    [Theory]
    [InlineData("(h-1)/2+1", 7, 4)]
    [InlineData("h*2", 7, 14)]
    [InlineData("2*(h+1)-3", 7, 13)]
    [InlineData("h/2/3", 13, 2)]
    [InlineData("5+h/4", 7, 6)]
    [InlineData("14/2", 3, 7)]
    [InlineData("h+h", 3, 6)]
    [InlineData("h/2+h", 5, 7)]
    public void OfASize(string text, long size, long expected) => Assert.Equal(expected, SizeForm.Of(ExpressionParser.Parse(text), "h", static part => Amount.Of(Value(part, 0))).Form!.Of(Extent.Of(size)).Size);

    [Theory]
    [InlineData("h/2*2")]
    [InlineData("h*h")]
    [InlineData("8/h")]
    [InlineData("9-h/2")]
    [InlineData("h/0")]
    [InlineData("max(h, 3)")]
    public void WithoutAForm(string text) => Assert.Equal(
        (null, "h times a number, plus a number, divided by a number, as (h-1)/2+1"),
        SizeForm.Of(ExpressionParser.Parse(text), "h", static part => Amount.Of(Value(part, 0))));

    private static bool IsWhole(Expression expression) => expression is not Expression.Operation operation
        || (IsWhole(operation.Left) && IsWhole(operation.Right) && (operation.Operator != '/' || (Value(operation.Right, 0) > 0 && Value(operation.Left, 0) % Value(operation.Right, 0) == 0)));

    private static long Value(Expression expression, long size) => expression switch
    {
        Expression.Number number => number.Value,
        Expression.Name => size,
        Expression.Operation { Operator: '+' } sum => Value(sum.Left, size) + Value(sum.Right, size),
        Expression.Operation { Operator: '-' } difference => Value(difference.Left, size) - Value(difference.Right, size),
        Expression.Operation { Operator: '*' } product => Value(product.Left, size) * Value(product.Right, size),
        Expression.Operation { Operator: '/' } quotient => (long)Math.Floor((double)Value(quotient.Left, size) / Value(quotient.Right, size)),
        var other => throw new InvalidOperationException(other.ToString()),
    };
}
