using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>A pair of numbers, height first.</summary>
public sealed record Pair(Amount Height, Amount Width)
{
    public static Pair One { get; } = new(Amount.One, Amount.One);

    public static Pair Zero { get; } = new(Amount.Zero, Amount.Zero);

    public bool IsSquare => Height.Equals(Width);

    public override string ToString() => $"{Height} x {Width}";
}

/// <summary>Four numbers round a map.</summary>
public sealed record Sides(Amount Left, Amount Right, Amount Top, Amount Bottom)
{
    public static Sides None { get; } = new(Amount.Zero, Amount.Zero, Amount.Zero, Amount.Zero);

    public IEnumerable<Amount> All => [Left, Right, Top, Bottom];

    public IEnumerable<string> Texts => All.Select(static each => each.Text);

    public override string ToString() => $"left {Left}, right {Right}, top {Top}, bottom {Bottom}";
}

/// <summary>What lies round a map for a window.</summary>
/// <param name="Both">What torch's layers can say: as much above as below, and as much on the left as on the right.</param>
/// <param name="Beyond">What they cannot say and is laid round the map before them; nothing for most.</param>
public sealed record WindowPadding(Pair Both, Sides Beyond)
{
    public static WindowPadding None { get; } = Of(Pair.Zero);

    public bool IsEven => Beyond.Equals(Sides.None);

    public Sides Sides => new(Both.Width + Beyond.Left, Both.Width + Beyond.Right, Both.Height + Beyond.Top, Both.Height + Beyond.Bottom);

    public static WindowPadding Of(Pair both) => new(both, Sides.None);

    public static WindowPadding Of(Sides sides)
    {
        var (height, width) = (Amount.Min(sides.Top, sides.Bottom), Amount.Min(sides.Left, sides.Right));
        return new(new(height, width), new(sides.Left - width, sides.Right - width, sides.Top - height, sides.Bottom - height));
    }

    public override string ToString() => IsEven ? Both.ToString() : Sides.ToString();
}

/// <summary>
/// A layer with its numbers resolved. It answers for itself: whoever plans, judges, emits or exports asks here and tests no layer's type. What is abstract has no answer
/// that would do for most, so that a new layer does not compile before it has given its own.
/// </summary>
public abstract record Layer
{
    /// <summary>The attribute's name.</summary>
    public abstract string Kind { get; }

    /// <summary>How a person reads it in a comment: <c>Conv2d 3 -> 24, 3 x 3, stride 2</c>.</summary>
    public virtual string Describe() => Kind;

    /// <summary>The number of learned parameters.</summary>
    public virtual Amount Parameters => Amount.Zero;

    /// <summary>Multiply-accumulates for each pixel of the result, where every number is known (see <see cref="CountsPixelsThatComeIn"/>).</summary>
    public virtual long? MultiplyAddsPerPixel => 0;

    /// <summary>Whether <see cref="MultiplyAddsPerPixel"/> is of each pixel of the input instead.</summary>
    public virtual bool CountsPixelsThatComeIn => false;

    /// <summary>Whether nobody here knows what it is made of: its parameters and multiply-adds are not counted.</summary>
    public virtual bool IsUncounted => false;

    /// <summary>Multiply-accumulates per image, where every shape is known.</summary>
    public long? MultiplyAdds(Shape input, Shape output)
    {
        var counted = CountsPixelsThatComeIn ? input : output;
        return checked(counted.Height.Size * counted.Width.Size * MultiplyAddsPerPixel);
    }

    /// <summary>Its class in torch.nn, as people know it.</summary>
    public virtual string TorchName => Module?.Type ?? Kind;

    /// <summary>Its numbers beside the channels, as words that tell it from every other layer of its <see cref="TorchName"/>: what stands in an emitted network's table. None holds a space.</summary>
    public virtual IEnumerable<string> Words => [];

    /// <summary>Whether torch gives, in evaluation, its input itself or a view of it: nothing is moved.</summary>
    public virtual bool IsView => false;

    /// <summary>Whether channel c of the result depends on channel c of the input alone.</summary>
    public abstract bool KeepsChannelsApart { get; }

    /// <summary>Whether each element of the result comes of one element of the input.</summary>
    public abstract bool IsElementwise { get; }

    /// <summary>What is certain of the result's elements whatever the weights are, in training too.</summary>
    public abstract ValueRange Range(ValueRange input);

    /// <summary>The values that it leaves as they are: with an input in there it does nothing.</summary>
    public virtual ValueRange? Identity => null;

    /// <summary>When its result may be written over its input.</summary>
    public abstract Overwriting Overwriting { get; }

    /// <summary>Whether its result may be overwritten by what reads it: memory of its own, whose values torch's gradients do not need.</summary>
    public abstract Overwriting Yields { get; }

    /// <summary>The module that the constructor registers; null where it has no entries in the state dict.</summary>
    public virtual ModuleCode? Module => null;

    /// <summary>Whether it has entries in the state dict.</summary>
    public bool HasState => Module is not null;

    /// <summary>What a snapshot of torch's operations leaves out: a layer that does nothing in inference.</summary>
    public virtual bool IsOnlyForTraining => false;

    /// <summary>The numbers that its call names beside those that its module keeps.</summary>
    public virtual IEnumerable<Amount> NumbersOfCall => [];

    /// <summary>The constructor's parameter with a function that its call names; null for most.</summary>
    public virtual string? FunctionOfCall => null;

    /// <summary>The call in forward: a C# expression over <see cref="CallSite.Input"/>.</summary>
    public abstract string Call(CallSite site);

    /// <summary>Whether one call does it and the concatenation before it, which nobody else reads: <see cref="CallOverConcat"/>.</summary>
    public virtual bool CoversConcat => false;

    /// <summary>The call that stands for it and the concatenation before it.</summary>
    /// <param name="site">Where it stands.</param>
    /// <param name="parts">The variables that are joined, with commas between them.</param>
    public virtual string CallOverConcat(CallSite site, string parts) => throw new InvalidOperationException($"{Kind} covers no concatenation.");

    /// <summary>What a plan's kernels compute for it. Null where there is no kernel, and where it only renames channels.</summary>
    /// <param name="input">What comes in.</param>
    public virtual Kernel? Kernel(Shape input) => null;

    /// <summary>What a plan's kernels do for it where there is no <see cref="Kernel"/>, or the value is neither a map nor features; null where they do nothing.</summary>
    /// <param name="input">What comes in.</param>
    public virtual Arranged? Arranged(Shape input) => Kernel(input) is { Kind: KernelKind.Activation, Function: { } function } ? new(KernelKind.Activation, EquatableArray<int>.Empty, function) : null;

    /// <summary>How it resizes a map where no kernel's window says it; null where it keeps the size, or a window does.</summary>
    /// <param name="input">What comes in.</param>
    public virtual Resizing? Resizing(Shape input) => null;

    /// <summary>Whether it takes maps of the declared size alone.</summary>
    public virtual bool TakesOneSize => false;

    /// <summary>Where in its input each channel of its result is, where it only renames channels at every size; else null.</summary>
    /// <param name="input">What comes in.</param>
    public virtual Func<int, int>? Renaming(Shape input) => null;

    /// <summary>The same layer with other channels that come out, where its weights and its cost are in proportion to them and nothing else of it knows them; null for most.</summary>
    /// <param name="channels">The channels.</param>
    public virtual Layer? WithOutput(Amount channels) => null;

    /// <summary>Whether it is the same however many channels come in, and gives as many in the same order.</summary>
    /// <param name="input">What comes in.</param>
    public virtual bool TakesAnyChannels(Shape input) => KeepsChannelsApart && !HasState;

    /// <summary>Its numbers as a convolution over a map; null for any other layer.</summary>
    public virtual ConvolutionNumbers? Numbers => null;

    /// <summary>Whether it slides a window over a map: with the convolutions, what the paper counts as fragments.</summary>
    public virtual bool IsPool => false;

    /// <summary>Whether it takes the mean over the whole map.</summary>
    /// <param name="input">What comes in.</param>
    public virtual bool IsMeanOverMap(Shape input) => false;

    /// <summary>Adds its nodes to an ONNX graph (operators of opset 13 to 17; what later opsets say otherwise the export rewrites).</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">The name of the value that comes in.</param>
    /// <returns>The name of the result.</returns>
    public abstract string Onnx(IOnnxGraph graph, string input);
}

/// <summary>When memory may be written over.</summary>
public enum Overwriting
{
    Never,

    /// <summary>In a snapshot, which takes no gradients.</summary>
    InInference,

    /// <summary>In training too: torch computes its gradients without what was there.</summary>
    Always,
}

/// <summary>A convolution's numbers.</summary>
public sealed record ConvolutionNumbers(Amount In, Amount Out, Pair Kernel, Amount Groups)
{
    public bool IsPointwise => Kernel.Equals(Pair.One);

    public bool IsDepthwise => Groups.Equals(In) && Groups.Equals(Out);
}

/// <summary>
/// What an attribute of a layer means: one for each, listed in <see cref="LayerTable"/>. It reads the attribute's numbers from the
/// context, reports what is wrong with them there, and gives the layer and the shape that comes out.
/// </summary>
public abstract class LayerDefinition
{
    /// <summary>The attribute's name without its ending.</summary>
    public abstract string Kind { get; }

    /// <summary>What other libraries or papers call it; null where that is its kind, but for an ending 2d.</summary>
    public virtual string? OtherName => null;

    /// <summary>Whether as many channels come out as go in where no argument says them (see <see cref="OutChannelsAt"/>).</summary>
    public abstract bool KeepsChannels { get; }

    /// <summary>Whether, beside, channel c of the result depends on one channel of the input alone.</summary>
    public abstract bool KeepsChannelsApart { get; }

    /// <summary>Whether it may have entries in the state dict, so that its key may count the layers before it.</summary>
    public abstract bool HasState { get; }

    /// <summary>Which positional argument says the channels that come out, given how many there are; -1 where none does.</summary>
    public virtual int OutChannelsAt(int positional) => -1;

    /// <summary>The method of torch's Tensor, and of torch.nn.functional, that does just this without arguments; null where there is none.</summary>
    public virtual string? Function => null;

    /// <summary>The argument that names another value, of which the layer reads the height and width; null where it has none.</summary>
    public virtual string? SizeOf => null;

    /// <summary>Whether it takes values that are neither maps nor features, as Reshape and Permute give.</summary>
    public virtual bool TakesAnyShape => false;

    /// <summary>Null after a problem was reported.</summary>
    public abstract (Layer Layer, Shape Output)? Resolve(LayerContext context);
}
