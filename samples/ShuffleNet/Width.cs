using Blockwright;
using static System.FormattableString;

namespace ShuffleNet;

/// <summary>One of the four widths of ShuffleNet V2, and what torchvision publishes for it.</summary>
/// <param name="Name">The factor of the channels, as in the network's name.</param>
/// <param name="Create">Makes the network with random weights.</param>
/// <param name="LastStage">The channels of stage4.</param>
/// <param name="Head">The channels of conv5.</param>
/// <param name="File">The file of weights that torchvision publishes.</param>
/// <param name="ResizeSize">The shorter side that an image is resized to for these weights; those of 1.5 and 2.0 were trained by a later recipe.</param>
public sealed record Width(string Name, Func<BlockModule> Create, int LastStage, int Head, string File, int ResizeSize)
{
    private const string HeadKey = "conv5.0.weight";

    public static IReadOnlyList<Width> All { get; } =
    [
        new("0.5", () => new ShuffleNetV2_x0_5(), 192, 1024, "shufflenetv2_x0.5-f707e7126e.pth", 256),
        new("1.0", () => new ShuffleNetV2_x1_0(), 464, 1024, "shufflenetv2_x1-5666bf0f80.pth", 256),
        new("1.5", () => new ShuffleNetV2_x1_5(), 704, 1024, "shufflenetv2_x1_5-3c479a10.pth", 232),
        new("2.0", () => new ShuffleNetV2_x2_0(), 976, 2048, "shufflenetv2_x2_0-8be3c8ee.pth", 232),
    ];

    /// <summary>Tells by the shape of conv5 which width a file of weights belongs to.</summary>
    /// <param name="weights">The file.</param>
    /// <param name="asked">The width that was asked for, if one was.</param>
    /// <exception cref="InvalidDataException">The file belongs to no width, or to another than was asked for.</exception>
    public static Width Of(WeightFile weights, string? asked)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (!weights.TryGet(HeadKey, out var head))
        {
            throw new InvalidDataException(
                $"{weights.Path}: expected weights of torchvision's ShuffleNet V2, found no '{HeadKey}' among its {weights.Entries.Count} entries.");
        }
        var found = All.FirstOrDefault(width => head.Shape.AsSpan().SequenceEqual([width.Head, width.LastStage, 1, 1]))
            ?? throw new InvalidDataException(
                $"{weights.Path}: '{HeadKey}' is {string.Join(" x ", head.Shape.Select(static size => Invariant($"{size}")))}, expected "
                + string.Join(", ", All.Select(width => Invariant($"{width.Head} x {width.LastStage} x 1 x 1 (width {width.Name})"))) + ".");
        if (asked is not null && asked != found.Name)
            throw new InvalidDataException($"{weights.Path}: expected the weights of width {asked}, found those of width {found.Name}. Leave --width out.");
        return found;
    }
}
