namespace Blockwright.Graph;

/// <summary>torch.nn.BatchNorm2d.</summary>
public sealed record BatchNorm(Amount Channels, double Eps, double Momentum) : Layer
{
    public override string Kind => "BatchNorm2d";

    public override bool HasState => true;

    public override Amount Parameters => Channels + Channels;
}

internal sealed class BatchNormDefinition : LayerDefinition
{
    public override string Kind => "BatchNorm2d";

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (!context.RequireMap()
            || context.Real("Eps", 1e-5, "a number above 0", static value => value > 0) is not { } eps
            || context.Real("Momentum", 0.1, "a number from 0 to 1", static value => value is >= 0 and <= 1) is not { } momentum)
            return null;
        return (new BatchNorm(context.Input.Channels, eps, momentum), context.Input);
    }
}
