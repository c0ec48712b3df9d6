using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>
/// <c>condition := conjunction ('or' conjunction)*; conjunction := term ('and' term)*; term := 'not' term | sum relation sum | '(' condition ')'</c>.
/// </summary>
public sealed partial class ExpressionParser
{
    private const string And = "and";
    private const string Or = "or";
    private const string Not = "not";

    // The longer ones first.
    private static readonly ImmutableArray<string> Relations = ImmutableArray.Create("==", "!=", "<=", ">=", "<", ">");

    /// <summary>Parses a condition. The result says what is wrong instead of throwing.</summary>
    public static ConditionExpression ParseCondition(string text)
    {
        if (TooLong(text) is { } tooLong)
            return new ConditionExpression.Unreadable(tooLong);
        var parser = new ExpressionParser(text);
        var result = parser.ParseDisjunction();
        if (result is ConditionExpression.Unreadable)
            return result;
        parser.SkipSpace();
        return parser._position == text.Length ? result : parser.Unreadable($"'{And}', '{Or}' or the end");
    }

    private ConditionExpression ParseDisjunction() => ParseConditions(ParseConjunction, Or, static (left, right) => new ConditionExpression.Either(left, right));

    private ConditionExpression ParseConjunction() => ParseConditions(ParseTerm, And, static (left, right) => new ConditionExpression.Both(left, right));

    private ConditionExpression ParseConditions(Func<ConditionExpression> parseOperand, string word, Func<ConditionExpression, ConditionExpression, ConditionExpression> join)
    {
        var left = parseOperand();
        while (left is not ConditionExpression.Unreadable && TakeWord(word))
        {
            var right = parseOperand();
            left = right is ConditionExpression.Unreadable ? right : join(left, right);
        }
        return left;
    }

    private ConditionExpression ParseTerm()
    {
        if (TakeWord(Not))
        {
            if (++_depth > MaximumDepth)
                return Unreadable(TooDeep);
            var inner = ParseTerm();
            _depth--;
            return inner is ConditionExpression.Unreadable ? inner : new ConditionExpression.Not(inner);
        }
        var (start, depth) = (_position, _depth);
        var comparison = ParseComparison();
        if (comparison is not ConditionExpression.Unreadable failed)
            return comparison;
        // A parenthesis may begin a sum, or a condition.
        var (furthest, end) = (failed, _position);
        (_position, _depth) = (start, depth);
        if (Take('(') is null)
            return furthest;
        if (++_depth > MaximumDepth)
            return Unreadable(TooDeep);
        var condition = ParseDisjunction();
        _depth--;
        if (condition is ConditionExpression.Unreadable inside)
            return inside.Why.Position > furthest.Why.Position ? inside : furthest;
        return Take(')') is not null ? condition : _position > end ? Unreadable("')'") : furthest;
    }

    private ConditionExpression ParseComparison()
    {
        var left = ParseSum();
        if (left is Expression.Invalid first)
            return new ConditionExpression.Unreadable(first);
        SkipSpace();
        if (Relations.FirstOrDefault(relation => string.CompareOrdinal(_text, _position, relation, 0, relation.Length) == 0) is not { } found)
            return Unreadable("a comparison: ==, !=, <, <=, > or >=");
        _position += found.Length;
        SkipSpace();
        var right = ParseSum();
        return right is Expression.Invalid second ? new ConditionExpression.Unreadable(second) : new ConditionExpression.Comparison(found, left, right);
    }

    private bool TakeWord(string word)
    {
        SkipSpace();
        var end = _position + word.Length;
        if (string.CompareOrdinal(_text, _position, word, 0, word.Length) != 0 || (end < _text.Length && IsPartOfWord(_text[end])))
            return false;
        _position = end;
        SkipSpace();
        return true;
    }

    private ConditionExpression.Unreadable Unreadable(string what) => new(Expected(what));
}
