using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.Linear: what it has, whatever it is over.</summary>
internal abstract record LinearLayer(Amount In, Amount Out, bool HasBias) : Layer
{
    public override string Kind => LinearDefinition.Name;

    public override Amount Parameters => HasBias ? (In * Out) + Out : In * Out;

    public override bool KeepsChannelsApart => false;

    public override bool IsElementwise => false;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ModuleCode Module => new("Linear", $"Linear({In.Code}, {Out.Code}, hasBias: {Emitted.Bool(HasBias)})", "FoldedLinear");

    public override long? MultiplyAddsPerPixel => checked(In.Constant * Out.Constant);

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override Kernel? Kernel(Shape input) => new(KernelKind.Convolution)
    {
        WeightShape = new[] { (int)Out.Constant!, (int)In.Constant! }.ToEquatableArray(),
        HasBias = HasBias,
    };
}

/// <summary>On N x F.</summary>
/// <param name="FlattensInput">Whether an N x F x 1 x 1 comes in.</param>
internal sealed record Linear(Amount In, Amount Out, bool HasBias, bool FlattensInput) : LinearLayer(In, Out, HasBias)
{
    public override string Describe() => $"{Kind} {In} -> {Out}";

    public override Layer WithOutput(Amount channels) => this with { Out = channels };

    public override IEnumerable<string> Words => HasBias ? ["bias"] : [];

    public override string Call(CallSite site) => $"{site.Module}.call({site.Input}{(FlattensInput ? ".flatten(1)" : "")})";

    public override Kernel? Kernel(Shape input) => base.Kernel(input)! with { ReadsPixel = true };

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var features = FlattensInput ? graph.Node("Flatten", [input], ("axis", 1L)) : input;
        string[] inputs = HasBias ? [features, graph.State("weight"), graph.State("bias")] : [features, graph.State("weight")];
        return graph.Node("Gemm", inputs, ("transB", 1L));
    }
}

/// <summary>Over the channels of each pixel: what a convolution of 1 x 1 computes, with weights of two dimensions (ConvNeXt, MLP-Mixer).</summary>
internal sealed record PixelLinear(Amount In, Amount Out, bool HasBias) : LinearLayer(In, Out, HasBias)
{
    public override ConvolutionNumbers Numbers => new(In, Out, Pair.One, Amount.One);

    public override string Describe() => $"{Kind} {In} -> {Out} at each pixel";

    public override Layer WithOutput(Amount channels) => this with { Out = channels };

    public override IEnumerable<string> Words => HasBias ? ["pixels", "bias"] : ["pixels"];

    public override string Call(CallSite site) => $"{Emitted.Ops}OverChannels({site.Module}, {site.Input})";

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var last = graph.Node("Transpose", [input], ("perm", new long[] { 0, 2, 3, 1 }));
        var product = graph.Node("MatMul", [last, graph.Node("Transpose", [graph.State("weight")], ("perm", new long[] { 1, 0 }))]);
        return graph.Node("Transpose", [HasBias ? graph.Node("Add", [product, graph.State("bias")]) : product], ("perm", new long[] { 0, 3, 1, 2 }));
    }
}

internal sealed class LinearDefinition : LayerDefinition
{
    public const string Name = "Linear";

    public override string Kind => Name;

    public override string OtherName => "Dense";

    public override bool KeepsChannels => false;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => true;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        var input = context.Input;
        var isAtEachPixel = context.Step.Flag(nameof(LinearAttribute.PerPixel)) == true;
        if (isAtEachPixel ? !context.RequireMap() : !IsFeatures(context))
            return null;
        if (context.Number(nameof(LinearAttribute.OutFeatures), input.Channels) is not { } features)
            return null;
        var hasBias = context.Step.Flag(nameof(LinearAttribute.Bias)) ?? true;
        return isAtEachPixel ? (new PixelLinear(input.Channels, features, hasBias), input with { Channels = features }) : (new Linear(input.Channels, features, hasBias, !input.IsFlat), Shape.Flat(features));
    }

    private bool IsFeatures(LayerContext context)
    {
        if (context.Input.IsFlat || context.Input.IsPoint)
            return true;
        context.Report(ProblemIds.WrongRank, null, Kind, "N x F or N x F x 1 x 1 (put GlobalAvgPool2d or Flatten before it, or say PerPixel = true)", context.Input.ToString());
        return false;
    }
}
