using System.Reflection;
using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using Blockwright.Tests.Shared;
using TorchSharp;

namespace Blockwright.Generator.Tests.Layers;

/// <summary>Where a layer stands in a small network.</summary>
/// <param name="Name">What the place is.</param>
/// <param name="Before">The attributes before it.</param>
/// <param name="After">Those behind it.</param>
internal sealed record LayerSite(string Name, string Before, string After)
{
    /// <summary>On the network's own input, and on what is one pixel at every size, or flat: nothing else stands there.</summary>
    public static IReadOnlyList<LayerSite> Bare { get; } = [new("Alone", "", ""), new("OnPixel", "GlobalAvgPool2d, ", ""), new("OnFeatures", "Flatten, ", "")];

    /// <summary>Beside what an operation takes in, overwrites, covers or only renames.</summary>
    public static IReadOnlyList<LayerSite> Among { get; } =
    [
        new("BehindPool", "Conv1x1, MaxPool2d(3, Stride = 1), ", ""),
        new("BehindConvolution", "Conv2d(\"in\", 3), ", ""),
        new("BehindDepthwise", "DepthwiseConv2d(3), BatchNorm2d, ", ", Conv1x1(5)"),
        new("BehindPixel", "Conv1x1, GlobalAvgPool2d, ", ""),
        new("BehindFeatures", "Conv1x1, Flatten, ", ""),
        new("BehindShuffle", "Conv1x1, ChannelShuffle(2), ", ", Conv1x1(5)"),
        new("BehindConcat", "From(\"in\", As = \"a\"), Conv1x1(12), Concat(\"in\", \"a\"), ", ", Conv1x1(5)"),
        new("BehindAdd", "From(\"in\", As = \"a\"), Conv1x1, Add(\"in\", \"a\"), ", ""),
        new("BehindGate", "From(\"in\", As = \"a\"), GlobalAvgPool2d, Conv1x1, Sigmoid, Multiply(\"in\", \"a\"), ", ""),
        new("BeforeNorm", "", ", BatchNorm2d, ReLU"),
        new("BeforeActivation", "Conv1x1, ", ", ReLU, SiLU"),
        new("FirstBeforeActivation", "", ", SiLU, Conv1x1(5)"),
        new("OnAPart", "Conv1x1, Split(\"a\", \"b\"), From(\"a\"), ", ", Concat(\"a\", \"b\"), Conv1x1(5)"),
        new("OnOneOfTwoReaders", "From(\"in\", As = \"a\"), Conv1x1, From(\"a\", As = \"b\"), ", ", Add(\"a\", \"b\"), Conv1x1(5)"),
    ];

    /// <summary>For what takes no map of an odd size: one of an even size stays as it is, and all others become it.</summary>
    public static LayerSite Even { get; } = new("OnEvenMap", "Upsample(Size = new[] { 8, 10 }), ", "");

    public bool IsBare => Bare.Contains(this) || this == Even;

    /// <summary>Where all that can be written of a layer is tried, in a network with weights, as the kernels ask for; elsewhere each property by itself.</summary>
    private static LayerSite OfMany(string kind) => LayerTable.Find(kind)!.HasState ? Bare[0] : Among[0];

    /// <summary>Whatever is written of a layer, at every place; some of it fits there.</summary>
    public static IEnumerable<(LayerWord Word, LayerSite Site)> Draw(string kind) => Bare.Concat(Among).SelectMany(site => Words(kind, site).Select(word => (word, site)));

    public static IEnumerable<(LayerWord Word, LayerSite Site)> DrawOnEvenMap(string kind) => LayerWords.Few(kind).Select(static word => (word, Even));

    /// <summary>What a module keeps to itself is no matter of what stands beside it.</summary>
    private static IEnumerable<LayerWord> Words(string kind, LayerSite site) =>
        site == OfMany(kind) ? LayerWords.Many(kind)
        : LayerTable.Find(kind)!.HasState && !site.IsBare ? LayerWords.Fewest(kind)
        : LayerWords.Few(kind);
}

/// <summary>A network with a layer in it.</summary>
/// <param name="Word">The layer.</param>
/// <param name="Site">Where it stands.</param>
/// <param name="Type">The class's name.</param>
/// <param name="Graph">The network as the compiler's side sees it.</param>
internal sealed record LayerCase(LayerWord Word, LayerSite Site, string Type, BlockGraph Graph)
{
    public const int Channels = 8;
    public const int Height = 7;
    public const int Width = 10;

    public string Kind => Word.Kind;

    /// <summary>The layer itself, where nothing stands behind it.</summary>
    public LayerNode Node => (LayerNode)Graph.Nodes[Graph.Output];

    /// <summary>What comes into it.</summary>
    public Shape Input => Graph.Nodes[Node.Source].Shape;

    public static string Body(LayerWord word, LayerSite site) => site.Before + word + site.After;

    public static string Source(LayerWord word, LayerSite site, string type) =>
        $"{Compiling.Usings}namespace Layers;\n[Network, Input({Channels}, {Height}, {Width}), {Body(word, site)}] public partial class {type};";

    public BlockModule MakeRandom(torch.ScalarType type)
    {
        torch.manual_seed(3);
        var module = Compiling.Make(LayerCases.Compiled, "Layers." + Type);
        module.to(type);
        Tensors.Randomize(module);
        return module;
    }

    /// <summary>A snapshot that computes as the options say.</summary>
    public static FusedNetwork Fuse(BlockModule module, FuseOptions options) => (FusedNetwork)module.GetType().GetMethod("Fuse", [typeof(FuseOptions)])!.Invoke(module, [options])!;

    /// <summary>Runs a check, and says of what it failed.</summary>
    public void Check(Action check)
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            check();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{Site.Name}, [{Body(Word, Site)}]: {(e is TargetInvocationException ? e.InnerException : e)!.Message}", e);
        }
    }
}

/// <summary>Every layer of the language, with all that can be written of it, at every place that takes it; compiled once.</summary>
internal static class LayerCases
{
    private static readonly Lazy<(Assembly Assembly, ILookup<string, LayerCase> Cases, IReadOnlyDictionary<string, string> Emitted)> All = new(Compile);

    public static Assembly Compiled => All.Value.Assembly;

    public static TheoryData<string> Kinds => [.. LayerWords.Kinds];

    public static IReadOnlyList<LayerCase> Of(string kind)
    {
        var cases = All.Value.Cases[kind].ToList();
        Assert.True(cases.Count > 0, $"No place in {nameof(LayerSite)} takes {LayerWords.Plain(kind)}: add one.");
        return cases;
    }

    public static IReadOnlyList<LayerCase> Bare(string kind) => [.. Of(kind).Where(static each => each.Site.IsBare)];

    /// <summary>What the generator wrote.</summary>
    public static string Emitted(LayerCase one) => All.Value.Emitted[one.Type];

    private static (Assembly, ILookup<string, LayerCase>, IReadOnlyDictionary<string, string>) Compile()
    {
        var cases = Fitting("Net", LayerWords.Kinds.SelectMany(LayerSite.Draw));
        var withoutPlace = LayerWords.Kinds.Where(kind => !cases.Any(each => each.Kind == kind && each.Site.IsBare));
        cases.AddRange(Fitting("Even", withoutPlace.SelectMany(LayerSite.DrawOnEvenMap)));
        AssertAllIsTried(cases);
        var output = Compiling.Generate(Compiling.Compilation([.. cases.Select(static each => LayerCase.Source(each.Word, each.Site, each.Type))]), out var result);
        var emitted = result.Results.Single().GeneratedSources.ToDictionary(static source => source.HintName["Layers.".Length..^".g.cs".Length], static source => source.SourceText.ToString());
        return (Compiling.Load(output), cases.ToLookup(static each => each.Kind), emitted);
    }

    /// <summary>Those whose declaration is right. What does not fit a place is refused there; that is other tests' matter.</summary>
    private static List<LayerCase> Fitting(string type, IEnumerable<(LayerWord Word, LayerSite Site)> words)
    {
        var drawn = words.ToList();
        var sources = drawn.Select((each, i) => LayerCase.Source(each.Word, each.Site, $"{type}{i}"));
        var declarations = Declared.Read(Compiling.Compilation([.. sources]));
        var cases = new List<LayerCase>();
        for (var i = 0; i < drawn.Count; i++)
        {
            if (GraphBuilder.Build(declarations[$"global::Layers.{type}{i}"], declarations) is { Problems.IsEmpty: true, Graph: { } graph })
                cases.Add(new(drawn[i].Word, drawn[i].Site, $"{type}{i}", graph));
        }
        return cases;
    }

    /// <summary>Every argument of every layer has a value that some place takes.</summary>
    private static void AssertAllIsTried(List<LayerCase> cases)
    {
        var tried = cases.SelectMany(static each => each.Word.Arguments.Select(argument => (each.Kind, argument.Property.Name))).ToHashSet();
        var missing = LayerWords.Kinds.SelectMany(static kind => LayerWords.Few(kind)).SelectMany(static word => word.Arguments.Select(argument => (word.Kind, argument.Property.Name))).Distinct().Where(each => !tried.Contains(each));
        Assert.Empty(missing);
    }
}
