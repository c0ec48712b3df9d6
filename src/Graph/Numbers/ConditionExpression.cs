namespace Blockwright.Graph;

/// <summary>A condition as it is declared: comparisons of expressions, joined by <c>and</c>, <c>or</c> and <c>not</c>.</summary>
public abstract record ConditionExpression
{
    /// <param name="Relation">As C# writes it.</param>
    public sealed record Comparison(string Relation, Expression Left, Expression Right) : ConditionExpression;

    public sealed record Both(ConditionExpression Left, ConditionExpression Right) : ConditionExpression;

    public sealed record Either(ConditionExpression Left, ConditionExpression Right) : ConditionExpression;

    public sealed record Not(ConditionExpression Inner) : ConditionExpression;

    /// <summary>Text that is no condition.</summary>
    public sealed record Unreadable(Expression.Invalid Why) : ConditionExpression;

    /// <summary>The expressions that are compared.</summary>
    public IEnumerable<Expression> Numbers => this switch
    {
        Comparison comparison => [comparison.Left, comparison.Right],
        Both both => both.Left.Numbers.Concat(both.Right.Numbers),
        Either either => either.Left.Numbers.Concat(either.Right.Numbers),
        Not not => not.Inner.Numbers,
        _ => [],
    };
}
