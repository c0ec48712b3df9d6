using System.Globalization;
using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>What only says anew how a value's elements are arranged.</summary>
/// <param name="Output">The shape that comes out.</param>
internal abstract record Arrangement(Shape Output) : Layer
{
    public override string Describe() => $"{Kind} to {Output}";

    public override bool KeepsChannelsApart => false;

    public override bool IsElementwise => true;

    public override Overwriting Overwriting => Overwriting.Never;

    // torch gives a view where it can.
    public override Overwriting Yields => Overwriting.Never;

    public override ValueRange Range(ValueRange input) => input;

    public override Resizing? Resizing(Shape input) =>
        Output is { IsMap: true, Height: { IsAlways: true, Size: { } height }, Width: { IsAlways: true, Size: { } width } } ? new(0, 0, (int)height, (int)width) : null;
}

/// <summary>torch.reshape, the images as they are.</summary>
/// <param name="Output">The shape that comes out.</param>
/// <param name="Sizes">How torch is told its sizes.</param>
/// <param name="IsOfOneSize">Whether they fit maps of the declared size alone.</param>
/// <param name="CopiesInput">Whether what comes in lies in memory in another order.</param>
internal sealed record Reshape(Shape Output, EquatableArray<SaidSize> Sizes, bool IsOfOneSize, bool CopiesInput) : Arrangement(Output)
{
    public override string Kind => ReshapeDefinition.Name;

    public override bool IsView => !CopiesInput;

    public override bool TakesOneSize => IsOfOneSize;

    public override Arranged? Arranged(Shape input) => Blockwright.Graph.Arranged.InOrder;

    public override IEnumerable<string> Words => [$"sizes={string.Join(",", Output.Sizes.Select(static size => size.ToString()))}"];

    public override IEnumerable<Amount> NumbersOfCall => Sizes.Where(static size => !size.IsRest).Select(static size => size.Times!);

    public override string Call(CallSite site)
    {
        return $"{site.Input}.reshape({site.Input}.size(0), {string.Join(", ", Sizes.Select(Code))})";

        string Code(SaidSize size) => size.IsRest ? "-1" : string.Join(" * ", size.Of.Select(dimension => $"{site.Input}.size({Text(dimension)})").Prepend(site.Number(size.Times!)));
    }

    public override string Onnx(IOnnxGraph graph, string input)
    {
        // The images' 0 keeps their number.
        if (Sizes.All(static size => size.Of.Count == 0))
            return graph.Node("Reshape", [input, graph.Integers([0, .. Sizes.Select(Number)])]);
        var shape = graph.Node("Shape", [input]);
        return graph.Node("Reshape", [input, graph.Node("Concat", [graph.Integers(0), .. Sizes.Select(Part)], ("axis", 0L))]);

        static long Number(SaidSize size) => size.IsRest ? -1 : size.Times!.Constant!.Value;

        string Part(SaidSize size) => size.Of.Aggregate(
            graph.Integers(Number(size)), (product, dimension) => graph.Node("Mul", [product, graph.Node("Slice", [shape, graph.Integers(dimension), graph.Integers(dimension + 1)])]));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A size as torch is told it: a number times sizes of what comes in, or the rest.</summary>
/// <param name="Times">The number; null for the rest.</param>
/// <param name="Of">Which of the input's dimensions it is times.</param>
internal sealed record SaidSize(Amount? Times, EquatableArray<int> Of)
{
    public static SaidSize Rest { get; } = new(null, EquatableArray<int>.Empty);

    public bool IsRest => Times is null;
}

internal sealed class ReshapeDefinition : LayerDefinition
{
    public const string Name = "Reshape";

    private const string Argument = nameof(ReshapeAttribute.Sizes);

    public override string Kind => Name;

    public override string OtherName => "View";

    public override bool KeepsChannels => false;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => false;

    public override bool TakesAnyShape => true;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        var said = context.Step.List(Argument);
        if (said.Count == 0)
        {
            context.Report(ProblemIds.InvalidArgument, null, Name, "the sizes that come out, without the images", "none");
            return null;
        }
        var rest = Enumerable.Range(0, said.Count).Where(i => IsRest(said[i])).ToList();
        if (rest.Count > 1)
        {
            context.ReportAt(ProblemIds.InvalidArgument, Argument, rest[1], Argument, "one -1, the rest", "a second");
            return null;
        }
        var sizes = said.Select((size, i) => IsRest(size) ? Dimension.One : context.Dimension(Argument, i)).ToList();
        if (sizes.Contains(null))
            return null;
        var (whole, known) = (Dimension.Product(context.Input.Sizes), sizes.ConvertAll(static size => size!));
        if (rest.Count == 1 ? !Complete(context, whole, known, rest[0]) : !IsWhole(context, whole, Dimension.Product(known)))
            return null;
        if (known.FirstOrDefault(static size => !size.Times.FitsInt) is { } large)
        {
            context.Report(ProblemIds.NotACount, Argument, $"sizes up to {int.MaxValue.ToString(CultureInfo.InvariantCulture)}", large.ToString());
            return null;
        }
        var product = Dimension.Product(known);
        var isOfOneSize = (product.Heights, product.Widths) != (whole.Heights, whole.Widths);
        var output = context.Input.Rearranged(known.ToEquatableArray(), isPermuted: false);
        return (new Reshape(output, Told(known, isOfOneSize), isOfOneSize, context.Input.IsPermuted), output);
    }

    private static bool IsRest(Value value) => value is Value.Number { Expression: Expression.Number { Value: -1 } };

    /// <summary>Puts the rest in its place; false after a report that there is none.</summary>
    private static bool Complete(LayerContext context, Dimension whole, List<Dimension> sizes, int at)
    {
        var others = Dimension.Product(sizes);
        if (whole.Heights >= others.Heights && whole.Widths >= others.Widths && context.MayDivide(others.Times, whole.Times, $"{Name}: the elements"))
            sizes[at] = new(whole.Times.DividedBy(others.Times), whole.Heights - others.Heights, whole.Widths - others.Widths);
        else if (Elements(context, whole) is { } all && Elements(context, others) is { } part && all % part == 0)
            sizes[at] = Dimension.Of(Amount.Of(all / part));
        else
        {
            context.ReportAt(ProblemIds.InvalidArgument, Argument, at, Argument, $"sizes that divide the {Text(context, whole)} elements of {context.Input}", Text(context, others));
            return false;
        }
        return true;
    }

    /// <summary>Whether the sizes hold as many elements as come in; false after a report.</summary>
    private static bool IsWhole(LayerContext context, Dimension whole, Dimension product)
    {
        if ((whole.Heights, whole.Widths) != (product.Heights, product.Widths))
        {
            // In a block by itself nobody knows yet how large the map is.
            if (Elements(context, whole) is not { } all || Elements(context, product) is not { } part || all == part)
                return true;
        }
        else if (context.MayEqual(product.Times, whole.Times, $"{Name}: the elements"))
        {
            return true;
        }
        context.Report(ProblemIds.InvalidArgument, Argument, Argument, $"{Text(context, whole)} elements in all, as {context.Input} has", Text(context, product));
        return false;
    }

    /// <summary>One size that follows of the map's is the rest, for torch to find; several stand where a map comes in, whose height and width are its dimensions 2 and 3.</summary>
    private static EquatableArray<SaidSize> Told(List<Dimension> sizes, bool isOfOneSize)
    {
        var isOne = !isOfOneSize && sizes.Count(static size => !size.IsFixed) == 1;
        return sizes.Select(size => isOne && !size.IsFixed ? SaidSize.Rest : new(size.Times, Enumerable.Repeat(2, size.Heights).Concat(Enumerable.Repeat(3, size.Widths)).ToEquatableArray())).ToEquatableArray();
    }

    private static long? Elements(LayerContext context, Dimension sizes) => sizes.At(context.Input.Height, context.Input.Width);

    private static string Text(LayerContext context, Dimension sizes) => Elements(context, sizes)?.ToString(CultureInfo.InvariantCulture) ?? sizes.ToString();
}

/// <summary>torch.permute, the images first.</summary>
/// <param name="Output">The shape that comes out.</param>
/// <param name="Dims">Which dimension of the input each of the result's is.</param>
internal sealed record Permute(Shape Output, EquatableArray<int> Dims) : Arrangement(Output)
{
    public override string Kind => PermuteDefinition.Name;

    public override bool IsView => true;

    public override Arranged? Arranged(Shape input) => new(KernelKind.Permute, Dims);

    public override IEnumerable<string> Words => [$"dims={Joined(",")}"];

    public override string Call(CallSite site) => $"{site.Input}.permute({Joined(", ")})";

    public override string Onnx(IOnnxGraph graph, string input) => graph.Node("Transpose", [input], ("perm", Dims.Select(static dimension => (long)dimension).ToArray()));

    private string Joined(string between) => string.Join(between, Dims.Select(static dimension => dimension.ToString(CultureInfo.InvariantCulture)));
}

internal sealed class PermuteDefinition : LayerDefinition
{
    public const string Name = "Permute";

    public override string Kind => Name;

    public override bool KeepsChannels => false;

    public override bool KeepsChannelsApart => false;

    public override bool HasState => false;

    public override bool TakesAnyShape => true;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        const string Argument = nameof(PermuteAttribute.Dims);
        var sizes = context.Input.Sizes;
        var dims = context.Step.List(Argument).Select(static value => value is Value.Number { Expression: Expression.Number { Value: var number } } ? number : -1).ToList();
        if (dims.FirstOrDefault() != 0 || !dims.OrderBy(static dimension => dimension).SequenceEqual(Enumerable.Range(0, sizes.Count + 1).Select(static dimension => (long)dimension)))
        {
            var expected = $"0, the images, and behind it 1 to {sizes.Count.ToString(CultureInfo.InvariantCulture)}, the sizes of {context.Input}, in any order";
            context.Report(ProblemIds.InvalidArgument, Argument, Argument, expected, dims.Count == 0 ? "none" : string.Join(", ", dims.Select(static dimension => dimension.ToString(CultureInfo.InvariantCulture))));
            return null;
        }
        var output = context.Input.Rearranged(dims.Skip(1).Select(dimension => sizes[(int)dimension - 1]).ToEquatableArray(), isPermuted: true);
        return (new Permute(output, dims.Select(static dimension => (int)dimension).ToEquatableArray()), output);
    }
}
