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
    // By where they are made: there may be as many convolutions as a file has lines.
    private readonly Lazy<ILookup<SyntaxNode?, (Layer Layer, Shape? Input)>> _visits = new(() =>
        Visits(made, torch, cancellation).SelectMany(static visit => Places(visit.Layer), static (visit, place) => (place, visit)).ToLookup(static one => one.place, static one => one.visit));
    private readonly Lazy<ForwardTrace?> _forward = new(() => made.Type is { } type ? ForwardTrace.OfForward(type, made.Model, torch, cancellation) : null);
    private ILookup<SyntaxNode?, Layer>? _held;
    private Dictionary<Thing, Layer>? _wholes;
    private readonly Fate _fate = new(type => ForwardTrace.OfForward(type, made.Model, torch, cancellation), cancellation);

    public bool IsExempt(Layer convolution)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_visits.Value[Place(convolution)].Any(visit => IsSame(visit.Layer, convolution) && visit.Input is { Flat: false, OnePixel: true }))
            return true;
        if (_forward.Value is { } forward)
            return Same(forward.Self, convolution) is { Count: > 0 } placed ? placed.Any(each => _fate.IsExempt(forward.Self, each)) : IsLastOfItsOwn(convolution);
        return made.Made.All.Any(whole => whole.Kind == LayerKind.Sequential && _fate.IsExempt(whole, convolution.Thing!));
    }

    /// <summary>Of a convolution whose use is not seen: whether nothing follows it where it is made, so that it may well be what the network gives.</summary>
    private bool IsLastOfItsOwn(Layer convolution)
    {
        _wholes ??= Wholes();
        return _fate.IsLast(_wholes.TryGetValue(convolution.Thing!, out var whole) ? whole : convolution, convolution.Thing!);
    }

    /// <summary>The largest Sequential that each layer is in.</summary>
    private Dictionary<Thing, Layer> Wholes()
    {
        var wholes = new Dictionary<Thing, Layer>();
        foreach (var whole in made.Made.All.Where(static whole => whole.Kind == LayerKind.Sequential).OrderByDescending(static whole => whole.Flattened().Count()).Until(cancellation))
            foreach (var child in whole.Flattened().Until(cancellation))
                if (child.Thing is { } thing && !wholes.ContainsKey(thing))
                    wholes.Add(thing, whole);
        return wholes;
    }

    /// <summary>
    /// The same convolution among what the object holds, which its constructors make; a method's is what they made by calling it, and all that it may be where they are several.
    /// </summary>
    private List<Thing> Same(Layer self, Layer convolution)
    {
        _held ??= Everything(self, new(20_000)).SelectMany(Places, static (layer, place) => (place, layer)).ToLookup(static one => one.place, static one => one.layer);
        var same = _held[Place(convolution)].Where(layer => IsSame(layer, convolution)).Select(static layer => layer.Thing!).Distinct().ToList();
        return same.Contains(convolution.Thing!) ? [convolution.Thing!] : same;
    }

    /// <summary>Where a convolution is made: its expression here, or the one here that has it made.</summary>
    private static SyntaxNode? Place(Layer layer) => layer.Thing is { Depth: > 0 } inside ? inside.Site : layer.Thing?.Origin?.Syntax;

    private static IEnumerable<SyntaxNode?> Places(Layer layer) => new[] { layer.Thing?.Site, layer.Thing?.Origin?.Syntax }.Distinct();

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
