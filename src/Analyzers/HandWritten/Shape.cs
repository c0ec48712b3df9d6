using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>What is known of a tensor's shape: its channels (N x C x H x W) or its features (N x F).</summary>
/// <param name="Flat">Features, not channels.</param>
/// <param name="Count">How many, where that is certain.</param>
/// <param name="OnePixel">Height and width are 1.</param>
/// <param name="Source">The layer that gave the count.</param>
/// <param name="Owner">The Sequential that this layer stands in, if any.</param>
internal sealed record Shape(bool Flat, long? Count, bool OnePixel, Layer? Source, SyntaxNode? Owner);

/// <summary>A layer that is given another number of channels or features than it expects.</summary>
internal sealed record Misfit(Layer Layer, Shape Found, SyntaxNode? Owner);

/// <summary>Follows shapes through layers, and collects what does not fit.</summary>
internal static class ShapeFlow
{
    /// <summary>The shape behind the layer, or null where nothing is known.</summary>
    public static Shape? Through(Layer layer, Shape? input, List<Misfit>? misfits, SyntaxNode? owner = null)
    {
        switch (layer.Kind)
        {
            case LayerKind.Sequential:
                var inner = layer.Factory is { } factory ? Outermost(owner, factory.Syntax) : owner;
                foreach (var child in layer.Children)
                    input = Through(child, input, misfits, inner);
                return input;
            case LayerKind.Convolution:
                Check(layer, input, flat: false, misfits, owner);
                return new(false, layer.Out, layer.IsPointwise && input is { OnePixel: true }, layer, owner);
            case LayerKind.Normalization:
                Check(layer, input, flat: false, misfits, owner);
                return layer.Out is null ? Channels(input) : new(false, layer.Out, input is { Flat: false, OnePixel: true }, layer, owner);
            case LayerKind.Linear:
                Check(layer, input, flat: true, misfits, owner);
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

    private static Shape? Channels(Shape? shape) => shape is { Flat: false } ? shape : null;

    private static void Check(Layer layer, Shape? input, bool flat, List<Misfit>? misfits, SyntaxNode? owner)
    {
        if (misfits is not null && input is { Count: { } found } && input.Flat == flat && layer is { In: { } expected, InArgument: not null }
            && expected != found)
            misfits.Add(new(layer, input, owner));
    }

    /// <summary>A Sequential written inside another one is the outer one's affair.</summary>
    private static SyntaxNode Outermost(SyntaxNode? outer, SyntaxNode inner) =>
        outer is not null && outer.SyntaxTree == inner.SyntaxTree && outer.Span.Contains(inner.Span) ? outer : inner;
}
