using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using Blockwright.Generator.Plan.Cpu;
using Blockwright.Generator.Plan.Rows;
using Blockwright.Graph;
using Blockwright.Plans;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Plan.Tests;

/// <summary>Plans of networks from source.</summary>
internal static class Plans
{
    // What the compiler's side compiles of the attributes does as well as the runtime's.
    private static readonly ImmutableArray<MetadataReference> References = [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(BlockAttribute).Assembly.Location)];

    /// <summary>A unit of ShuffleNet V2 at each stride, a residual one, and one with a gate.</summary>
    public const string Units = """
        [Block, Split("keep", "work")]
        [From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("keep", "work"), ChannelShuffle(2)]
        public partial class BasicUnit;

        [Block]
        [From("in", As = "left",  Name = "branch1"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out/2"), BatchNorm2d, ReLU]
        [From("in", As = "right", Name = "branch2"), Conv1x1("out/2"), BatchNorm2d, ReLU, DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("left", "right"), ChannelShuffle(2)]
        public partial class DownsampleUnit;

        [Block, From("in", As = "y", Name = "conv"), Conv1x1("in*2"), BatchNorm2d, ReLU6, DepthwiseConv2d(3), BatchNorm2d, ReLU6, Conv1x1("out"), BatchNorm2d, Add("in", "y"), LeakyReLU(NegativeSlope = 0.3)]
        public partial class Residual;

        [Block, From("in", As = "gate", Name = "gate"), GlobalAvgPool2d, Conv1x1, Hardsigmoid, From("in"), Multiply("gate")]
        public partial class Gate;
        """;

    public const string ShuffleNet = """
        [Network, Input(3, 64, 64), Path("conv1"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, MaxPool2d(3, Stride = 2)]
        [Stage<DownsampleUnit, BasicUnit>("stage2", Channels = 48, Units = 4), Stage<DownsampleUnit, BasicUnit>("stage3", Channels = 96, Units = 3)]
        [Path("conv5"), Conv1x1(128), BatchNorm2d, ReLU, GlobalAvgPool2d, Linear(10, Name = "/fc")]
        public partial class Net;
        """;

    public const string Mixed = """
        [Network, Input(3, 40, 24), Path("stem"), Conv2d(16, 3, Stride = 2, Bias = true), SiLU, AvgPool2d(3, Stride = 2, CeilMode = true, CountIncludePad = false)]
        [Apply<Residual>(Name = "/r"), Apply<Gate>(Name = "/g"), BatchNorm2d(Name = "/bn", Eps = 0.001), Conv2d(32, 3, Dilation = 2, Groups = 4, Name = "/c"), Dropout(0.1), Flatten, Linear(7, Name = "/fc")]
        public partial class Net;
        """;

    /// <summary>Inputs of two sizes; results that are an input, a map that others read in another order, a part of one, features, a value twice and one of several tensors.</summary>
    public const string Several = """
        [Network, Input(4, 6, 4, Name = "image"), Input(3, 3, 2, Name = "depth"), Output("depth", "stem", "left", "scores"), Output("again", "mixed"), Output("aux", TrainingOnly = true)]
        [From("image", As = "stem", Name = "stem"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU, ChannelShuffle(2)]
        [From("stem"), Split("left", "right"), From("depth", As = "shape", Name = "shape"), Conv1x1(4), Add("left"), SiLU]
        [From("shape", As = "mixed"), Concat("right"), ChannelShuffle(4), From("stem", As = "again")]
        [From("mixed", As = "scores", Name = "scores"), GlobalAvgPool2d, Linear(5), From("shape", As = "aux", Name = "aux"), Conv1x1(2)]
        public partial class Net;
        """;

    public const string Dense = """
        [Network, Input(5, 16, 16), From("in", As = "y"), Conv2d(8, 3, Name = "a"), Sigmoid]
        [From("y", As = "x"), Conv2d(4, new[] { 1, 3 }, Name = "b"), Hardswish, Concat("y", "x"), BatchNorm2d(Name = "n"), ReLU, Conv1x1(6, Name = "d")]
        public partial class Net;
        """;

    /// <summary>Branches that one convolution computes; their keys are words of the plan.</summary>
    public const string Summed = """
        [Network, Input(4, 16, 16), From("in", As = "a"), Conv2d("in", 3, Name = "weights"), BatchNorm2d(Name = "norm"), From("in", As = "b"), Conv1x1("in", Name = "plus", Bias = true)]
        [From("in", As = "c"), BatchNorm2d(Name = "of"), Add("a", "b", "c"), ReLU]
        public partial class Net;
        """;

    /// <summary>Learned factors: in a linear layer, added to a convolution's weights, by themselves; and slopes. Their keys are words of the plan.</summary>
    public const string Learned = """
        [Network, Input(8, 16, 16), From("in", As = "y"), Conv2d(8, 3, Name = "plus"), From("in", As = "x"), Scale(Name = "then"), Add("y"), ReLU, Linear(8, PerPixel = true, Name = "norm"), Scale(Name = "scale")]
        [StochasticDepth(0.1), Add("in"), Dropout2d(0.1), ReLU, Scale(Name = "of"), SiLU, PReLU(Name = "weights"), PReLU(PerChannel = true, Name = "with")]
        public partial class Net;
        """;

    /// <summary>Norms by what there is, transposed convolutions, and channels that become pixels and back.</summary>
    public const string Measured = """
        [Network, Input(3, 12, 10), Conv2d(24, 3, Name = "a"), LayerNorm2d(Eps = 1e-6, Name = "l"), PixelShuffle(2), GroupNorm(3, Name = "g"), SiLU, InstanceNorm2d, ReLU, Split("x", "y"), From("y"), Conv1x1(Name = "y"), Concat("x"), ChannelShuffle(2), GroupNorm(2, Eps = 0.5, Name = "h")]
        [ConvTranspose2d(8, 4, Stride = 2, Dilation = 3, Groups = 2, Bias = true, Name = "eps"), BatchNorm2d(Name = "transposed"), PixelUnshuffle(2), ConvTranspose2d(5, 3, Stride = 2, Padding = 0, OutputPadding = 1, Name = "b"), ReLU6]
        public partial class Net;
        """;

    /// <summary>Windows whose padding is another on two sides.</summary>
    public const string Uneven = """
        [Network, Input(3, 33, 30), Conv2d(24, 3, Stride = 2, Padding = new[] { 0, 1, 0, 1 }), ReLU, MaxPool2d(3, Stride = 2, Padding = new[] { 0, 1, 1, 0 })]
        [DepthwiseConv2d(4, Dilation = 3, Padding = "same"), Conv2d(8, 3, Padding = new[] { 1, 0, 1, 1 }), AvgPool2d(2, Stride = 1, Padding = new[] { 1, 0, 0, 1 })]
        public partial class Net;
        """;

    /// <summary>What makes another size of a map and is no window, for which there is no kernel.</summary>
    public const string Resized = """
        [Network, Input(4, 16, 12), From("in", As = "y"), Upsample(new[] { 2, 3 }), ZeroPad2d(new[] { 1, 2, 0, 4 }), Conv2d(8, 3, Stride = 2, Name = "a"), PixelShuffle(2), PixelUnshuffle(2), AdaptiveAvgPool2d(new[] { 7, 9 })]
        [From("in", As = "x"), Upsample(Size = new[] { 7, 9 }), Conv1x1(8, Name = "b"), Add("y"), GlobalAvgPool2d, Upsample(3), Flatten, Linear(5, Name = "fc")]
        public partial class Net;
        """;

    /// <summary>What makes values that are neither maps nor features, and what channels do to their neighbours.</summary>
    public const string Rearranged = """
        [Network, Input(6, 8, 5), Output("boxes", "scores"), From("in", As = "boxes"), Conv2d(12, 3, Stride = 2, Name = "a"), Reshape(3, 4, "h", "w"), Permute(0, 1, 3, 4, 2), Sigmoid]
        [From("in", As = "scores"), Conv1x1(4, Name = "b"), LocalResponseNorm(3, Alpha = 0.1), LogSoftmax(Dim = 3), Reshape(2, "2*h*w"), Reshape(-1, 2), Softmax(Dim = 2)]
        public partial class Net;
        """;

    /// <summary>What torch computes between kernels: of a block, twice; and of two values. And what has kernels of its own: two results of one chain, the second of which goes on.</summary>
    public const string Islands = """
        [Block, Split("keep", "work"), From("work", Name = "branch"), Conv1x1, BatchNorm2d(TrackRunningStats = false), Concat("keep", "work"), ChannelShuffle(2)] public partial class Normed;
        [Network, Input(4, 12, 8), Output("maps", "turned", "soft")]
        [From("in", As = "one"), Conv2d(1, 3, Name = "a"), From("in", As = "all"), Apply<Normed>(Name = "n"), Apply<Normed>(Name = "m"), From("all", As = "gate"), GlobalAvgPool2d, From("one", As = "product"), Multiply("gate"), From("product", As = "maps"), Add("all"), Conv2d(6, 3, Name = "b"), BatchNorm2d(TrackRunningStats = false, Name = "d")]
        [From("maps", As = "turned"), Permute(0, 2, 3, 1), From("turned", As = "soft"), Softmax(Dim = 3), Permute(0, 3, 1, 2), Conv1x1(2, Name = "c")]
        public partial class Net;
        """;

    public static RowsPlan Rows(string network) => RowsPlan.Of(Opened(network), FusionRules.Cpu);

    public static CpuPlan Cpu(string network) => CpuPlanner.Plan(Rows(network));

    public static FlatGraph Opened(string network)
    {
        var compilation = CSharpCompilation.Create("Declared", [CSharpSyntaxTree.ParseText($"using Blockwright;\n{Units}\n{network}")], References, new(OutputKind.DynamicallyLinkedLibrary));
        var all = compilation.GetSymbolsWithName(static _ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>().Where(DeclarationReader.IsDeclared)
            .Select(type => DeclarationReader.Read(type, compilation, default)).ToDictionary(static declaration => declaration.FullName);
        var result = GraphBuilder.Build(all["global::Net"], all);
        Assert.Empty(result.Problems);
        return FlatGraph.Of(result.Graph!);
    }
}
