using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.PixelShuffle, which makes a larger map of channels, and torch.nn.PixelUnshuffle, which does the reverse.</summary>
/// <param name="Channels">The channels that come out.</param>
internal sealed record PixelShuffle(bool IsReverse, Amount Factor, Amount Channels) : Layer
{
    public override string Kind => IsReverse ? PixelShuffleDefinition.ReverseName : PixelShuffleDefinition.Name;

    public override bool KeepsChannelsApart => false;

    public override bool IsElementwise => true;

    public override Overwriting Overwriting => Overwriting.Never;

    // torch may give a view.
    public override Overwriting Yields => Overwriting.Never;

    public override IEnumerable<Amount> NumbersOfCall => [Factor];

    public override IEnumerable<string> Words => [$"factor={Factor}"];

    public override string Describe() => $"{Kind}, {Factor} times";

    public override ValueRange Range(ValueRange input) => input;

    public override string Call(CallSite site) => $"{Emitted.Torch}nn.functional.{(IsReverse ? "pixel_unshuffle" : "pixel_shuffle")}({site.Input}, {site.Number(Factor)})";

    public override Kernel? Kernel(Shape input)
    {
        var factor = (int)Factor.Constant!;
        return new(IsReverse ? KernelKind.PixelUnshuffle : KernelKind.PixelShuffle) { Window = new(factor, factor, factor, factor) };
    }

    public override Resizing? Resizing(Shape input)
    {
        var factor = (int)Factor.Constant!;
        return IsReverse ? new(1, 1, 0, 0, factor, factor) { IsExact = true } : new(factor, factor, 0, 0);
    }

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var factor = Factor.Constant!.Value;
        if (!IsReverse)
            return graph.Node("DepthToSpace", [input], ("blocksize", factor), ("mode", "CRD"));
        // ONNX lets the channels follow each other within each place of a block, torch the places within each channel.
        var (places, from) = (factor * factor, Channels.Constant!.Value / (factor * factor));
        var order = Enumerable.Range(0, (int)(places * from)).Select(to => (to % places * from) + (to / places)).ToArray();
        return graph.Node("Gather", [graph.Node("SpaceToDepth", [input], ("blocksize", factor)), graph.Integers(order)], ("axis", 1L));
    }
}

internal sealed class PixelShuffleDefinition(bool isReverse) : LayerDefinition
{
    public const string Name = "PixelShuffle";
    public const string ReverseName = "PixelUnshuffle";

    public override string Kind => isReverse ? ReverseName : Name;

    public override bool KeepsChannels => false;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        var argument = isReverse ? nameof(PixelUnshuffleAttribute.DownscaleFactor) : nameof(PixelShuffleAttribute.UpscaleFactor);
        if (!context.RequireMap() || context.Number(argument, Amount.One) is not { } factor)
            return null;
        var (input, places) = (context.Input, factor * factor);
        if (isReverse)
        {
            if (!Divides(context, argument, factor, input))
                return null;
            return Result(context.Map(argument, input.Channels * places, input.Height.Over(factor), input.Width.Over(factor)));
        }
        if (!context.RequireDivides(places, input.Channels, ProblemIds.ShuffleDoesNotDivide, argument, "channels", $"The {places} pixels that each becomes, {factor} x {factor}, do"))
            return null;
        return Result(context.Map(argument, input.Channels.DividedBy(places), input.Height.Times(factor), input.Width.Times(factor)));

        (Layer, Shape)? Result(Shape? output) => output is null ? null : (new PixelShuffle(isReverse, factor, output.Channels), output);
    }

    /// <summary>Whether the factor divides the map, as far as its size is known.</summary>
    private static bool Divides(LayerContext context, string argument, Amount factor, Shape input)
    {
        if (factor.Constant is not { } number || (input.Height.Size is not { } height || height % number == 0) && (input.Width.Size is not { } width || width % number == 0))
            return true;
        context.Report(ProblemIds.InvalidArgument, argument, argument, $"a number that divides the map's height and width, {input.Height} x {input.Width}", factor.Text);
        return false;
    }
}
