using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.Upsample: by a factor, or to a size.</summary>
/// <param name="Factor">How many times the height and the width; null where the size is said.</param>
/// <param name="Size">The height and width that come out; null where the factor is said.</param>
/// <param name="IsBilinear">Whether each pixel is a mean of four; else it is the nearest one.</param>
/// <param name="AlignCorners">Whether the corners' pixels stay where they are.</param>
internal sealed record Upsample(Pair? Factor, Pair? Size, bool IsBilinear, bool AlignCorners) : Layer
{
    public override string Kind => UpsampleDefinition.Name;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => !IsBilinear;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override IEnumerable<Amount> NumbersOfCall => [Given.Height, Given.Width];

    public override IEnumerable<string> Words
    {
        get
        {
            yield return $"{(Factor is null ? "size" : "factor")}={Given.Height}x{Given.Width}";
            yield return Mode;
            if (AlignCorners)
                yield return "align_corners";
        }
    }

    private Pair Given => Factor ?? Size!;

    private string Mode => IsBilinear ? UpsampleDefinition.Bilinear : UpsampleDefinition.Nearest;

    public override string Describe() => $"{Kind}, {(Factor is { IsSquare: true } ? Factor.Height.Text : Given.ToString())}{(Factor is null ? "" : " times")}, {Mode}{(AlignCorners ? ", aligned corners" : "")}";

    public override ValueRange Range(ValueRange input) => input;

    public override string Call(CallSite site) => IsBilinear
        ? $"{Emitted.Ops}{(Factor is null ? "BilinearTo" : "BilinearBy")}({site.Input}, {site.Pair(Given)}, {Emitted.Bool(AlignCorners)})"
        : $"{Emitted.Ops}{(Factor is null ? "NearestTo" : "NearestBy")}({site.Input}, {site.Pair(Given)})";

    /// <summary>None: torch computes it.</summary>
    public override Kernel? Kernel(Shape input) => null;

    public override Resizing? Resizing(Shape input)
    {
        var (height, width) = ((int)Given.Height.Constant!, (int)Given.Width.Constant!);
        return Factor is null ? new(0, 0, height, width) : new(height, width, 0, 0);
    }

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var (height, width) = (Given.Height.Constant!.Value, Given.Width.Constant!.Value);
        string[] inputs = Factor is null
            // As many images and channels as come in.
            ? [input, "", "", graph.Node("Concat", [graph.Node("Slice", [graph.Node("Shape", [input]), graph.Integers(0), graph.Integers(2)]), graph.Integers(height, width)], ("axis", 0L))]
            : [input, "", graph.Reals(1, 1, height, width)];
        return IsBilinear
            ? graph.Node("Resize", inputs, ("mode", "linear"), ("coordinate_transformation_mode", AlignCorners ? "align_corners" : "half_pixel"))
            : graph.Node("Resize", inputs, ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
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

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (!context.RequireMap() || IsBilinear(context) is not { } isBilinear || !TakesCorners(context, isBilinear))
            return null;
        var alignCorners = context.Step.Flag(nameof(UpsampleAttribute.AlignCorners)) ?? false;
        var (hasFactor, hasSize) = (context.Step[nameof(UpsampleAttribute.ScaleFactor)] is not null, context.Step[nameof(UpsampleAttribute.Size)] is not null);
        if (hasFactor == hasSize)
        {
            context.Report(ProblemIds.InvalidArgument, hasSize ? nameof(UpsampleAttribute.Size) : null, Name, "a factor or a Size", hasSize ? "both" : "neither");
            return null;
        }
        var argument = hasFactor ? nameof(UpsampleAttribute.ScaleFactor) : nameof(UpsampleAttribute.Size);
        if (context.Pair(argument, Pair.One) is not { } numbers)
            return null;
        var input = context.Input;
        var (height, width) = hasFactor ? (input.Height.Times(numbers.Height), input.Width.Times(numbers.Width)) : (Extent.Always(numbers.Height), Extent.Always(numbers.Width));
        return context.Map(argument, input.Channels, height, width) is { } output ? (new Upsample(hasFactor ? numbers : null, hasFactor ? null : numbers, isBilinear, alignCorners), output) : null;
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
