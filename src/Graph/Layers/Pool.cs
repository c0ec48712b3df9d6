namespace Blockwright.Graph;

/// <summary>torch.nn.MaxPool2d and torch.nn.AvgPool2d.</summary>
public sealed record Pool(string Attribute, Pair Kernel, Pair Stride, Pair Padding, bool CeilMode, bool CountIncludePad) : Layer
{
    public override string Kind => Attribute;

    public bool IsMax => Attribute == "MaxPool2d";

    public override string Describe() => $"{Kind}, {Kernel}, stride {(Stride.IsSquare ? Stride.Height.Text : Stride.ToString())}{(CeilMode ? ", ceil mode" : "")}";
}

internal sealed class PoolDefinition(string kind) : LayerDefinition
{
    public override string Kind => kind;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (!context.RequireMap() || context.Pair("KernelSize", Pair.One) is not { } kernel)
            return null;
        var stride = context.Pair("Stride", kernel);
        var padding = context.Pair("Padding", WindowArithmetic.SamePadding(kernel, Pair.One), least: 0);
        if (stride is null || padding is null)
            return null;
        if (padding.Height.Constant * 2 > kernel.Height.Constant || padding.Width.Constant * 2 > kernel.Width.Constant)
        {
            context.Report(ProblemIds.InvalidArgument, "Padding", "Padding", $"at most half of the window, {kernel}", padding.ToString());
            return null;
        }
        var ceilMode = context.Step.Flag("CeilMode") ?? false;
        if (WindowArithmetic.Slide(context, kernel, stride, padding, Pair.One, ceilMode) is not var (height, width))
            return null;
        return (new Pool(kind, kernel, stride, padding, ceilMode, context.Step.Flag("CountIncludePad") ?? true), Shape.Map(context.Input.Channels, height, width));
    }
}

/// <summary>The mean over height and width.</summary>
public sealed record GlobalPool : Layer
{
    public override string Kind => "GlobalAvgPool2d";
}

internal sealed class GlobalPoolDefinition : LayerDefinition
{
    public override string Kind => "GlobalAvgPool2d";

    public override (Layer, Shape)? Resolve(LayerContext context) =>
        context.RequireMap() ? (new GlobalPool(), Shape.Map(context.Input.Channels, Extent.Of(1), Extent.Of(1))) : null;
}
