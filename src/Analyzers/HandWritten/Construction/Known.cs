using System.Collections.Immutable;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>What an expression is, where that is certain; null stands for everything else.</summary>
internal abstract record Known
{
    /// <summary>What no caller has a say in.</summary>
    public const int Nobody = int.MaxValue;

    /// <summary>The outermost call that it depends on: 0 is one that the code makes from which the walk began, <see cref="Nobody"/> none at all.</summary>
    public int Needs { get; init; } = Nobody;

    /// <summary>The argument of that call.</summary>
    public SyntaxNode? Said { get; init; }

    /// <summary>A whole number.</summary>
    internal sealed record Whole(long Value) : Known;

    /// <summary>A number of floating point, of single precision or of double.</summary>
    internal sealed record Real(double Value, bool IsSingle) : Known;

    /// <summary>A whole number that is said by a symbol: one of those that a walk's reader puts in place of parameters.</summary>
    internal sealed record Symbol(Amount Value) : Known;

    internal sealed record Truth(bool Value) : Known;

    internal sealed record Text(string Value) : Known;

    /// <summary>The null reference.</summary>
    internal sealed record Null : Known
    {
        /// <summary>Of which nobody has a say.</summary>
        public static readonly Null Instance = new();
    }

    /// <summary>An object that the walk has seen made: its state is the walk's.</summary>
    internal sealed record Reference(Thing Thing) : Known;

    /// <summary>A lambda or a local function, with the frame that it sees.</summary>
    internal sealed record Function(IOperation Body, ImmutableArray<IParameterSymbol> Parameters, Frame Frame) : Known;

    /// <summary>What only the walk's reader knows.</summary>
    internal sealed record Foreign(object Value) : Known;

    /// <summary>The elements of an array, a list, a tuple or a container of modules.</summary>
    internal sealed record Items(ImmutableArray<Known?> Values) : Known;
}

/// <summary>An object: a module, a list, or an object of one of the project's classes.</summary>
/// <param name="origin">The expression that makes it.</param>
/// <param name="depth">How many calls lie between it and where the walk began.</param>
/// <param name="site">The expression of the walk's first frame in which it was made; its own where it is made there.</param>
internal sealed class Thing(IOperation? origin, int depth, SyntaxNode? site)
{
    public IOperation? Origin { get; } = origin;

    public int Depth { get; } = depth;

    public SyntaxNode? Site { get; } = site;

    /// <summary>The project's class of which it is.</summary>
    public INamedTypeSymbol? Type { get; init; }

    /// <summary>The objects of a walk are numbered as they are made.</summary>
    public int Number { get; init; }

    /// <summary>What it is as a layer, in itself.</summary>
    public Layer Layer { get; init; } = Layer.Unknown;

    /// <summary>The outermost object in whose making it was made; itself, where the walk's first frame made it.</summary>
    public Thing Top => Maker ?? this;

    /// <summary>The outermost object in whose making it was made, if any.</summary>
    public Thing? Maker { get; init; }
}

/// <summary>One running call.</summary>
/// <param name="outer">For a lambda or a local function the frame that it stands in.</param>
/// <param name="depth">0 for what the walk began with.</param>
/// <param name="self">The object whose method runs.</param>
internal sealed class Frame(Frame? outer, int depth, Thing? self)
{
    public Frame? Outer { get; } = outer;

    public int Depth { get; } = depth;

    public Thing? Self { get; } = self;

    /// <summary>What it has returned so far.</summary>
    public Known? Returned { get; set; }

    public bool HasReturned { get; set; }
}

/// <summary>A place that holds a value: a frame's local, an object's member, or the elements of an object (no symbol).</summary>
internal readonly struct Slot(object owner, ISymbol? symbol) : IEquatable<Slot>
{
    public object Owner { get; } = owner;

    private ISymbol? Symbol { get; } = symbol;

    public bool Equals(Slot other) => ReferenceEquals(Owner, other.Owner) && SymbolEqualityComparer.Default.Equals(Symbol, other.Symbol);

    public override bool Equals(object? obj) => obj is Slot other && Equals(other);

    public override int GetHashCode() =>
        unchecked((System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Owner) * 31) + SymbolEqualityComparer.Default.GetHashCode(Symbol));
}
