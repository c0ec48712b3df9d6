using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Forward;

/// <summary>
/// Where in a network a convolution stands: on one pixel it is a linear layer (squeeze-and-excite); the head feeds the global pool, or what flattens; a prediction is what the network
/// gives. Guideline G1 is not about those.
/// </summary>
internal sealed class Placement(MadeHere made, TorchSymbols torch, CancellationToken cancellation)
{
    private readonly Lazy<IReadOnlyList<(Layer Layer, Shape? Input)>> _visits = new(() => Visits(made, torch, cancellation));
    private readonly Fate _fate = new(type => ForwardTrace.OfForward(type, made.Model, torch, cancellation), cancellation);

    public bool IsExempt(Layer convolution)
    {
        if (_visits.Value.Any(visit => IsSame(visit.Layer, convolution) && visit.Input is { Flat: false, OnePixel: true }))
            return true;
        if (made.Type is { } type && ForwardTrace.OfForward(type, made.Model, torch, cancellation) is { } forward)
            return Same(forward.Self, convolution) is { Count: > 0 } placed ? placed.Any(each => _fate.IsExempt(forward.Self, each)) : IsLastOfItsOwn(convolution);
        return made.Made.All.Any(whole => whole.Kind == LayerKind.Sequential && _fate.IsExempt(whole, convolution.Thing!));
    }

    /// <summary>Of a convolution whose use is not seen: whether nothing follows it where it is made, so that it may well be what the network gives.</summary>
    private bool IsLastOfItsOwn(Layer convolution) => _fate.IsLast(
        made.Made.All.Where(whole => whole.Kind == LayerKind.Sequential && whole.Flattened().Any(child => child.Thing == convolution.Thing))
            .OrderByDescending(static whole => whole.Flattened().Count()).FirstOrDefault() ?? convolution,
        convolution.Thing!);

    /// <summary>
    /// The same convolution among what the object holds, which its constructors make; a method's is what they made by calling it, and all that it may be where they are several.
    /// </summary>
    private static List<Thing> Same(Layer self, Layer convolution)
    {
        var same = Everything(self, new(20_000)).Where(layer => IsSame(layer, convolution)).Select(static layer => layer.Thing!).Distinct().ToList();
        return same.Contains(convolution.Thing!) ? [convolution.Thing!] : same;
    }

    private static bool IsSame(Layer layer, Layer convolution) => layer.Thing is { Origin: { } origin } thing && convolution.Thing is { Origin: { } other } wanted
        && (thing == wanted || origin.Syntax == other.Syntax && (thing.Site == wanted.Site || wanted.Depth == 0));

    private static IEnumerable<Layer> Everything(Layer layer, Fuel fuel)
    {
        var open = new Stack<Layer>([layer]);
        while (open.Count > 0 && fuel.Burn())
        {
            var next = open.Pop();
            yield return next;
            foreach (var child in next.Children.Concat(next.Held))
                open.Push(child);
        }
    }

    /// <summary>What each layer is given: along the class's forward, and in the Sequentials that the code makes.</summary>
    private static List<(Layer Layer, Shape? Input)> Visits(MadeHere made, TorchSymbols torch, CancellationToken cancellation)
    {
        var visits = new List<(Layer Layer, Shape? Input)>();
        if (made.Type is { } type && ForwardTrace.OfForward(type, made.Model, torch, cancellation) is { } forward)
        {
            forward.Shapes(made.Model, torch, cancellation, out var whole);
            visits.AddRange(whole.Visits);
        }
        var flow = new ShapeFlow(each => ForwardTrace.OfForward(each, made.Model, torch, cancellation), cancellation);
        foreach (var layer in made.Made.All.Where(static layer => layer.Kind is LayerKind.Sequential or LayerKind.Instance))
            flow.Through(layer, null, layer);
        visits.AddRange(flow.Visits);
        return visits;
    }
}
