namespace Blockwright;

/// <summary>
/// A module of one's own as a layer: a class with a base <c>torch.nn.Module&lt;Tensor, Tensor&gt;</c>, made with the arguments and registered under the key; its state-dict keys follow behind that. What comes out is
/// said here, or by <see cref="ShapeAttribute"/> on the class; where neither says it, as many channels come out as go in, in a map of the same height and width. A run in which something else comes out, or another type or device than went in, throws.
/// </summary>
/// <typeparam name="TModule">The class. It is not generic, nor abstract, and has a constructor that the declared class can call.</typeparam>
/// <param name="arguments">
/// What its constructor is given, by position. C# chooses the constructor as ever; a string that a constructor takes as an <c>int</c> or <c>long</c> is an expression over <c>c</c>, the channels that come into the module,
/// <c>in</c> and <c>out</c>, those of the block that it stands in, and the block's parameters.
/// </param>
public sealed class ModuleAttribute<TModule>(params object?[]? arguments) : FlowAttribute
    where TModule : class
{
    /// <summary>What the constructor is given.</summary>
    public object?[]? Arguments { get; } = arguments;

    /// <summary>The channels that come out, or the features: a number, or an expression in a string, where <c>c</c> is what comes into the module, and <c>in</c> the input of the block that this stands in, as in every attribute.</summary>
    public object? Channels { get; set; }

    /// <summary>The height that comes out: a number, or an expression of <c>h</c>, the height that comes in. See <see cref="ShapeAttribute"/>.</summary>
    public object? Height { get; set; }

    /// <summary>The width that comes out: a number, or an expression of <c>w</c>, the width that comes in. See <see cref="ShapeAttribute"/>.</summary>
    public object? Width { get; set; }

    /// <summary>The module's key in the state dict, instead of its number: within the path that it stands in, or, behind a slash, whole (<c>"/up"</c>).</summary>
    public string? Name { get; set; }
}

/// <summary>
/// What comes out of a module that is written by hand, wherever <see cref="ModuleAttribute{TModule}"/> puts it: <c>[Shape("in/2", Height = "h*2", Width = "w*2")]</c>. What is left out stays as it comes in.
/// It is inherited; what the use says goes before it.
/// </summary>
/// <param name="channels">The channels that come out, or the features: a number, or an expression of <c>in</c>, those that come in.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ShapeAttribute(object? channels = null) : Attribute
{
    /// <summary>The channels that come out, or the features: a number, or an expression in a string, where <c>in</c> is what comes into the module.</summary>
    public object? Channels { get; } = channels;

    /// <summary>
    /// The height that comes out: a number, or an expression of <c>h</c>, the height that comes in: <c>h</c> times a number, plus a number, divided by one, as <c>(h-1)/2+1</c>. The quotient is rounded down, as torch
    /// rounds the sizes of windows.
    /// </summary>
    public object? Height { get; set; }

    /// <summary>The width that comes out, of <c>w</c>, in the same way.</summary>
    public object? Width { get; set; }
}
