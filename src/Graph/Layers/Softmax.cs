using System.Globalization;
using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>torch.nn.Softmax and torch.nn.LogSoftmax.</summary>
/// <param name="Dim">What sums to 1: the channels (1), a column (2) or a row (3).</param>
internal sealed record Softmax(bool IsLog, long Dim) : Layer
{
    public override string Kind => IsLog ? SoftmaxDefinition.LogName : SoftmaxDefinition.PlainName;

    public override bool KeepsChannelsApart => Dim != SoftmaxDefinition.Channels;

    // Of one pixel's rows and columns a plan has the numbers of elements.
    public override bool TakesAnyChannels(Shape input) => Dim == SoftmaxDefinition.Channels ? input.IsHeld : input is { IsMap: true, IsAlwaysPoint: false };

    public override bool IsElementwise => false;

    public override Overwriting Overwriting => Overwriting.Never;

    // torch computes the gradient from the result.
    public override Overwriting Yields => Overwriting.InInference;

    public override IEnumerable<string> Words => [$"dim={DimText}"];

    private string DimText => Dim.ToString(CultureInfo.InvariantCulture);

    public override ValueRange Range(ValueRange input) => IsLog ? new(double.NegativeInfinity, 0) : new(0, 1);

    public override string Call(CallSite site) => $"{site.Input}.{(IsLog ? "log_softmax" : "softmax")}({DimText})";

    /// <summary>Over channels.</summary>
    public override Kernel? Kernel(Shape input) => Dim == SoftmaxDefinition.Channels && input.IsHeld ? new(Computed) : null;

    public override Arranged? Arranged(Shape input) => new(Computed, new[] { (int)Dim }.ToEquatableArray());

    private KernelKind Computed => IsLog ? KernelKind.LogSoftmax : KernelKind.Softmax;

    public override string Onnx(IOnnxGraph graph, string input) => graph.Node(Kind, [input], ("axis", Dim));
}

internal sealed class SoftmaxDefinition(bool isLog) : LayerDefinition
{
    public const string PlainName = "Softmax";
    public const string LogName = "LogSoftmax";

    public const long Channels = 1;
    public override string Kind => isLog ? LogName : PlainName;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => false;

    public override bool TakesAnyShape => true;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        var dim = context.Integer(nameof(SoftmaxAttribute.Dim), new SoftmaxAttribute().Dim);
        var sizes = context.Input.Sizes.Count;
        if (dim >= Channels && dim <= sizes)
            return (new Softmax(isLog, dim), context.Input);
        var expected = context.Input.IsFlat ? "1, the features" : context.Input.IsMap ? "1 (channels), 2 (height) or 3 (width)" : $"1 to {sizes.ToString(CultureInfo.InvariantCulture)}, the sizes of {context.Input}";
        context.Report(ProblemIds.InvalidArgument, nameof(SoftmaxAttribute.Dim), nameof(SoftmaxAttribute.Dim), expected, dim.ToString(CultureInfo.InvariantCulture));
        return null;
    }
}
