namespace Blockwright.Zoo.Tests;

/// <summary>The keys of torchvision's state dicts, put together as its modules are.</summary>
internal static class TorchvisionKeys
{
    public static IEnumerable<string> MobileNetV2()
    {
        int[][] settings = [[1, 1], [6, 2], [6, 3], [6, 4], [6, 3], [6, 3], [6, 1]];
        var keys = ConvNorm("features.0.0", "features.0.1");
        var index = 1;
        foreach (var setting in settings)
        {
            for (var unit = 0; unit < setting[1]; unit++, index++)
            {
                var conv = $"features.{index}.conv.";
                keys = setting[0] == 1
                    ? [.. keys, .. ConvNorm(conv + "0.0", conv + "0.1"), .. ConvNorm(conv + "1", conv + "2")]
                    : [.. keys, .. ConvNorm(conv + "0.0", conv + "0.1"), .. ConvNorm(conv + "1.0", conv + "1.1"), .. ConvNorm(conv + "2", conv + "3")];
            }
        }
        return [.. keys, .. ConvNorm("features.18.0", "features.18.1"), .. Affine("classifier.1")];
    }

    public static IEnumerable<string> SqueezeNet1_1() =>
    [
        .. Affine("features.0"),
        .. new[] { 3, 4, 6, 7, 9, 10, 11, 12 }.SelectMany(static i => new[] { "squeeze", "expand1x1", "expand3x3" }.SelectMany(part => Affine($"features.{i}.{part}"))),
        .. Affine("classifier.1"),
    ];

    public static IEnumerable<string> ResNet(int[] units, int convolutions, bool firstIsProjected) =>
    [
        .. ConvNorm("conv1", "bn1"),
        .. Enumerable.Range(1, 4).SelectMany(layer => Enumerable.Range(0, units[layer - 1]).SelectMany(unit => new[]
        {
            Enumerable.Range(1, convolutions).SelectMany(i => ConvNorm($"layer{layer}.{unit}.conv{i}", $"layer{layer}.{unit}.bn{i}")),
            unit == 0 && (layer > 1 || firstIsProjected) ? ConvNorm($"layer{layer}.0.downsample.0", $"layer{layer}.0.downsample.1") : [],
        }.SelectMany(static each => each))),
        .. Affine("fc"),
    ];

    /// <param name="expands">For each unit y where it expands.</param>
    /// <param name="squeezes">For each unit y where it has a squeeze and excite.</param>
    public static IEnumerable<string> MobileNetV3(string expands, string squeezes) =>
    [
        .. ConvNorm("features.0.0", "features.0.1"),
        .. Enumerable.Range(0, expands.Length).SelectMany(unit =>
        {
            var next = 0;
            var block = $"features.{unit + 1}.block.";
            string[] keys = expands[unit] == 'y' ? [.. Step()] : [];
            keys = [.. keys, .. Step()];
            if (squeezes[unit] == 'y')
                keys = [.. keys, .. Affine($"{block}{next}.fc1"), .. Affine($"{block}{next++}.fc2")];
            return (string[])[.. keys, .. Step()];

            IEnumerable<string> Step() => ConvNorm($"{block}{next}.0", $"{block}{next++}.1");
        }),
        .. ConvNorm($"features.{expands.Length + 1}.0", $"features.{expands.Length + 1}.1"),
        .. Affine("classifier.0"),
        .. Affine("classifier.3"),
    ];

    public static IEnumerable<string> RegNetY(int[] units) =>
    [
        .. ConvNorm("stem.0", "stem.1"),
        .. Enumerable.Range(1, units.Length).SelectMany(stage => Enumerable.Range(0, units[stage - 1]).SelectMany(unit =>
        {
            var block = $"trunk_output.block{stage}.block{stage}-{unit}.";
            string[] keys = [.. new[] { "a", "b", "c" }.SelectMany(part => ConvNorm($"{block}f.{part}.0", $"{block}f.{part}.1")), .. Affine(block + "f.se.fc1"), .. Affine(block + "f.se.fc2")];
            return unit == 0 ? [.. keys, .. ConvNorm(block + "proj.0", block + "proj.1")] : keys;
        })),
        .. Affine("fc"),
    ];

    public static IEnumerable<string> GoogLeNet() =>
    [
        .. new[] { "conv1", "conv2", "conv3" }.SelectMany(Basic),
        .. new[] { "3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b" }.SelectMany(static name =>
            new[] { "branch1", "branch2.0", "branch2.1", "branch3.0", "branch3.1", "branch4.1" }.SelectMany(branch => Basic($"inception{name}.{branch}"))),
        .. Affine("fc"),
    ];

    public static IEnumerable<string> DenseNet121()
    {
        int[] layers = [6, 12, 24, 16];
        return
        [
            .. ConvNorm("features.conv0", "features.norm0"),
            .. Enumerable.Range(1, 4).SelectMany(block => Enumerable.Range(1, layers[block - 1]).SelectMany(layer => Enumerable.Range(1, 2).SelectMany(i =>
                ConvNorm($"features.denseblock{block}.denselayer{layer}.conv{i}", $"features.denseblock{block}.denselayer{layer}.norm{i}")))),
            .. Enumerable.Range(1, 3).SelectMany(static i => ConvNorm($"features.transition{i}.conv", $"features.transition{i}.norm")),
            .. Norm("features.norm5"),
            .. Affine("classifier"),
        ];
    }

    public static IEnumerable<string> MnasNet1_0()
    {
        int[] units = [3, 3, 3, 2, 4, 1];
        int[] convolutions = [0, 3, 6];
        return
        [
            .. convolutions.SelectMany(static i => ConvNorm($"layers.{i}", $"layers.{i + 1}")),
            .. Enumerable.Range(0, 6).SelectMany(stack => Enumerable.Range(0, units[stack]).SelectMany(unit =>
                convolutions.SelectMany(i => ConvNorm($"layers.{stack + 8}.{unit}.layers.{i}", $"layers.{stack + 8}.{unit}.layers.{i + 1}")))),
            .. ConvNorm("layers.14", "layers.15"),
            .. Affine("classifier.1"),
        ];
    }

    public static IEnumerable<string> ShuffleNetV2()
    {
        int[] units = [4, 8, 4];
        return
        [
            .. ConvNorm("conv1.0", "conv1.1"),
            .. Enumerable.Range(2, 3).SelectMany(stage => Enumerable.Range(0, units[stage - 2]).SelectMany(unit => new[]
            {
                unit == 0 ? [.. ConvNorm($"stage{stage}.0.branch1.0", $"stage{stage}.0.branch1.1"), .. ConvNorm($"stage{stage}.0.branch1.2", $"stage{stage}.0.branch1.3")] : Array.Empty<string>(),
                new[] { 0, 3, 5 }.SelectMany(i => ConvNorm($"stage{stage}.{unit}.branch2.{i}", $"stage{stage}.{unit}.branch2.{i + 1}")),
            }.SelectMany(static each => each))),
            .. ConvNorm("conv5.0", "conv5.1"),
            .. Affine("fc"),
        ];
    }

    private static IEnumerable<string> Basic(string name) => ConvNorm(name + ".conv", name + ".bn");

    private static string[] ConvNorm(string convolution, string norm) => [convolution + ".weight", .. Norm(norm)];

    private static string[] Norm(string name) => [.. Affine(name), name + ".running_mean", name + ".running_var", name + ".num_batches_tracked"];

    private static string[] Affine(string name) => [name + ".weight", name + ".bias"];
}
