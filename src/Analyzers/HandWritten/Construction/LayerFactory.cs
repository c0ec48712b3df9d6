using System.Collections.Immutable;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>Reads what layer a factory of <c>torch.nn</c> makes of the arguments that are known.</summary>
/// <param name="argument">The value of the parameter of this name.</param>
/// <param name="pair">Two numbers, or one that stands for both.</param>
internal sealed class LayerFactory(Func<string, Known?> argument, Func<Known?, (Known.Whole Height, Known.Whole Width)?> pair)
{
    /// <summary>No container holds more; what is added to it on each round of a loop would not end.</summary>
    public const int MostChildren = 4096;

    /// <summary>The first parameter, whose name differs from overload to overload.</summary>
    public const string First = "";

    private static readonly ImmutableHashSet<string> ElementwiseFactories = ImmutableHashSet.Create(
        "ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Sigmoid", "Tanh", "Hardsigmoid", "Hardswish", "Hardtanh",
        "Softplus", "Softsign", "Dropout", "Dropout2d", "AlphaDropout", "Identity");

    private static readonly ImmutableHashSet<string> SpatialFactories = ImmutableHashSet.Create(
        "MaxPool2d", "AvgPool2d", "LPPool2d", "FractionalMaxPool2d", "ZeroPad2d", "ReflectionPad2d", "ReplicationPad2d",
        "ConstantPad2d", "Upsample", "ChannelShuffle");

    public Layer Read(string name)
    {
        switch (name)
        {
            case "Conv2d" or "ConvTranspose2d":
                return new(LayerKind.Convolution, name)
                {
                    In = Whole("in_channels"),
                    Out = Whole("out_channels"),
                    Groups = Whole("groups"),
                    Kernel = pair(argument("kernel_size")),
                    Convolves = true,
                };
            case "BatchNorm2d":
                return Normalization(name, Whole("num_features"));
            case "GroupNorm":
                return Normalization(name, Whole("num_channels"));
            case "Linear":
                return new(LayerKind.Linear, name) { In = Whole("inputSize"), Out = Whole("outputSize") };
            case "Sequential":
                return new(LayerKind.Sequential, name);
            case "Flatten" when Whole("start_dim")?.Value == 1 && Whole("end_dim")?.Value == -1:
                return new(LayerKind.Flatten, name);
            case "AdaptiveAvgPool2d" or "AdaptiveMaxPool2d":
                return new(pair(argument(First)) is ({ Value: 1 }, { Value: 1 }) ? LayerKind.GlobalPool : LayerKind.Spatial, name);
            default:
                return new(ElementwiseFactories.Contains(name) ? LayerKind.Elementwise : SpatialFactories.Contains(name) ? LayerKind.Spatial : LayerKind.Unknown, name);
        }
    }

    private Known.Whole? Whole(string parameter) => argument(parameter) as Known.Whole;

    private static Layer Normalization(string name, Known.Whole? channels) => new(LayerKind.Normalization, name) { In = channels, Out = channels };
}
