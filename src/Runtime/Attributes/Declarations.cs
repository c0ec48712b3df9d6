namespace Blockwright;

/// <summary>
/// Makes a partial class a block: a <c>Module&lt;Tensor, Tensor&gt;</c> whose layers and <c>forward</c> the build writes from the
/// attributes that follow. A block is declared once and used at many widths.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BlockAttribute : Attribute;

/// <summary>Makes a partial class a network: a block with a known input (see <see cref="InputAttribute"/>), so that every shape is known at build time.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NetworkAttribute : Attribute;

/// <summary>The size of a network's input, N x <paramref name="channels"/> x <paramref name="height"/> x <paramref name="width"/>.</summary>
/// <param name="channels">The number of channels, C.</param>
/// <param name="height">The height in pixels, H.</param>
/// <param name="width">The width in pixels, W.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class InputAttribute(int channels, int height, int width) : Attribute
{
    /// <summary>The number of channels, C.</summary>
    public int Channels { get; } = channels;

    /// <summary>The height in pixels, H.</summary>
    public int Height { get; } = height;

    /// <summary>The width in pixels, W.</summary>
    public int Width { get; } = width;
}

/// <summary>
/// Declares a parameter of a block: an integer that its users give by position (in <see cref="ApplyAttribute{TBlock}"/>, a stage, or the
/// constructor) and that its expressions name.
/// </summary>
/// <param name="name">The name: a C# identifier other than <c>in</c> and <c>out</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class ParameterAttribute(string name) : Attribute
{
    /// <summary>The parameter's name.</summary>
    public string Name { get; } = name;
}
