using System.Globalization;
using static System.FormattableString;

namespace Blockwright.Graph;

/// <summary>Computes declared numbers, where the names mean what one use of a block makes them mean.</summary>
internal sealed class Evaluator(BlockNames names, Reporter reporter)
{
    /// <summary>A whole number of at least <paramref name="least"/>, or null after a report.</summary>
    public Amount? Number(Value value, Place place, long least)
    {
        if (value is not Value.Number { Expression: var expression })
        {
            reporter.Report(ProblemIds.InvalidArgument, place, place.Argument ?? "argument", "an integer, or an expression in a string", value is Value.Unusable other ? other.Shown : "something else");
            return null;
        }
        if (expression is Expression.Invalid invalid)
        {
            reporter.Report(ProblemIds.InvalidExpression, place, invalid.Text, invalid.Expected, (invalid.Position + 1).ToString(CultureInfo.InvariantCulture));
            return null;
        }
        try
        {
            return Evaluate(expression, place) is { } amount && IsCount(amount, place, least) ? amount : null;
        }
        catch (AmountLengthException tooLong)
        {
            reporter.Report(ProblemIds.NotACount, place, $"an expression of {tooLong.Expected}", tooLong.Found.ToString(CultureInfo.InvariantCulture));
            return null;
        }
        catch (OverflowException)
        {
            reporter.Report(ProblemIds.NotACount, place, Invariant($"a whole number from {least} to {int.MaxValue}"), "a number beyond 64 bits");
            return null;
        }
    }

    private bool IsCount(Amount amount, Place place, long least)
    {
        if (amount.Constant is { } number)
        {
            if (number >= least && number <= int.MaxValue)
                return true;
            reporter.Report(ProblemIds.NotACount, place, Invariant($"a whole number of at least {least}"), number.ToString(CultureInfo.InvariantCulture));
            return false;
        }
        if (!amount.FitsInt)
        {
            reporter.Report(ProblemIds.NotACount, place, $"numbers up to {int.MaxValue}", amount.Text);
            return false;
        }
        if (!amount.IsSurelyPositive || !amount.DependsOnlyOn(Names.In, Names.Out))
            reporter.Require(Requirement.AtLeast(amount, least, place.Argument ?? "a number"));
        return true;
    }

    private Amount? Evaluate(Expression expression, Place place)
    {
        switch (expression)
        {
            case Expression.Number number:
                return Amount.Of(number.Value);
            case Expression.Name name:
                if (names.Find(name.Text) is { } amount)
                    return amount;
                reporter.Report(ProblemIds.UnknownName, place, name.Text, string.Join(", ", names.All.Select(static each => each.Name)));
                return null;
            case Expression.Operation operation:
                var left = Evaluate(operation.Left, place);
                var right = Evaluate(operation.Right, place);
                if (left is null || right is null)
                    return null;
                return operation.Operator switch
                {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    _ => Divide(left, right, place),
                };
            default:
                return null;
        }
    }

    /// <summary>Half of a kernel is what other languages round down to the padding that keeps the size.</summary>
    private static string HalfOfAKernel(long value, long divisor, Place place) => divisor == 2 && place.Argument == nameof(ConvolutionAttribute.Padding)
        ? Invariant($"; the padding that keeps the size under a kernel of {value} is ({value}-1)/2, or left out")
        : "";

    private Amount? Divide(Amount value, Amount divisor, Place place)
    {
        if (divisor.Constant == 0)
        {
            reporter.Report(ProblemIds.NotACount, place, "a whole number", $"{value}/0");
            return null;
        }
        if (value.Constant is { } a && divisor.Constant is { } b && a % b != 0)
        {
            reporter.Report(ProblemIds.NotACount, place, "a whole number", Invariant($"{a}/{b}, which leaves a rest of {a % b}{HalfOfAKernel(a, b, place)}"));
            return null;
        }
        reporter.Require(Requirement.Divides(divisor, value, $"{place.Argument ?? "an expression"}: {value}"));
        return value.DividedBy(divisor);
    }
}
