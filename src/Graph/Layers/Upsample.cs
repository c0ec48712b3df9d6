using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.Upsample: by a factor, to a size, or, where neither is said, to the size of another value.</summary>
/// <param name="Factor">How many times the height and the width; null where it is not said.</param>
/// <param name="Size">The height and width that come out; null where they are not said.</param>
/// <param name="IsBilinear">Whether each pixel is a mean of four; else it is the nearest one.</param>
/// <param name="AlignCorners">Whether the corners' pixels stay where they are.</param>
internal sealed record Upsample(Pair? Factor, Pair? Size, bool IsBilinear, bool AlignCorners) : Layer
{
    public override string Kind => UpsampleDefinition.Name;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => !IsBilinear;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override IEnumerable<Amount> NumbersOfCall => Given is { } given ? [given.Height, given.Width] : [];

    public override IEnumerable<string> Words
    {
        get
        {
            yield return Given is { } given ? $"{(Factor is null ? "size" : "factor")}={given.Height}x{given.Width}" : "size_of_another";
            yield return Mode;
            if (AlignCorners)
                yield return "align_corners";
        }
    }

    private Pair? Given => Factor ?? Size;

    private string Mode => IsBilinear ? UpsampleDefinition.Bilinear : UpsampleDefinition.Nearest;

    public override string Describe() => $"{Kind}, {(Factor is { IsSquare: true } ? Factor.Height.Text : Given?.ToString() ?? "to another's size")}{(Factor is null ? "" : " times")}, {Mode}{(AlignCorners ? ", aligned corners" : "")}";

    public override ValueRange Range(ValueRange input) => input;

    public override string Call(CallSite site)
    {
        var (ending, numbers) = (Factor is null ? "To" : "By", Given is { } given ? site.Pair(given) : $"{Emitted.Ops}SizeOf({site.Like})");
        return IsBilinear ? $"{Emitted.Ops}Bilinear{ending}({site.Input}, {numbers}, {Emitted.Bool(AlignCorners)})" : $"{Emitted.Ops}Nearest{ending}({site.Input}, {numbers})";
    }

    public override Kernel? Kernel(Shape input) => new(!IsBilinear ? KernelKind.Nearest : AlignCorners ? KernelKind.BilinearAligned : KernelKind.Bilinear);

    public override Resizing? Resizing(Shape input)
    {
        if (Given is not { } given)
            return null;
        var (height, width) = ((int)given.Height.Constant!, (int)given.Width.Constant!);
        return Factor is null ? new(0, 0, height, width) : new(height, width, 0, 0);
    }

    public override string Onnx(IOnnxGraph graph, string input)
    {
        string[] inputs = Factor is { } factor
            ? [input, "", graph.Reals(1, 1, factor.Height.Constant!.Value, factor.Width.Constant!.Value)]
            // As many images and channels as come in.
            : [input, "", "", graph.Node("Concat", [Part(input, 0), Size is { } size ? graph.Integers(WindowArithmetic.Longs(size)) : Part(graph.Like(), 2)], ("axis", 0L))];
        return IsBilinear
            ? graph.Node("Resize", inputs, ("mode", "linear"), ("coordinate_transformation_mode", AlignCorners ? "align_corners" : "half_pixel"))
            : graph.Node("Resize", inputs, ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));

        string Part(string value, long first) => graph.Node("Slice", [graph.Node("Shape", [value]), graph.Integers(first), graph.Integers(first + 2)]);
    }
}

internal sealed class UpsampleDefinition : LayerDefinition
{
    public const string Name = "Upsample";
    public const string Nearest = "nearest";
    public const string Bilinear = "bilinear";

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => false;

    public override string SizeOf => nameof(UpsampleAttribute.SizeOf);

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (!context.RequireMap() || IsBilinear(context) is not { } isBilinear || !TakesCorners(context, isBilinear))
            return null;
        var alignCorners = context.Step.Flag(nameof(UpsampleAttribute.AlignCorners)) ?? false;
        string[] said = new[] { nameof(UpsampleAttribute.ScaleFactor), nameof(UpsampleAttribute.Size), SizeOf }.Where(name => context.Step[name] is not null).ToArray();
        if (said.Length != 1)
        {
            context.Report(ProblemIds.InvalidArgument, said.LastOrDefault(), Name, $"one of a factor, {nameof(UpsampleAttribute.Size)} and {SizeOf}", said.Length == 0 ? "none" : string.Join(" and ", said));
            return null;
        }
        if (context.Like is { } like)
            return To(context, like, isBilinear, alignCorners);
        var hasFactor = said[0] == nameof(UpsampleAttribute.ScaleFactor);
        var argument = hasFactor ? nameof(UpsampleAttribute.ScaleFactor) : nameof(UpsampleAttribute.Size);
        if (context.Pair(argument, Pair.One) is not { } numbers)
            return null;
        var input = context.Input;
        var (height, width) = hasFactor ? (input.Height.Times(numbers.Height), input.Width.Times(numbers.Width)) : (Extent.Always(numbers.Height), Extent.Always(numbers.Width));
        return context.Map(argument, input.Channels, height, width) is { } output ? (new Upsample(hasFactor ? numbers : null, hasFactor ? null : numbers, isBilinear, alignCorners), output) : null;
    }

    private static (Layer, Shape)? To(LayerContext context, Shape like, bool isBilinear, bool alignCorners)
    {
        if (like.IsMap)
            return (new Upsample(null, null, isBilinear, alignCorners), like with { Channels = context.Input.Channels });
        context.Report(ProblemIds.WrongRank, nameof(UpsampleAttribute.SizeOf), nameof(UpsampleAttribute.SizeOf), "N x C x H x W", like.ToString());
        return null;
    }

    private static bool? IsBilinear(LayerContext context)
    {
        const string Mode = nameof(UpsampleAttribute.Mode);
        if (context.Step.Text(Mode) is not { } mode || mode == Nearest)
            return false;
        if (mode == Bilinear)
            return true;
        context.Report(ProblemIds.InvalidArgument, Mode, Mode, $"\"{Nearest}\" or \"{Bilinear}\"", $"\"{mode}\"");
        return null;
    }

    private static bool TakesCorners(LayerContext context, bool isBilinear)
    {
        const string Corners = nameof(UpsampleAttribute.AlignCorners);
        if (isBilinear || context.Step.Flag(Corners) is not true)
            return true;
        context.Report(ProblemIds.InvalidArgument, Corners, Corners, $"Mode = \"{Bilinear}\" beside it", $"\"{Nearest}\"");
        return false;
    }
}
