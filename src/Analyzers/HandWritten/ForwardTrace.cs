using System.Collections.Concurrent;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>The dataflow of tensors through one method. Made once for a method and a semantic model, however many rules ask.</summary>
internal sealed class ForwardTrace
{
    private static readonly WeakMemory<SemanticModel, ConcurrentDictionary<SyntaxNode, ForwardTrace>> Traces = new();

    private readonly Dictionary<Value, Shape?> _shapes = [];
    private readonly List<Misfit> _misfits = [];

    private readonly IReadOnlyDictionary<SyntaxNode, Value> _shapeReads;

    public ForwardTrace(IReadOnlyList<Value> values, IReadOnlyList<Value> returned, IReadOnlyDictionary<SyntaxNode, Value> shapeReads, bool hasDisposeScope)
    {
        Values = values;
        Returned = returned;
        _shapeReads = shapeReads;
        HasDisposeScope = hasDisposeScope;
        foreach (var value in values)
            ShapeOf(value);
    }

    /// <summary>Of a method that is not followed.</summary>
    public static ForwardTrace Nothing => new([], [], new Dictionary<SyntaxNode, Value>(), hasDisposeScope: false);

    /// <summary>Every tensor, in the order of evaluation.</summary>
    public IReadOnlyList<Value> Values { get; }

    /// <summary>What each return statement gives.</summary>
    public IReadOnlyList<Value> Returned { get; }

    /// <summary>Whether the method opens a dispose scope.</summary>
    public bool HasDisposeScope { get; }

    /// <summary>Module calls whose input has another number of channels than the module expects.</summary>
    public IReadOnlyList<Misfit> Misfits => _misfits;

    /// <summary>The trace of a method, or null for one that has no body here.</summary>
    public static ForwardTrace? Of(IMethodSymbol method, SemanticModel? model, TorchSymbols torch)
    {
        if (model is null || method.DeclaringSyntaxReferences.Length != 1 || method.DeclaringSyntaxReferences[0].SyntaxTree != model.SyntaxTree)
            return null;
        var syntax = method.DeclaringSyntaxReferences[0].GetSyntax();
        if (syntax is not MethodDeclarationSyntax)
            return null;
        return Traces.Of(model, static _ => new()).GetOrAdd(syntax, node => model.GetOperation(node) is { } body
            ? new Tracer(torch, method).Trace(body)
            : Nothing);
    }

    /// <summary>The trace of the type's <c>forward</c>, where it has exactly one in this file.</summary>
    public static ForwardTrace? OfForward(INamedTypeSymbol type, SemanticModel? model, TorchSymbols torch)
    {
        var forwards = type.GetMembers("forward").OfType<IMethodSymbol>().ToList();
        return forwards.Count == 1 ? Of(forwards[0], model, torch) : null;
    }

    /// <summary>The tensor whose <c>shape</c> or <c>size(k)</c> the expression reads, or null.</summary>
    public Value? ShapeReadAt(SyntaxNode expression) => _shapeReads.TryGetValue(expression, out var value) ? value : null;

    /// <summary>What is known of the value's shape.</summary>
    public Shape? ShapeOf(Value value)
    {
        if (_shapes.TryGetValue(value, out var known))
            return known;
        // A loop's value depends on itself: unknown until it is known.
        _shapes[value] = null;
        return _shapes[value] = Infer(value);
    }

    private Shape? Infer(Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Module when value.Inputs.Count == 1:
                return ShapeFlow.Through(value.Layer, ShapeOf(value.Inputs[0]), _misfits);
            case ValueKind.Join:
                var shapes = value.Inputs.Select(ShapeOf).ToList();
                return shapes.Count > 0 && shapes.All(shape => shape is not null && shape.Flat == shapes[0]?.Flat && shape.Count == shapes[0]?.Count
                    && shape.OnePixel == shapes[0]?.OnePixel)
                    ? shapes[0]
                    : null;
            case ValueKind.Function when Functions.IsGlobalPool(value):
                var pixel = Functions.LeavesPixel(value);
                return ShapeOf(value.Inputs[0]) is { Flat: false } pooled
                    ? pooled with { OnePixel = pixel, Flat = !pixel }
                    : new(!pixel, null, pixel, null, null);
            case ValueKind.Function when Functions.KeepsChannels(value.Name) && value.Inputs.Count == 1:
                return ShapeOf(value.Inputs[0]) is { } kept ? (Functions.KeepsPixels(value.Name) ? kept : kept with { OnePixel = false }) : null;
            default:
                return null;
        }
    }
}
