using System.Collections.Concurrent;
using System.ComponentModel;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>Operations that torch has in several steps. Called by the build's code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TensorOps
{
    /// <summary>
    /// The factor of torch's sums. TorchSharp reads a Scalar's address and no longer holds the Scalar while torch uses it: one that a number was converted to for this
    /// call alone may be finalized meanwhile, on whichever thread collects. It hides in <c>a + b</c> and in <c>add_(b)</c> as well. These two are never finalized.
    /// </summary>
    public static readonly Scalar One = 1.ToScalar();

    private static readonly ConcurrentDictionary<double, Scalar> Scalars = new();

    /// <summary>A number that is never finalized: see <see cref="One" />.</summary>
    /// <param name="value">One of the few that declarations name; each is kept for good.</param>
    /// <returns>The same one for the same number.</returns>
    public static Scalar Constant(double value) => Scalars.GetOrAdd(value, static each => each.ToScalar());

    /// <summary>Lets a network's value be asked for by its name: see <see cref="NetworkModule.Features"/>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value, which what follows may write over.</param>
    public static void Named(string name, Tensor value) => FeatureTrace.Named(name, value);

    /// <summary>torch.nn.functional.max_pool2d of N x C x H x W.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="kernel">Height and width of the window.</param>
    /// <param name="stride">Its steps.</param>
    /// <param name="padding">The border on each side.</param>
    /// <param name="ceilMode">Whether a window that ends outside counts.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor MaxPool2d(Tensor input, (long Height, long Width) kernel, (long Height, long Width) stride, (long Height, long Width) padding, bool ceilMode) =>
        nn.functional.max_pool2d(input, [kernel.Height, kernel.Width], [stride.Height, stride.Width], [padding.Height, padding.Width], [1, 1], ceilMode);

    /// <summary>torch.nn.functional.avg_pool2d of N x C x H x W.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="kernel">Height and width of the window.</param>
    /// <param name="stride">Its steps.</param>
    /// <param name="padding">The border on each side.</param>
    /// <param name="ceilMode">Whether a window that ends outside counts.</param>
    /// <param name="countIncludePad">Whether the border's zeros count in the mean.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor AvgPool2d(Tensor input, (long Height, long Width) kernel, (long Height, long Width) stride, (long Height, long Width) padding, bool ceilMode, bool countIncludePad) =>
        nn.functional.avg_pool2d(input, [kernel.Height, kernel.Width], [stride.Height, stride.Width], [padding.Height, padding.Width], ceilMode, countIncludePad);

    /// <summary>A max pool whose padding is another on two sides.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="kernel">Height and width of the window.</param>
    /// <param name="stride">Its steps.</param>
    /// <param name="padding">The border on each side.</param>
    /// <param name="beyond">What lies beyond it on some.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor MaxPool2d(Tensor input, (long Height, long Width) kernel, (long Height, long Width) stride, (long Height, long Width) padding, (long Left, long Right, long Top, long Bottom) beyond)
    {
        using var surrounded = nn.functional.pad(input, [beyond.Left, beyond.Right, beyond.Top, beyond.Bottom], value: double.NegativeInfinity);
        return MaxPool2d(surrounded, kernel, stride, padding, ceilMode: false);
    }

    /// <summary>An average pool whose padding is another on two sides.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="kernel">Height and width of the window.</param>
    /// <param name="stride">Its steps.</param>
    /// <param name="padding">The border on each side.</param>
    /// <param name="beyond">What lies beyond it on some.</param>
    /// <param name="countIncludePad">Whether the border's zeros count in the mean.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor AvgPool2d(Tensor input, (long Height, long Width) kernel, (long Height, long Width) stride, (long Height, long Width) padding, (long Left, long Right, long Top, long Bottom) beyond, bool countIncludePad)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (countIncludePad)
            return OfAll(input);
        // The share of each window that is no padding.
        using var map = ones([1, 1, input.size(2), input.size(3)], input.dtype, input.device);
        using var share = OfAll(map);
        using var mean = OfAll(input);
        return mean / share;

        Tensor OfAll(Tensor of)
        {
            using var surrounded = ZeroPad(of, beyond.Left, beyond.Right, beyond.Top, beyond.Bottom);
            return AvgPool2d(surrounded, kernel, stride, padding, ceilMode: false, countIncludePad: true);
        }
    }

    /// <summary>
    /// The mean over height and width, N x C x H x W to N x C x 1 x 1.
    /// </summary>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>N x C x 1 x 1.</returns>
    public static Tensor GlobalAvgPool2d(Tensor input) => input.mean([2, 3], keepdim: true);

    /// <summary>An activation that the block's constructor was given.</summary>
    /// <param name="input">Any shape. It is disposed independently of the result.</param>
    /// <param name="activation">A function that does not write over its argument.</param>
    /// <param name="where">The declaration and the parameter's name, for messages.</param>
    /// <returns>A tensor of its own, even where the function gives its argument.</returns>
    /// <exception cref="InvalidOperationException">The function gave none, or one of another shape, type or device.</exception>
    public static Tensor Activate(Tensor input, Func<Tensor, Tensor> activation, string where)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(activation);
        var result = activation(input);
        if (result is null || result.IsInvalid || input.IsInvalid)
            throw new InvalidOperationException($"{where}: the activation that the constructor was given {(result is null ? "returned null" : result.IsInvalid ? "returned a tensor that has been disposed" : "disposed its input, which is not its own")}.");
        if (!result.shape.AsSpan().SequenceEqual(input.shape) || result.dtype != input.dtype || result.device.ToString() != input.device.ToString())
            throw new InvalidOperationException($"{where}: the activation that the constructor was given made {ShapeOf(result)} of {ShapeOf(input)}; an activation changes neither shape nor type nor device.");
        return ReferenceEquals(result, input) ? input.alias() : result;

        static string ShapeOf(Tensor tensor) => $"{tensor.dtype} of {(tensor.dim() == 0 ? "no dimension" : tensor.shape.Joined(" x "))} on {tensor.device}";
    }

    /// <summary>torch.nn.functional.adaptive_avg_pool2d.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="size">Height and width of the result.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor AdaptiveAvgPool2d(Tensor input, (long Height, long Width) size) => nn.functional.adaptive_avg_pool2d(input, [size.Height, size.Width]);

    /// <summary>torch.nn.functional.adaptive_max_pool2d.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="size">Height and width of the result.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor AdaptiveMaxPool2d(Tensor input, (long Height, long Width) size) => nn.functional.adaptive_max_pool2d(input, [size.Height, size.Width]);

    /// <summary>torch.nn.functional.interpolate by a factor, each pixel the nearest one.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="factor">How many times the height and the width.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor NearestBy(Tensor input, (long Height, long Width) factor) => nn.functional.interpolate(input, scale_factor: [factor.Height, factor.Width], mode: InterpolationMode.Nearest);

    /// <summary>torch.nn.functional.interpolate to a size, each pixel the nearest one.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="size">Height and width of the result.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor NearestTo(Tensor input, (long Height, long Width) size) => nn.functional.interpolate(input, [size.Height, size.Width], mode: InterpolationMode.Nearest);

    /// <summary>A transposed convolution whose output padding has two numbers, of which TorchSharp's module knows the first. Hooks of the layer do not see it.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>N x C' x H' x W'.</returns>
    public static Tensor ConvTranspose(TorchSharp.Modules.ConvTranspose2d layer, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return nn.functional.conv_transpose2d(input, layer.weight, layer.bias, layer.stride, layer.padding, layer.output_padding, layer.dilation, layer.groups);
    }

    /// <summary>The same in a snapshot.</summary>
    /// <param name="layer">What the snapshot keeps of the layer.</param>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>N x C' x H' x W'.</returns>
    public static Tensor ConvTranspose(FoldedConvTranspose layer, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.call(input);
    }

    /// <summary>The input of a transposed convolution whose padding may take away all that a small map gives: torch ends the process then.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="size">What height and width come out of those that come in.</param>
    /// <param name="where">The declaration and the layer's key there, for messages.</param>
    /// <returns>The input.</returns>
    /// <exception cref="InvalidOperationException">Nothing would be left.</exception>
    public static Tensor Leaving(Tensor input, Plans.Resizing size, string where)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (height, width) = size.Of(checked((int)input.size(2)), checked((int)input.size(3)));
        return height > 0 && width > 0 ? input : throw new InvalidOperationException($"{where}: of {input.shape.Joined(" x ")} the padding of ConvTranspose2d leaves nothing. A larger map or a smaller padding does.");
    }

    /// <summary>The mean of each pixel's channels.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>N x 1 x H x W.</returns>
    public static Tensor ChannelMean(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.mean([1], keepdim: true);
    }

    /// <summary>The largest of each pixel's channels; of equal ones the gradient goes to one.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>N x 1 x H x W.</returns>
    public static Tensor ChannelMax(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (values, indices) = input.max(1, keepdim: true);
        indices.Dispose();
        return values;
    }

    /// <summary>A map's height and width.</summary>
    /// <param name="map">N x C x H x W.</param>
    /// <returns>H and W.</returns>
    public static (long Height, long Width) SizeOf(Tensor map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return (map.size(2), map.size(3));
    }

    /// <summary>torch.nn.functional.interpolate by a factor, each pixel a mean of four.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="factor">How many times the height and the width.</param>
    /// <param name="alignCorners">Whether the corners' pixels stay where they are.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor BilinearBy(Tensor input, (long Height, long Width) factor, bool alignCorners) =>
        nn.functional.interpolate(input, scale_factor: [factor.Height, factor.Width], mode: InterpolationMode.Bilinear, align_corners: alignCorners);

    /// <summary>torch.nn.functional.interpolate to a size, each pixel a mean of four.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="size">Height and width of the result.</param>
    /// <param name="alignCorners">Whether the corners' pixels stay where they are.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor BilinearTo(Tensor input, (long Height, long Width) size, bool alignCorners) =>
        nn.functional.interpolate(input, [size.Height, size.Width], mode: InterpolationMode.Bilinear, align_corners: alignCorners);

    /// <summary>torch.nn.ZeroPad2d.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="left">Zeros before each row.</param>
    /// <param name="right">Behind it.</param>
    /// <param name="top">Rows of zeros before the first.</param>
    /// <param name="bottom">Behind the last.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor ZeroPad(Tensor input, long left, long right, long top, long bottom) => nn.functional.pad(input, [left, right, top, bottom]);

    /// <summary>A convolution whose padding is another on two sides.</summary>
    /// <param name="layer">The layer, with the padding that all sides have.</param>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="left">Zeros beyond it before each row.</param>
    /// <param name="right">Behind it.</param>
    /// <param name="top">Rows of zeros before the first.</param>
    /// <param name="bottom">Behind the last.</param>
    /// <returns>N x C' x H' x W'.</returns>
    public static Tensor Surrounded(Conv2d layer, Tensor input, long left, long right, long top, long bottom)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Surrounded(layer.call, input, left, right, top, bottom);
    }

    /// <summary>The same in a snapshot.</summary>
    /// <param name="layer">What the snapshot keeps of the layer.</param>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="left">Zeros beyond its padding before each row.</param>
    /// <param name="right">Behind it.</param>
    /// <param name="top">Rows of zeros before the first.</param>
    /// <param name="bottom">Behind the last.</param>
    /// <returns>N x C' x H' x W'.</returns>
    public static Tensor Surrounded(FoldedConvolution layer, Tensor input, long left, long right, long top, long bottom)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Surrounded(layer.call, input, left, right, top, bottom);
    }

    // A block's numbers may leave nothing to be laid round.
    private static Tensor Surrounded(Func<Tensor, Tensor> layer, Tensor input, long left, long right, long top, long bottom)
    {
        if ((left, right, top, bottom) == (0, 0, 0, 0))
            return layer(input);
        using var surrounded = ZeroPad(input, left, right, top, bottom);
        return layer(surrounded);
    }

    /// <summary>torch.nn.ReflectionPad2d.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="left">Pixels before each row, which are those behind its first, mirrored.</param>
    /// <param name="right">Behind it.</param>
    /// <param name="top">Rows before the first.</param>
    /// <param name="bottom">Behind the last.</param>
    /// <returns>N x C x H' x W'.</returns>
    public static Tensor ReflectionPad(Tensor input, long left, long right, long top, long bottom) => nn.functional.pad(input, [left, right, top, bottom], PaddingModes.Reflect);

    /// <summary>A batch norm by the batch's own mean and variance, in evaluation, too.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="eps">What is added to the variance.</param>
    /// <param name="weight">A scale for each channel, if any.</param>
    /// <param name="bias">A shift for each channel, if any.</param>
    /// <returns>N x C x H x W.</returns>
    public static Tensor BatchNorm(Tensor input, double eps, Tensor? weight = null, Tensor? bias = null) => nn.functional.batch_norm(input, null, null, weight, bias, training: true, eps: eps);

    /// <summary>A norm over the channels of each pixel.</summary>
    /// <param name="norm">A norm over the last dimension, of C values.</param>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>N x C x H x W, in torch's usual order.</returns>
    public static Tensor OverChannels(LayerNorm norm, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(norm);
        return OverChannels(norm.call, input);
    }

    /// <summary>A linear layer over the channels of each pixel.</summary>
    /// <param name="linear">The layer.</param>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>N x C' x H x W, in torch's usual order.</returns>
    public static Tensor OverChannels(Linear linear, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(linear);
        return OverChannels(linear.call, input);
    }

    /// <summary>A snapshot's copy of such a layer.</summary>
    /// <param name="linear">The copy.</param>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>N x C' x H x W, in torch's usual order.</returns>
    public static Tensor OverChannels(FoldedLinear linear, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(linear);
        return OverChannels(linear.call, input);
    }

    /// <summary>A snapshot's copy of such a norm.</summary>
    /// <param name="norm">The copy.</param>
    /// <param name="input">N x C x H x W.</param>
    /// <returns>N x C x H x W, in torch's usual order.</returns>
    public static Tensor OverChannels(FrozenLayer norm, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(norm);
        return OverChannels(norm.call, input);
    }

    // Brought back into the usual order: torch's convolutions compute otherwise, and on some machines wrongly, where channels lie last.
    private static Tensor OverChannels(Func<Tensor, Tensor> norm, Tensor input)
    {
        using var last = input.permute(0, 2, 3, 1);
        using var normal = norm(last);
        using var back = normal.permute(0, 3, 1, 2);
        return back.contiguous();
    }

    /// <summary>torchvision.ops.stochastic_depth.</summary>
    /// <param name="input">N x C x H x W, or N x F.</param>
    /// <param name="p">The probability that a value is zeroed, below 1.</param>
    /// <param name="ofBatch">Whether all images share one lot.</param>
    /// <param name="training">Whether anything is done.</param>
    /// <returns>The same shape; without training the input itself.</returns>
    public static Tensor StochasticDepth(Tensor input, double p, bool ofBatch, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!training || p == 0)
            return input.alias();
        var lots = Enumerable.Repeat(1L, (int)input.dim()).ToArray();
        if (!ofBatch)
            lots[0] = input.size(0);
        using var drawn = empty(lots, input.dtype, input.device).bernoulli_(1 - p);
        using var kept = drawn.div(Constant(1 - p));
        return input * kept;
    }

    /// <summary>torch.cat along the channels.</summary>
    /// <param name="parts">N x Ci x H x W each.</param>
    /// <returns>N x (C1 + C2 + ...) x H x W.</returns>
    public static Tensor Concat(params Tensor[] parts) => cat(parts, 1);

    /// <summary>
    /// channel_shuffle(cat(parts), groups) in one copy where torch can: equal parts, as many as groups, are stacked; otherwise, without gradients,
    /// each part is copied to where it belongs. With gradients, parts that do not fit the groups are joined first (a second copy), since the
    /// gradient of a strided copy costs more.
    /// </summary>
    /// <param name="groups">The number of groups; it divides the sum of the channels.</param>
    /// <param name="parts">N x Ci x H x W each.</param>
    /// <returns>N x (C1 + C2 + ...) x H x W; channel i * C / groups + j of the joined parts is channel j * groups + i.</returns>
    public static Tensor ConcatShuffle(int groups, params Tensor[] parts)
    {
        if (parts.Length == groups && parts.All(part => part.size(1) == parts[0].size(1)))
        {
            using var stacked = stack(parts, 2);
            return stacked.flatten(1, 2);
        }
        if (is_grad_enabled() && parts.Any(static part => part.requires_grad))
        {
            using var joined = cat(parts, 1);
            return joined.channel_shuffle(groups);
        }
        // Where the parts are of several sizes torch says so; a copy would spread the smaller ones.
        return parts.All(part => part.size(0) == parts[0].size(0) && part.size(2) == parts[0].size(2) && part.size(3) == parts[0].size(3)) ? CopyShuffled(groups, parts) : cat(parts, 1);
    }

    /// <summary>Applies modules or snapshots one after the other, freeing each result once the next is there.</summary>
    /// <param name="units">At least one.</param>
    /// <param name="input">The first one's input, N x C x H x W. It is not freed.</param>
    /// <returns>The last one's result.</returns>
    public static Tensor Chain(nn.IModule<Tensor, Tensor>[] units, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(units);
        var value = units[0].call(input);
        for (var i = 1; i < units.Length; i++)
        {
            var next = units[i].call(value);
            value.Dispose();
            value = next;
        }
        return value;
    }

    /// <summary>As <see cref="Chain"/>, but gives what each of them gave, one behind another in the channels.</summary>
    /// <param name="units">At least one.</param>
    /// <param name="input">The first one's input, N x C x H x W. It is not freed.</param>
    /// <returns>N x (the sum of their channels) x H x W.</returns>
    public static Tensor ChainAll(nn.IModule<Tensor, Tensor>[] units, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(units);
        var results = new Tensor[units.Length];
        for (var i = 0; i < units.Length; i++)
            results[i] = units[i].call(i == 0 ? input : results[i - 1]);
        if (results.Length == 1)
            return results[0];
        var all = Concat(results);
        Array.ForEach(results, static result => result.Dispose());
        return all;
    }

    private static Tensor CopyShuffled(int groups, Tensor[] parts)
    {
        var first = parts[0];
        var rows = parts.Sum(static part => part.size(1)) / groups;
        using var result = empty([first.size(0), rows, groups, first.size(2), first.size(3)], first.dtype, first.device);
        long channel = 0;
        foreach (var part in parts)
        {
            for (long taken = 0, count; taken < part.size(1); taken += count, channel += count)
            {
                // As many channels as stay in one group; they go to every groups-th channel of the result.
                var (group, row) = Math.DivRem(channel, rows);
                count = Math.Min(part.size(1) - taken, rows - row);
                using var column = result.select(2, group);
                using var target = column.narrow(1, row, count);
                using var source = part.narrow(1, taken, count);
                target.copy_(source);
            }
        }
        return result.flatten(1, 2);
    }
}
