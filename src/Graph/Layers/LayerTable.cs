namespace Blockwright.Graph;

/// <summary>Every layer of the language, by its attribute's name.</summary>
public static class LayerTable
{
    private static readonly Dictionary<string, LayerDefinition> Definitions = new LayerDefinition[]
    {
        new ConvolutionDefinition("Conv2d"),
        new ConvolutionDefinition("Conv1x1"),
        new ConvolutionDefinition("DepthwiseConv2d"),
        new BatchNormDefinition(),
        new ActivationDefinition("ReLU"),
        new ActivationDefinition("ReLU6"),
        new ActivationDefinition("LeakyReLU"),
        new ActivationDefinition("SiLU"),
        new ActivationDefinition("Hardswish"),
        new ActivationDefinition("Hardsigmoid"),
        new ActivationDefinition("Sigmoid"),
        new PoolDefinition("MaxPool2d"),
        new PoolDefinition("AvgPool2d"),
        new GlobalPoolDefinition(),
        new ChannelShuffleDefinition(),
        new DropoutDefinition(),
        new FlattenDefinition(),
        new LinearDefinition(),
    }.ToDictionary(static definition => definition.Kind, StringComparer.Ordinal);

    public static LayerDefinition? Find(string kind) => Definitions.TryGetValue(kind, out var definition) ? definition : null;
}
