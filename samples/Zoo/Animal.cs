using Blockwright;
using ShuffleNet;
using Zoo.DenseNet;
using Zoo.MnasNet;
using Zoo.ResNet;
using Zoo.ResNeXt;
using Zoo.ShuffleNetV1;
using Zoo.SqueezeNet;
using Zoo.Systems;

namespace Zoo;

/// <summary>A network of the zoo.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Create">Makes it with random weights.</param>
public sealed record Animal(string Name, Func<BlockModule> Create)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Animal> All { get; } =
    [
        new("ShuffleNetV2_x0_5", () => new ShuffleNetV2_x0_5()),
        new("ShuffleNetV2_x1_0", () => new ShuffleNetV2_x1_0()),
        new("ShuffleNetV2_x1_5", () => new ShuffleNetV2_x1_5()),
        new("ShuffleNetV2_x2_0", () => new ShuffleNetV2_x2_0()),
        new("ShuffleNetV1_g3", () => new ShuffleNetV1_g3()),
        new("ShuffleNetV1_g8", () => new ShuffleNetV1_g8()),
        new("MobileNetV1", () => new MobileNetV1.MobileNetV1()),
        new("MobileNetV2", () => new MobileNetV2.MobileNetV2()),
        new("SqueezeNet1_1", () => new SqueezeNet1_1()),
        new("ResNet18", () => new ResNet18()),
        new("ResNeXt50_32x4d", () => new ResNeXt50_32x4d()),
        new("GoogLeNet", () => new GoogLeNet.GoogLeNet()),
        new("DenseNet121", () => new DenseNet121()),
        new("MnasNet1_0", () => new MnasNet1_0()),
        new("AdaptiveSplit", () => new AdaptiveSplit()),
        new("HybridAttention", () => new HybridAttention()),
        new("Fragmented", () => new Fragmented()),
        new("SinglePath", () => new SinglePath()),
    ];
}
