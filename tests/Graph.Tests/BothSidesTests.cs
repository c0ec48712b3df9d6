using System.Globalization;
using CsCheck;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Graph.Tests;

/// <summary>A block's constructor computes and refuses what the build does at each use.</summary>
public class BothSidesTests
{
    private const long MostChannels = 1 << 16;

    [Theory]
    [InlineData("round(in*3/4, 8)", "round(3*in/4, 8)", "Bw_::Rounding.ToMultiple(3 * inChannels, 4, 8)")]
    [InlineData("round(in/p, out)", "round((in)/(p), out)", "Bw_::Rounding.ToMultiple(inChannels, p, outChannels)")]
    [InlineData("round(in/2 + p/3, 4)", "round(in/2 + p/3, 4)", "Bw_::Rounding.ToMultiple(3 * inChannels + 2 * p, 6, 4)")]
    [InlineData("min(in, 2*p)", "min(in, 2*p)", "global::System.Math.Min(inChannels, 2 * p)")]
    [InlineData("max(in, 32)*2", "2*max(in, 32)", "2 * global::System.Math.Max(inChannels, 32)")]
    [InlineData("max(in, in+1)", "in + 1", "inChannels + 1")]
    [InlineData("min(in + p, p + in)", "in + p", "inChannels + p")]
    [InlineData("round(18, 8)", "24", "24")]
    [InlineData("round(5/2, 2)", "4", "4")]
    public void FunctionsHaveOneForm(string expression, string text, string code)
    {
        var amount = Of(expression).Result.Channels;

        Assert.Equal((text, code), (amount.Text, amount.Code));
    }

    /// <summary>What torchvision's function gives for MobileNet's widths and for their squeezes.</summary>
    [Theory]
    [InlineData(16, 4, 8, 8)]
    [InlineData(72, 4, 8, 24)]
    [InlineData(120, 4, 8, 32)]
    [InlineData(200, 4, 8, 48)]
    [InlineData(184, 4, 8, 48)]
    [InlineData(960, 4, 8, 240)]
    [InlineData(88, 10, 8, 8)]
    [InlineData(10, 1, 8, 16)]
    [InlineData(30, 1, 9, 27)]
    [InlineData(3, 1, 8, 8)]
    [InlineData(-40, 1, 8, 8)]
    public void RoundIsMakeDivisible(long numerator, long denominator, long divisor, int expected) => Assert.Equal(expected, Rounding.ToMultiple(numerator, denominator, divisor));

    /// <summary>Floating-point numbers are exact for whole ones; where a tenth is exactly lost, theirs is not.</summary>
    [Fact]
    public void RoundIsMakeDivisibleOfEveryWidth()
    {
        for (var value = 1; value <= 2000; value++)
        {
            for (var divisor = 1; divisor <= 32; divisor++)
            {
                var expected = Math.Max(divisor, (int)(value + (divisor / 2.0)) / divisor * divisor);
                if (expected * 10 < 9 * value)
                    expected += divisor;
                Assert.Equal(expected, Rounding.ToMultiple(value, 1, divisor));
            }
        }
    }

    /// <summary>Where the build takes numbers, the constructor's checks hold and it computes the same; where they hold, the build takes them.</summary>
    [Fact]
    public void TheConstructorComputesWhatTheBuildDoes()
    {
        var (taken, refused) = (0, 0);
        Gen.Select(DrawnExpressions.WithFunctions, Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 12]).Sample(
            (expression, @in, @out, p) =>
            {
                var text = DrawnExpressions.Write(expression);
                if (text.Length > 250 || Build(text) is not { Graph: { } symbolic })
                    return;
                var values = new Dictionary<string, long> { ["inChannels"] = @in, ["outChannels"] = @out, ["p"] = p };
                var use = Use(text, @in, @out, p);
                var holds = symbolic.Requirements.All(requirement => Holds(requirement, values));
                if (use is not null)
                    Assert.Equal(use, Value(SyntaxFactory.ParseExpression(symbolic.Result.Channels.Code), values));
                if (use is not null)
                    Assert.True(holds, $"{text} at in = {@in}, out = {@out}, p = {p}");
                else if (holds)
                    Assert.True(Value(SyntaxFactory.ParseExpression(symbolic.Result.Channels.Code), values) is < 1 or > MostChannels, $"{text} at in = {@in}, out = {@out}, p = {p}");
                _ = use is null ? refused++ : taken++;
            },
            iter: 600,
            threads: 1);
        Assert.True(taken > 50 && refused > 50, $"{taken} taken, {refused} refused");
    }

    private static BlockGraph Of(string expression) => Build(expression).Graph!;

    private static BuildResult Build(string expression) => Declarations.Build($"[Block, Parameter(\"p\"), Conv1x1(\"{expression}\")] public partial class C;", "C");

    /// <summary>The channels that come out at one use, or null where the build refuses it. The parameter and out are there for the expression alone.</summary>
    private static long? Use(string expression, int @in, int @out, int p)
    {
        var number = string.Create(CultureInfo.InvariantCulture, $"[Network, Input({@in}, 4, 4), Apply<B>({p}, {@out})] public partial class C; ");
        return Declarations.Build($"{number}[Block, Parameter(\"p\"), Parameter(\"q\"), Conv1x1(\"{expression.Replace("out", "q", StringComparison.Ordinal)}\")] public partial class B;", "C").Graph?.Result.Channels.Constant;
    }

    private static bool Holds(Requirement requirement, Dictionary<string, long> values)
    {
        try
        {
            var (left, right) = (Value(SyntaxFactory.ParseExpression(requirement.Left.Code), values), Value(SyntaxFactory.ParseExpression(requirement.Right.Code), values));
            return requirement.Kind switch
            {
                RequirementKind.Divides => left != 0 && right % left == 0,
                RequirementKind.AtLeast => left >= right,
                // What comes out of a block that says out is out: here the expression alone is asked for.
                _ => true,
            };
        }
        catch (DivideByZeroException)
        {
            return false; // as in a constructor
        }
    }

    /// <summary>As C# computes it.</summary>
    private static long Value(ExpressionSyntax code, Dictionary<string, long> values)
    {
        switch (code)
        {
            case ParenthesizedExpressionSyntax inner: return Value(inner.Expression, values);
            case LiteralExpressionSyntax literal: return Convert.ToInt64(literal.Token.Value, CultureInfo.InvariantCulture);
            case IdentifierNameSyntax name: return values[name.Identifier.ValueText];
            case PrefixUnaryExpressionSyntax negative: return -Value(negative.Operand, values);
            case BinaryExpressionSyntax binary:
                var (left, right) = (Value(binary.Left, values), Value(binary.Right, values));
                return checked(binary.OperatorToken.ValueText switch { "+" => left + right, "-" => left - right, "*" => left * right, _ => left / right });
            case InvocationExpressionSyntax { Expression: var function, ArgumentList.Arguments: var arguments }:
                var given = arguments.Select(argument => Value(argument.Expression, values)).ToList();
                return function.ToString() switch
                {
                    "global::System.Math.Min" => Math.Min(given[0], given[1]),
                    "global::System.Math.Max" => Math.Max(given[0], given[1]),
                    "Bw_::Rounding.ToMultiple" => Rounding.ToMultiple(given[0], given[1], given[2]),
                    var other => throw new NotSupportedException(other),
                };
            default: throw new NotSupportedException(code.ToString());
        }
    }
}
