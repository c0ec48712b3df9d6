namespace Blockwright;

/// <summary>
/// Makes a partial class a block: a <c>Module&lt;Tensor, Tensor&gt;</c> whose layers and <c>forward</c> the build writes from the
/// attributes that follow. A block is declared once and used at many widths.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BlockAttribute : Attribute;

/// <summary>Makes a partial class a network: a block with a known input, or several (see <see cref="InputAttribute"/>), so that every shape is known at build time.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NetworkAttribute : Attribute;

/// <summary>
/// The size of a network's input, N x <paramref name="channels"/> x <paramref name="height"/> x <paramref name="width"/>. A network may have several, up to six, each with a <see cref="Name"/>: of
/// <c>[Input(3, 224, 224, Name = "image"), Input(1, 112, 112, Name = "depth")]</c> it becomes a <c>Module&lt;Tensor, Tensor, Tensor&gt;</c>, whose running value begins with the first. Their sizes grow and shrink together: given an
/// image of 448 x 448 it takes a depth of 224 x 224.
/// </summary>
/// <param name="channels">The number of channels, C.</param>
/// <param name="height">The height in pixels, H.</param>
/// <param name="width">The width in pixels, W.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class InputAttribute(int channels, int height, int width) : Attribute
{
    /// <summary>The number of channels, C.</summary>
    public int Channels { get; } = channels;

    /// <summary>The height in pixels, H.</summary>
    public int Height { get; } = height;

    /// <summary>The width in pixels, W.</summary>
    public int Width { get; } = width;

    /// <summary>The name by which a <see cref="FromAttribute"/> or a join starts from it: a C# identifier other than <c>in</c> and <c>out</c>. The first input is <c>in</c>, too.</summary>
    public string? Name { get; set; }
}

/// <summary>
/// Declares a parameter of a block: an integer that its users give by position (in <see cref="ApplyAttribute{TBlock}"/>, a stage, or the
/// constructor) and that its expressions name; or an activation. Of a network: an integer that its constructor takes, and what it is where that is left out.
/// </summary>
/// <param name="name">The name: a C# identifier other than <c>in</c> and <c>out</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class ParameterAttribute(string name) : Attribute
{
    /// <summary>Declares a parameter of a network: <c>[Network, Input(3, 224, 224), Parameter("classes", 1000)]</c>, which <c>new Net(classes: 10)</c> sets.</summary>
    /// <param name="name">The name: a C# identifier other than <c>in</c>.</param>
    /// <param name="default">What it is where the constructor's caller leaves it out, and what the build plans and judges the network at.</param>
    /// <param name="others">What else the build plans the network at. A parameter that says the channels of last layers alone needs none: the plan serves it whatever it is.</param>
    public ParameterAttribute(string name, int @default, params int[] others)
        : this(name) => (Default, Others) = (@default, others);

    /// <summary>The parameter's name.</summary>
    public string Name { get; } = name;

    /// <summary>What a network's parameter is where the constructor's caller leaves it out.</summary>
    public int Default { get; }

    /// <summary>What else the build plans a network at.</summary>
    public int[] Others { get; } = [];

    /// <summary>What it is; an integer where it is left out.</summary>
    public ParameterKind Kind { get; set; }
}

/// <summary>What a block's parameter is.</summary>
public enum ParameterKind
{
    /// <summary>An integer, which expressions name.</summary>
    Number,

    /// <summary>
    /// An activation, which <see cref="ActivationAttribute"/> applies. Users give its attribute's word in a string, <c>"Hardswish"</c>, or <c>"Identity"</c> for none, or the name of a parameter of their own; a
    /// constructor takes a function, <c>x => x.hardswish()</c>, which may not write over its argument.
    /// </summary>
    Activation,
}

/// <summary>
/// Names a network's or a block's results. With one that is always there it gives a <c>Tensor</c>; with several a tuple of them, whose elements have the values' names with a capital letter: of
/// <c>[Output("p3", "p4")]</c> a <c>Module&lt;Tensor, (Tensor P3, Tensor P4)&gt;</c>. Where no [Output] names one that is always there, the running value comes first, as <c>Result</c>. It may stand anywhere.
/// Who applies a block with several results names them (<see cref="ApplyAttribute{TBlock}.As"/>).
/// </summary>
/// <param name="values">The names of the values.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class OutputAttribute(params string[] values) : Attribute
{
    /// <summary>The names of the values.</summary>
    public string[] Values { get; } = values;

    /// <summary>Whether a network's results are there in training alone, as an auxiliary head's: <c>null</c> in evaluation and in a snapshot, where nothing is computed for them. Costs and budgets do not count it.</summary>
    public bool TrainingOnly { get; set; }
}
