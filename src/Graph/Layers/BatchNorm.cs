using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.BatchNorm2d.</summary>
/// <param name="IsAffine">Whether each channel has a learned scale and shift.</param>
/// <param name="HasStatistics">Whether evaluation is by running statistics, which make of it a scale and a shift for each channel; else by the batch's own, as training is.</param>
internal sealed record BatchNorm(Amount Channels, double Eps, double Momentum, bool IsAffine, bool HasStatistics) : Layer
{
    public override string Kind => BatchNormDefinition.Name;

    public override Amount Parameters => IsAffine ? Channels + Channels : Amount.Zero;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => HasStatistics;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ModuleCode? Module => IsAffine || HasStatistics
        ? new("BatchNorm2d", $"BatchNorm2d({string.Join(", ", [Channels.Code, .. Words.Select(static word => word.Replace("=", ": "))])})", Emitted.Frozen, IsNorm: HasStatistics)
        : null;

    public override string TorchName => Kind;

    /// <summary>What is torch's usual is left out.</summary>
    public override IEnumerable<string> Words
    {
        get
        {
            if (!Eps.Equals(BatchNormDefinition.Usual.Eps))
                yield return $"eps={Emitted.Real(Eps)}";
            if (!Momentum.Equals(BatchNormDefinition.Usual.Momentum))
                yield return $"momentum={Emitted.Real(Momentum)}";
            if (!IsAffine)
                yield return "affine=false";
            if (!HasStatistics)
                yield return "track_running_stats=false";
        }
    }

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override string Call(CallSite site) => HasState ? $"{site.Module}.call({site.Input})" : $"{Emitted.Ops}BatchNorm({site.Input}, {Emitted.Real(Eps)})";

    /// <summary>None where the batch itself says what is added and multiplied: torch computes it.</summary>
    public override Kernel? Kernel(Shape input) => HasStatistics ? new(KernelKind.Affine) { Eps = Eps, WeightShape = new[] { (int)Channels.Constant! }.ToEquatableArray() } : null;

    public override string Onnx(IOnnxGraph graph, string input)
    {
        if (!HasStatistics)
            return OfBatch(graph, input);
        var (scale, shift) = IsAffine ? (graph.State("weight"), graph.State("bias")) : NormNumbers.Plain(graph, Channels);
        return graph.Node("BatchNormalization", [input, scale, shift, graph.State("running_mean"), graph.State("running_var")], ("epsilon", Eps));
    }

    private string OfBatch(IOnnxGraph graph, string input)
    {
        var normal = NormNumbers.Normalized(graph, input, Eps, 0, 2, 3);
        return IsAffine ? NormNumbers.Affine(graph, normal) : normal;
    }
}

internal sealed class BatchNormDefinition : LayerDefinition
{
    public const string Name = "BatchNorm2d";

    /// <summary>The attribute's defaults, which are torch's.</summary>
    public static BatchNorm2dAttribute Usual => new();

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => true;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (!context.RequireMap()
            || context.Real(nameof(BatchNorm2dAttribute.Eps), Usual.Eps, "a number above 0", static value => value > 0) is not { } eps
            || context.Real(nameof(BatchNorm2dAttribute.Momentum), Usual.Momentum, "a number from 0 to 1", static value => value is >= 0 and <= 1) is not { } momentum)
            return null;
        var hasStatistics = context.Step.Flag(nameof(BatchNorm2dAttribute.TrackRunningStats)) ?? Usual.TrackRunningStats;
        if (!hasStatistics && context.Input.IsPoint)
        {
            // One value has no variance: of one image nothing but the shift would come out, and torch refuses it.
            context.Report(ProblemIds.WrongRank, nameof(BatchNorm2dAttribute.TrackRunningStats), $"{Name} without running statistics", "a map of more than one pixel", context.Input.ToString());
            return null;
        }
        return (new BatchNorm(context.Input.Channels, eps, momentum, context.Step.Flag(nameof(BatchNorm2dAttribute.Affine)) ?? Usual.Affine, hasStatistics), context.Input);
    }
}
