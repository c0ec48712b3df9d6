using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Forward;

/// <summary>
/// What becomes of a convolution's result, through layers, functions and the <c>forward</c> of the project's classes: whether a global pool or a Flatten takes it in, or whether the
/// network gives it, as it is or as probabilities.
/// </summary>
/// <param name="forwards">The dataflow of a class's <c>forward</c>, where it has one that is understood.</param>
/// <param name="members">How many members the class has in which such a convolution may be: each of them asks, with a budget of its own.</param>
/// <param name="cancellation">Calls the work off.</param>
internal sealed class Fate(Func<INamedTypeSymbol, ForwardTrace?> forwards, int members, CancellationToken cancellation)
{
    private const int MaximumDepth = 16;

    /// <summary>What makes probabilities, boxes or pictures of a prediction, and does not make features of it.</summary>
    private static readonly ImmutableHashSet<string> Finishing = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase,
        "sigmoid", "softmax", "log_softmax", "logsoftmax", "softmax2d", "tanh", "hardsigmoid", "identity", "dropout", "dropout2d", "contiguous", "clone", "alias", "detach",
        "MoveToOuterDisposeScope", "DetachFromDisposeScope");

    /// <summary>What lays the same values out in another way.</summary>
    private static readonly ImmutableHashSet<string> Laying = ImmutableHashSet.Create(
        "view", "reshape", "permute", "transpose", "squeeze", "unsqueeze", "swapaxes", "movedim", "to", "cpu", "cuda", "cat", "concat", "concatenate", "stack", "index",
        "interpolate", "upsample_nearest2d", "upsample_bilinear2d", "pixel_shuffle", "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d", "argmax", "narrow");

    /// <summary>Of one convolution.</summary>
    private const int MostSteps = 4000;

    /// <summary>Of all convolutions in a class's members: few classes have more than 100.</summary>
    private const int MostStepsOfAClass = 400_000;

    // Of all of them that one piece of code makes.
    private readonly Fuel _all = new(100_000);
    private Fuel _fuel = new(0);
    private int _depth;

    /// <summary>Whether the object's <c>forward</c>, or the Sequential, makes a head, a linear layer or a prediction of the convolution in it; or may do so.</summary>
    public bool IsExempt(Layer whole, Thing convolution) => Start(whole, convolution, bare => bare && whole.Kind == LayerKind.Instance);

    /// <summary>Whether perhaps nothing follows the convolution in it that makes features of its result.</summary>
    public bool IsLast(Layer whole, Thing convolution) => Start(whole, convolution, static bare => bare);

    private bool Start(Layer whole, Thing convolution, Func<bool, bool> end)
    {
        _fuel = new(Math.Min(MostSteps, MostStepsOfAClass / Math.Max(members, 1)));
        _depth = 0;
        return After(whole, convolution, end) || _fuel.IsSpent || _all.IsSpent;
    }

    private bool Burn() => _all.Burn() && _fuel.Burn();

    /// <summary>What becomes of the result of a convolution that stands in the layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="convolution">The convolution in it.</param>
    /// <param name="end">What becomes of what the layer gives; whether it is still as the convolution made it.</param>
    private bool After(Layer layer, Thing convolution, Func<bool, bool> end)
    {
        if (layer.Thing == convolution)
            return end(true);
        if (!Enter())
            return false;
        var found = false;
        if (layer.Kind == LayerKind.Instance && layer.Thing?.Type is { } type && forwards(type) is { } forward)
            found = Calls(forward, layer, convolution).Any(call => After(forward.LayerOf(call, layer), convolution, bare => Follow(call, forward, layer, bare, end)));
        else
            for (var i = 0; i < layer.Children.Length && !found; i++)
            {
                var next = i + 1;
                found = Holds(layer.Children[i], convolution) && After(layer.Children[i], convolution, bare => Through(layer.Children, next, bare, end));
            }
        _depth--;
        return found;
    }

    /// <summary>The calls of what the convolution is in.</summary>
    private IEnumerable<Value> Calls(ForwardTrace forward, Layer self, Thing convolution) => (ReferenceEquals(self, forward.Self) ? forward.CallsHolding(convolution) : null)
        ?? forward.Values.TakeWhile(_ => !_fuel.IsSpent && !_all.IsSpent).Where(call => call.Kind == ValueKind.Module && Holds(forward.LayerOf(call, self), convolution));

    private bool Holds(Layer layer, Thing thing) => Burn()
        && (layer.Thing == thing || layer.Children.Any(child => Holds(child, thing)) || layer.Held.Any(member => Holds(member, thing)));

    private bool Through(ImmutableArray<Layer> layers, int from, bool bare, Func<bool, bool> end) =>
        from == layers.Length ? end(bare) : Through(layers[from], bare, after => Through(layers, from + 1, after, end));

    private bool Through(Layer layer, bool bare, Func<bool, bool> end)
    {
        if (!Enter())
            return false;
        var found = layer.Kind switch
        {
            LayerKind.GlobalPool or LayerKind.Flatten => true,
            LayerKind.Normalization => end(false),
            LayerKind.Elementwise => end(bare && Finishing.Contains(layer.Name)),
            LayerKind.Spatial => end(bare),
            LayerKind.Sequential => Through(layer.Children, 0, bare, end),
            LayerKind.Instance when layer.Thing?.Type is { } type && forwards(type) is { } forward && forward.Values.FirstOrDefault(static value => value.IsFeatureMap) is { } input =>
                Follow(input, forward, layer, bare, end),
            LayerKind.Unknown => Finishing.Contains(layer.Name) && end(bare),
            _ => false,
        };
        _depth--;
        return found;
    }

    /// <summary>What becomes of a value in a <c>forward</c>, on any way.</summary>
    private bool Follow(Value from, ForwardTrace forward, Layer self, bool bare, Func<bool, bool> end)
    {
        var seen = new HashSet<(Value, bool)>();
        var open = new Stack<(Value Value, bool Bare)>([(from, bare)]);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var next = open.Pop();
            if (!seen.Add(next) || !Burn())
                continue;
            // What is kept elsewhere, or given to somebody who is not followed, may be the network's result.
            if (next.Value.Returned && IsReturned(next.Value, forward) && end(next.Bare) || next.Value.Escapes && !next.Value.Returned && next.Bare)
                return true;
            foreach (var consumer in next.Value.Consumers)
            {
                if (consumer.Kind == ValueKind.Module)
                {
                    if (Through(forward.LayerOf(consumer, self), next.Bare, after => Follow(consumer, forward, self, after, end)))
                        return true;
                }
                else if (IsPooledOrFlat(consumer))
                {
                    return true;
                }
                else if (Passes(consumer) is { } finishes)
                {
                    open.Push((consumer, next.Bare && finishes));
                }
            }
        }
        return false;
    }

    private static bool IsReturned(Value value, ForwardTrace forward) => forward.Returned.Contains(value) || value.Consumers.Count == 0 || value.Consumers.All(static one => !one.Returned);

    private static bool IsPooledOrFlat(Value value) => value.Kind == ValueKind.Function && (Functions.IsGlobalPool(value) || value.Name == "flatten");

    /// <summary>Whether a value holds what it is computed from, as it was; null where it is something else.</summary>
    private static bool? Passes(Value value) => value.Kind switch
    {
        ValueKind.Join or ValueKind.List => true,
        ValueKind.Function when Finishing.Contains(value.Name) || Laying.Contains(value.Name) => true,
        ValueKind.Function when Functions.KeepsPixels(value.Name) => false,
        _ => null,
    };

    private bool Enter()
    {
        cancellation.ThrowIfCancellationRequested();
        if (_depth >= MaximumDepth || !Burn())
            return false;
        _depth++;
        return true;
    }
}
