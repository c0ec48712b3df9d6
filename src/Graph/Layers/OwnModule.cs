using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>A module of the user's own, of which its class's name and what comes out are known, and nothing else.</summary>
/// <param name="Class">Its class.</param>
/// <param name="Handed">What its constructor is handed, as C# reads it.</param>
/// <param name="Channels">The channels or features that come out.</param>
/// <param name="Height">The height that comes out; null of what is flat.</param>
/// <param name="Width">The width that comes out; null of what is flat.</param>
internal sealed record OwnModule(OwnClass Class, EquatableArray<string> Handed, Amount Channels, SizeForm? Height, SizeForm? Width) : Layer
{
    public override string Kind => DeclarationReader.ModuleStep;

    public override string TorchName => Class.Name;

    public override bool IsUncounted => true;

    public override Amount Parameters => Amount.Of(new Atom($"{Class.Name}'s", "0"));

    public override long? MultiplyAddsPerPixel => null;

    public override bool KeepsChannelsApart => false;

    public override bool IsElementwise => false;

    // It may keep its input for its gradient, and give what it keeps, or its input itself.
    public override Overwriting Overwriting => Overwriting.Never;

    public override Overwriting Yields => Overwriting.Never;

    public override ModuleCode Module => new(Class.FullName, $"{Class.FullName}({string.Join(", ", Handed)})", "CopiedModule", Origin: ModuleOrigin.User) { Visibility = Class.Visibility };

    public override IEnumerable<Amount> NumbersOfCall => Sizes.Prepend(Channels);

    public override string Describe() => $"{Kind}<{Class.Name}>";

    public override ValueRange Range(ValueRange input) => ValueRange.Any;

    public override string Call(CallSite site)
    {
        var size = Height is { IsSame: true } && Width is { IsSame: true } || Height is null ? "" : $", new {Emitted.Plans}Resizing({string.Join(", ", Sizes.Select(site.Number))})";
        return $"{Emitted.Runtime}OwnModules.Call({site.Module}, {site.Input}, \"{site.Where}\", {site.Number(Channels)}{size})";
    }

    /// <summary>None: torch computes it.</summary>
    public override Kernel? Kernel(Shape input) => null;

    public override Resizing? Resizing(Shape input) => Sizes.Select(static size => (int)size.Constant!).ToList() is [var timesHeight, var timesWidth, var plusHeight, var plusWidth, var overHeight, var overWidth]
        ? new(timesHeight, timesWidth, plusHeight, plusWidth, overHeight, overWidth)
        : null;

    public override string Onnx(IOnnxGraph graph, string input) => graph.Node(OnnxModules.Own, [input]);

    /// <summary>In the order of <see cref="Plans.Resizing"/>.</summary>
    private IEnumerable<Amount> Sizes => Height is { } height && Width is { } width ? [height.Times, width.Times, height.Plus, width.Plus, height.Over, width.Over] : [];
}

/// <summary>What an attribute that puts a module of the user's own into a declaration means.</summary>
internal static class OwnModules
{
    private const string Channels = nameof(ModuleAttribute<object>.Channels);
    private const string Height = nameof(ModuleAttribute<object>.Height);
    private const string Width = nameof(ModuleAttribute<object>.Width);

    /// <summary>Null after a report.</summary>
    public static (Layer, Shape)? Resolve(LayerContext context)
    {
        var (own, input) = (context.Step.Class!, context.Input);
        if (own.Fault is { } fault)
        {
            context.Report(fault);
            return null;
        }
        var beside = context.WithChannels();
        if (beside.Handed(nameof(ModuleAttribute<object>.Arguments)) is not { } arguments || ChannelsOf(beside, own) is not { } channels)
            return null;
        if (input.IsFlat)
            return !SaysSize(context, own) ? (new OwnModule(own, arguments, channels, null, null), Shape.Flat(channels)) : null;
        if (context.Size(Height, "h") is not { } height || context.Size(Width, "w") is not { } width)
            return null;
        var output = context.Map(context.Step[Height] is null ? Width : Height, channels, height.Of(input.Height), width.Of(input.Width));
        if (output is null || !HasPixels(context, output))
            return null;
        return (new OwnModule(own, arguments, channels, height, width), output);
    }

    private static Amount? ChannelsOf(LayerContext context, OwnClass own) =>
        context.Step[Channels] is null && own.Shape.FirstOrDefault(static each => each is { Name: Channels, Value: not Value.Unusable })?.Value is { } said ? context.NumberOfClass(Channels, said) : context.Number(Channels, context.Input.Channels);

    /// <summary>What is flat has no height and no width.</summary>
    private static bool SaysSize(LayerContext context, OwnClass own)
    {
        if (new[] { Height, Width }.FirstOrDefault(size => context.Step[size] is not null || own.Shape.Any(each => each.Name == size)) is not { } said)
            return false;
        context.Report(ProblemIds.WrongRank, said, $"{DeclarationReader.ModuleStep}<{own.Name}> with a {said}", "N x C x H x W", context.Input.ToString());
        return true;
    }

    private static bool HasPixels(LayerContext context, Shape output)
    {
        if (!(output.Height.Size < 1) && !(output.Width.Size < 1))
            return true;
        context.Report(ProblemIds.NotACount, output.Height.Size < 1 ? Height : Width, "a map of at least 1 x 1", $"{output.Height} x {output.Width}");
        return false;
    }
}
