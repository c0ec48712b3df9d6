using System.Globalization;

namespace Blockwright.Graph;

/// <summary>How a window slides over a map: the sizes that come out, as torch.nn.Conv2d and torch.nn.MaxPool2d give them.</summary>
internal static class WindowArithmetic
{
    /// <summary>dilation * (kernel - 1) / 2, rounded down: keeps the size at stride 1 and odd kernels.</summary>
    public static Pair SamePadding(Pair kernel, Pair dilation) => new(SamePadding(kernel.Height, dilation.Height), SamePadding(kernel.Width, dilation.Width));

    /// <summary>dilation * (kernel - 1): the pixels that a window reaches over beside its own.</summary>
    public static Pair Reach(Pair kernel, Pair dilation) => new(Reach(kernel.Height, dilation.Height), Reach(kernel.Width, dilation.Width));

    /// <summary>The height and width that come out, where they are known.</summary>
    public static string? SizeText(Shape input, Pair kernel, Pair stride, Pair padding, Pair dilation)
    {
        var height = Slide(input.Height, kernel.Height, stride.Height, padding.Height, dilation.Height, ceilMode: false);
        var width = Slide(input.Width, kernel.Width, stride.Width, padding.Width, dilation.Width, ceilMode: false);
        return height is { Size: not null } h && width is { Size: not null } w ? $"{h} x {w}" : null;
    }

    /// <summary>Kernel / stride + padding * dilation, those left out that change nothing: <c>3x3/2x2+1x1</c>.</summary>
    public static string Text(Pair kernel, Pair stride, Pair padding, Pair dilation)
    {
        return Side(kernel) + Unless("/", stride, Pair.One) + Unless("+", padding, Pair.Zero) + Unless("*", dilation, Pair.One);

        static string Unless(string sign, Pair pair, Pair usual) => pair.Equals(usual) ? "" : sign + Side(pair);

        static string Side(Pair pair) => $"{pair.Height}x{pair.Width}";
    }

    /// <summary>The window, where all its numbers are known.</summary>
    public static Kernels.Window Window(Pair kernel, Pair stride, Pair padding, Pair dilation) =>
        new(Int(kernel.Height), Int(kernel.Width), Int(stride.Height), Int(stride.Width), Int(padding.Height), Int(padding.Width), Int(dilation.Height), Int(dilation.Width));

    /// <summary>The numbers of some pairs, height first.</summary>
    public static long[] Longs(params Pair[] pairs) => pairs.SelectMany(static pair => new[] { pair.Height.Constant!.Value, pair.Width.Constant!.Value }).ToArray();

    /// <summary>The height and width that come out, or null after a report that the window is larger than the padded map.</summary>
    public static (Extent Height, Extent Width)? Slide(LayerContext context, Pair kernel, Pair stride, Pair padding, Pair dilation, bool ceilMode)
    {
        if (!padding.Height.FitsInt || !padding.Width.FitsInt)
        {
            context.Report(ProblemIds.NotACount, nameof(Conv2dAttribute.KernelSize), $"a padding of at most {int.MaxValue}", padding.ToString());
            return null;
        }
        var input = context.Input;
        var height = Slide(input.Height, kernel.Height, stride.Height, padding.Height, dilation.Height, ceilMode);
        var width = Slide(input.Width, kernel.Width, stride.Width, padding.Width, dilation.Width, ceilMode);
        if (height is { } h && width is { } w)
        {
            if (!(h.Size > int.MaxValue || w.Size > int.MaxValue))
                return (h, w);
            context.Report(ProblemIds.NotACount, nameof(Conv2dAttribute.KernelSize), $"a map of at most {int.MaxValue} x {int.MaxValue}", $"{h} x {w}");
            return null;
        }
        var padded = $"{Padded(input.Height, padding.Height)} x {Padded(input.Width, padding.Width)}";
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

    private static Extent? Slide(Extent size, Amount kernel, Amount stride, Amount padding, Amount dilation, bool ceilMode)
    {
        if (size.Size is not { } n || kernel.Constant is not { } k || stride.Constant is not { } s || padding.Constant is not { } p || dilation.Constant is not { } d)
            return Guess(size, kernel, stride, padding, dilation);
        var windows = Kernels.Window.Output(n, k, s, p, d, ceilMode);
        return windows < 1 ? null : Extent.Of(windows) with { IsAlways = size.IsAlways };
    }

    /// <summary>A text for a size that is not known: the same where the window keeps it, H/2 at stride 2, else H'. One that grows with each layer is cut.</summary>
    private static Extent Guess(Extent size, Amount kernel, Amount stride, Amount padding, Amount dilation)
    {
        const int MostCharacters = 64;
        var guess = GuessInFull(size, kernel, stride, padding, dilation);
        return guess.Size is null && guess.Text.Length > MostCharacters ? Extent.Unknown(guess.Text.Substring(0, 1) + "'") : guess;
    }

    private static Extent GuessInFull(Extent size, Amount kernel, Amount stride, Amount padding, Amount dilation)
    {
        if (!padding.Equals(SamePadding(kernel, dilation)) || kernel.Constant % 2 == 0)
            return Extent.Unknown(size.Text.TrimEnd('\'') + "'");
        if (stride.Equals(Amount.One))
            return size.Size is null ? size : Extent.Unknown(size.Text);
        var slash = size.Text.LastIndexOf('/');
        return stride.Constant is { } step && slash > 0 && long.TryParse(size.Text.Substring(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var already) && already <= int.MaxValue / step
            ? Extent.Unknown(size.Text.Substring(0, slash + 1) + (already * step).ToString(CultureInfo.InvariantCulture))
            : Extent.Unknown($"{size.Text}/{stride}");
    }

    private static string Padded(Extent size, Amount padding) => size.Size is { } n && padding.Constant is { } p ? Text(n + (2 * p)) : $"{size} + 2*{padding}";

    private static string Reach(long? kernel, long? dilation) => kernel is { } k && dilation is { } d ? Text((d * (k - 1)) + 1) : "?";

    private static int Int(Amount amount) => (int)amount.Constant!;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
