using System.Globalization;
using static System.FormattableString;

namespace Blockwright.Graph;

/// <summary>Computes declared numbers, where the names mean what one use of a block makes them mean.</summary>
internal sealed class Evaluator(BlockNames names, Reporter reporter)
{
    public BlockNames Names => names;

    /// <summary>The same, where expressions may name the channels that come in at one place, but where a parameter is called so.</summary>
    public Evaluator WithChannels(Amount channels) => names.Find(Graph.Names.Channels) is null ? new(names.And(Graph.Names.Channels, channels), reporter) : this;

    /// <summary>A whole number of at least <paramref name="least"/>, or null after a report.</summary>
    public Amount? Number(Value value, Place place, long least)
    {
        if (value is not Value.Number { Expression: var expression })
        {
            reporter.Report(ProblemIds.InvalidArgument, place, place.Argument ?? "argument", "an integer, or an expression in a string", value is Value.Unusable other ? other.Shown : "something else");
            return null;
        }
        return WorkOut(place, least, () => Evaluate(expression, place) is { } amount && IsCount(amount, place, least) ? amount : null);
    }

    /// <summary>A part of an expression, whatever number it is, or null after a report.</summary>
    public Amount? Part(Expression expression, Place place) => WorkOut(place, int.MinValue, () => Evaluate(expression, place));

    /// <summary>When a condition holds, or null after a report.</summary>
    public Condition? Condition(ConditionExpression expression, Place place) => WorkOut(place, int.MinValue, () => Evaluate(expression, place));

    private Condition? Evaluate(ConditionExpression expression, Place place)
    {
        switch (expression)
        {
            case ConditionExpression.Comparison comparison:
                var left = Evaluate(comparison.Left, place);
                var right = Evaluate(comparison.Right, place);
                return left is not null && right is not null && AreInts(place, left, right) ? Graph.Condition.Compare(comparison.Relation, left, right) : null;
            case ConditionExpression.Both both:
                return Evaluate(both.Left, place) is { } one && Evaluate(both.Right, place) is { } other ? Graph.Condition.Both(one, other) : null;
            case ConditionExpression.Either either:
                return Evaluate(either.Left, place) is { } first && Evaluate(either.Right, place) is { } second ? Graph.Condition.Either(first, second) : null;
            case ConditionExpression.Not not:
                return Evaluate(not.Inner, place)?.Negated;
            default:
                ReportInvalid(((ConditionExpression.Unreadable)expression).Why, place);
                return null;
        }
    }

    private void ReportInvalid(Expression.Invalid invalid, Place place) =>
        reporter.Report(ProblemIds.InvalidExpression, place, invalid.Text, invalid.Expected, (invalid.Position + 1).ToString(CultureInfo.InvariantCulture));

    /// <summary>Null after a report, which may be that the numbers are too large to be worked out.</summary>
    private T? WorkOut<T>(Place place, long least, Func<T?> make)
        where T : class
    {
        try
        {
            return make();
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
        if (!amount.IsSurelyPositive || !amount.DependsOnlyOn(Graph.Names.In, Graph.Names.Out))
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
                reporter.Report(ProblemIds.UnknownName, place, name.Text, string.Join(", ", names.All.Select(static each => each.Name)) + BlockNames.Elsewhere(name.Text), "The expression");
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
            case Expression.Call { Function: Functions.Round } round:
                return Round(round, place);
            case Expression.Call call:
                return Evaluate(call.Left, place) is { } one && Evaluate(call.Right, place) is { } other && AreInts(place, one, other)
                    ? call.Function == Functions.Min ? Amount.Min(one, other) : Amount.Max(one, other)
                    : null;
            default:
                ReportInvalid((Expression.Invalid)expression, place);
                return null;
        }
    }

    /// <summary>To a multiple of a number; what is rounded need not be whole.</summary>
    private Amount? Round(Expression.Call round, Place place)
    {
        if (Exactly(round.Left, place) is not var (numerator, denominator) || Evaluate(round.Right, place) is not { } divisor || !AreInts(place, numerator, denominator, divisor))
            return null;
        if (divisor.Constant < 1)
        {
            reporter.Report(ProblemIds.NotACount, place, $"a divisor of at least 1 for {Functions.Round}", divisor.Text);
            return null;
        }
        reporter.Require(Requirement.AtLeast(divisor, 1, $"{place.Argument ?? "an expression"}: the divisor of {Functions.Round}"));
        if (numerator.Constant is { } n && denominator.Constant is { } d && divisor.Constant is { } by)
            return Amount.Of(Multiple.Nearest(n, d, by));
        return Amount.Of(new Atom(
            $"{Functions.Round}({new Fraction(numerator, denominator)}, {divisor})",
            $"{Emitted.Runtime}Rounding.ToMultiple({numerator.Code}, {denominator.Code}, {divisor.Code})"));
    }

    /// <summary>As a fraction: where it is rounded, a division may leave a rest.</summary>
    private Fraction? Exactly(Expression expression, Place place)
    {
        if (expression is not Expression.Operation operation)
            return Evaluate(expression, place) is { } whole ? Fraction.Of(whole) : null;
        if (Exactly(operation.Left, place) is not { } left || Exactly(operation.Right, place) is not { } right)
            return null;
        switch (operation.Operator)
        {
            case '+': return left + right;
            case '-': return left - right;
            case '*': return left * right;
            case var _ when right.Numerator.Constant < 1:
                reporter.Report(ProblemIds.NotACount, place, $"a divisor above 0 within {Functions.Round}", $"{left}/{right}");
                return null;
            default:
                reporter.Require(Requirement.AtLeast(right.Numerator, 1, $"{place.Argument ?? "an expression"}: what {left} is divided by"));
                return left / right;
        }
    }

    /// <summary>Whether emitted code can name them.</summary>
    private bool AreInts(Place place, params Amount[] amounts)
    {
        if (amounts.FirstOrDefault(static amount => !amount.FitsInt) is not { } tooLarge)
            return true;
        reporter.Report(ProblemIds.NotACount, place, Invariant($"numbers up to {int.MaxValue}"), tooLarge.Text);
        return false;
    }

    /// <summary>Half of a kernel is what other languages round down to the padding that keeps the size.</summary>
    private static string HalfOfAKernel(long value, long divisor, Place place) => divisor == 2 && place.Argument == nameof(ConvolutionAttribute.Padding)
        ? Invariant($"; the padding that keeps the size under a kernel of {value} is ({value}-1)/2, or left out")
        : "";

    private Amount? Divide(Amount value, Amount divisor, Place place)
    {
        if (divisor.Constant == 0)
        {
            reporter.Report(ProblemIds.NotACount, place, "a whole number", $"{value}/0, a division by 0");
            return null;
        }
        if (value.Constant is { } a && divisor.Constant is { } b)
        {
            if (a % b == 0)
                return Amount.Of(a / b);
            reporter.Report(ProblemIds.NotACount, place, "a whole number", Invariant($"{a}/{b}, which leaves a rest of {a % b}{HalfOfAKernel(a, b, place)}"));
            return null;
        }
        if (!AreInts(place, value, divisor))
            return null;
        reporter.Require(Requirement.Divides(divisor, value, $"{place.Argument ?? "an expression"}: {value}"));
        return value.DividedBy(divisor);
    }
}
