using System.Globalization;
using CsCheck;

namespace Blockwright.Graph.Tests;

/// <summary>Random expressions over <c>in</c>, <c>out</c> and <c>p</c>.</summary>
internal static class DrawnExpressions
{
    private const int Deepest = 4;

    public static Gen<Expression> Gen { get; } = CsCheck.Gen.Int[0, 999].Array[1, 60].Select(static choices => new Drawing(choices, 8).Draw(0));

    /// <summary>With min, max and round, too.</summary>
    public static Gen<Expression> WithFunctions { get; } = CsCheck.Gen.Int[0, 999].Array[1, 60].Select(static choices => new Drawing(choices, 11).Draw(0));

    /// <summary>With no more parentheses than it needs.</summary>
    public static string Write(Expression expression) => expression switch
    {
        Expression.Number number => number.Value.ToString(CultureInfo.InvariantCulture),
        Expression.Name name => name.Text,
        Expression.Operation operation => Left(operation) + operation.Operator + Right(operation),
        Expression.Call call => $"{call.Function}({Write(call.Left)}, {Write(call.Right)})",
        _ => throw new ArgumentException(expression.ToString()),
    };

    private static string Left(Expression.Operation operation) =>
        operation.Left is Expression.Operation { Operator: '+' or '-' } && operation.Operator is '*' or '/' && operation.Left is Expression.Operation { Operator: '+' or '-' }
            ? $"({Write(operation.Left)})"
            : Write(operation.Left);

    private static string Right(Expression.Operation operation) =>
        operation.Right is Expression.Operation right && (operation.Operator is '*' or '/' || right.Operator is '+' or '-') ? $"({Write(right)})" : Write(operation.Right);

    private sealed class Drawing(int[] choices, int kinds)
    {
        private int _position;

        public Expression Draw(int depth)
        {
            var choice = Next(depth < Deepest ? kinds : 4);
            return choice switch
            {
                0 => new Expression.Number(1 + Next(9)),
                1 => new Expression.Name("in"),
                2 => new Expression.Name("out"),
                3 => new Expression.Name("p"),
                8 => new Expression.Call(Functions.Min, Draw(depth + 1), Draw(depth + 1)),
                9 => new Expression.Call(Functions.Max, Draw(depth + 1), Draw(depth + 1)),
                10 => new Expression.Call(Functions.Round, Draw(depth + 1), Draw(depth + 1)),
                _ => new Expression.Operation("+-*/"[choice - 4], Draw(depth + 1), Draw(depth + 1)),
            };
        }

        private int Next(int options) => _position < choices.Length ? choices[_position++] % options : 0;
    }
}
