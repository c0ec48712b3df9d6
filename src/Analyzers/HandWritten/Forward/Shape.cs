using Blockwright.Analyzers.HandWritten.Construction;

namespace Blockwright.Analyzers.HandWritten.Forward;

/// <summary>What is known of a tensor's shape: its channels (N x C x H x W) or its features (N x F).</summary>
/// <param name="Flat">Features, not channels.</param>
/// <param name="Count">How many, where that is certain.</param>
/// <param name="OnePixel">Height and width are 1.</param>
/// <param name="Source">The layer that gave the count.</param>
/// <param name="Owner">The call, or the object, in which that layer stands.</param>
internal sealed record Shape(bool Flat, Known.Whole? Count, bool OnePixel, Layer? Source, object? Owner)
{
    /// <summary>The object whose <c>forward</c> put it together, where no layer gave it.</summary>
    public Thing? Joined { get; init; }
}

/// <summary>A layer that is given another number of channels or features than it expects.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Found">What it is given.</param>
/// <param name="Owner">The call, or the object, in which the layer stands.</param>
internal sealed record Misfit(Layer Layer, Shape Found, object? Owner);
