using System.Collections.Immutable;

namespace Blockwright;

/// <summary>A tensor to be saved: what it is, and how to get at its bytes when their turn comes.</summary>
/// <param name="name">The state-dict key.</param>
/// <param name="type">The element type.</param>
/// <param name="shape">The dimensions, outermost first; none for a scalar.</param>
/// <param name="write">Writes all elements in row-major order, little-endian, to the given stream, and nothing else.</param>
public sealed class WeightSource(string name, WeightType type, ImmutableArray<long> shape, Action<Stream> write)
{
    /// <summary>A tensor whose bytes are in memory.</summary>
    /// <param name="name">The state-dict key.</param>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The dimensions, outermost first; none for a scalar.</param>
    /// <param name="bytes">All elements in row-major order, little-endian.</param>
    public WeightSource(string name, WeightType type, ImmutableArray<long> shape, ReadOnlyMemory<byte> bytes)
        : this(name, type, shape, stream => stream.Write(bytes.Span))
    {
    }

    /// <summary>The state-dict key.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>The element type.</summary>
    public WeightType Type { get; } = type;

    /// <summary>The dimensions, outermost first; none for a scalar.</summary>
    public ImmutableArray<long> Shape { get; } = shape;

    /// <summary>Writes all elements in row-major order, little-endian.</summary>
    /// <param name="stream">Where to.</param>
    public void Write(Stream stream) => write(stream);
}
