namespace Blockwright.Graph;

/// <summary>What a use gives for a block's parameter: a number, or an activation.</summary>
public readonly record struct BlockArgument(Amount? Number, ActivationChoice? Activation)
{
    public static BlockArgument Of(Amount number) => new(number, null);

    public static BlockArgument Of(ActivationChoice activation) => new(null, activation);

    /// <summary>How a person reads it.</summary>
    public override string ToString() => Number?.Text ?? Activation!.Text;

    /// <summary>What C# hands to the block's constructor.</summary>
    public string Code => Number?.Code ?? Activation!.Code;
}

/// <summary>An activation as a block's user gives it.</summary>
/// <param name="Text">Its attribute's word, the name of a parameter of the user's own, or <see cref="Identity"/>.</param>
/// <param name="Code">A function in C#.</param>
/// <param name="Layer">What it is; null for none.</param>
public sealed record ActivationChoice(string Text, string Code, Layer? Layer)
{
    /// <summary>The word for none.</summary>
    public const string Identity = "Identity";

    private const string Argument = "x";

    public static ActivationChoice None { get; } = new(Identity, $"static {Argument} => {Argument}", null);

    /// <summary>One that is known.</summary>
    public static ActivationChoice Of(Layer layer) => new(layer.Kind, $"static {Argument} => {layer.Call(new CallSite(Argument, "", IsInPlace: false, static amount => amount.Code))}", layer);
}
