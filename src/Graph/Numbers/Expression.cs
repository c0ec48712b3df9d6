using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>A number as it is declared: an integer, or an expression over <c>in</c>, <c>out</c> and a block's parameters.</summary>
public abstract record Expression
{
    public sealed record Number(long Value) : Expression;

    public sealed record Name(string Text) : Expression;

    public sealed record Operation(char Operator, Expression Left, Expression Right) : Expression;

    /// <summary>min, max or round of two expressions.</summary>
    public sealed record Call(string Function, Expression Left, Expression Right) : Expression;

    /// <summary>Text that is no expression, with what was wrong at which character (counted from 0).</summary>
    public sealed record Invalid(string Text, string Expected, int Position) : Expression;

    /// <summary>Whether the expression names a variable.</summary>
    public bool Mentions(string name) => this switch
    {
        Name variable => variable.Text == name,
        Operation operation => operation.Left.Mentions(name) || operation.Right.Mentions(name),
        Call call => call.Left.Mentions(name) || call.Right.Mentions(name),
        _ => false,
    };
}

/// <summary>The functions of expressions.</summary>
public static class Functions
{
    public const string Min = "min";
    public const string Max = "max";

    /// <summary>torchvision's <c>_make_divisible</c>: see <see cref="Multiple"/>. What it rounds need not be whole.</summary>
    public const string Round = "round";

    /// <summary>Each, with what people read of it.</summary>
    public static ImmutableArray<(string Name, string Meaning)> All { get; } = ImmutableArray.Create(
        (Min, "min(a, b): the smaller of two numbers"),
        (Max, "max(a, b): the larger of two numbers"),
        (Round, "round(a, 8): the multiple of 8 that is nearest, or one more where that is below nine tenths of it: torchvision's _make_divisible"));
}
