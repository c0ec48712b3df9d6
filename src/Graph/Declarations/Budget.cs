using System.Globalization;

namespace Blockwright.Graph;

/// <summary>A limit of a budget.</summary>
/// <param name="Name">The attribute's property.</param>
/// <param name="Most">What it allows.</param>
/// <param name="Place">Where it says so.</param>
public sealed record BudgetLimit(string Name, double Most, Place Place);

/// <summary>Reads [Budget].</summary>
public static class Budget
{
    /// <summary>The attribute's name.</summary>
    public const string Kind = "Budget";

    /// <summary>The limits that can be kept; what else the attribute says is reported (see <see cref="Check"/>).</summary>
    public static IEnumerable<BudgetLimit> Limits(Step budget) =>
        from argument in budget.Arguments
        let most = Number(argument.Value)
        where IsLimit(most)
        select new BudgetLimit(argument.Name, most!.Value, budget.PlaceOf(argument.Name));

    /// <summary>Limits that nothing can keep, and a budget without any.</summary>
    internal static void Check(Step budget, Reporter reporter)
    {
        if (budget.Arguments.Count == 0)
            reporter.Report(ProblemIds.InvalidArgument, budget.Place, Kind, $"a limit at least: {nameof(BudgetAttribute.MFlops)}, {nameof(BudgetAttribute.Parameters)}, {nameof(BudgetAttribute.ActivationBytes)} or {nameof(BudgetAttribute.MemoryAccessBytes)}", "none");
        foreach (var argument in budget.Arguments)
        {
            if (Number(argument.Value) is { } most && !IsLimit(most))
                reporter.Report(ProblemIds.InvalidArgument, budget.PlaceOf(argument.Name), argument.Name, "a number above 0", most.ToString("R", CultureInfo.InvariantCulture));
        }
    }

    private static bool IsLimit(double? most) => most is > 0 && !double.IsInfinity(most.Value);

    private static double? Number(Value value) => value switch
    {
        Value.Real real => real.Amount,
        Value.Number { Expression: Expression.Number number } => number.Value,
        _ => null,
    };
}
