using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Construction;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Forward;

/// <summary>The shapes in a <c>forward</c>, for one object and one input.</summary>
internal sealed class FlowShapes
{
    private readonly Dictionary<Value, Shape?> _shapes = [];
    private readonly ForwardTrace _trace;
    private readonly Layer _self;
    private readonly ShapeFlow _flow;
    private readonly Func<Value, object?> _ownerOf;
    private readonly bool _isNested;
    private readonly List<(ImmutableArray<Way> Ways, Misfit Misfit)> _misfits = [];

    /// <param name="trace">The dataflow.</param>
    /// <param name="self">The object.</param>
    /// <param name="inputs">What is known of each parameter's shape.</param>
    /// <param name="flow">What follows shapes through the layers that are called.</param>
    /// <param name="ownerOf">What a called layer's numbers belong to.</param>
    /// <param name="cancellation">Calls the work off.</param>
    public FlowShapes(ForwardTrace trace, Layer self, IReadOnlyList<Shape?> inputs, ShapeFlow flow, Func<Value, object?> ownerOf, CancellationToken cancellation)
    {
        (_trace, _self, _flow, _ownerOf) = (trace, self, flow, ownerOf);
        _isNested = inputs.Count > 0;
        var parameters = trace.Values.Where(static value => value.Kind == ValueKind.Parameter).ToList();
        if (parameters.Count == inputs.Count)
            for (var i = 0; i < inputs.Count; i++)
                _shapes[parameters[i]] = inputs[i];
        foreach (var value in trace.Values)
            InferShape(value, cancellation);
        // Which way an object's forward takes is not known: perhaps it never calls a layer that does not fit.
        if (_misfits.Count > 0 && IsOnAllWays(_misfits.ConvertAll(static one => one.Ways), 0))
            _flow.Misfits.Add(_misfits[0].Misfit);
    }

    /// <summary>What is known of the shape of what the method returns.</summary>
    public Shape? OfResult => Common(_trace.Returned.Where(value => !value.Ways.Any(way => way.IsClosed(_self))).Select(Of).ToList());

    /// <summary>What is known of the value's shape.</summary>
    public Shape? Of(Value value) => _shapes.TryGetValue(value, out var known) ? known : null;

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
                _shapes[next] = _flow.Burn() ? Infer(next) : null;
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
        ValueKind.Join or ValueKind.Module => value.Inputs,
        ValueKind.Function when Functions.IsGlobalPool(value) => value.Inputs.Take(1),
        ValueKind.Function when Functions.KeepsChannels(value.Name) && value.Inputs.Count == 1 => value.Inputs,
        ValueKind.Function when Functions.Arithmetic.Contains(value.Name) || Functions.IsChannelConcat(value) => value.Inputs,
        _ => [],
    };

    private Shape? Infer(Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Module:
                return Call(value);
            case ValueKind.Join:
                return value.Decider?.Holds(_self) is { } holds && value.Inputs.Count == 2 ? Of(value.Inputs[holds ? 0 : 1]) : Common(value.Inputs.ConvertAll(Of));
            case ValueKind.Function when Functions.IsGlobalPool(value):
                var pixel = Functions.LeavesPixel(value);
                return Of(value.Inputs[0]) is { Flat: false } pooled
                    ? pooled with { OnePixel = pixel, Flat = !pixel }
                    : new(!pixel, null, pixel, null, null);
            case ValueKind.Function when Functions.IsNumber(value):
                return Number;
            case ValueKind.Function when Functions.KeepsChannels(value.Name) && value.Inputs.Count == 1:
                return Of(value.Inputs[0]) is { } kept ? (Functions.KeepsPixels(value.Name) ? kept : kept with { OnePixel = false }) : null;
            case ValueKind.Function when Functions.Arithmetic.Contains(value.Name):
                return Combined(value.Inputs.ConvertAll(Of));
            case ValueKind.Function when Functions.IsChannelConcat(value):
                return Concatenated(value.Inputs.ConvertAll(Of));
            default:
                return null;
        }
    }

    private Shape? Call(Value call)
    {
        var layer = _trace.LayerOf(call, _self);
        if (IsLoss(call))
            return Number;
        if (call.Ways.Any(way => way.IsClosed(_self)))
            return null;
        if (call.Inputs.Count != 1 && layer.Kind != LayerKind.Instance)
            return null;
        var misfits = _flow.Misfits.Count;
        var shape = layer.Kind == LayerKind.Instance
            ? _flow.ThroughForward(layer, call.Inputs.ConvertAll(Of), _ownerOf(call))
            : _flow.Through(layer, Of(call.Inputs[0]), _ownerOf(call));
        var open = call.Ways.RemoveAll(way => way.Decider?.Holds(_self) is not null);
        if (_isNested && !open.IsEmpty && _flow.Misfits.Count > misfits)
        {
            _misfits.Add((open, _flow.Misfits[misfits]));
            _flow.Misfits.RemoveRange(misfits, _flow.Misfits.Count - misfits);
        }
        return shape;
    }

    /// <summary>Whether one of them is met whichever ways control takes.</summary>
    private static bool IsOnAllWays(IReadOnlyList<ImmutableArray<Way>> all, int from) => all.Any(ways => ways.Length == from)
        || all.GroupBy(ways => ways[from].Fork).Any(fork =>
        {
            var ways = fork.GroupBy(one => one[from].Number).ToList();
            return ways.Count == fork.First()[from].Count && ways.TrueForAll(way => IsOnAllWays(way.ToList(), from + 1));
        });

    /// <summary>Whether the module is one of torch's losses, which gives one number unless it is told otherwise.</summary>
    private static bool IsLoss(Value call)
    {
        for (var type = (call.Origin as IInvocationOperation)?.Instance?.Type; type is not null; type = type.BaseType)
            if (type is { Name: "Loss", ContainingNamespace.Name: "TorchSharp" } or { Name: "Loss", ContainingType.Name: "nn" })
                return true;
        return false;
    }

    private static Shape? Common(IReadOnlyList<Shape?> shapes) => shapes.Count > 0 && shapes.All(shape => shape is not null && shape.Flat == shapes[0]?.Flat
        && shape.Count?.Value == shapes[0]?.Count?.Value && shape.OnePixel == shapes[0]?.OnePixel)
        ? shapes[0]
        : null;

    /// <summary>Element by element; what has one pixel is spread over the other's.</summary>
    private static Shape? Combined(IReadOnlyList<Shape?> shapes)
    {
        if (shapes.Count == 0 || shapes.Any(shape => shape is null || shape.Flat != shapes[0]?.Flat || shape.Count?.Value != shapes[0]?.Count?.Value))
            return null;
        return shapes.FirstOrDefault(static shape => !shape!.OnePixel) ?? shapes[0];
    }

    private Shape? Concatenated(IReadOnlyList<Shape?> shapes)
    {
        if (shapes.Count == 0 || shapes.Any(static shape => shape is not { Flat: false, Count: not null }))
            return null;
        var counts = shapes.Select(static shape => shape!.Count!).ToArray();
        var sum = Arithmetic.From(new Known.Whole(counts.Sum(static count => count.Value)), counts);
        return new(false, sum, shapes.All(static shape => shape!.OnePixel), Concatenation, Together(shapes)) { Joined = _self.Thing };
    }

    /// <summary>One number has neither height nor width.</summary>
    private static Shape Number => new(true, null, false, null, null);

    private static Layer Concatenation { get; } = new(LayerKind.Unknown, "cat");

    /// <summary>What all parts belong to, or nothing that a layer could belong to.</summary>
    private static object? Together(IReadOnlyList<Shape?> shapes) => shapes.All(shape => shape!.Owner == shapes[0]!.Owner) ? shapes[0]!.Owner : new();
}
