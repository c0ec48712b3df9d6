namespace Blockwright.Graph;

/// <summary>
/// One attribute of a declaration: the attribute class's name without its ending, and its arguments by the names of its properties. A
/// constructor's parameter is named like the property it sets.
/// </summary>
/// <param name="Index">Its number among the declaration's attributes of Blockwright.</param>
/// <param name="Blocks">Its type arguments.</param>
public sealed record Step(string Kind, int Index, EquatableArray<BlockReference> Blocks, EquatableArray<Argument> Arguments)
{
    /// <summary>The class of the user's own that it puts there; null for most.</summary>
    public OwnClass? Class { get; init; }

    public Place Place => new(Index);

    /// <summary>Every number in it, those in arrays too.</summary>
    public IEnumerable<Expression> Numbers => Arguments.SelectMany(static argument => argument.Value.Numbers);

    /// <summary>What it takes to read it: one, and one for each item of its lists.</summary>
    public int Weight
    {
        get
        {
            var weight = 1;
            foreach (var argument in Arguments)
                weight += (argument.Value as Value.List)?.Items.Count ?? 0;
            return weight;
        }
    }

    public Value? this[string name] => Find(name)?.Value;

    public Place PlaceOf(string name, int item = Place.Whole) => Find(name) is null ? Place : new(Index, name, item);

    public string? Text(string name) => (this[name] as Value.Text)?.Content;

    public bool? Flag(string name) => (this[name] as Value.Flag)?.IsSet;

    public double? Real(string name) => (this[name] as Value.Real)?.Amount;

    /// <summary>The condition without which it is left out.</summary>
    public ConditionExpression? If => (this[nameof(FlowAttribute.If)] as Value.Condition)?.Expression;

    public EquatableArray<Value> List(string name) => (this[name] as Value.List)?.Items ?? EquatableArray<Value>.Empty;

    private Argument? Find(string name)
    {
        foreach (var argument in Arguments)
        {
            if (argument.Name == name)
                return argument;
        }
        return null;
    }
}

/// <summary>An argument by the name of the property it sets.</summary>
public sealed record Argument(string Name, Value Value);

/// <summary>A class that is named as a block, and whether it is one.</summary>
public sealed record BlockReference(string FullName, string Name, bool IsBlock)
{
    /// <summary>Whether it is a module that nobody declared, which may stand in a declaration by another word.</summary>
    public bool IsModule { get; init; }
}

/// <summary>What an attribute's argument may be.</summary>
public abstract record Value
{
    public virtual IEnumerable<Expression> Numbers => [];

    /// <summary>An integer or an expression, where the attribute takes either.</summary>
    public sealed record Number(Expression Expression) : Value
    {
        public override IEnumerable<Expression> Numbers => [Expression];
    }

    /// <summary>When the step is taken.</summary>
    public sealed record Condition(ConditionExpression Expression) : Value
    {
        public override IEnumerable<Expression> Numbers => Expression.Numbers;
    }

    /// <summary>A name.</summary>
    public sealed record Text(string Content) : Value;

    public sealed record Real(double Amount) : Value;

    public sealed record Flag(bool IsSet) : Value;

    public sealed record List(EquatableArray<Value> Items) : Value
    {
        public override IEnumerable<Expression> Numbers => Items.SelectMany(static item => item.Numbers);
    }

    /// <summary>What a constructor is given as it is: an expression that C# reads.</summary>
    public sealed record Constant(string Code) : Value;

    /// <summary>Null, or of a type that no attribute takes.</summary>
    public sealed record Unusable(string Shown) : Value;
}
