using System.Globalization;

namespace Blockwright.Generator.Tests.Properties;

/// <summary>Draws layers that fit a value.</summary>
internal sealed class LayerDrawing(ProgramDrawing program, Numbers numbers, int mostChannels)
{
    private static readonly string[] UsualActivations = ["ReLU", "ReLU", "ReLU6", "LeakyReLU", "LeakyReLU(NegativeSlope = 0.2)", "LeakyReLU(NegativeSlope = -0.5)", "SiLU", "GELU", "GELU(Approximate = \"tanh\")", "ELU(Alpha = 0.5)", "Mish", "Hardswish", "Hardsigmoid", "Sigmoid"];

    private static readonly string[] RareActivations =
        ["Tanh", "Softplus", "Softplus(Beta = 2)", "Hardtanh", "Hardtanh(MinVal = -0.5, MaxVal = 2)", "Clamp(Min = -0.25, Max = 0.75)", "Clamp(Min = 0.1)", "Clamp(Max = 1)", "Factor(0.2)", "Factor(-1.5)"];

    /// <summary>One in five is rare, lest what fixes are offered for become rare, too.</summary>
    private static readonly string[] Activations = [.. UsualActivations, .. UsualActivations, .. UsualActivations, .. RareActivations];

    /// <summary>What few networks have, and for which torch's operations do: a network with one of those has no kernels.</summary>
    private static readonly string[] RareLayers = ["PReLU", "PReLU(PerChannel = true)", "PReLU(Init = -0.5)", "Scale", "Scale(Init = 0.1)", "LayerNorm2d(Eps = 0.1)", "GroupNorm(1, Eps = 0.1)", "Softmax", "Softmax(Dim = 3)", "LogSoftmax", "LogSoftmax(Dim = 2)", "Permute(0, 2, 3, 1), LogSoftmax(Dim = 1), SiLU, Softmax(Dim = 3), Permute(0, 3, 1, 2)", "LocalResponseNorm(3)", "LocalResponseNorm(2, Alpha = 0.3, K = 2)", "Module<Gain>", "Module<Gain>(0.5)", "Module<Gain>(\"c*2\")", "Module<Gain>(\"in*2\")"];

    private Tape Tape => program.Tape;

    public static DrawnShape Point(DrawnShape shape) => new(shape.Channels, [.. shape.Height.Select(static _ => 1L)], [.. shape.Width.Select(static _ => 1L)], IsPoint: true);

    public static DrawnShape Halved(DrawnShape shape) => shape with { Height = [.. shape.Height.Select(static size => (size + 1) / 2)], Width = [.. shape.Width.Select(static size => (size + 1) / 2)] };

    /// <summary>A layer, or a few that often stand together, each with the shape that comes out.</summary>
    public IEnumerable<(string Attribute, DrawnShape Result)> Draw(DrawnShape shape, bool keepsSize)
    {
        switch (Tape.Next(9))
        {
            case 0 or 1 or 2:
                var convolution = Convolution(shape, keepsSize);
                if (convolution is not var (attribute, result))
                    yield break;
                yield return (attribute, result);
                if (Tape.Chance(2) && Norm(result) is { } behind)
                    yield return (behind, result);
                if (Tape.Chance(2))
                    yield return (Tape.Pick(Activations), result);
                break;
            case 3 when Norm(shape) is { } norm:
                yield return (norm, shape);
                break;
            case 4 or 5 when Pool(shape, keepsSize) is var (pool, pooled):
                yield return (pool, pooled);
                break;
            case 6 when Shuffle(shape) is { } shuffle:
                yield return (shuffle, shape);
                break;
            case 7 when Rare(shape, keepsSize) is var (rare, changed):
                yield return (rare, changed);
                break;
            default:
                yield return (Tape.Pick(Activations), shape);
                break;
        }
    }

    /// <summary>Numbers of channels and how they are written; empty where they are the input's and left out.</summary>
    public (string Text, long[] Channels) Channels(DrawnShape shape)
    {
        long[] channels = Tape.Next(5) switch
        {
            1 => [.. shape.Channels.Select(_ => (long)(1 + Tape.Next(8)))],
            2 => [.. shape.Channels.Select(static count => count * 2)],
            3 when shape.Channels.All(static count => count % 2 == 0) => [.. shape.Channels.Select(static count => count / 2)],
            4 when Tape.Next(10) + 1 is var all => [.. shape.Channels.Select(_ => (long)all)],
            _ => shape.Channels,
        };
        if (channels.Max() > mostChannels || (channels == shape.Channels && Tape.Chance(2)))
            channels = shape.Channels;
        else if (numbers.Write(channels) is { } text)
            return (text, channels);
        return ("", shape.Channels);
    }

    public string? Shuffle(DrawnShape shape)
    {
        if (shape.Channels.Max() > 1 && Tape.Chance(4) && numbers.Write(shape.Channels) is { } all)
            return $"ChannelShuffle({all})";
        var groups = Divisors(shape.Channels);
        return groups.Count == 0 ? null : $"ChannelShuffle({Text(Tape.Pick(groups))})";
    }

    private string? Norm(DrawnShape shape)
    {
        // Of a few values the variance may be next to nothing, and what is divided by it is then mostly rounding.
        if (shape.Height.Zip(shape.Width, static (h, w) => h * w).Min() < 4)
            return null;
        // Without running statistics it has no kernel.
        return Tape.Chance(30)
            ? Tape.Pick(["BatchNorm2d(TrackRunningStats = false)", "BatchNorm2d(Affine = false, TrackRunningStats = false)"])
            : Tape.Pick(["BatchNorm2d", "BatchNorm2d", "BatchNorm2d(Eps = 0.001)", "BatchNorm2d(Momentum = 0.3, Eps = 1e-4)", "BatchNorm2d(Affine = false)"]);
    }

    private (string, DrawnShape)? Convolution(DrawnShape shape, bool keepsSize)
    {
        var (text, channels) = Channels(shape);
        var bias = Tape.Next(3) switch { 0 => "", 1 => ", Bias = false", _ => ", Bias = true" };
        var name = Tape.Chance(4) ? $", Name = \"{Tape.Pick(["", "/"])}{program.NewName(Tape.Pick(["layer", "layer-"]))}\"" : "";
        if (!shape.IsPoint && Tape.Chance(9) && (text.Length > 0 ? text : numbers.Write(channels)) is { } features)
            return ($"Linear({features}, PerPixel = true{bias}{name})", shape with { Channels = channels });
        var groups = Groups(shape.Channels, channels);
        if (shape.IsPoint || Tape.Chance(3))
        {
            var (stride, strided) = !keepsSize && !shape.IsPoint && Tape.Chance(3) ? (", Stride = 2", Halved(shape)) : ("", shape);
            return ($"Conv1x1({(text + groups + stride + bias + name).TrimStart(',', ' ')})".Replace("()", "", StringComparison.Ordinal), strided with { Channels = channels });
        }
        var window = Window(keepsSize, mayDilate: true, ceilMode: false);
        if (window.Slide(shape.Height, 0) is not { } height || window.Slide(shape.Width, 1) is not { } width)
            return null;
        var rest = Arguments(window, keepsSize, "") + bias + name;
        if (Tape.Chance(3))
            return ($"DepthwiseConv2d({Pair(window.Kernel)}{rest})", new(shape.Channels, height, width));
        // Conv2d says its channels; those of some shapes nothing here can say.
        if ((text.Length > 0 ? text : numbers.Write(channels)) is not { } says)
            return null;
        return ($"Conv2d({says}, {Pair(window.Kernel)}{groups}{rest})", new(channels, height, width));
    }

    private string Groups(long[] from, long[] to)
    {
        if (!Tape.Chance(3))
            return "";
        if (from.SequenceEqual(to) && Tape.Chance(2) && numbers.Write(from) is { } all)
            return $", Groups = {all}";
        var common = Divisors([.. from, .. to]);
        return common.Count == 0 ? "" : $", Groups = {Text(Tape.Pick(common))}";
    }

    private (string, DrawnShape)? Pool(DrawnShape shape, bool keepsSize)
    {
        if (shape.IsPoint)
            return null;
        if (!keepsSize && Tape.Chance(8))
            return ("GlobalAvgPool2d", Point(shape));
        var isMax = Tape.Chance(2);
        var ceilMode = Tape.Chance(2);
        var window = Window(keepsSize, mayDilate: false, ceilMode);
        if (window.Padding.Concat(window.Behind).Zip([.. window.Kernel, .. window.Kernel], static (padding, kernel) => padding * 2 > kernel).Any(static isWide => isWide)
            || window.Slide(shape.Height, 0) is not { } height || window.Slide(shape.Width, 1) is not { } width)
            return null;
        var more = (ceilMode ? ", CeilMode = true" : "") + (!isMax && Tape.Chance(2) ? ", CountIncludePad = false" : "");
        // A pool's stride is its window where it is left out.
        return ($"{(isMax ? "MaxPool2d" : "AvgPool2d")}({Pair(window.Kernel)}{Arguments(window, keepsSize, $", Stride = {Text(window.Stride)}")}{more})", shape with { Height = height, Width = width });
    }

    /// <summary>What is gone in inference; and now and then what has no kernel. Null where nothing of it is meant, or it does not fit.</summary>
    private (string, DrawnShape)? Rare(DrawnShape shape, bool keepsSize) => Tape.Next(16) switch
    {
        < 8 => (Tape.Pick(["Dropout", "Dropout(0.2)", "Dropout(0)", "Dropout2d", "Dropout2d(0.2)", "StochasticDepth(0.3)", "StochasticDepth(0.5, Mode = \"batch\")", "StochasticDepth(0.5, Layer = 3, Layers = 4)", "StochasticDepth(0.5, Layer = \"in\", Layers = \"2*in\")"]), shape),
        // One value has nothing to be normalized by.
        8 when Tape.Pick(RareLayers) is var layer && !(layer.StartsWith("GroupNorm", StringComparison.Ordinal) && shape.Channels.Where((channels, use) => channels * shape.Height[use] * shape.Width[use] == 1).Any()) => (layer, shape),
        9 => Resized(shape, keepsSize),
        _ => null,
    };

    /// <summary>What makes another size of a map and is no window; null where it does not fit, or the size must stay.</summary>
    private (string, DrawnShape)? Resized(DrawnShape shape, bool keepsSize)
    {
        if (shape.IsPoint || keepsSize)
            return null;
        var smallest = shape.Height.Concat(shape.Width).Min();
        (string Attribute, DrawnShape Result) drawn = Tape.Next(10) switch
        {
            0 => ("Upsample(2)", Mapped(shape, static h => h * 2, static w => w * 2)),
            1 => ("Upsample(new[] { 1, 2 }, Mode = \"bilinear\")", Mapped(shape, static h => h, static w => w * 2)),
            2 => ("Upsample(2, Mode = \"bilinear\", AlignCorners = true)", Mapped(shape, static h => h * 2, static w => w * 2)),
            3 => ("Upsample(Size = new[] { 7, 5 })", Fixed(shape, [7, 5])),
            4 => ("Upsample(Size = 6, Mode = \"bilinear\")", Fixed(shape, [6, 6])),
            5 => ("ZeroPad2d(new[] { 0, 1, 2, 3 })", Mapped(shape, static h => h + 5, static w => w + 1)),
            6 when smallest > 2 => ("ReflectionPad2d(new[] { 2, 1, 0, 1 })", Mapped(shape, static h => h + 1, static w => w + 3)),
            7 => ("AdaptiveMaxPool2d(new[] { 3, 4 })", Fixed(shape, [3, 4])),
            8 => ("AdaptiveAvgPool2d(1)", Fixed(shape, [1, 1])),
            _ => ("AdaptiveAvgPool2d(new[] { 5, 2 })", Fixed(shape, [5, 2])),
        };
        return drawn.Result.Height.Concat(drawn.Result.Width).Max() <= DrawnWindow.LargestSize ? drawn : null;
    }

    private static DrawnShape Mapped(DrawnShape shape, Func<long, long> height, Func<long, long> width) => shape with { Height = [.. shape.Height.Select(height)], Width = [.. shape.Width.Select(width)] };

    private static DrawnShape Fixed(DrawnShape shape, long[] size) => shape with { Height = [.. shape.Height.Select(_ => size[0])], Width = [.. shape.Width.Select(_ => size[1])], IsPoint = size is [1, 1] };

    private DrawnWindow Window(bool keepsSize, bool mayDilate, bool ceilMode)
    {
        long[] kernels = keepsSize ? [1, 3, 5] : [1, 2, 3, 4, 5];
        var kernel = Tape.Pick(kernels);
        long[] both = Tape.Chance(3) ? [kernel, Tape.Pick(kernels)] : [kernel, kernel];
        var dilation = mayDilate && Tape.Chance(4) ? 2 : 1;
        long[] same = [.. both.Select(size => dilation * (size - 1) / 2)];
        if (keepsSize)
            return new(both, 1, same, dilation, ceilMode);
        var padding = Tape.Next(3) switch { 0 => same, 1 => [0, 0], _ => new long[] { Tape.Next(3), Tape.Next(3) } };
        var window = new DrawnWindow(both, 1 + Tape.Next(3), padding, dilation, ceilMode);
        return !ceilMode && Tape.Chance(5) ? window with { Behind = [Tape.Next(3), Tape.Next(3)] } : window;
    }

    private string Arguments(DrawnWindow window, bool keepsSize, string stride)
    {
        // A convolution under an even kernel says its padding; a pool's, left out, is rounded down.
        var isPool = stride.Length > 0;
        var isSame = window.Padding.Zip(window.Kernel, (padding, kernel) => isPool ? padding == (kernel - 1) / 2 : padding * 2 == window.Dilation * (kernel - 1)).All(static same => same);
        var text = !isPool && window.Stride != 1 ? $", Stride = {Text(window.Stride)}" : stride;
        if (!window.Behind.SequenceEqual(window.Padding))
            text += $", Padding = new[] {{ {Text(window.Padding[1])}, {Text(window.Behind[1])}, {Text(window.Padding[0])}, {Text(window.Behind[0])} }}";
        else if (!isSame || (!keepsSize && Tape.Chance(2)))
            text += $", Padding = {Pair(window.Padding)}";
        return window.Dilation == 1 ? text : text + $", Dilation = {Text(window.Dilation)}";
    }

    private string Pair(long[] pair)
    {
        if (pair[0] != pair[1])
            return Tape.Chance(2) ? $"new object[] {{ {Text(pair[0])}, \"{Text(pair[1])}\" }}" : $"new[] {{ {Text(pair[0])}, {Text(pair[1])} }}";
        return Text(pair[0]);
    }

    /// <summary>What divides them all, but 1.</summary>
    private static List<long> Divisors(long[] numbers) =>
        [.. Enumerable.Range(2, (int)numbers.Min()).Select(static divisor => (long)divisor).Where(divisor => numbers.All(number => number % divisor == 0))];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
