using System.ComponentModel;

namespace Blockwright;

/// <summary>An attribute that takes part in the dataflow of a block. They are read in source order; brackets have no meaning.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class FlowAttribute : Attribute
{
    /// <summary>
    /// A condition over <c>in</c>, <c>out</c> and the block's parameters without which this is left out: comparisons of expressions, joined by <c>and</c>, <c>or</c>, <c>not</c> and parentheses, as
    /// <c>stride == 1 and in == out</c>. The running value then goes on as it is, and what is left out has no number in its path. On <see cref="FromAttribute"/> and <see cref="PathAttribute"/>: all that follows, up
    /// to what starts anew.
    /// </summary>
    public string? If { get; set; }
}

/// <summary>
/// Starts from a named value (<c>in</c> is the block's input). With <see cref="As"/> the result gets that name and the value stays as it
/// was; without, the result replaces it.
/// </summary>
/// <param name="value">The name of the value to start from.</param>
public sealed class FromAttribute(string value) : FlowAttribute
{
    /// <summary>The name of the value to start from.</summary>
    public string Value { get; } = value;

    /// <summary>The name of the result. Left out, the result replaces <see cref="Value"/>.</summary>
    public string? As { get; set; }

    /// <summary>The key under which the layers that follow are numbered, as in a <c>nn.Sequential</c> of that name.</summary>
    public string? Name { get; set; }
}

/// <summary>Numbers the layers that follow under a key, <c>name.0</c>, <c>name.1</c>, ..., as a <c>nn.Sequential</c> of that name does. The dataflow goes on.</summary>
/// <param name="name">The key, dotted if need be.</param>
public sealed class PathAttribute(string name) : FlowAttribute
{
    /// <summary>The key.</summary>
    public string Name { get; } = name;

    /// <summary>The number of the first layer.</summary>
    public int FirstIndex { get; set; }
}

/// <summary>
/// Cuts a value's channels into named parts, in order: equal ones, or two with <see cref="Ratio"/> or <see cref="Channels"/>. The parts are views; nothing is copied.
/// </summary>
/// <param name="parts">The names of the parts, at least two.</param>
public sealed class SplitAttribute(params string[] parts) : FlowAttribute
{
    /// <summary>The names of the parts.</summary>
    public string[] Parts { get; } = parts;

    /// <summary>The first of two parts' share of the channels, more than 0 and less than 1. The count is rounded to the nearest integer, halves up.</summary>
    public double Ratio { get; set; }

    /// <summary>
    /// The channels of the first of two parts: a number, or an expression in a string, in which <c>c</c> is the channels that are cut, where no parameter of the declaration is called so. With
    /// <c>"round(c*percent/100, 2)"</c> the ratio is a parameter.
    /// </summary>
    public object? Channels { get; set; }
}

/// <summary>Joins values along the channels, in the order given. With one name, the running value comes first.</summary>
/// <param name="values">The names of the values.</param>
public sealed class ConcatAttribute(params string[] values) : JoinAttribute(values);

/// <summary>
/// Adds values element by element. They are of one shape, or such as torch spreads over it: N x C x 1 x 1, a number for each channel, and N x 1 x H x W, one for each pixel. With one name, adds it to the running value.
/// </summary>
/// <param name="values">The names of the values.</param>
public sealed class AddAttribute(params string[] values) : JoinAttribute(values);

/// <summary>
/// Multiplies values element by element. They are of one shape, or such as torch spreads over it: a value of N x C x 1 x 1 (a gate) scales each channel of an N x C x H x W, and one of N x 1 x H x W each pixel.
/// With one name, multiplies the running value by it.
/// </summary>
/// <param name="values">The names of the values.</param>
public sealed class MultiplyAttribute(params string[] values) : JoinAttribute(values);

/// <summary>What all joins have in common.</summary>
/// <param name="values">The names of the values.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class JoinAttribute(string[] values) : FlowAttribute
{
    /// <summary>The names of the values.</summary>
    public string[] Values { get; } = values;

    /// <summary>
    /// A name for what flows on from a join of several values, up to the next start, as <see cref="FromAttribute.As"/> gives one. A join of one value with the running one has the running value's name, and takes none.
    /// </summary>
    public string? As { get; set; }
}

/// <summary>The activation that the block's user gives. It is counted like any other layer, where it is none, too, as nn.Identity is.</summary>
/// <param name="parameter">The name of a parameter of the kind <see cref="ParameterKind.Activation"/>.</param>
public sealed class ActivationAttribute(string parameter) : FlowAttribute
{
    /// <summary>The parameter's name.</summary>
    public string Parameter { get; } = parameter;
}

/// <summary>Applies another block to the running value.</summary>
/// <typeparam name="TBlock">A class declared with <see cref="BlockAttribute"/>, of this assembly or a referenced one.</typeparam>
/// <param name="arguments">The block's parameters by position: numbers, or expressions in strings.</param>
public sealed class ApplyAttribute<TBlock>(params object[] arguments) : FlowAttribute
    where TBlock : class
{
    /// <summary>The block's parameters by position.</summary>
    public object[] Arguments { get; } = arguments;

    /// <summary>What the block sees as <c>out</c>: a number, or an expression in a string. Left out, the channels that come in.</summary>
    public object? Channels { get; set; }

    /// <summary>The block's key. Left out, the block is numbered like a layer. Empty, the block's layers become this block's own.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// What the values of a block with several are called here (<see cref="OutputAttribute"/>), in their order: <c>new[] { "low", "high" }</c>, and <c>"_"</c> for one that is not wanted. Left out, they are called as the block
    /// calls them. What flowed on ends there, as at a <see cref="SplitAttribute"/>: a <see cref="FromAttribute"/> or a join goes on with one of them. A block with one value takes no names.
    /// </summary>
    public string[]? As { get; set; }
}

/// <summary>Applies a block several times, one after the other.</summary>
/// <typeparam name="TBlock">The block of every unit.</typeparam>
/// <param name="name">The key under which the units are numbered.</param>
/// <param name="arguments">The block's parameters by position: numbers, or expressions in strings, in which <c>unit</c> is the unit's number, from 0.</param>
public sealed class StageAttribute<TBlock>(string name, params object[] arguments) : StageAttribute(name, arguments)
    where TBlock : class;

/// <summary>Applies one block, then another several times: a down-sampling unit and the units that follow it.</summary>
/// <typeparam name="TFirst">The block of the first unit.</typeparam>
/// <typeparam name="TRest">The block of the others. Each of its parameters takes the argument of <typeparamref name="TFirst"/>'s parameter of the same name.</typeparam>
/// <param name="name">The key under which the units are numbered.</param>
/// <param name="arguments">The parameters of <typeparamref name="TFirst"/> by position: numbers, or expressions in strings, in which <c>unit</c> is the unit's number, from 0.</param>
public sealed class StageAttribute<TFirst, TRest>(string name, params object[] arguments) : StageAttribute(name, arguments)
    where TFirst : class
    where TRest : class;

/// <summary>What both kinds of stage have in common.</summary>
/// <param name="name">The key under which the units are numbered.</param>
/// <param name="arguments">The parameters of the first block by position.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class StageAttribute(string name, object[] arguments) : FlowAttribute
{
    /// <summary>The key under which the units are numbered.</summary>
    public string Name { get; } = name;

    /// <summary>The parameters of the first block by position. <c>unit</c> is the unit's number in the stage, from 0, where no parameter of the declaration is called so: with <c>"max(2 - unit, 1)"</c> the first strides by 2.</summary>
    public object[] Arguments { get; } = arguments;

    /// <summary>What each unit sees as <c>out</c>: a number, or an expression in a string. Left out, the channels that come into the unit.</summary>
    public object? Channels { get; set; }

    /// <summary>The number of units: a number, or an expression in a string. 1 where it is left out.</summary>
    public object? Units { get; set; }

    /// <summary>The number of the first unit.</summary>
    public int FirstIndex { get; set; }

    /// <summary>
    /// A name for what all units gave, one behind another in the channels as <see cref="ConcatAttribute"/> joins values: <c>Concat("in", "all")</c>. The running value is the last unit's result, and may be left. Units that
    /// are not of one height and width give no such value.
    /// </summary>
    public string? Collect { get; set; }

    /// <summary>A pattern of the units' names with one <c>{n}</c>, which counts from n: <c>denselayer{1}</c>. Left out, the units are numbered.</summary>
    public string? UnitName { get; set; }
}
