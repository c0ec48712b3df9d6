using System.Globalization;

namespace Blockwright.Graph;

/// <summary>
/// How large a declaration may be: far beyond what anybody has built, and so small that what reads it, on every keystroke, ends in a second. A few lines can declare
/// more than any machine holds; so each is asked before the work is done, and what is refused says the limit and what was found (BW0026).
///
/// The largest networks that were published, for comparison: a ResNet of 1,202 layers has 4,800 of what counts here as layers; EfficientNet-L2 has 1,600, and 2.8 million
/// channels in all its values together; DenseNet-264 writes 1,000 layers at as many widths; ShuffleNet V1 x 2 reads 0.1 million pieces.
/// </summary>
public static class BuildLimits
{
    /// <summary>The blocks that stand in each other.</summary>
    public const int Depth = 64;

    /// <summary>The attributes that are read for one declaration: a block's anew for each width that it is used at, a stage's units one by one.</summary>
    public const int Steps = 1 << 14;

    /// <summary>The numbers of its parameters that a network is planned at: each is a plan in its class.</summary>
    public const int Plans = 16;

    /// <summary>The units of one stage.</summary>
    public const int Units = 1000;

    /// <summary>The attributes that a class takes from blocks which it applies inline: each is a line of its code.</summary>
    public const int Inlined = 1 << 12;

    /// <summary>The layers of a network, its blocks opened; a block counts as one besides.</summary>
    public const int Layers = 20_000;

    /// <summary>The channels of all values of a network together, its blocks opened: a plan has tables of them.</summary>
    public const long Channels = 1 << 23;

    /// <summary>The values of one feature map of one image, and the weights of one layer: an array of .NET has no more.</summary>
    public const long Values = int.MaxValue;

    /// <summary>The runs of channels that a network's layers read: what a plan spells out. Few where nothing is shuffled.</summary>
    public const long Pieces = 1 << 19;

    /// <summary>The characters of one key. torchvision's have at most 40.</summary>
    public const int KeyCharacters = 256;

    /// <summary>The characters of all keys of a network together.</summary>
    public const long AllKeyCharacters = 1 << 21;

    /// <summary>A number as messages write it.</summary>
    public static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
