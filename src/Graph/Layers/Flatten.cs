using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.Flatten.</summary>
internal sealed record Flatten : Layer
{
    public override string Kind => FlattenDefinition.Name;

    public override bool KeepsChannelsApart => false;

    public override bool IsElementwise => true;

    public override bool IsView => true;

    public override Overwriting Overwriting => Overwriting.Never;

    // torch gives a view.
    public override Overwriting Yields => Overwriting.Never;

    public override ValueRange Range(ValueRange input) => input;

    public override string Call(CallSite site) => $"{site.Input}.flatten(1)";

    public override bool TakesAnyChannels(Shape input) => input.IsFlat || input.IsAlwaysPoint;

    public override Func<int, int>? Renaming(Shape input) => input.IsFlat || input.IsAlwaysPoint ? static channel => channel : null;

    public override Kernel? Kernel(Shape input) => Renaming(input) is null ? new(KernelKind.Flatten) : null;

    public override string Onnx(IOnnxGraph graph, string input) => graph.Node("Flatten", [input], ("axis", 1L));
}

internal sealed class FlattenDefinition : LayerDefinition
{
    public const string Name = "Flatten";

    public override string Kind => Name;

    public override bool KeepsChannels => false;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        var input = context.Input;
        if (input.Height.Size is { } height && input.Width.Size is { } width)
        {
            // Each is an int's, so their product is a long's; the channels' numbers come on top of an int's.
            var pixels = Amount.Of(height * width);
            if (pixels.FitsInt && input.Channels * pixels is { FitsInt: true } features)
                return (new Flatten(), Shape.Flat(features));
            context.Report(ProblemIds.NotACount, null, $"features up to {int.MaxValue}", input.ToString());
            return null;
        }
        context.Report(ProblemIds.WrongRank, null, Kind, "a map of known size (in a block: after GlobalAvgPool2d; else flatten in the network)", input.ToString());
        return null;
    }
}
