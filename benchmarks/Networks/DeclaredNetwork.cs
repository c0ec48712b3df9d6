extern alias graph;

using System.Collections.Immutable;
using System.Reflection;
using Blockwright.Benchmarks.Onnx;
using graph::Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Benchmarks.Networks;

/// <summary>
/// A network that is declared in this project's Networks, in the samples or in a file given to the build (<c>-p:Networks=FILE</c>): its module, and its graph as read from its source. Nothing here knows
/// which there are.
/// </summary>
public sealed class DeclaredNetwork
{
    private static readonly Lazy<ImmutableDictionary<string, Declaration>> World = new(ReadAll);

    private readonly FlatGraph _graph;

    private DeclaredNetwork(Type type)
    {
        Name = type.Name;
        var world = World.Value;
        var built = GraphBuilder.Build(world["global::" + type.FullName], world);
        var whole = built.Graph ?? throw new InvalidOperationException($"The graph of {type} cannot be read from its source: {string.Join("; ", built.Problems.Select(static problem => problem.ToString()))}.");
        (_graph, Flops) = (FlatGraph.Of(whole), 2.0 * whole.MultiplyAdds!.Value);
        Module = Make(type);
    }

    /// <summary>The names of all networks whose class is public, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Types().Select(static type => type.Name).Order(StringComparer.Ordinal)];

    /// <summary>The class's name.</summary>
    public string Name { get; }

    /// <summary>The network in evaluation mode.</summary>
    public NetworkModule Module { get; }

    /// <summary>Floating-point operations for one image: two for each multiply-add.</summary>
    public double Flops { get; }

    /// <summary>C, H and W of the declared input.</summary>
    public (int Channels, int Height, int Width) Input => Sizes(_graph.Nodes[0].Shape);

    /// <summary>The values that one image gives.</summary>
    public int Outputs => Sizes(_graph.Nodes[_graph.Output].Shape) is var (channels, height, width) ? channels * height * width : 0;

    /// <summary>Makes a network.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static DeclaredNetwork Of(string name) =>
        Types().FirstOrDefault(type => type.Name == name) is { } type ? new(type) : throw new ArgumentException($"No network {name}. There are {string.Join(", ", Names)}.", nameof(name));

    /// <summary>The network's weights on a plan that is not its own.</summary>
    internal KernelNetwork On(Plans.CpuPlan plan, Plans.FoldedWeights weights, FuseOptions options) =>
        new(new NetworkPlans(Name, Input.Channels, Input.Height, Input.Width, Plans.CpuTable.Write(plan)), weights, options);

    /// <summary>The plain ONNX graph of the same weights.</summary>
    public byte[] Onnx(int batch) => GraphModel.Build(_graph, Module.state_dict(), batch);

    /// <summary>What libtorch computes in float64.</summary>
    public double[] Reference(float[] images, int batch)
    {
        using var guard = inference_mode();
        using var input = tensor(images).to(ScalarType.Float64).reshape(batch, Input.Channels, Input.Height, Input.Width);
        Module.to(ScalarType.Float64);
        using var output = Module.call(input);
        Module.to(ScalarType.Float32);
        return output.data<double>().ToArray();
    }

    private static IEnumerable<Type> Types() =>
        typeof(DeclaredNetwork).Assembly.GetExportedTypes().Where(static type => type.IsSubclassOf(typeof(NetworkModule)) && !type.IsAbstract && type.GetConstructor([]) is not null);

    /// <summary>Random weights; a trained network's statistics are not those of a new one.</summary>
    private static NetworkModule Make(Type type)
    {
        random.manual_seed(1);
        var module = (NetworkModule)Activator.CreateInstance(type)!;
        using var guard = no_grad();
        foreach (var (key, value) in module.named_buffers())
        {
            if (key.EndsWith("running_mean", StringComparison.Ordinal))
                value.normal_(0, 0.1);
            else if (key.EndsWith("running_var", StringComparison.Ordinal))
                value.uniform_(0.5, 1.5);
        }
        module.eval();
        return module;
    }

    private static ImmutableDictionary<string, Declaration> ReadAll()
    {
        var assembly = typeof(DeclaredNetwork).Assembly;
        var sources = assembly.GetManifestResourceNames().Where(static name => name.EndsWith(".cs", StringComparison.Ordinal)).Select(name => Read(assembly, name));
        var usings = CSharpSyntaxTree.ParseText("global using System; global using System.Collections.Generic; global using System.Linq;", new(LanguageVersion.Preview));
        // The compiler's side has the attributes as well.
        var compilersSide = typeof(Declaration).Assembly.Location;
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(static path => path.EndsWith(".dll", StringComparison.Ordinal)).Where(path => path != compilersSide)
            .Select(static path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Networks", [.. sources.Select(static source => CSharpSyntaxTree.ParseText(source, new(LanguageVersion.Preview))), usings], references, new(OutputKind.DynamicallyLinkedLibrary));
        return compilation.GetSymbolsWithName(static _ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>().Where(DeclarationReader.IsDeclared)
            .Select(static type => DeclarationReader.Read(type, default)).ToImmutableDictionary(static declaration => declaration.FullName);
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static (int Channels, int Height, int Width) Sizes(Shape shape) => ((int)shape.Channels.Constant!, (int)shape.Height.Size!, (int)shape.Width.Size!);
}
