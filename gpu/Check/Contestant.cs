using ShuffleNet;
using Zoo.ResNet;
using Zoo.Systems;

namespace Blockwright.Gpu.Check;

/// <summary>A network of the check.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Make">Makes it with options, which have its weights.</param>
internal sealed record Contestant(string Name, Func<FuseOptions, KernelNetwork> Make)
{
    public static IReadOnlyList<Contestant> All { get; } =
    [
        new("ShuffleNetV2_x0_5", static options => ShuffleNetV2_x0_5.LoadFused("", options)),
        new("ShuffleNetV2_x1_0", static options => ShuffleNetV2_x1_0.LoadFused("", options)),
        new("MobileNetV2", static options => global::Zoo.MobileNetV2.MobileNetV2.LoadFused("", options)),
        new("ResNet18", static options => ResNet18.LoadFused("", options)),
        new("AdaptiveSplit", static options => AdaptiveSplit.LoadFused("", options)),
        new("HybridAttention", static options => HybridAttention.LoadFused("", options)),
        new("DepthPyramid", static options => DepthPyramid.LoadFused("", options)),
    ];
}
