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
    private readonly ILookup<ISymbol?, Value> _calls;
    private readonly ILookup<SyntaxNode, Value> _functions;

    public ForwardTrace(
        IReadOnlyList<Value> values, IReadOnlyList<Value> returned, IReadOnlyDictionary<SyntaxNode, Value> shapeReads, bool hasDisposeScope, CancellationToken cancellation)
    {
        Values = values;
        Returned = returned;
        _shapeReads = shapeReads;
        HasDisposeScope = hasDisposeScope;
        _calls = values.Where(static value => value.Kind == ValueKind.Module).ToLookup(static value => value.Member, SymbolEqualityComparer.Default);
        _functions = values.Where(static value => value.Kind == ValueKind.Function).ToLookup(static value => value.Origin!.Syntax);
        foreach (var value in values)
            InferShape(value, cancellation);
    }

    /// <summary>Of a method that is not followed.</summary>
    public static ForwardTrace Nothing => new([], [], new Dictionary<SyntaxNode, Value>(), hasDisposeScope: false, default);

    /// <summary>Every tensor, in the order of evaluation.</summary>
    public IReadOnlyList<Value> Values { get; }

    /// <summary>What each return statement gives.</summary>
    public IReadOnlyList<Value> Returned { get; }

    /// <summary>Whether the method opens a dispose scope.</summary>
    public bool HasDisposeScope { get; }

    /// <summary>Module calls whose input has another number of channels than the module expects.</summary>
    public IReadOnlyList<Misfit> Misfits => _misfits;

    /// <summary>The trace of a method, or null for one that has no body here.</summary>
    public static ForwardTrace? Of(IMethodSymbol method, SemanticModel? model, TorchSymbols torch, CancellationToken cancellation)
    {
        if (model is null || method.DeclaringSyntaxReferences.Length != 1 || method.DeclaringSyntaxReferences[0].SyntaxTree != model.SyntaxTree)
            return null;
        var syntax = method.DeclaringSyntaxReferences[0].GetSyntax();
        if (syntax is not MethodDeclarationSyntax)
            return null;
        return Traces.Of(model, static _ => new()).GetOrAdd(syntax, node => model.GetOperation(node, cancellation) is { } body
            ? new Tracer(torch, method, cancellation).Trace(body)
            : Nothing);
    }

    /// <summary>The trace of the type's <c>forward</c>, where it has exactly one in this file.</summary>
    public static ForwardTrace? OfForward(INamedTypeSymbol type, SemanticModel? model, TorchSymbols torch, CancellationToken cancellation)
    {
        var forwards = type.GetMembers("forward").OfType<IMethodSymbol>().ToList();
        return forwards.Count == 1 ? Of(forwards[0], model, torch, cancellation) : null;
    }

    /// <summary>The tensor whose <c>shape</c> or <c>size(k)</c> the expression reads, or null.</summary>
    public Value? ShapeReadAt(SyntaxNode expression) => _shapeReads.TryGetValue(expression, out var value) ? value : null;

    /// <summary>The calls of a member's module.</summary>
    public IEnumerable<Value> CallsOf(ISymbol member) => _calls[member];

    /// <summary>What one of torch's operations gives that stands there.</summary>
    public Value? FunctionAt(SyntaxNode call) => _functions[call].FirstOrDefault();

    /// <summary>What is known of the value's shape.</summary>
    public Shape? ShapeOf(Value value) => _shapes.TryGetValue(value, out var known) ? known : null;

    /// <summary>A loop's value depends on what its whole body makes of it: as many values as it has statements, and no recursion.</summary>
    private void InferShape(Value value, CancellationToken cancellation)
    {
        var open = new Stack<(Value Value, bool IsReady)>([(value, false)]);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (next, isReady) = open.Pop();
            if (isReady)
            {
                _shapes[next] = Infer(next);
                continue;
            }
            if (_shapes.ContainsKey(next))
                continue;
            // On itself too: unknown until it is known.
            _shapes[next] = null;
            open.Push((next, true));
            foreach (var input in Decisive(next).Reverse())
                open.Push((input, false));
        }
    }

    /// <summary>The values that a value's shape is inferred from.</summary>
    private static IEnumerable<Value> Decisive(Value value) => value.Kind switch
    {
        ValueKind.Join => value.Inputs,
        ValueKind.Module when value.Inputs.Count == 1 => value.Inputs,
        ValueKind.Function when Functions.IsGlobalPool(value) => value.Inputs.Take(1),
        ValueKind.Function when Functions.KeepsChannels(value.Name) && value.Inputs.Count == 1 => value.Inputs,
        _ => [],
    };

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
