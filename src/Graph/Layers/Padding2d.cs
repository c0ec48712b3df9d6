using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.ZeroPad2d and torch.nn.ReflectionPad2d.</summary>
internal sealed record Padding2d(bool IsReflection, Sides Sides) : Layer
{
    public override string Kind => IsReflection ? Padding2dDefinition.ReflectionName : Padding2dDefinition.ZeroName;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => true;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override IEnumerable<Amount> NumbersOfCall => Sides.All;

    public override IEnumerable<string> Words => [$"sides={string.Join(",", Sides.Texts)}"];

    public override string Describe() => $"{Kind}, {(Sides.All.Distinct().Count() == 1 ? Sides.Left.Text : Sides.ToString())}";

    public override ValueRange Range(ValueRange input) => IsReflection ? input : input.OrZero();

    public override string Call(CallSite site) => $"{Emitted.Ops}{(IsReflection ? "ReflectionPad" : "ZeroPad")}({site.Input}, {site.Sides(Sides)})";

    public override Kernel? Kernel(Shape input) => new(IsReflection ? KernelKind.ReflectionPad : KernelKind.ZeroPad)
    {
        Window = WindowArithmetic.Window(Pair.One, Pair.One, WindowPadding.Of(Sides), Pair.One),
        Halo = 0,
    };

    public override Resizing? Resizing(Shape input)
    {
        var (left, right, top, bottom) = (Int(Sides.Left), Int(Sides.Right), Int(Sides.Top), Int(Sides.Bottom));
        var resizing = new Resizing(1, 1, top + bottom, left + right);
        // What is mirrored has to be there.
        return IsReflection ? resizing with { LeastHeight = Math.Max(top, bottom) + 1, LeastWidth = Math.Max(left, right) + 1 } : resizing;
    }

    private static int Int(Amount amount) => (int)amount.Constant!;

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var (left, right, top, bottom) = (Sides.Left.Constant!.Value, Sides.Right.Constant!.Value, Sides.Top.Constant!.Value, Sides.Bottom.Constant!.Value);
        return graph.Node("Pad", [input, graph.Integers(0, 0, top, left, 0, 0, bottom, right)], ("mode", IsReflection ? "reflect" : "constant"));
    }
}

internal sealed class Padding2dDefinition(bool isReflection) : LayerDefinition
{
    public const string ZeroName = "ZeroPad2d";
    public const string ReflectionName = "ReflectionPad2d";

    public override string Kind => isReflection ? ReflectionName : ZeroName;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        const string Padding = nameof(ZeroPad2dAttribute.Padding);
        if (!context.RequireMap() || context.Sides(Padding) is not { } sides)
            return null;
        var input = context.Input;
        if (isReflection && (IsTooWide(input.Height, sides.Top, sides.Bottom) || IsTooWide(input.Width, sides.Left, sides.Right)))
        {
            context.Report(ProblemIds.InvalidArgument, Padding, Padding, $"on each side less than the map has pixels, {input.Height} x {input.Width}", string.Join(", ", sides.Texts));
            return null;
        }
        return context.Map(Padding, input.Channels, input.Height.Plus(sides.Top + sides.Bottom), input.Width.Plus(sides.Left + sides.Right)) is { } output ? (new Padding2d(isReflection, sides), output) : null;
    }

    /// <summary>What is mirrored has to be there: the border itself is not.</summary>
    private static bool IsTooWide(Extent size, Amount one, Amount other) => one.Constant >= size.Size || other.Constant >= size.Size;
}
