namespace Blockwright.Graph;

/// <summary>A pair of numbers, height first.</summary>
public sealed record Pair(Amount Height, Amount Width)
{
    public static Pair One { get; } = new(Amount.One, Amount.One);

    public bool IsSquare => Height.Equals(Width);

    public override string ToString() => $"{Height} x {Width}";
}

/// <summary>A layer with its numbers resolved.</summary>
public abstract record Layer
{
    /// <summary>The attribute's name.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether it has entries in the state dict.</summary>
    public virtual bool HasState => false;

    /// <summary>The number of learned parameters.</summary>
    public virtual Amount Parameters => Amount.Zero;

    /// <summary>How a person reads it in a comment: <c>Conv2d 3 -> 24, 3 x 3, stride 2</c>.</summary>
    public virtual string Describe() => Kind;

    /// <summary>Multiply-accumulates per image, where every shape is known.</summary>
    public virtual long? MultiplyAdds(Shape input, Shape output) => 0;
}

/// <summary>
/// What an attribute of a layer means: one class for each, listed in <see cref="LayerTable"/>. It reads the attribute's numbers from the
/// context, reports what is wrong with them there, and gives the layer and the shape that comes out.
/// </summary>
public abstract class LayerDefinition
{
    /// <summary>The attribute's name without its ending.</summary>
    public abstract string Kind { get; }

    /// <summary>Null after a problem was reported.</summary>
    public abstract (Layer Layer, Shape Output)? Resolve(LayerContext context);
}
