using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.PReLU: one learned slope, or one for each channel.</summary>
/// <param name="Slopes">How many.</param>
/// <param name="IsOverMap">Whether each is one channel's of a map.</param>
internal sealed record PReLU(Amount Slopes, double Init, bool IsOverMap) : Layer
{
    public override string Kind => PReLUDefinition.Name;

    public override Amount Parameters => Slopes;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => true;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ModuleCode Module => new("PReLU", $"PReLU({Slopes.Code}{(Init.Equals(PReLUDefinition.Init) ? "" : $", init: {Emitted.Real(Init)}")})", Emitted.Frozen);

    public override IEnumerable<string> Words
    {
        get
        {
            yield return $"parameters={Slopes}";
            if (!Init.Equals(PReLUDefinition.Init))
                yield return $"init={Emitted.Real(Init)}";
        }
    }

    public override ValueRange Range(ValueRange input) => input.Least >= 0 ? input : ValueRange.Any;

    public override string Call(CallSite site) => $"{site.Module}.call({site.Input})";

    public override Kernel? Kernel(Shape input) => new(KernelKind.PReLU) { WeightShape = new[] { (int)Slopes.Constant! }.ToEquatableArray() };

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var slope = graph.State("weight");
        // A slope for each channel spreads over height and width.
        return graph.Node("PRelu", [input, IsOverMap ? graph.Node("Unsqueeze", [slope, graph.Integers(1, 2)]) : slope]);
    }
}

internal sealed class PReLUDefinition : LayerDefinition
{
    public const string Name = "PReLU";

    public static readonly double Init = new PReLUAttribute().Init;

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => true;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (context.Real(nameof(PReLUAttribute.Init), Init, "a finite number", static value => !double.IsNaN(value) && !double.IsInfinity(value)) is not { } init)
            return null;
        var isPerChannel = context.Step.Flag(nameof(PReLUAttribute.PerChannel)) ?? new PReLUAttribute().PerChannel;
        return (new PReLU(isPerChannel ? context.Input.Channels : Amount.One, init, isPerChannel && !context.Input.IsFlat), context.Input);
    }
}
