namespace Blockwright.Graph;

/// <summary>
/// Whether a step is taken: known, or dependent on a block's channels and parameters, as its constructor computes it. Negations stand at the comparisons, so that a condition and its contrary are told by their texts.
/// </summary>
public abstract record Condition
{
    private const string Equal = "==";
    private const string Unequal = "!=";

    private Condition(bool? known, string text, string code) => (Known, Text, Code) = (known, text, code);

    public static Condition Always { get; } = new Truth(true);

    public static Condition Never { get; } = new Truth(false);

    /// <summary>Whether it holds, where that depends on nothing.</summary>
    public bool? Known { get; }

    /// <summary>How a person reads it, and its identity.</summary>
    public string Text { get; }

    /// <summary>A condition in C#.</summary>
    public string Code { get; }

    /// <summary>The contrary.</summary>
    public abstract Condition Negated { get; }

    /// <param name="relation">As C# writes it.</param>
    public static Condition Compare(string relation, Amount left, Amount right) => (left - right).Constant is not { } difference
        ? new Comparison(relation, left, right)
        : relation switch { Equal => difference == 0, Unequal => difference != 0, "<" => difference < 0, "<=" => difference <= 0, ">" => difference > 0, _ => difference >= 0 } ? Always : Never;

    public static Condition Both(Condition a, Condition b) => a.Known == true || b.Known == false || a.Equals(b) ? b : b.Known == true || a.Known == false ? a : new Junction(a, b, isBoth: true);

    public static Condition Either(Condition a, Condition b) => a.Known == false || b.Known == true || a.Equals(b) ? b : b.Known == false || a.Known == true ? a : new Junction(a, b, isBoth: false);

    /// <summary>Whether two numbers are surely equal where it holds, given their difference; or where it does not.</summary>
    public abstract bool MakesZero(Amount difference, bool where);

    /// <summary>Whether another surely holds where it does.</summary>
    public bool Implies(Condition other) => other.Known == true || Equals(other) || (this is Junction { IsBoth: true } both && (both.Left.Implies(other) || both.Right.Implies(other)));

    /// <summary>Whether it never holds where another does.</summary>
    public bool Excludes(Condition other) => Negated.Text == other.Text || (this is Junction { IsBoth: true } both ? both.Left.Excludes(other) || both.Right.Excludes(other) : other is Junction { IsBoth: true } && other.Excludes(this));

    public virtual bool Equals(Condition? other) => other is not null && other.Text == Text;

    public override int GetHashCode() => Text.GetHashCode();

    public sealed override string ToString() => Text;

    private sealed record Truth(bool Value) : Condition(Value, Value ? "true" : "false", Value ? "true" : "false")
    {
        public override Condition Negated => Value ? Never : Always;

        public override bool MakesZero(Amount difference, bool where) => false;
    }

    private sealed record Comparison(string Relation, Amount Left, Amount Right) : Condition(null, $"{Left} {Relation} {Right}", $"{Left.Code} {Relation} {Right.Code}")
    {
        public override Condition Negated => new Comparison(Relation switch { Equal => Unequal, Unequal => Equal, "<" => ">=", "<=" => ">", ">" => "<=", _ => "<" }, Left, Right);

        public override bool MakesZero(Amount difference, bool where) =>
            Relation == (where ? Equal : Unequal) && ((Left - Right).Equals(difference) || (Right - Left).Equals(difference));
    }

    private sealed record Junction : Condition
    {
        public Junction(Condition left, Condition right, bool isBoth)
            : base(null, Join(left, right, isBoth, static each => each.Text, " and ", " or "), Join(left, right, isBoth, static each => each.Code, " && ", " || ")) => (Left, Right, IsBoth) = (left, right, isBoth);

        public Condition Left { get; }

        public Condition Right { get; }

        public bool IsBoth { get; }

        public override Condition Negated => new Junction(Left.Negated, Right.Negated, !IsBoth);

        public override bool MakesZero(Amount difference, bool where) => IsBoth == where
            ? Left.MakesZero(difference, where) || Right.MakesZero(difference, where)
            : Left.MakesZero(difference, where) && Right.MakesZero(difference, where);

        private static string Join(Condition left, Condition right, bool isBoth, Func<Condition, string> text, string and, string or)
        {
            return Inner(left) + (isBoth ? and : or) + Inner(right);

            string Inner(Condition each) => each is Junction inner && inner.IsBoth != isBoth ? $"({text(each)})" : text(each);
        }
    }
}
