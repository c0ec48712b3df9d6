using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>Every layer of the language, by its attribute's name.</summary>
public static class LayerTable
{
    private static readonly ImmutableDictionary<string, LayerDefinition> Definitions = new LayerDefinition[]
    {
        new BatchNormDefinition(),
        new PoolDefinition(isMax: true),
        new PoolDefinition(isMax: false),
        new GlobalPoolDefinition(),
        new ChannelShuffleDefinition(),
        new DropoutDefinition(ofChannels: false),
        new DropoutDefinition(ofChannels: true),
        new StochasticDepthDefinition(),
        new FlattenDefinition(),
        new LinearDefinition(),
        new ReshapeDefinition(),
        new PermuteDefinition(),
        new PReLUDefinition(),
        new SoftmaxDefinition(isLog: false),
        new SoftmaxDefinition(isLog: true),
        new ConvTransposeDefinition(),
        new UpsampleDefinition(),
        new Padding2dDefinition(isReflection: false),
        new Padding2dDefinition(isReflection: true),
        new PixelShuffleDefinition(isReverse: false),
        new PixelShuffleDefinition(isReverse: true),
        new AdaptivePoolDefinition(isMax: false),
        new AdaptivePoolDefinition(isMax: true),
        new ChannelScaleDefinition(),
        new ChannelReductionDefinition(isMax: false),
        new ChannelReductionDefinition(isMax: true),
        new GroupNormDefinition(),
        new InstanceNormDefinition(),
        new LayerNormDefinition(),
        new LocalResponseNormDefinition(),
    }
        .Concat(ConvolutionDefinition.All)
        .Concat(Activations.Rows.Select(static row => new ActivationDefinition(row)))
        .ToImmutableDictionary(static definition => definition.Kind, StringComparer.Ordinal);

    /// <summary>What makes a map larger.</summary>
    public const string Upsample = UpsampleDefinition.Name;

    /// <summary>All of them, by name.</summary>
    public static IEnumerable<LayerDefinition> All => Definitions.Values.OrderBy(static definition => definition.Kind, StringComparer.Ordinal);

    public static LayerDefinition? Find(string kind) => Definitions.TryGetValue(kind, out var definition) ? definition : null;

    /// <summary>The activations that a parameter can be: those that need no number.</summary>
    public static IEnumerable<string> Choices => Activations.Rows.Where(static row => row.Parameters.All(static parameter => !double.IsInfinity(parameter.Default) && !double.IsNaN(parameter.Default))).Select(static row => row.Kind);

    /// <summary>An activation that only the block's constructor is given.</summary>
    public static Layer Given(string parameter) => new GivenActivation(parameter);

    /// <summary>A module of the user's own; null after a report.</summary>
    public static (Layer Layer, Shape Output)? Own(LayerContext context) => OwnModules.Resolve(context);

    /// <summary>Whether a layer takes away what all of a channel have in common, so that a bias before it would be for nothing.</summary>
    public static bool IsNorm(string kind) => kind == BatchNormDefinition.Name;
}
