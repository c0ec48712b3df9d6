namespace Blockwright.Graph;

/// <summary>An activation that only the block's constructor is given: a function.</summary>
internal sealed record GivenActivation(string Parameter) : Layer
{
    public override string Kind => "Activation";

    public override string Describe() => Parameter;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => true;

    // Whoever gives it may keep what it reads.
    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Never;

    public override string? FunctionOfCall => Parameter;

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override string Call(CallSite site) => $"{Emitted.Ops}Activate({site.Input}, {site.Function(Parameter)}, \"{site.Where}\")";

    public override Kernel? Kernel(Shape input) => null;

    public override string Onnx(IOnnxGraph graph, string input) => throw new InvalidOperationException("In a network each activation is known.");
}
