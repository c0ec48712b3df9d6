using System.ComponentModel;

namespace Blockwright;

/// <summary>
/// A layer on the running value. Numbers are integers, or strings with an expression over <c>in</c> and <c>out</c> (the block's channels)
/// and the block's parameters: <c>+ - * /</c>, parentheses, <c>min(a, b)</c>, <c>max(a, b)</c>, and <c>round(x, 8)</c>, torchvision's
/// <c>_make_divisible</c>, within which alone a division may leave a rest. A kernel, stride, padding or
/// dilation is one number, or an array of two: height, width; a padding may be four, left, right, top, bottom.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class LayerAttribute : FlowAttribute
{
    /// <summary>The layer's key in the state dict, instead of its number: within the path that it stands in, or, behind a slash, whole (<c>"/fc"</c>).</summary>
    public string? Name { get; set; }
}

/// <summary>What convolutions have in common.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ConvolutionAttribute : LayerAttribute
{
    /// <summary>The step, 1 where it is left out. A number, an expression in a string, or an array of two of them: height, width.</summary>
    public object? Stride { get; set; }

    /// <summary>Zeros on each side. Left out: dilation * (kernel - 1) / 2, which keeps the size at stride 1. An even kernel, which none keeps, says it. A number, an expression in a string, or an array of two of them: height, width; or of four: left, right, top, bottom; or torch's "same" (as left out, and with one more on the right and at the bottom under an even kernel; stride 1) or "valid" (0).</summary>
    public object? Padding { get; set; }

    /// <summary>The distance between the kernel's elements, 1 where it is left out. A number, an expression in a string, or an array of two of them: height, width.</summary>
    public object? Dilation { get; set; }

    /// <summary>Whether the layer adds a bias. Left out: unless a batch norm follows.</summary>
    public bool Bias { get; set; }
}

/// <summary>torch.nn.Conv2d: N x C x H x W to N x <c>outChannels</c> x H' x W'.</summary>
public sealed class Conv2dAttribute : ConvolutionAttribute
{
    /// <summary>A convolution.</summary>
    /// <param name="outChannels">The number of channels that come out. A number, or an expression in a string.</param>
    /// <param name="kernelSize">The kernel's size. A number, an expression in a string, or an array of two of them: height, width.</param>
    public Conv2dAttribute(object outChannels, object kernelSize) => (OutChannels, KernelSize) = (outChannels, kernelSize);

    /// <summary>The number of channels that come out.</summary>
    public object OutChannels { get; }

    /// <summary>The kernel's size.</summary>
    public object KernelSize { get; }

    /// <summary>The number of groups, 1 where it is left out. A number, or an expression in a string.</summary>
    public object? Groups { get; set; }
}

/// <summary>A pointwise convolution, torch.nn.Conv2d with a kernel of 1 x 1. Left out, its channels are its input's, as G1 asks for.</summary>
public sealed class Conv1x1Attribute : LayerAttribute
{
    /// <summary>A pointwise convolution that keeps the number of channels.</summary>
    public Conv1x1Attribute()
    {
    }

    /// <summary>A pointwise convolution.</summary>
    /// <param name="outChannels">The number of channels that come out. A number, or an expression in a string.</param>
    public Conv1x1Attribute(object outChannels) => OutChannels = outChannels;

    /// <summary>The number of channels that come out.</summary>
    public object? OutChannels { get; }

    /// <summary>The step, 1 where it is left out. A number, an expression in a string, or an array of two of them: height, width.</summary>
    public object? Stride { get; set; }

    /// <summary>The number of groups, 1 where it is left out. A number, or an expression in a string.</summary>
    public object? Groups { get; set; }

    /// <summary>Whether the layer adds a bias. Left out: unless a batch norm follows.</summary>
    public bool Bias { get; set; }
}

/// <summary>A depthwise convolution, torch.nn.Conv2d with as many groups as channels.</summary>
/// <param name="kernelSize">The kernel's size. A number, an expression in a string, or an array of two of them: height, width.</param>
public sealed class DepthwiseConv2dAttribute(object kernelSize) : ConvolutionAttribute
{
    /// <summary>The kernel's size.</summary>
    public object KernelSize { get; } = kernelSize;
}

/// <summary>
/// torch.nn.ConvTranspose2d, which makes maps larger: N x C x H x W to N x <c>outChannels</c> x H' x W', with H' = (H - 1) * stride - 2 * padding + dilation * (kernel - 1) + output padding + 1.
/// </summary>
/// <param name="outChannels">The number of channels that come out: an integer, or an expression in a string.</param>
/// <param name="kernelSize">The kernel's size: an integer, an expression in a string, or an array of two.</param>
public sealed class ConvTranspose2dAttribute(object outChannels, object kernelSize) : LayerAttribute
{
    /// <summary>The number of channels that come out.</summary>
    public object OutChannels { get; } = outChannels;

    /// <summary>The kernel's size.</summary>
    public object KernelSize { get; } = kernelSize;

    /// <summary>How far apart the input's pixels come to lie, 1 where it is left out: an integer, an expression in a string, or an array of two.</summary>
    public object? Stride { get; set; }

    /// <summary>The rows and columns that are left out on each side: an integer, an expression in a string, or an array of two. Where both paddings are left out, they are those with which the map becomes <see cref="Stride"/> times as large.</summary>
    public object? Padding { get; set; }

    /// <summary>The rows and columns that are added at the bottom and on the right, fewer than the stride or the dilation; 0 where <see cref="Padding"/> is said: an integer, an expression in a string, or an array of two.</summary>
    public object? OutputPadding { get; set; }

    /// <summary>The distance between the kernel's elements, 1 where it is left out: an integer, an expression in a string, or an array of two.</summary>
    public object? Dilation { get; set; }

    /// <summary>The number of groups, 1 where it is left out: an integer, or an expression in a string.</summary>
    public object? Groups { get; set; }

    /// <summary>Whether the layer adds a bias. Left out: unless a batch norm follows.</summary>
    public bool Bias { get; set; }
}

/// <summary>torch.nn.BatchNorm2d: mean and variance of each channel, of the batch in training and running ones in evaluation, then a learned scale and shift.</summary>
public sealed class BatchNorm2dAttribute : LayerAttribute
{
    /// <summary>What is added to the variance, 1e-5 where it is left out.</summary>
    public double Eps { get; set; } = 1e-5;

    /// <summary>The newest batch's share in the running statistics, 0.1 where it is left out.</summary>
    public double Momentum { get; set; } = 0.1;

    /// <summary>Whether each channel has a learned scale and shift, as torch has it where it is left out.</summary>
    public bool Affine { get; set; } = true;

    /// <summary>Whether there are running statistics, as torch has it where it is left out. Without them evaluation is by the batch's own, too: what comes out of an image depends on those beside it.</summary>
    public bool TrackRunningStats { get; set; } = true;
}

/// <summary>What norms without running statistics have in common: they are the same in training and in evaluation.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class NormAttribute : LayerAttribute
{
    /// <summary>What is added to the variance, 1e-5 where it is left out.</summary>
    public double Eps { get; set; } = 1e-5;
}

/// <summary>torch.nn.GroupNorm: mean and variance of each image's groups of channels, then a learned scale and shift for each channel.</summary>
/// <param name="numGroups">The number of groups; it divides the channels. A number, or an expression in a string.</param>
public sealed class GroupNormAttribute(object numGroups) : NormAttribute
{
    /// <summary>The number of groups.</summary>
    public object NumGroups { get; } = numGroups;
}

/// <summary>torch.nn.InstanceNorm2d without running statistics: mean and variance of each channel of each image.</summary>
public sealed class InstanceNorm2dAttribute : NormAttribute
{
    /// <summary>Whether each channel has a learned scale and shift behind it; left out, as torch has it, it has none.</summary>
    public bool Affine { get; set; }
}

/// <summary>
/// torch.nn.LayerNorm over the channels of each pixel, as torchvision's LayerNorm2d (ConvNeXt), with a learned scale and shift for each channel.
/// </summary>
public sealed class LayerNorm2dAttribute : NormAttribute;

/// <summary>torch.nn.LocalResponseNorm: x / (k + alpha * mean of the squares of neighbouring channels)^beta.</summary>
/// <param name="size">How many channels the mean is over. A number, or an expression in a string.</param>
public sealed class LocalResponseNormAttribute(object size) : LayerAttribute
{
    /// <summary>How many channels the mean is over.</summary>
    public object Size { get; } = size;

    /// <summary>The factor of the mean, 1e-4 where it is left out; at least 0.</summary>
    public double Alpha { get; set; } = 1e-4;

    /// <summary>The power, 0.75 where it is left out.</summary>
    public double Beta { get; set; } = 0.75;

    /// <summary>What is added to the mean, 1 where it is left out; above 0.</summary>
    public double K { get; set; } = 1;
}

/// <summary>torch.nn.ReLU: max(0, x).</summary>
public sealed class ReLUAttribute : LayerAttribute;

/// <summary>torch.nn.ReLU6: min(max(0, x), 6).</summary>
public sealed class ReLU6Attribute : LayerAttribute;

/// <summary>torch.nn.LeakyReLU: x where it is positive, else slope * x.</summary>
public sealed class LeakyReLUAttribute : LayerAttribute
{
    /// <summary>The slope for negative values, 0.01 where it is left out.</summary>
    public double NegativeSlope { get; set; } = 0.01;
}

/// <summary>torch.nn.ELU: x where it is positive, else alpha * (exp(x) - 1).</summary>
public sealed class ELUAttribute : LayerAttribute
{
    /// <summary>The factor for negative values, 1 where it is left out.</summary>
    public double Alpha { get; set; } = 1;
}

/// <summary>torch.nn.SiLU: x * sigmoid(x).</summary>
public sealed class SiLUAttribute : LayerAttribute;

/// <summary>torch.nn.GELU: x * (1 + erf(x / sqrt(2))) / 2.</summary>
public sealed class GELUAttribute : LayerAttribute
{
    /// <summary>"tanh" for the approximation x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2, "none" where it is left out.</summary>
    public string Approximate { get; set; } = "none";
}

/// <summary>torch.nn.Mish: x * tanh(softplus(x)).</summary>
public sealed class MishAttribute : LayerAttribute;

/// <summary>torch.nn.Hardswish: x * min(max(0, x + 3), 6) / 6.</summary>
public sealed class HardswishAttribute : LayerAttribute;

/// <summary>torch.nn.Hardsigmoid: min(max(0, x + 3), 6) / 6.</summary>
public sealed class HardsigmoidAttribute : LayerAttribute;

/// <summary>torch.nn.Sigmoid: 1 / (1 + exp(-x)).</summary>
public sealed class SigmoidAttribute : LayerAttribute;

/// <summary>torch.nn.Tanh: (exp(x) - exp(-x)) / (exp(x) + exp(-x)).</summary>
public sealed class TanhAttribute : LayerAttribute;

/// <summary>torch.nn.Softplus: log(1 + exp(beta * x)) / beta, and x where beta * x is above the threshold.</summary>
public sealed class SoftplusAttribute : LayerAttribute
{
    /// <summary>How sharp the bend is, 1 where it is left out; above 0.</summary>
    public double Beta { get; set; } = 1;

    /// <summary>Where x is left as it is, 20 where it is left out.</summary>
    public double Threshold { get; set; } = 20;
}

/// <summary>torch.nn.Hardtanh: min(max(x, minVal), maxVal).</summary>
public sealed class HardtanhAttribute : LayerAttribute
{
    /// <summary>The least value, -1 where it is left out.</summary>
    public double MinVal { get; set; } = -1;

    /// <summary>The greatest value, 1 where it is left out; above the least.</summary>
    public double MaxVal { get; set; } = 1;
}

/// <summary>torch.clamp: min(max(x, min), max), with one of the bounds or both.</summary>
public sealed class ClampAttribute : LayerAttribute
{
    /// <summary>The least value; left out, there is none.</summary>
    public double Min { get; set; } = double.NegativeInfinity;

    /// <summary>The greatest value, above the least; left out, there is none.</summary>
    public double Max { get; set; } = double.PositiveInfinity;
}

/// <summary>Each value times a number that is not learned, as in ESRGAN's residuals.</summary>
/// <param name="value">The number.</param>
public sealed class FactorAttribute(double value) : LayerAttribute
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;
}

/// <summary>torch.nn.PReLU: x where it is positive, else a learned slope * x.</summary>
public sealed class PReLUAttribute : LayerAttribute
{
    /// <summary>Whether each channel has a slope of its own; left out, one slope is all channels'.</summary>
    public bool PerChannel { get; set; }

    /// <summary>What a slope begins with, 0.25 where it is left out.</summary>
    public double Init { get; set; } = 0.25;
}

/// <summary>torch.nn.Softmax: exp(x) / sum(exp(x)).</summary>
public sealed class SoftmaxAttribute : LayerAttribute
{
    /// <summary>What sums to 1: 1, which it is where it is left out, the channels or features; 2 each column of a map, 3 each row.</summary>
    public int Dim { get; set; } = 1;
}

/// <summary>torch.nn.LogSoftmax: log(exp(x) / sum(exp(x))).</summary>
public sealed class LogSoftmaxAttribute : LayerAttribute
{
    /// <summary>Over what the sum is: 1, which it is where it is left out, the channels or features; 2 each column of a map, 3 each row.</summary>
    public int Dim { get; set; } = 1;
}

/// <summary>What pools over a window have in common.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class PoolAttribute(object kernelSize) : LayerAttribute
{
    /// <summary>The window's size.</summary>
    public object KernelSize { get; } = kernelSize;

    /// <summary>The step. Left out, the window's size, as torch has it. A number, an expression in a string, or an array of two of them: height, width.</summary>
    public object? Stride { get; set; }

    /// <summary>The border on each side. Left out: (kernel - 1) / 2. At most half of the window. A number, an expression in a string, or an array of two of them: height, width; or of four: left, right, top, bottom.</summary>
    public object? Padding { get; set; }

    /// <summary>Whether a window that starts inside but ends outside counts.</summary>
    public bool CeilMode { get; set; }
}

/// <summary>torch.nn.MaxPool2d.</summary>
/// <param name="kernelSize">The window's size. A number, an expression in a string, or an array of two of them: height, width.</param>
public sealed class MaxPool2dAttribute(object kernelSize) : PoolAttribute(kernelSize);

/// <summary>torch.nn.AvgPool2d.</summary>
/// <param name="kernelSize">The window's size. A number, an expression in a string, or an array of two of them: height, width.</param>
public sealed class AvgPool2dAttribute(object kernelSize) : PoolAttribute(kernelSize)
{
    /// <summary>Whether the border's zeros count in the mean, as torch has it where it is left out.</summary>
    public bool CountIncludePad { get; set; } = true;
}

/// <summary>The mean over the height and the width: N x C x H x W to N x C x 1 x 1.</summary>
public sealed class GlobalAvgPool2dAttribute : LayerAttribute;

/// <summary>torch.nn.AdaptiveAvgPool2d: means over windows that follow of the size that comes in, N x C x H x W to N x C x h x w.</summary>
/// <param name="outputSize">The height and the width that come out: a number, an expression in a string, or an array of two of them.</param>
public sealed class AdaptiveAvgPool2dAttribute(object outputSize) : LayerAttribute
{
    /// <summary>The height and the width that come out.</summary>
    public object OutputSize { get; } = outputSize;
}

/// <summary>torch.nn.AdaptiveMaxPool2d: maxima over windows that follow of the size that comes in, N x C x H x W to N x C x h x w.</summary>
/// <param name="outputSize">The height and the width that come out: a number, an expression in a string, or an array of two of them.</param>
public sealed class AdaptiveMaxPool2dAttribute(object outputSize) : LayerAttribute
{
    /// <summary>The height and the width that come out.</summary>
    public object OutputSize { get; } = outputSize;
}

/// <summary>The mean of each pixel's channels, torch's <c>x.mean(1, keepdim: true)</c>: N x C x H x W to N x 1 x H x W.</summary>
public sealed class ChannelMeanAttribute : LayerAttribute;

/// <summary>The largest of each pixel's channels, torch's <c>x.max(1, keepdim: true).values</c>: N x C x H x W to N x 1 x H x W.</summary>
public sealed class ChannelMaxAttribute : LayerAttribute;

/// <summary>torch.nn.Upsample: N x C x H x W to N x C x (factor * H) x (factor * W), to a size, or to another value's size.</summary>
public sealed class UpsampleAttribute : LayerAttribute
{
    /// <summary>Upsampling to a <see cref="Size"/>, or to the <see cref="SizeOf"/> another value.</summary>
    public UpsampleAttribute()
    {
    }

    /// <summary>Upsampling by a factor.</summary>
    /// <param name="scaleFactor">How many times the height and the width: a whole number, an expression in a string, or an array of two of them.</param>
    public UpsampleAttribute(object scaleFactor) => ScaleFactor = scaleFactor;

    /// <summary>How many times the height and the width.</summary>
    public object? ScaleFactor { get; }

    /// <summary>The height and the width that come out, instead of a factor: a number, an expression in a string, or an array of two of them.</summary>
    public object? Size { get; set; }

    /// <summary>The name of a value whose height and width come out, whatever the input's size is: <c>"in"</c>, or a map of a pyramid.</summary>
    public string? SizeOf { get; set; }

    /// <summary>"bilinear" for means of four pixels; "nearest", which it is where it is left out, for the nearest one.</summary>
    public string Mode { get; set; } = "nearest";

    /// <summary>Whether the corners' pixels stay where they are, in bilinear mode.</summary>
    public bool AlignCorners { get; set; }
}

/// <summary>torch.nn.ZeroPad2d: zeros round each map.</summary>
/// <param name="padding">How many on each side: a number, an expression in a string, or an array of four of them: left, right, top, bottom.</param>
public sealed class ZeroPad2dAttribute(object padding) : LayerAttribute
{
    /// <summary>How many on each side.</summary>
    public object Padding { get; } = padding;
}

/// <summary>torch.nn.ReflectionPad2d: each map mirrored at its border, whose pixels do not come twice.</summary>
/// <param name="padding">How many pixels on each side, fewer than the map has: a number, an expression in a string, or an array of four of them: left, right, top, bottom.</param>
public sealed class ReflectionPad2dAttribute(object padding) : LayerAttribute
{
    /// <summary>How many pixels on each side.</summary>
    public object Padding { get; } = padding;
}

/// <summary>torch.nn.PixelShuffle: N x (C * r * r) x H x W to N x C x (H * r) x (W * r).</summary>
/// <param name="upscaleFactor">r; its square divides the channels. A number, or an expression in a string.</param>
public sealed class PixelShuffleAttribute(object upscaleFactor) : LayerAttribute
{
    /// <summary>How many times the height and the width.</summary>
    public object UpscaleFactor { get; } = upscaleFactor;
}

/// <summary>torch.nn.PixelUnshuffle: N x C x (H * r) x (W * r) to N x (C * r * r) x H x W.</summary>
/// <param name="downscaleFactor">r; it divides the height and the width. A number, or an expression in a string.</param>
public sealed class PixelUnshuffleAttribute(object downscaleFactor) : LayerAttribute
{
    /// <summary>Which part of the height and the width is left.</summary>
    public object DownscaleFactor { get; } = downscaleFactor;
}

/// <summary>
/// A learned factor for each channel: x * scale, with scale of C x 1 x 1. torch.nn has none, and networks have a parameter of their own; so its key is the layer's itself, without an
/// ending: with <c>Name = "layer_scale"</c> it is ConvNeXt's.
/// </summary>
public sealed class ScaleAttribute : LayerAttribute
{
    /// <summary>What each factor begins with, 1 where it is left out.</summary>
    public double Init { get; set; } = 1;
}

/// <summary>torch.nn.ChannelShuffle: channel i * C / groups + j goes to j * groups + i.</summary>
/// <param name="groups">The number of groups; it divides the channels. A number, or an expression in a string.</param>
public sealed class ChannelShuffleAttribute(object groups) : LayerAttribute
{
    /// <summary>The number of groups.</summary>
    public object Groups { get; } = groups;
}

/// <summary>torch.nn.Dropout: in training, zeroes elements and scales the others by 1 / (1 - p).</summary>
/// <param name="p">The probability that an element is zeroed, at least 0 and less than 1.</param>
public sealed class DropoutAttribute(double p = 0.5) : LayerAttribute
{
    /// <summary>The probability that an element is zeroed.</summary>
    public double P { get; } = p;
}

/// <summary>torch.nn.Dropout2d: in training, zeroes whole channels and scales the others by 1 / (1 - p).</summary>
/// <param name="p">The probability that a channel is zeroed, at least 0 and less than 1.</param>
public sealed class Dropout2dAttribute(double p = 0.5) : LayerAttribute
{
    /// <summary>The probability that a channel is zeroed.</summary>
    public double P { get; } = p;
}

/// <summary>
/// torchvision.ops.StochasticDepth: in training, zeroes the whole value of an image, or of all, and scales the others by 1 / (1 - p). With <see cref="Layer"/> and <see cref="Layers"/> by Huang et al.'s linear rule:
/// <c>StochasticDepth(0.2, Layer = "first + unit", Layers = 16)</c> zeroes with the probability 0.2 * Layer / Layers.
/// </summary>
/// <param name="p">The probability that a value is zeroed, at least 0 and less than 1.</param>
public sealed class StochasticDepthAttribute(double p) : LayerAttribute
{
    /// <summary>The probability that a value is zeroed.</summary>
    public double P { get; } = p;

    /// <summary>"batch" where all images share one lot; "row", which it is where it is left out, where each has its own.</summary>
    public string Mode { get; set; } = "row";

    /// <summary>The number of this layer among <see cref="Layers"/>, of which it has its part of the probability: from 0 to their number. A number, or an expression in a string.</summary>
    public object? Layer { get; set; }

    /// <summary>The number of layers, the deepest of which is zeroed with the whole probability. A number, or an expression in a string.</summary>
    public object? Layers { get; set; }
}

/// <summary>
/// torch.reshape, the images as they are: the same elements in other sizes. N x F to N x C x H x W of three numbers; what is neither goes through Reshape, Permute, Softmax, LogSoftmax and activations to the
/// output alone: of N x 255 x H x W, <c>Reshape(3, 85, "h", "w")</c> makes N x 3 x 85 x H x W, and <c>Reshape(255, "h*w")</c> N x 255 x H*W.
/// </summary>
/// <param name="sizes">The sizes that come out, without the images: each a number, an expression in a string, or a product of such and of <c>h</c> and <c>w</c>, the height and the width of the map that comes in; one may be -1, the rest.</param>
public sealed class ReshapeAttribute(params object[] sizes) : LayerAttribute
{
    /// <summary>The sizes that come out, without the images.</summary>
    public object[] Sizes { get; } = sizes;
}

/// <summary>torch.permute, the images first: N x C x H x W to N x H x W x C with <c>Permute(0, 2, 3, 1)</c>. What comes out goes on as behind a <see cref="ReshapeAttribute"/>.</summary>
/// <param name="dims">0, the images, and behind it the numbers of the other dimensions in their new order.</param>
public sealed class PermuteAttribute(params int[] dims) : LayerAttribute
{
    /// <summary>The dimensions in their new order.</summary>
    public int[] Dims { get; } = dims;
}

/// <summary>torch.nn.Flatten: N x C x H x W to N x (C * H * W).</summary>
public sealed class FlattenAttribute : LayerAttribute;

/// <summary>torch.nn.Linear: N x F to N x <c>outFeatures</c>. An N x C x 1 x 1 counts as N x C. With <see cref="PerPixel"/> over the channels of each pixel, N x C x H x W to N x <c>outFeatures</c> x H x W.</summary>
/// <param name="outFeatures">The number of features that come out. A number, or an expression in a string.</param>
public sealed class LinearAttribute(object outFeatures) : LayerAttribute
{
    /// <summary>The number of features that come out.</summary>
    public object OutFeatures { get; } = outFeatures;

    /// <summary>Whether the layer adds a bias, as torch has it where it is left out.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>Whether it is over the channels of each pixel of a map, as torch computes it where channels lie last (ConvNeXt): what a Conv1x1 computes, with weights of two dimensions.</summary>
    public bool PerPixel { get; set; }
}
