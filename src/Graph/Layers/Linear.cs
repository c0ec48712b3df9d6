using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.Linear on N x F.</summary>
/// <param name="FlattensInput">Whether an N x F x 1 x 1 comes in.</param>
internal sealed record Linear(Amount In, Amount Out, bool HasBias, bool FlattensInput) : Layer
{
    public override string Kind => LinearDefinition.Name;

    public override Amount Parameters => HasBias ? (In * Out) + Out : In * Out;

    public override bool KeepsChannelsApart => false;

    public override bool IsElementwise => false;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ModuleCode Module => new("Linear", $"Linear({In.Code}, {Out.Code}, hasBias: {Emitted.Bool(HasBias)})", "FoldedLinear");

    public override string Describe() => $"{Kind} {In} -> {Out}";

    // Of its one pixel.
    public override long? MultiplyAddsPerPixel => checked(In.Constant * Out.Constant);

    public override IEnumerable<string> Words => HasBias ? ["bias"] : [];

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override string Call(CallSite site) => $"{site.Module}.call({site.Input}{(FlattensInput ? ".flatten(1)" : "")})";

    public override Kernel? Kernel(Shape input) => new(KernelKind.Convolution)
    {
        WeightShape = new[] { (int)Out.Constant!, (int)In.Constant! }.ToEquatableArray(),
        HasBias = HasBias,
        ReadsPixel = true,
    };

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var features = FlattensInput ? graph.Node("Flatten", [input], ("axis", 1L)) : input;
        string[] inputs = HasBias ? [features, graph.State("weight"), graph.State("bias")] : [features, graph.State("weight")];
        return graph.Node("Gemm", inputs, ("transB", 1L));
    }
}

internal sealed class LinearDefinition : LayerDefinition
{
    public const string Name = "Linear";

    public override string Kind => Name;

    public override bool KeepsChannels => false;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => true;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        var input = context.Input;
        if (!input.IsFlat && !input.IsPoint)
        {
            context.Report(ProblemIds.WrongRank, null, Kind, "N x F or N x F x 1 x 1 (put GlobalAvgPool2d or Flatten before it)", input.ToString());
            return null;
        }
        if (context.Number(nameof(LinearAttribute.OutFeatures), input.Channels) is not { } features)
            return null;
        return (new Linear(input.Channels, features, context.Step.Flag(nameof(LinearAttribute.Bias)) ?? true, !input.IsFlat), Shape.Flat(features));
    }
}
