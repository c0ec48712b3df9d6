using CsCheck;

namespace Blockwright.Graph.Tests;

public class ExpressionTests
{
    private static readonly Dictionary<string, long> Values = new() { ["in"] = 24, ["out"] = 60, ["p"] = 7, ["_x1"] = 3 };

    [Theory]
    [InlineData("5", 5)]
    [InlineData(" 5 ", 5)]
    [InlineData("in", 24)]
    [InlineData("in*2+1", 49)]
    [InlineData("1+in*2", 49)]
    [InlineData("(1+in)*2", 50)]
    [InlineData("10-4-3", 3)]
    [InlineData("24/4/2", 3)]
    [InlineData("24/(4/2)", 12)]
    [InlineData("out - in\t*2", 12)]
    [InlineData("((((in))))", 24)]
    [InlineData("_x1*p", 21)]
    [InlineData("2147483647", 2147483647)]
    [InlineData("min(in, out)", 24)]
    [InlineData("max ( in , out ) + 1", 61)]
    [InlineData("2*max(1, min(p, _x1))", 6)]
    [InlineData("round(in*2, 8)", 48)]
    public void ReadsAsItIsWritten(string text, long value) => Assert.Equal(value, Evaluate(ExpressionParser.Parse(text)));

    [Theory]
    [InlineData("", 0, "a number, a name or '('")]
    [InlineData("  ", 2, "a number, a name or '('")]
    [InlineData("in*", 3, "a number, a name or '('")]
    [InlineData("*in", 0, "a number, a name or '('")]
    [InlineData("-1", 0, "a number, a name or '('")]
    [InlineData("in out", 3, "an operator or the end")]
    [InlineData("(in", 3, "')'")]
    [InlineData("in)", 2, "an operator or the end")]
    [InlineData("()", 1, "a number, a name or '('")]
    [InlineData("in%2", 2, "an operator or the end")]
    [InlineData("1.5", 1, "a whole number (half of in is in/2, three quarters in*3/4)")]
    [InlineData("2147483648", 0, "an integer below 2^31")]
    [InlineData("in+99999999999999999999", 3, "an integer below 2^31")]
    [InlineData("2in", 1, "an operator, as in 2*in")]
    [InlineData("in*3out_2", 4, "an operator, as in 3*out_2")]
    [InlineData("in+\u0663", 3, "an integer below 2^31")]
    [InlineData("min(in)", 6, "',' and a second number for min")]
    [InlineData("round(in, 8, 8)", 11, "')'")]
    [InlineData("max(in, )", 8, "a number, a name or '('")]
    [InlineData("max(in", 6, "',' and a second number for max")]
    [InlineData("floor(in, 8)", 5, "an operator or the end")]
    [InlineData("in\0", 2, "an operator or the end")]
    public void SaysWhereItStopsBeingOne(string text, int position, string expected)
    {
        var invalid = Assert.IsType<Expression.Invalid>(ExpressionParser.Parse(text));

        Assert.Equal((text, position, expected), (invalid.Text, invalid.Position, invalid.Expected));
    }

    [Fact]
    public void LengthAndDepthAreBounded()
    {
        Assert.IsType<Expression.Invalid>(ExpressionParser.Parse(new string(' ', 257)));
        Assert.IsType<Expression.Invalid>(ExpressionParser.Parse(new string('(', 33) + "1" + new string(')', 33)));
        Assert.Equal(1, Evaluate(ExpressionParser.Parse(new string('(', 32) + "1" + new string(')', 32))));
        Assert.IsType<Expression.Invalid>(ExpressionParser.Parse(string.Concat(Enumerable.Repeat("max(", 33)) + "1" + string.Concat(Enumerable.Repeat(",1)", 33))));
        // Depth counts what is open, not what was.
        Assert.Equal(50, Evaluate(ExpressionParser.Parse(string.Join("+", Enumerable.Repeat("(1)", 50)))));
    }

    [Fact]
    public void WhatIsWrittenOutReadsBack() =>
        DrawnExpressions.WithFunctions.Sample(static expression => Assert.Equal(expression, ExpressionParser.Parse(DrawnExpressions.Write(expression))), iter: 2000, threads: 1);

    [Fact]
    public void AnyTextIsAnExpressionOrSaysWhyNot() =>
        Gen.String[Gen.Char["in outmaxrd,+-*/()0123456789_x\"\\ä"], 0, 40].Sample(
            static text =>
            {
                if (ExpressionParser.Parse(text) is Expression.Invalid invalid)
                {
                    Assert.InRange(invalid.Position, 0, text.Length);
                    Assert.NotEmpty(invalid.Expected);
                }
            },
            iter: 5000,
            threads: 1);

    [Fact]
    public void KnowsWhatItNames()
    {
        var expression = ExpressionParser.Parse("(in+2)*p");

        Assert.True(expression.Mentions("in"));
        Assert.True(expression.Mentions("p"));
        Assert.False(expression.Mentions("out"));
        Assert.True(ExpressionParser.Parse("round(in*2, out)").Mentions("out"));
        Assert.False(ExpressionParser.Parse("min(in, 2)").Mentions("min"));
    }

    private static long Evaluate(Expression expression) => expression switch
    {
        Expression.Number number => number.Value,
        Expression.Name name => Values[name.Text],
        Expression.Operation { Operator: '+' } sum => Evaluate(sum.Left) + Evaluate(sum.Right),
        Expression.Operation { Operator: '-' } difference => Evaluate(difference.Left) - Evaluate(difference.Right),
        Expression.Operation { Operator: '*' } product => Evaluate(product.Left) * Evaluate(product.Right),
        Expression.Operation { Operator: '/' } quotient => Evaluate(quotient.Left) / Evaluate(quotient.Right),
        Expression.Call { Function: "min" } call => Math.Min(Evaluate(call.Left), Evaluate(call.Right)),
        Expression.Call { Function: "max" } call => Math.Max(Evaluate(call.Left), Evaluate(call.Right)),
        Expression.Call call => Rounding.ToMultiple(Evaluate(call.Left), 1, Evaluate(call.Right)),
        var other => throw new ArgumentException(other.ToString()),
    };
}
