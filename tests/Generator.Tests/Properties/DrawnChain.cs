using System.Globalization;

namespace Blockwright.Generator.Tests.Properties;

/// <summary>A network that ends in layers on values that are neither maps nor features, drawn at random: sizes that a map's pieces make up in any way, their orders, softmaxes over any of them, activations.</summary>
internal static class DrawnChain
{
    private static readonly string[] Activations = ["ReLU", "Tanh", "SiLU", "LeakyReLU(NegativeSlope = 0.2)", "Hardswish", "Clamp(Min = -0.5, Max = 2)"];

    public static string Draw(int seed, string name)
    {
        var random = new Random(seed);
        var isFlat = random.Next(4) == 0;
        // What comes in, in pieces: numbers, and a map's height and width.
        var pieces = new List<string> { "2", "3", "2" };
        var sizes = isFlat ? new List<string> { "12" } : ["12", "h", "w"];
        var layers = new List<string> { isFlat ? "GlobalAvgPool2d, Linear(12)" : random.Next(2) == 0 ? "Conv1x1(12), ChannelShuffle(3)" : "Conv2d(12, 3)" };
        if (!isFlat)
            pieces.AddRange(["h", "w"]);
        for (var count = random.Next(1, 7); count > 0; count--)
            layers.Add(Layer(random, pieces, ref sizes, isFirst: layers.Count == 1));
        return $"[Network, Input(3, 8, 12), Conv2d(9, 3), ReLU, {string.Join(", ", layers)}] public partial class {name};";
    }

    private static string Layer(Random random, List<string> pieces, ref List<string> sizes, bool isFirst)
    {
        switch (random.Next(6))
        {
            case 0:
                return Activations[random.Next(Activations.Length)];
            case 1 or 2:
                return $"{(random.Next(2) == 0 ? "Softmax" : "LogSoftmax")}(Dim = {Text(random.Next(sizes.Count) + 1)})";
            case 3:
                var dims = Enumerable.Range(1, sizes.Count).ToArray();
                random.Shuffle(dims);
                var before = sizes;
                sizes = [.. dims.Select(dimension => before[dimension - 1])];
                return $"Permute(0, {string.Join(", ", dims.Select(Text))})";
            case var _ when isFirst:
                var drawn = pieces.ToArray();
                random.Shuffle(drawn);
                var cuts = Enumerable.Range(1, drawn.Length - 1).Where(_ => random.Next(2) == 0).Prepend(0).Append(drawn.Length).ToList();
                sizes = [.. cuts.Zip(cuts.Skip(1), (from, to) => string.Join("*", drawn[from..to]))];
                break;
            default:
                // Behind it height and width are in what is left.
                sizes = random.Next(3) switch { 0 => ["-1", "4"], 1 => ["3", "-1", "2"], _ => ["2", "1", "-1"] };
                break;
        }
        return $"Reshape({string.Join(", ", sizes.Select(static size => int.TryParse(size, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? size : $"\"{size}\""))})";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
