using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.LocalResponseNorm.</summary>
/// <param name="Size">How many channels are summed over.</param>
internal sealed record LocalResponseNorm(Amount Size, double Alpha, double Beta, double K) : Layer
{
    public override string Kind => LocalResponseNormDefinition.Name;

    public override bool KeepsChannelsApart => false;

    public override bool IsElementwise => false;

    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.InInference;

    public override IEnumerable<Amount> NumbersOfCall => [Size];

    public override IEnumerable<string> Words => [$"size={Size}", $"alpha={Emitted.Real(Alpha)}", $"beta={Emitted.Real(Beta)}", $"k={Emitted.Real(K)}"];

    public override string Describe() => $"{Kind}, {Size} channels";

    /// <summary>What is divided by is at least k to the power of beta.</summary>
    public override ValueRange Range(ValueRange input) => Beta >= 0 ? input.Times(new(0, Math.Pow(K, -Beta))) : ValueRange.Any;

    public override string Call(CallSite site) => $"{Emitted.Torch}nn.functional.local_response_norm({site.Input}, {site.Number(Size)}, {Emitted.Real(Alpha)}, {Emitted.Real(Beta)}, {Emitted.Real(K)})";

    public override Kernel? Kernel(Shape input) => new(KernelKind.LocalResponseNorm) { Response = new((int)Size.Constant!.Value, Alpha, Beta, K) };

    public override string Onnx(IOnnxGraph graph, string input)
    {
        var size = Size.Constant!.Value;
        // A mean over planes, as torch computes it. The operator LRN has no one more channel before than behind where their number is even, and ONNX Runtime sums for it by adding and taking away.
        var planes = graph.Node("Unsqueeze", [graph.Node("Mul", [input, input]), graph.Integers(1)]);
        var means = graph.Node("AveragePool", [planes], ("kernel_shape", new long[] { size, 1, 1 }), ("pads", new[] { size / 2, 0, 0, (size - 1) / 2, 0, 0 }), ("count_include_pad", 1L));
        var sum = graph.Node("Add", [graph.Node("Mul", [graph.Node("Squeeze", [means, graph.Integers(1)]), graph.Scalar(Alpha)]), graph.Scalar(K)]);
        return graph.Node("Div", [input, graph.Node("Pow", [sum, graph.Scalar(Beta)])]);
    }
}

internal sealed class LocalResponseNormDefinition : LayerDefinition
{
    public const string Name = "LocalResponseNorm";

    public override string Kind => Name;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => false;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        var usual = new LocalResponseNormAttribute(1);
        if (!context.RequireMap()
            || context.Number(nameof(LocalResponseNormAttribute.Size), Amount.One) is not { } size
            || context.Real(nameof(LocalResponseNormAttribute.Alpha), usual.Alpha, "a number of at least 0", static value => value >= 0 && !double.IsInfinity(value)) is not { } alpha
            || context.Real(nameof(LocalResponseNormAttribute.Beta), usual.Beta, "a finite number", static value => !double.IsNaN(value) && !double.IsInfinity(value)) is not { } beta
            || context.Real(nameof(LocalResponseNormAttribute.K), usual.K, "a number above 0", static value => value > 0 && !double.IsInfinity(value)) is not { } k)
            return null;
        return (new LocalResponseNorm(size, alpha, beta, k), context.Input);
    }
}
