using System.ComponentModel;

namespace Blockwright.Plans;

/// <summary>What a step of a plan computes: the one list that layers, plans and devices speak of.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum KernelKind
{
    /// <summary>A convolution or linear layer: a sum over channels.</summary>
    Convolution,

    /// <summary>A depthwise convolution.</summary>
    Depthwise,

    /// <summary>torch.nn.ConvTranspose2d.</summary>
    ConvTranspose,

    /// <summary>A batch norm or a learned factor by itself: x * scale + shift for each channel.</summary>
    Affine,

    /// <summary>torch.nn.PReLU: a learned slope where x is not above 0, one or one for each channel.</summary>
    PReLU,

    /// <summary>An activation by itself.</summary>
    Activation,

    /// <summary>torch.nn.MaxPool2d.</summary>
    MaxPool,

    /// <summary>torch.nn.AvgPool2d.</summary>
    AvgPool,

    /// <summary>The mean of each map.</summary>
    GlobalPool,

    /// <summary>torch.nn.LayerNorm over the channels of each pixel.</summary>
    LayerNorm,

    /// <summary>torch.nn.LocalResponseNorm: each channel of a pixel beside its neighbours.</summary>
    LocalResponseNorm,

    /// <summary>torch.nn.Softmax over the channels of each pixel.</summary>
    Softmax,

    /// <summary>torch.nn.LogSoftmax over the channels of each pixel.</summary>
    LogSoftmax,

    /// <summary>The mean of each pixel's channels.</summary>
    ChannelMean,

    /// <summary>The greatest of each pixel's channels.</summary>
    ChannelMax,

    /// <summary>torch.nn.GroupNorm, and torch.nn.InstanceNorm2d, whose groups are of one channel.</summary>
    GroupNorm,

    /// <summary>torch.nn.Upsample: the nearest pixel.</summary>
    Nearest,

    /// <summary>torch.nn.Upsample: the mean of four, by the pixels' middles.</summary>
    Bilinear,

    /// <summary>torch.nn.Upsample: the mean of four, the corners' middles where they were.</summary>
    BilinearAligned,

    /// <summary>torch.nn.AdaptiveAvgPool2d, to more than one pixel.</summary>
    AdaptiveAvgPool,

    /// <summary>torch.nn.AdaptiveMaxPool2d.</summary>
    AdaptiveMaxPool,

    /// <summary>torch.nn.ZeroPad2d: the map within zeros, as many as the window's padding.</summary>
    ZeroPad,

    /// <summary>torch.nn.ReflectionPad2d: the map within its own pixels, mirrored.</summary>
    ReflectionPad,

    /// <summary>torch.nn.PixelShuffle: the channels of a window's places become its pixels.</summary>
    PixelShuffle,

    /// <summary>torch.nn.PixelUnshuffle: a window's pixels become channels.</summary>
    PixelUnshuffle,

    /// <summary>A sum of values.</summary>
    Add,

    /// <summary>A product of values; the second may be a gate of one pixel.</summary>
    Multiply,

    /// <summary>Maps to features, in torch's order.</summary>
    Flatten,

    /// <summary>torch.permute and torch.reshape: elements in another order, or under other sizes.</summary>
    Permute,

    /// <summary>No kernel: torch computes it, between those that are.</summary>
    Island,

    /// <summary>A device's own: the mean of each map, and behind the means its variance.</summary>
    Moments,

    /// <summary>A device's own: the input's planes, within a halo.</summary>
    Planes,

    /// <summary>A device's own: the input, pixel by pixel.</summary>
    Input,

    /// <summary>A device's own: runs of channels brought into one piece.</summary>
    Gather,

    /// <summary>A device's own: the result, in torch's order.</summary>
    Output,
}
