using System.Collections.Immutable;
using static System.FormattableString;

namespace Blockwright.Plans;

/// <summary>The heights and widths of a network's values for one input.</summary>
internal static class GridSizes
{
    /// <summary>Every grid's size. Nothing is allocated for an input that the network does not take.</summary>
    /// <param name="network">The network's name, for messages.</param>
    /// <param name="grids">Its plan's grids.</param>
    /// <param name="rules">What must hold of them.</param>
    /// <param name="height">H of the input.</param>
    /// <param name="width">W of the input.</param>
    /// <exception cref="ArgumentException">A window does not fit, or what is joined is of different sizes.</exception>
    public static (int Height, int Width)[] Of(string network, ImmutableArray<PlanGrid> grids, ImmutableArray<SizeRule> rules, int height, int width)
    {
        if (height < 1 || width < 1)
            throw new ArgumentException(Invariant($"{network}: an input of {height} x {width} has no pixel."));
        var sizes = new (int Height, int Width)[grids.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            var grid = grids[i];
            if (grid.Kind == GridKind.Resized)
                CheckResized(network, sizes[0], sizes[grid.From], grid.Resizing);
            sizes[i] = grid.Kind switch
            {
                GridKind.Input => (height, width),
                GridKind.Point => (1, 1),
                GridKind.Resized => grid.Resizing.Of(sizes[grid.From].Height, sizes[grid.From].Width),
                _ => (grid.Window.OutputHeight(sizes[grid.From].Height, grid.CeilMode), grid.Window.OutputWidth(sizes[grid.From].Width, grid.CeilMode)),
            };
            if (sizes[i].Height < 1 || sizes[i].Width < 1)
                throw TooSmall(network, sizes, grid);
        }
        foreach (var rule in rules)
            Check(network, grids, sizes, rule);
        return sizes;
    }

    private static void CheckResized(string network, (int Height, int Width) input, (int Height, int Width) from, Resizing resizing)
    {
        if (!resizing.Divides(from.Height, from.Width))
            throw new ArgumentException($"{network}: an input of {Text(input)} does not fit: a map of {Text(from)} is not divided by {Text((resizing.OverHeight, resizing.OverWidth))}.");
        if (!resizing.IsLargeEnough(from.Height, from.Width))
            throw new ArgumentException($"{network}: an input of {Text(input)} is too small: a map of {Text(from)} would be surrounded by its own pixels, mirrored, and has to be at least {Text((resizing.LeastHeight, resizing.LeastWidth))}.");
    }

    private static ArgumentException TooSmall(string network, (int Height, int Width)[] sizes, PlanGrid grid)
    {
        if (grid.Kind == GridKind.Resized)
            return new($"{network}: an input of {Text(sizes[0])} is too small: of a map of {Text(sizes[grid.From])} nothing is left where it is made smaller.");
        var (window, (height, width)) = (grid.Window, sizes[grid.From]);
        var reach = (window.ReachHeight, window.ReachWidth);
        var padded = (height + window.PaddingHeight + window.PaddingBelow, width + window.PaddingWidth + window.PaddingRight);
        return new($"{network}: an input of {Text(sizes[0])} is too small: a window that reaches over {Text(reach)} finds only {Text(padded)}, its padding included.");
    }

    private static void Check(string network, ImmutableArray<PlanGrid> grids, (int Height, int Width)[] sizes, SizeRule rule)
    {
        var declared = (grids[rule.Grid].Height, grids[rule.Grid].Width);
        var expected = rule.Other < 0 ? declared : sizes[rule.Other];
        if (sizes[rule.Grid] == expected)
            return;
        var what = rule.Other < 0 ? $"takes maps of {Text(declared)} and would get {Text(sizes[rule.Grid])}" : $"joins maps of one size and would get {Text(sizes[rule.Grid])} and {Text(expected)}";
        throw new ArgumentException(
            Invariant($"{network}: an input of {Text(sizes[0])} does not fit: {rule.Where} {what}. Use the declared size, {grids[0].Height} x {grids[0].Width}, or another that gives these."));
    }

    private static string Text((int Height, int Width) size) => Invariant($"{size.Height} x {size.Width}");
}
