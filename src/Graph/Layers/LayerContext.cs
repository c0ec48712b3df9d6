using System.Globalization;

namespace Blockwright.Graph;

/// <summary>What a <see cref="LayerDefinition"/> sees: the attribute, the shape that comes in, and a place to report to.</summary>
public sealed class LayerContext
{
    private readonly Reporter _reporter;
    private readonly Evaluator _evaluator;

    internal LayerContext(Step step, Shape input, Shape? like, bool? isBeforeBatchNorm, Evaluator evaluator, Reporter reporter)
    {
        Step = step;
        Input = input;
        Like = like;
        IsBeforeBatchNorm = isBeforeBatchNorm;
        _evaluator = evaluator;
        _reporter = reporter;
    }

    /// <summary>The same, where expressions may name the channels that come in here, but where a parameter is called so.</summary>
    public LayerContext WithChannels() => new(Step, Input, Like, IsBeforeBatchNorm, _evaluator.WithChannels(Input.Channels), _reporter);

    public Step Step { get; }

    public Shape Input { get; }

    /// <summary>The shape of the value that <see cref="LayerDefinition.SizeOf"/> names; null where it names none.</summary>
    public Shape? Like { get; }

    /// <summary>Whether the next attribute is a batch norm; null where that norm may be left out and this layer not.</summary>
    public bool? IsBeforeBatchNorm { get; }

    /// <summary>Whether a convolution adds a bias: as the attribute says, or else unless a batch norm follows. Null after a report that nobody can know that.</summary>
    public bool? Bias()
    {
        if ((Step.Flag(nameof(ConvolutionAttribute.Bias)) ?? !IsBeforeBatchNorm) is { } bias)
            return bias;
        Report(ProblemIds.InvalidArgument, null, nameof(ConvolutionAttribute.Bias), "true or false, since the batch norm that follows has a condition of its own", "none");
        return null;
    }

    /// <summary>A number of at least <paramref name="least"/>, <paramref name="otherwise"/> where the attribute leaves it out, null after a report.</summary>
    public Amount? Number(string argument, Amount otherwise, long least = 1) =>
        Step[argument] is { } value ? _evaluator.Number(value, Step.PlaceOf(argument), least) : otherwise;

    /// <summary>One number for both, or an array of two: height, width.</summary>
    public Pair? Pair(string argument, Pair otherwise, long least = 1) => Pair(argument, otherwise, least, "one number, or two: height, width");

    /// <summary>A window's padding: one number, two as of a <see cref="Graph.Pair"/>, or four as of <see cref="Graph.Sides"/>. Null after a report.</summary>
    public WindowPadding? Padding(string argument, Pair otherwise)
    {
        if (Step[argument] is Value.List { Items.Count: 4 })
            return Sides(argument) is { } sides ? WindowPadding.Of(sides) : null;
        return Pair(argument, otherwise, 0, "one number, two: height, width, or four: left, right, top, bottom") is { } both ? WindowPadding.Of(both) : null;
    }

    private Pair? Pair(string argument, Pair otherwise, long least, string expected)
    {
        switch (Step[argument])
        {
            case null:
                return otherwise;
            case Value.List { Items.Count: 2 } list:
                var height = _evaluator.Number(list.Items[0], Step.PlaceOf(argument, 0), least);
                var width = _evaluator.Number(list.Items[1], Step.PlaceOf(argument, 1), least);
                return height is null || width is null ? null : new(height, width);
            case Value.List list:
                Report(ProblemIds.InvalidArgument, argument, argument, expected, list.Items.Count.ToString(CultureInfo.InvariantCulture) + " numbers");
                return null;
            case var value:
                return _evaluator.Number(value, Step.PlaceOf(argument), least) is { } both ? new(both, both) : null;
        }
    }

    /// <summary>One number for all, or an array of four in torch's order: left, right, top, bottom. Null after a report.</summary>
    public Sides? Sides(string argument)
    {
        if (Step[argument] is not Value.List list)
            return Number(argument, Amount.Zero, least: 0) is { } all ? new(all, all, all, all) : null;
        if (list.Items.Count != 4)
        {
            Report(ProblemIds.InvalidArgument, argument, argument, "one number, or four: left, right, top, bottom", list.Items.Count.ToString(CultureInfo.InvariantCulture) + " numbers");
            return null;
        }
        var sides = list.Items.Select((item, i) => _evaluator.Number(item, Step.PlaceOf(argument, i), least: 0)).ToList();
        return sides is [{ } left, { } right, { } top, { } bottom] ? new(left, right, top, bottom) : null;
    }

    /// <summary>
    /// A size of a Reshape: a number, or a product of numbers and the height and the width of the map that comes in, which are <c>h</c> and <c>w</c>. Null after a report.
    /// </summary>
    /// <param name="argument">The list that holds it.</param>
    /// <param name="item">Its number there.</param>
    public Dimension? Dimension(string argument, int item)
    {
        const string Height = "h", Width = "w";
        var (value, place) = (Step.List(argument)[item], Step.PlaceOf(argument, item));
        var isOfMap = value.Numbers.Any(static number => number.Mentions(Height) || number.Mentions(Width));
        if (isOfMap && !Input.IsMap)
        {
            _reporter.Report(ProblemIds.WrongRank, place, $"{Step.Kind} with {Height} or {Width}", "N x C x H x W (-1 is the rest)", Input.Explained);
            return null;
        }
        return isOfMap ? Read(((Value.Number)value).Expression) : _evaluator.Number(value, place, least: 1) is { } alone ? Graph.Dimension.Of(alone) : null;

        Dimension? Read(Expression expression)
        {
            switch (expression)
            {
                case Expression.Name { Text: Height }:
                    return Input.Sizes[1];
                case Expression.Name { Text: Width }:
                    return Input.Sizes[2];
                case Expression.Operation { Operator: '*' } product:
                    return Read(product.Left) is { } one && Read(product.Right) is { } other ? one * other : null;
                case var _ when expression.Mentions(Height) || expression.Mentions(Width):
                    _reporter.Report(ProblemIds.InvalidArgument, place, argument, $"a product of numbers, {Height} and {Width}", "another expression");
                    return null;
                default:
                    return _evaluator.Number(new Value.Number(expression), place, least: 1) is { } number ? Graph.Dimension.Of(number) : null;
            }
        }
    }

    /// <summary>A map that comes out, or null after a report that no int holds its size.</summary>
    public Shape? Map(string argument, Amount channels, Extent height, Extent width)
    {
        if (channels.FitsInt && !(height.Size > int.MaxValue || width.Size > int.MaxValue))
            return Shape.Map(channels, height, width);
        Report(ProblemIds.NotACount, argument, $"at most {int.MaxValue} channels, and a map of at most {int.MaxValue} x {int.MaxValue}", $"{channels} of {height} x {width}");
        return null;
    }

    /// <summary>A whole number that the attribute takes as one, not as an expression.</summary>
    public long Integer(string argument, long otherwise) => Step[argument] is Value.Number { Expression: Expression.Number number } ? number.Value : otherwise;

    /// <summary>A word that stands in a number's place; null where it is another value, or one of the block's own names.</summary>
    public string? WordOf(string argument) => Step[argument] is Value.Number { Expression: Expression.Name { Text: var word } } && _evaluator.Names.All.All(each => each.Name != word) ? word : null;

    /// <summary>What a constructor is handed, as C# reads it. Null after a report.</summary>
    public EquatableArray<string>? Handed(string argument)
    {
        var items = Step.List(argument);
        var codes = items.Select((item, i) => item is Value.Constant constant ? constant.Code : _evaluator.Number(item, Step.PlaceOf(argument, i), least: 0)?.Code).OfType<string>().ToEquatableArray();
        return codes.Count == items.Count ? codes : null;
    }

    /// <summary>A number that the class of the step says, where <c>in</c> is what comes in here. Null after a report.</summary>
    /// <param name="argument">The property of the class's attribute that says it.</param>
    public Amount? NumberOfClass(string argument, Value value)
    {
        var names = new BlockNames();
        names.Add(Names.In, Input.Channels);
        return new Evaluator(names, ReporterOfClass(argument)).Number(value, Step.Place, least: 1);
    }

    /// <summary>How one size of a map becomes another, as this attribute says it, or else the class of the step, or as it is. Null after a report.</summary>
    /// <param name="argument">The attribute's property, and that of the class's.</param>
    /// <param name="size">What an expression calls the size that comes in. Beside it there are the block's parameters, and no channels.</param>
    public SizeForm? Size(string argument, string size)
    {
        var own = Step[argument];
        if ((own ?? Step.Class!.Shape.FirstOrDefault(each => each.Name == argument)?.Value) is not { } value)
            return SizeForm.Same;
        var (reporter, place) = own is null ? (ReporterOfClass(argument), Step.Place) : (_reporter, Step.PlaceOf(argument));
        var evaluator = new Evaluator(NamesBeside(size, own is null ? [] : _evaluator.Names.All), reporter);
        var (form, expected) = value is Value.Number number ? SizeForm.Of(number.Expression, size, expression => evaluator.Part(expression, place)) : (null, $"a number, or an expression of {size} in a string");
        if (expected is not null)
            reporter.Report(ProblemIds.InvalidArgument, place, argument, expected, value is Value.Unusable other ? other.Shown : "another expression");
        return form;
    }

    private static BlockNames NamesBeside(string size, IEnumerable<(string Name, Amount Value)> known)
    {
        var names = new BlockNames();
        names.Add(size, Amount.Of(new Atom(size, size)));
        foreach (var (name, value) in known.Where(each => each.Name is not (Names.In or Names.Out) && each.Name != size))
            names.Add(name, value);
        return names;
    }

    /// <summary>What the class says is reported where it is used, and says where it stands.</summary>
    private Reporter ReporterOfClass(string argument) => _reporter.Saying($"{argument} of [Shape] on {Step.Class!.Name}");

    /// <summary>A real number, null after a report.</summary>
    public double? Real(string argument, double otherwise, string range, Func<double, bool> isInRange)
    {
        var value = Step.Real(argument) ?? otherwise;
        if (isInRange(value))
            return value;
        Report(ProblemIds.InvalidArgument, argument, argument, range, value.ToString("R", CultureInfo.InvariantCulture));
        return null;
    }

    /// <summary>Reports on the attribute where <paramref name="argument"/> is null or left out.</summary>
    public void Report(string id, string? argument, params string[] arguments) =>
        _reporter.Report(id, argument is null ? Step.Place : Step.PlaceOf(argument), arguments);

    /// <summary>Reports on an item of an argument that is a list.</summary>
    public void ReportAt(string id, string argument, int item, params string[] arguments) => _reporter.Report(id, Step.PlaceOf(argument, item), arguments);

    /// <summary>Reports why a class cannot stand in a declaration.</summary>
    public void Report(OwnClassFault fault) => _reporter.Report(fault.Id, fault.Place, fault.Arguments.ToArray());

    /// <summary>Reports where the rest is known to be other than zero; otherwise the constructor checks it.</summary>
    /// <param name="divider">What does not divide, for people: groups, where it is left out.</param>
    public bool RequireDivides(Amount divisor, Amount value, string id, string argument, string what, string? divider = null)
    {
        if (value.Constant is { } number && divisor.Constant is { } by)
        {
            if (number % by == 0)
                return true;
            Report(id, argument, divider ?? $"{by.ToString(CultureInfo.InvariantCulture)} groups do", what, number.ToString(CultureInfo.InvariantCulture));
            return false;
        }
        _reporter.Require(Requirement.Divides(divisor, value, $"{Step.Kind}: the {what}"));
        return true;
    }

    /// <summary>Whether a number divides another; where that is not known, the constructor checks it.</summary>
    public bool MayDivide(Amount divisor, Amount value, string what)
    {
        if (value.Constant is { } number && divisor.Constant is { } by)
            return number % by == 0;
        _reporter.Require(Requirement.Divides(divisor, value, what));
        return true;
    }

    /// <summary>Whether two numbers are equal; where that is not known, the constructor checks it.</summary>
    public bool MayEqual(Amount value, Amount other, string what)
    {
        if (value.Constant is { } number && other.Constant is { } expected)
            return number == expected;
        _reporter.Require(Requirement.Equal(value, other, what));
        return true;
    }

    /// <summary>Whether a number is even; where it is not known, the constructor checks it.</summary>
    public bool RequireEven(Amount value)
    {
        if (value.Constant is { } number)
            return number % 2 == 0;
        _reporter.Require(Requirement.Divides(Amount.Of(2), value, $"{Step.Kind}: the padding that keeps the size, half of {value} (an even kernel says its Padding)"));
        return true;
    }

    /// <summary>Whether a number is less than one of two; where they are not known, the constructor checks it.</summary>
    public bool RequireBelow(Amount value, Amount one, Amount other)
    {
        if (value.Constant is { } number && one.Constant is { } a && other.Constant is { } b)
            return number < Math.Max(a, b);
        var most = Amount.Of(new Atom($"max({one}, {other})", $"global::System.Math.Max({one.Code}, {other.Code})"));
        _reporter.Require(Requirement.AtLeast(most - value, 1, $"{Step.Kind}: the stride or the dilation less the output padding"));
        return true;
    }

    /// <summary>Reports where a number is known to be larger than another; otherwise the constructor checks it.</summary>
    public bool RequireAtMost(Amount value, Amount most, string argument)
    {
        if ((most - value).Constant is { } rest)
        {
            if (rest >= 0)
                return true;
            Report(ProblemIds.InvalidArgument, argument, argument, $"at most {most}", value.Text);
            return false;
        }
        _reporter.Require(Requirement.AtLeast(most - value, 0, $"{Step.Kind}: {most} less {value}"));
        return true;
    }

    /// <summary>Reports a flat value where the layer works on maps.</summary>
    public bool RequireMap()
    {
        if (Input.IsMap)
            return true;
        Report(ProblemIds.WrongRank, null, Step.Kind, "N x C x H x W", Input.ToString());
        return false;
    }
}
