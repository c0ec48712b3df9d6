namespace Blockwright.Graph;

/// <summary>torch.nn.Conv2d.</summary>
public sealed record Convolution(string Attribute, Amount In, Amount Out, Pair Kernel, Pair Stride, Pair Padding, Pair Dilation, Amount Groups, bool HasBias) : Layer
{
    public override string Kind => Attribute;

    public override bool HasState => true;

    public bool IsPointwise => Kernel.Equals(Pair.One);

    public bool IsDepthwise => Groups.Equals(In) && Groups.Equals(Out);

    public override Amount Parameters
    {
        get
        {
            var weights = Kernel.Height * Kernel.Width * Out * In.DividedBy(Groups);
            return HasBias ? weights + Out : weights;
        }
    }

    public override string Describe()
    {
        var text = $"{Kind} {In} -> {Out}";
        if (!IsPointwise)
            text += $", {Kernel}";
        if (!Stride.Equals(Pair.One))
            text += Stride.IsSquare ? $", stride {Stride.Height}" : $", stride {Stride}";
        if (!Dilation.Equals(Pair.One))
            text += Dilation.IsSquare ? $", dilation {Dilation.Height}" : $", dilation {Dilation}";
        if (!Groups.Equals(Amount.One) && !IsDepthwise)
            text += $", {Groups} groups";
        return HasBias ? text + ", bias" : text;
    }

    public override long? MultiplyAdds(Shape input, Shape output) =>
        checked(output.Height.Size * output.Width.Size * Kernel.Height.Constant * Kernel.Width.Constant * Out.Constant * (In.Constant / Groups.Constant));
}

internal sealed class ConvolutionDefinition(string kind) : LayerDefinition
{
    public override string Kind => kind;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (!context.RequireMap())
            return null;
        var input = context.Input;
        var kernel = context.Pair("KernelSize", Pair.One);
        var stride = context.Pair("Stride", Pair.One);
        var dilation = context.Pair("Dilation", Pair.One);
        var channels = context.Number("OutChannels", input.Channels);
        var groups = kind == "DepthwiseConv2d" ? input.Channels : context.Number("Groups", Amount.One);
        if (kernel is null || stride is null || dilation is null || channels is null || groups is null)
            return null;
        if (context.Pair("Padding", WindowArithmetic.SamePadding(kernel, dilation), least: 0) is not { } padding)
            return null;
        if (!context.RequireDivides(groups, input.Channels, ProblemIds.GroupsDoNotDivide, "Groups", "input channels")
            || !context.RequireDivides(groups, channels, ProblemIds.GroupsDoNotDivide, "Groups", "output channels"))
            return null;
        if (WindowArithmetic.Slide(context, kernel, stride, padding, dilation, ceilMode: false) is not var (height, width))
            return null;
        var bias = context.Step.Flag("Bias") ?? !context.IsBeforeBatchNorm;
        return (new Convolution(kind, input.Channels, channels, kernel, stride, padding, dilation, groups, bias), Shape.Map(channels, height, width));
    }
}
