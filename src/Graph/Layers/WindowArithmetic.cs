using System.Globalization;

namespace Blockwright.Graph;

/// <summary>How a window slides over a map: the sizes that come out, as torch.nn.Conv2d and torch.nn.MaxPool2d give them.</summary>
internal static class WindowArithmetic
{
    /// <summary>dilation * (kernel - 1) / 2, rounded down: keeps the size at stride 1 and odd kernels.</summary>
    public static Pair SamePadding(Pair kernel, Pair dilation) => new(SamePadding(kernel.Height, dilation.Height), SamePadding(kernel.Width, dilation.Width));

    /// <summary>dilation * (kernel - 1): the pixels that a window reaches over beside its own.</summary>
    public static Pair Reach(Pair kernel, Pair dilation) => new(Reach(kernel.Height, dilation.Height), Reach(kernel.Width, dilation.Width));

    /// <summary>Why no padding keeps the size.</summary>
    public static string NoHalf(Pair reach) => $"none: half of the {reach} pixels beside its own leaves a rest";

    /// <summary>The height and width that come out, where they are known.</summary>
    public static string? SizeText(Shape input, Pair kernel, Pair stride, WindowPadding padding, Pair dilation)
    {
        var (height, width) = Slide(input, kernel, stride, padding.Sides, dilation, ceilMode: false);
        return height is { Size: not null } h && width is { Size: not null } w ? $"{h} x {w}" : null;
    }

    /// <summary>Kernel / stride + padding * dilation, those left out that change nothing: <c>3x3/2x2+1x1</c>; with a padding that is another on two sides <c>3x3/2x2+0:1x0:1</c>.</summary>
    public static string Text(Pair kernel, Pair stride, WindowPadding padding, Pair dilation)
    {
        var sides = padding.Sides;
        var surrounds = padding.IsEven ? Unless("+", padding.Both, Pair.Zero) : $"+{sides.Top}:{sides.Bottom}x{sides.Left}:{sides.Right}";
        return Side(kernel) + Unless("/", stride, Pair.One) + surrounds + Unless("*", dilation, Pair.One);

        static string Unless(string sign, Pair pair, Pair usual) => pair.Equals(usual) ? "" : sign + Side(pair);

        static string Side(Pair pair) => $"{pair.Height}x{pair.Width}";
    }

    /// <summary>The window, where all its numbers are known.</summary>
    public static Kernels.Window Window(Pair kernel, Pair stride, WindowPadding padding, Pair dilation)
    {
        var sides = padding.Sides;
        return new(
            Int(kernel.Height), Int(kernel.Width), Int(stride.Height), Int(stride.Width), Int(sides.Top), Int(sides.Left), Int(dilation.Height), Int(dilation.Width), Int(sides.Bottom - sides.Top), Int(sides.Right - sides.Left));
    }

    /// <summary>The numbers of some pairs, height first.</summary>
    public static long[] Longs(params Pair[] pairs) => pairs.SelectMany(static pair => new[] { pair.Height.Constant!.Value, pair.Width.Constant!.Value }).ToArray();

    /// <summary>A padding as ONNX has it: top, left, bottom, right.</summary>
    public static long[] Pads(WindowPadding padding)
    {
        var sides = padding.Sides;
        return Longs(new Pair(sides.Top, sides.Left), new Pair(sides.Bottom, sides.Right));
    }

    /// <summary>The height and width that come out, or null after a report that the window is larger than the padded map.</summary>
    public static (Extent Height, Extent Width)? Slide(LayerContext context, Pair kernel, Pair stride, WindowPadding padding, Pair dilation, bool ceilMode)
    {
        var sides = padding.Sides;
        if (!sides.All.All(static side => side.FitsInt))
        {
            context.Report(ProblemIds.NotACount, nameof(Conv2dAttribute.KernelSize), $"a padding of at most {int.MaxValue}", padding.ToString());
            return null;
        }
        var input = context.Input;
        var (height, width) = Slide(input, kernel, stride, sides, dilation, ceilMode);
        if (height is { } h && width is { } w)
        {
            if (!(h.Size > int.MaxValue || w.Size > int.MaxValue))
                return (h, w);
            context.Report(ProblemIds.NotACount, nameof(Conv2dAttribute.KernelSize), $"a map of at most {int.MaxValue} x {int.MaxValue}", $"{h} x {w}");
            return null;
        }
        var padded = $"{Padded(input.Height, sides.Top, sides.Bottom)} x {Padded(input.Width, sides.Left, sides.Right)}";
        var reach = $"{Reach(kernel.Height.Constant, dilation.Height.Constant)} x {Reach(kernel.Width.Constant, dilation.Width.Constant)}";
        context.Report(ProblemIds.KernelTooLarge, nameof(Conv2dAttribute.KernelSize), context.Step.Kind, reach, padded, $"{input.Height} x {input.Width}");
        return null;
    }

    private static Amount SamePadding(Amount kernel, Amount dilation)
    {
        if (kernel.Equals(Amount.One))
            return Amount.Zero;
        var reach = Reach(kernel, dilation);
        return reach.Constant is { } number ? Amount.Of(number / 2) : Amount.Of(new Atom($"floor(({reach})/2)", $"(({reach.Code}) / 2)"));
    }

    private static Amount Reach(Amount kernel, Amount dilation) => dilation * (kernel - Amount.One);

    private static (Extent? Height, Extent? Width) Slide(Shape input, Pair kernel, Pair stride, Sides padding, Pair dilation, bool ceilMode) => (
        Slide(input.Height, kernel.Height, stride.Height, (padding.Top, padding.Bottom), dilation.Height, ceilMode),
        Slide(input.Width, kernel.Width, stride.Width, (padding.Left, padding.Right), dilation.Width, ceilMode));

    private static Extent? Slide(Extent size, Amount kernel, Amount stride, (Amount Before, Amount Behind) padding, Amount dilation, bool ceilMode)
    {
        if (size.Size is not { } n || kernel.Constant is not { } k || stride.Constant is not { } s || padding.Before.Constant is not { } p || padding.Behind.Constant is not { } q || dilation.Constant is not { } d)
            return Guess(size, kernel, stride, padding, dilation);
        var windows = Kernels.Window.Output(n, k, s, p, q, d, ceilMode);
        return windows < 1 ? null : Extent.Of(windows) with { IsAlways = size.IsAlways };
    }

    /// <summary>A text for a size that is not known: the same where the window keeps it, H/2 at stride 2, else H'. One that grows with each layer is cut.</summary>
    private static Extent Guess(Extent size, Amount kernel, Amount stride, (Amount Before, Amount Behind) padding, Amount dilation)
    {
        const int MostCharacters = 64;
        var guess = GuessInFull(size, kernel, stride, padding, dilation);
        return guess.Size is null && guess.Text.Length > MostCharacters ? Extent.Unknown(guess.Text.Substring(0, 1) + "'") : guess;
    }

    private static Extent GuessInFull(Extent size, Amount kernel, Amount stride, (Amount Before, Amount Behind) padding, Amount dilation)
    {
        // Half of what is not known leaves no rest, which the constructor sees to.
        var same = SamePadding(kernel, dilation);
        if (!(padding.Before + padding.Behind).Equals(Reach(kernel, dilation)) && !(same.Constant is null && padding.Equals((same, same))))
            return Extent.Unknown(size.Text.TrimEnd('\'') + "'");
        if (stride.Equals(Amount.One))
            return size.Size is null ? size : Extent.Unknown(size.Text);
        var slash = size.Text.LastIndexOf('/');
        return stride.Constant is { } step && slash > 0 && long.TryParse(size.Text.Substring(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var already) && already <= int.MaxValue / step
            ? Extent.Unknown(size.Text.Substring(0, slash + 1) + (already * step).ToString(CultureInfo.InvariantCulture))
            : Extent.Unknown($"{size.Text}/{stride}");
    }

    private static string Padded(Extent size, Amount before, Amount behind) =>
        size.Size is { } n && before.Constant is { } p && behind.Constant is { } q ? Text(n + p + q) : before.Equals(behind) ? $"{size} + 2*{before}" : $"{size} + {before} + {behind}";

    private static string Reach(long? kernel, long? dilation) => kernel is { } k && dilation is { } d ? Text((d * (k - 1)) + 1) : "?";

    private static int Int(Amount amount) => (int)amount.Constant!;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
