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
    private readonly Lazy<List<ShapeFlow>> _flows = new(() => Flows(made, torch, cancellation));
    private readonly Lazy<ForwardTrace?> _forward = new(() => made.Type is { } type ? ForwardTrace.OfForward(type, made.Model, torch, cancellation) : null);
    private Dictionary<Thing, Layer>? _wholes;
    private Fate? _fate;

    private Fate Fate => _fate ??= new(type => ForwardTrace.OfForward(type, made.Model, torch, cancellation), _forward.Value?.Self.Members.Count ?? 0, cancellation);

    public bool IsExempt(Layer convolution)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_flows.Value.SelectMany(flow => flow.VisitsAt(Place(convolution))).Any(visit => IsSame(visit.Layer, convolution) && visit.Input is { Flat: false, OnePixel: true }))
            return true;
        if (_forward.Value is { } forward)
            return Same(forward, convolution) is { Count: > 0 } placed ? placed.Any(each => Fate.IsExempt(forward.Self, each)) : IsLastOfItsOwn(convolution);
        return made.Made.All.Any(whole => whole.Kind == LayerKind.Sequential && Fate.IsExempt(whole, convolution.Thing!));
    }

    /// <summary>Of a convolution whose use is not seen: whether nothing follows it where it is made, so that it may well be what the network gives.</summary>
    private bool IsLastOfItsOwn(Layer convolution)
    {
        _wholes ??= Wholes();
        return Fate.IsLast(_wholes.TryGetValue(convolution.Thing!, out var whole) ? whole : convolution, convolution.Thing!);
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
    private static List<Thing> Same(ForwardTrace forward, Layer convolution)
    {
        var same = forward.HeldAt(Place(convolution)).Where(layer => IsSame(layer, convolution)).Select(static layer => layer.Thing!).Distinct().ToList();
        return same.Contains(convolution.Thing!) ? [convolution.Thing!] : same;
    }

    /// <summary>Where a convolution is made: its expression here, or the one here that has it made.</summary>
    private static SyntaxNode? Place(Layer layer) => layer.Thing is { Depth: > 0 } inside ? inside.Site : layer.Thing?.Origin?.Syntax;

    private static bool IsSame(Layer layer, Layer convolution) => layer.Thing is { Origin: { } origin } thing && convolution.Thing is { Origin: { } other } wanted
        && (thing == wanted || origin.Syntax == other.Syntax && (thing.Site == wanted.Site || wanted.Depth == 0));

    /// <summary>What each layer is given: along the class's forward, which all code of the class asks about, and in the Sequentials that this code makes.</summary>
    private static List<ShapeFlow> Flows(MadeHere made, TorchSymbols torch, CancellationToken cancellation)
    {
        var flows = new List<ShapeFlow>();
        if (made.Type is { } type && ForwardTrace.OfForward(type, made.Model, torch, cancellation) is { } forward)
        {
            forward.Shapes(made.Model, torch, cancellation, out var whole);
            flows.Add(whole);
        }
        var own = new ShapeFlow(each => ForwardTrace.OfForward(each, made.Model, torch, cancellation), cancellation);
        foreach (var layer in made.Made.All.Where(static layer => layer.Kind is LayerKind.Sequential or LayerKind.Instance).Until(cancellation))
            own.Through(layer, null, layer);
        flows.Add(own);
        return flows;
    }
}
