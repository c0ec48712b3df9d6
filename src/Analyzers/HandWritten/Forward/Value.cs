using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Construction;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Forward;

internal enum ValueKind
{
    /// <summary>Comes from somewhere that is not followed.</summary>
    Unknown,

    /// <summary>A parameter of the method.</summary>
    Parameter,

    /// <summary>The result of a module's call.</summary>
    Module,

    /// <summary>The result of one of TorchSharp's operations.</summary>
    Function,

    /// <summary>One of several, depending on how control flowed.</summary>
    Join,

    /// <summary>Several tensors in an array, a list or a tuple.</summary>
    List,
}

/// <summary>One of the ways where control parts.</summary>
/// <param name="Fork">The place.</param>
/// <param name="Number">Which of its ways.</param>
/// <param name="Count">How many it has.</param>
/// <param name="Decider">Of two ways what chooses, where it is the object: the first is taken where it holds.</param>
internal readonly record struct Way(object Fork, int Number, int Count, Decider? Decider)
{
    /// <summary>Whether the object certainly does not go this way.</summary>
    public bool IsClosed(Layer self) => Decider?.Holds(self) is { } holds && holds != (Number == 0);
}

/// <summary>A tensor (or a list of them) that a method computes: a node of its dataflow.</summary>
internal sealed class Value(ValueKind kind, IOperation? origin)
{
    public ValueKind Kind { get; } = kind;

    /// <summary>The operation that makes it.</summary>
    public IOperation? Origin { get; } = origin;

    /// <summary>The operation's name as torch has it, without the underscore of its in-place form.</summary>
    public string Name { get; init; } = "";

    /// <summary>The layer that was called, where it is known.</summary>
    public Layer Layer { get; init; } = Layer.Unknown;

    /// <summary>The member of the class that holds the layer.</summary>
    public ISymbol? Member { get; init; }

    /// <summary>Whether it is a tensor: numbers pass through variables and lists as well.</summary>
    public bool IsTensor { get; init; }

    /// <summary>Whether it is the method's first parameter: the feature map, where others are masks, lengths and states.</summary>
    public bool IsFeatureMap { get; init; }

    /// <summary>Where control parts before it is made, and which of the ways leads to it.</summary>
    public ImmutableArray<Way> Ways { get; init; } = ImmutableArray<Way>.Empty;

    /// <summary>Of a join what chooses between its two inputs, where it is the object: the first is taken where it holds.</summary>
    public Decider? Decider { get; init; }

    public List<Value> Inputs { get; } = [];

    public List<Value> Consumers { get; } = [];

    /// <summary>Whether the operation writes over its first input.</summary>
    public bool InPlace { get; init; }

    /// <summary>Whether the operation makes a tensor that did not exist before (a view is one as well: it holds its storage).</summary>
    public bool Fresh { get; init; }

    /// <summary>Whether the tensor is the same object as its first input.</summary>
    public bool Alias { get; init; }

    /// <summary>Whether the method returns it.</summary>
    public bool Returned { get; set; }

    /// <summary>Whether it is kept beyond the method in another way, or goes where it is not followed.</summary>
    public bool Escapes { get; set; }

    /// <summary>Whether the method disposes it.</summary>
    public bool Disposed { get; set; }

    /// <summary>Whether the tensor was certainly made by this method, whichever way control flowed.</summary>
    public bool IsOwn()
    {
        var seen = new HashSet<Value>();
        var open = new Stack<Value>([this]);
        while (open.Count > 0)
        {
            var value = open.Pop();
            if (value.Fresh || !seen.Add(value))
                continue;
            if (value.Kind != ValueKind.Join && !value.Alias)
                return false;
            foreach (var input in value.Alias ? value.Inputs.Take(1) : value.Inputs)
                open.Push(input);
        }
        return true;
    }

    /// <summary>Whether two values can be the same object, so that what happens to this one happens to its inputs.</summary>
    public bool PassesOn => Kind is ValueKind.Join or ValueKind.List || Alias;
}
