using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Forward;

/// <summary>Follows shapes through layers and, for objects of the project's classes, through their <c>forward</c>.</summary>
/// <param name="forwards">The dataflow of a class's <c>forward</c>, where it has one that is understood.</param>
internal sealed class ShapeFlow(Func<INamedTypeSymbol, ForwardTrace?> forwards, CancellationToken cancellation)
{
    private const int MaximumDepth = 12;

    // All the values of all the forwards that are gone through.
    private readonly Fuel _fuel = new(20_000);
    private ILookup<SyntaxNode?, (Layer Layer, Shape? Input)>? _visits;
    private int _depth;

    /// <summary>What does not fit.</summary>
    public List<Misfit> Misfits { get; } = [];

    /// <summary>What each layer was given, each time.</summary>
    public List<(Layer Layer, Shape? Input)> Visits { get; } = [];

    /// <summary>
    /// What the layers were given that are made at an expression, or for one. To be asked when all is gone through: there may be as many as a file has lines, and as many ask.
    /// </summary>
    public IEnumerable<(Layer Layer, Shape? Input)> VisitsAt(SyntaxNode? place) => LazyInitializer.EnsureInitialized(ref _visits, () =>
        Visits.SelectMany(static visit => visit.Layer.Places(), static (visit, place) => (place, visit)).ToLookup(static one => one.place, static one => one.visit))![place];

    /// <summary>The shape behind the layer, or null where nothing is known.</summary>
    public Shape? Through(Layer layer, Shape? input, object? owner)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!_fuel.Burn())
            return null;
        if (layer.Kind != LayerKind.Instance)
            Visits.Add((layer, input));
        switch (layer.Kind)
        {
            case LayerKind.Instance:
                return ThroughForward(layer, [input], owner);
            case LayerKind.Sequential:
                foreach (var child in layer.Children)
                    input = Through(child, input, owner);
                return input;
            case LayerKind.Convolution:
                Check(layer, input, flat: false, owner);
                // A transposed one makes a picture of one pixel.
                return new(false, layer.Out, (layer.IsPointwise || layer.Name == "Conv2d") && input is { OnePixel: true }, layer, owner);
            case LayerKind.Normalization:
                Check(layer, input, flat: false, owner);
                return layer.Out is null ? Channels(input) : new(false, layer.Out, input is { Flat: false, OnePixel: true }, layer, owner);
            case LayerKind.Linear:
                Check(layer, input, flat: true, owner);
                return new(true, layer.Out, false, layer, owner);
            case LayerKind.Elementwise:
                return input;
            case LayerKind.Spatial:
                return Channels(input) is { } pooled ? pooled with { OnePixel = false } : null;
            case LayerKind.GlobalPool:
                return Channels(input) is { } known ? known with { OnePixel = true } : input is null ? new(false, null, true, null, null) : null;
            case LayerKind.Flatten:
                return input is { Flat: false, OnePixel: true } ? input with { Flat = true, OnePixel = false } : input is { Flat: true } ? input : null;
            default:
                return null;
        }
    }

    /// <summary>What an object's <c>forward</c> gives for the tensors.</summary>
    public Shape? ThroughForward(Layer layer, IReadOnlyList<Shape?> inputs, object? owner)
    {
        if (_depth >= MaximumDepth || layer.Thing?.Type is not { } type || forwards(type) is not { } flow)
            return null;
        Visits.Add((layer, inputs.Count == 1 ? inputs[0] : null));
        _depth++;
        var shapes = new FlowShapes(flow, layer, inputs, this, _ => owner, cancellation);
        _depth--;
        return shapes.OfResult;
    }

    public bool Burn() => _fuel.Burn();

    private static Shape? Channels(Shape? shape) => shape is { Flat: false } ? shape : null;

    private void Check(Layer layer, Shape? input, bool flat, object? owner)
    {
        if (input is { Count: { } found } && input.Flat == flat && layer.In is { } expected && expected.Value != found.Value)
            Misfits.Add(new(layer, input, owner));
    }
}
