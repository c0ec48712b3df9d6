using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.InstanceNorm2d.</summary>
/// <param name="IsAffine">Whether each channel has a learned scale and shift.</param>
internal sealed record InstanceNorm(Amount Channels, double Eps, bool IsAffine) : Layer
{
    public override string Kind => InstanceNormDefinition.Name;

    public override Amount Parameters => IsAffine ? Channels + Channels : Amount.Zero;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => false;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Always;

    public override ModuleCode? Module => IsAffine ? new("InstanceNorm2d", $"InstanceNorm2d({Channels.Code}{NormNumbers.Code(Eps)}, affine: true)", Emitted.Frozen) : null;

    public override string TorchName => Kind;

    public override IEnumerable<string> Words => NormNumbers.Words(Eps).Concat(IsAffine ? ["affine"] : []);

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override string Call(CallSite site) => IsAffine ? $"{site.Module}.call({site.Input})" : $"{Emitted.Torch}nn.functional.instance_norm({site.Input}, eps: {Emitted.Real(Eps)})";

    public override Kernel? Kernel(Shape input) => NormNumbers.Kernel(KernelKind.GroupNorm, Channels, Eps, IsAffine) with { Groups = (int)Channels.Constant! };

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var (scale, shift) = IsAffine ? (graph.State("weight"), graph.State("bias")) : NormNumbers.Plain(graph, Channels);
        return graph.Node("InstanceNormalization", [input, scale, shift], ("epsilon", Eps));
    }
}

internal sealed class InstanceNormDefinition : LayerDefinition
{
    public const string Name = "InstanceNorm2d";

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => true;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (!context.RequireMap() || NormNumbers.Eps(context) is not { } eps)
            return null;
        if (context.Input.IsPoint)
        {
            // torch refuses it in training: one value has no variance.
            context.Report(ProblemIds.WrongRank, null, Name, "a map of more than one pixel", context.Input.ToString());
            return null;
        }
        return (new InstanceNorm(context.Input.Channels, eps, context.Step.Flag(nameof(InstanceNorm2dAttribute.Affine)) ?? new InstanceNorm2dAttribute().Affine), context.Input);
    }
}
