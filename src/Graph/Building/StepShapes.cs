using System.Globalization;
using static System.FormattableString;

namespace Blockwright.Graph;

/// <summary>The shapes that Split, Concat, Add and Multiply give.</summary>
internal sealed class StepShapes(NodeList nodes, Reporter reporter)
{
    private const string Word = LayerTable.Upsample;

    /// <summary>The parts, or null after a report.</summary>
    public (Amount Start, Amount Channels)[]? Split(Step step, int parts, Shape shape, Evaluator evaluator)
    {
        if (Channels(step, parts, shape.Channels, evaluator) is not { } channels)
            return null;
        var start = Amount.Zero;
        var result = new (Amount, Amount)[parts];
        for (var i = 0; i < parts; i++)
        {
            result[i] = (start, channels[i]);
            start += channels[i];
            if (channels[i].FitsInt && start.FitsInt)
                continue;
            reporter.Report(ProblemIds.NotACount, step.Place, $"numbers up to {int.MaxValue}", channels[i].Text);
            return null;
        }
        return result;
    }

    private Amount[]? Channels(Step step, int parts, Amount all, Evaluator evaluator)
    {
        if (parts < 2)
        {
            reporter.Report(ProblemIds.InvalidArgument, step.Place, "Split", "at least two names", parts.ToString(CultureInfo.InvariantCulture));
            return null;
        }
        if (step[nameof(SplitAttribute.Channels)] is { } first)
            return SplitAt(step, parts, all, first, evaluator);
        return step.Real(nameof(SplitAttribute.Ratio)) is { } ratio ? SplitByRatio(step, parts, all, ratio) : SplitEqually(step, parts, all);
    }

    /// <summary>The joined shape, or null after a report.</summary>
    public Shape? Join(Step step, JoinKind kind, IReadOnlyList<int> inputs)
    {
        var shapes = inputs.Select(input => nodes[input].Shape).ToArray();
        var result = kind == JoinKind.Concat ? shapes[0] : Spread(shapes);
        foreach (var shape in shapes)
        {
            if (!Fits(kind, result, shape))
            {
                reporter.Report(ProblemIds.ShapeMismatch, step.Place, kind.ToString(), Expectation(kind), string.Join(" and ", shapes.Select(static each => each.ToString())) + (kind == JoinKind.Concat ? Mending(shapes) : ""));
                return null;
            }
            if (kind != JoinKind.Concat && !IsOneChannel(shape))
                reporter.Require(Requirement.Equal(shape.Channels, result.Channels, $"{kind}: the channels of the values"));
        }
        if (kind != JoinKind.Concat)
            return result;
        var channels = shapes.Aggregate(Amount.Zero, static (sum, shape) => sum + shape.Channels);
        if (channels.FitsInt)
            return result with { Channels = channels };
        reporter.Report(ProblemIds.NotACount, step.Place, $"channels up to {int.MaxValue}", channels.Text);
        return null;
    }

    /// <summary>What a stage's units give together, or null after a report.</summary>
    public Shape? Collect(StageNode stage, Place place)
    {
        var units = stage.Known.IsEmpty ? new[] { stage.First, stage.Rest! } : stage.Known.AsEnumerable();
        var shapes = units.Select(static unit => unit.Graph.Result).ToList();
        if (!shapes.TrueForAll(shape => Fits(JoinKind.Concat, stage.Shape, shape)))
        {
            reporter.Report(ProblemIds.ShapeMismatch, place, nameof(StageAttribute.Collect), Expectation(JoinKind.Concat), string.Join(" and ", shapes.Select(static each => each.ToString()).Distinct()));
            return null;
        }
        var channels = stage.Known.IsEmpty ? stage.Units * stage.Shape.Channels : shapes.Aggregate(Amount.Zero, static (sum, shape) => sum + shape.Channels);
        if (channels.FitsInt)
            return stage.Shape with { Channels = channels };
        reporter.Report(ProblemIds.NotACount, place, $"channels up to {int.MaxValue}", channels.Text);
        return null;
    }

    /// <summary>The shape over which torch spreads them all: a gate, of N x C x 1 x 1, over the map that it is for, and a map of one channel over all channels.</summary>
    private static Shape Spread(IReadOnlyList<Shape> shapes)
    {
        var map = shapes.FirstOrDefault(static shape => !shape.IsPoint) ?? shapes.FirstOrDefault(static shape => !shape.IsAlwaysPoint) ?? shapes[0];
        return map with { Channels = (shapes.FirstOrDefault(static shape => !IsOneChannel(shape)) ?? map).Channels };
    }

    private static bool IsOneChannel(Shape shape) => !shape.IsFlat && shape.Channels.Equals(Amount.One);

    private static string Expectation(JoinKind kind) => kind switch
    {
        JoinKind.Concat => "values of one height and width",
        _ => "values of one shape, or of its channels and 1 x 1, or of one channel and its height and width",
    };

    /// <summary>Which Upsample makes maps of one size of those that are to be concatenated, where they are all known: to the largest height and width, by a factor where there is one.</summary>
    private static string Mending(IReadOnlyList<Shape> shapes)
    {
        if (shapes.Any(static shape => shape.IsFlat || shape.Height.Size is null || shape.Width.Size is null))
            return "";
        var (height, width) = (shapes.Max(static shape => shape.Height.Size!.Value), shapes.Max(static shape => shape.Width.Size!.Value));
        var words = shapes.Where(shape => shape.Height.Size != height || shape.Width.Size != width).Select(shape => $"{UpsampleOf(shape, height, width)} behind {shape}").Distinct();
        return $"; {string.Join(" and ", words)} would mend it";
    }

    private static string UpsampleOf(Shape shape, long height, long width)
    {
        var (h, w) = (shape.Height.Size!.Value, shape.Width.Size!.Value);
        if (height % h != 0 || width % w != 0)
            return Invariant($"{Word}(Size = {(height == width ? Invariant($"{height}") : Invariant($"new[] {{ {height}, {width} }}"))})");
        return height / h == width / w ? Invariant($"{Word}({height / h})") : Invariant($"{Word}(new[] {{ {height / h}, {width / w} }})");
    }

    private static bool Fits(JoinKind kind, Shape result, Shape shape)
    {
        if (shape.IsFlat != result.IsFlat)
            return false;
        if (kind != JoinKind.Concat && !IsOneChannel(shape) && shape.Channels.Constant is { } found && result.Channels.Constant is { } expected && found != expected)
            return false;
        // In a sum one pixel is spread that is one at every size; what is so by chance, at the declared one, is a mistake.
        return (kind == JoinKind.Multiply && shape.IsPoint) || (kind == JoinKind.Add && !shape.IsFlat && shape.IsAlwaysPoint) || (Fits(shape.Height, result.Height) && Fits(shape.Width, result.Width));
    }

    private static bool Fits(Extent a, Extent b) => a.Size is not { } x || b.Size is not { } y || x == y;

    private Amount[]? SplitAt(Step step, int parts, Amount all, Value first, Evaluator evaluator)
    {
        var place = step.PlaceOf(nameof(SplitAttribute.Channels));
        if (parts == 2 && step.Real(nameof(SplitAttribute.Ratio)) is null)
            return evaluator.WithChannels(all).Number(first, place, least: 0) is { } channels ? InTwo(place, all, channels) : null;
        reporter.Report(ProblemIds.InvalidArgument, place, nameof(SplitAttribute.Channels), "two parts, and no Ratio beside", parts == 2 ? "a Ratio" : Invariant($"{parts} parts"));
        return null;
    }

    private Amount[]? SplitByRatio(Step step, int parts, Amount all, double ratio)
    {
        var place = step.PlaceOf(nameof(SplitAttribute.Ratio));
        if (parts == 2 && ratio > 0 && ratio < 1)
            return InTwo(place, all, Share(all, ratio));
        reporter.Report(ProblemIds.InvalidArgument, place, nameof(SplitAttribute.Ratio), "two parts and a ratio above 0 and below 1", Invariant($"{parts} parts and {ratio.ToString("R", CultureInfo.InvariantCulture)}"));
        return null;
    }

    private Amount[]? InTwo(Place place, Amount all, Amount first)
    {
        var rest = all - first;
        if (first.Constant < 1 || rest.Constant < 1)
        {
            reporter.Report(ProblemIds.EmptySplit, place, "two parts of at least one channel", $"{first} and {rest} of {all}");
            return null;
        }
        reporter.Require(Requirement.AtLeast(first, 1, "Split: the first part's channels"));
        reporter.Require(Requirement.AtLeast(rest, 1, "Split: the second part's channels"));
        return [first, rest];
    }

    /// <summary>ratio * channels, rounded to the nearest, halves up: the same arithmetic here and in the constructor.</summary>
    private static Amount Share(Amount channels, double ratio)
    {
        if (channels.Constant is { } number)
            return Amount.Of((long)Math.Floor((number * ratio) + 0.5));
        var factor = ratio.ToString("R", CultureInfo.InvariantCulture);
        return Amount.Of(new Atom($"round({factor}*({channels}))", $"(int)global::System.Math.Floor((({channels.Code}) * {factor}d) + 0.5)"));
    }

    private Amount[]? SplitEqually(Step step, int parts, Amount all)
    {
        if (all.Constant is { } channels && channels % parts != 0)
        {
            var expected = channels < parts ? Invariant($"at least {parts} channels for {parts} parts") : Invariant($"channels that {parts} divides (or a Ratio)");
            reporter.Report(ProblemIds.EmptySplit, step.Place, expected, channels.ToString(CultureInfo.InvariantCulture));
            return null;
        }
        reporter.Require(Requirement.Divides(Amount.Of(parts), all, "Split: the channels"));
        var part = all.DividedBy(Amount.Of(parts));
        return Enumerable.Repeat(part, parts).ToArray();
    }
}
