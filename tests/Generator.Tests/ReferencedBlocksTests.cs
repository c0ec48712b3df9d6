using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Blockwright.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests;

/// <summary>Blocks of a referenced assembly work as one's own, their attributes in order.</summary>
public class ReferencedBlocksTests
{
    private const string Library = """
        using Blockwright;
        namespace Library;

        [Block, Parameter("kernel")]
        [Conv2d("out", "kernel"), BatchNorm2d(Eps = 1e-3), LeakyReLU(NegativeSlope = 0.2)]
        public partial class ConvUnit;

        [Block, Parameter("kernel"), Parameter("scale")]
        [Split("keep", "work", Ratio = 0.25)]
        [From("work", Name = "path"), Apply<ConvUnit>("kernel", Channels = "in*scale"), Conv2d("in", new object[] { 1, "kernel" }, Dilation = 2), Apply<Hidden>(Name = "/hidden")]
        [Concat("work", "keep"), ChannelShuffle(2)]
        public partial class Unit;

        [Block, Output("wide", "in", "narrow"), From("in", As = "wide"), Conv1x1("in*2"), From("in", As = "narrow"), Conv1x1("in/2")]
        public partial class Fork;

        [Block, Sigmoid, DepthwiseConv2d(3), Hardswish, AvgPool2d(3, Stride = 1, CountIncludePad = false)]
        internal partial class Hidden;
        """;

    private const string User = """
        using Blockwright;
        using Library;
        namespace User;

        [Network, Input(8, 9, 9)]
        [Apply<Unit>(3, 2, Name = "unit"), Apply<Fork>(Name = "fork", As = new[] { "wide", "_", "narrow" }), Concat("narrow", "wide"), Stage<ConvUnit>("stage", 3, Channels = 8, Units = 2)]
        [GlobalAvgPool2d, Linear(5, Name = "fc")]
        public partial class Network;
        """;

    public enum Reference
    {
        Metadata,
        MetadataOnly,
        ReferenceAssembly,
        Compilation,
    }

    [Theory]
    [InlineData(Reference.Metadata)]
    [InlineData(Reference.MetadataOnly)]
    [InlineData(Reference.ReferenceAssembly)]
    [InlineData(Reference.Compilation)]
    public void AReferencedBlockIsAsGoodAsAnOwnOne(Reference kind)
    {
        var library = Compiling.Generate(Compiling.Compilation(Library));
        var compilation = Compiling.Compilation([Compiling.Parse(User)], Compiling.References.Add(Refer(library, kind)));
        Assert.Empty(Declared.ProblemsOf(compilation));

        var output = Compiling.Generate(compilation, out var result);

        Assert.Single(result.GeneratedTrees); // The library's blocks are the library's.
        var far = Compiling.Make(LoadWith(output, library), "User.Network");
        var near = Compiling.Make(Compiling.Load(User, Library), "User.Network");
        AssertSame(near, far);
    }

    [Theory]
    [InlineData(Reference.Metadata)]
    [InlineData(Reference.ReferenceAssembly)]
    [InlineData(Reference.Compilation)]
    public void AReferencedDeclarationReadsAsItsSource(Reference kind)
    {
        var library = Compiling.Generate(Compiling.Compilation(Library));
        var compilation = Compiling.Compilation([Compiling.Parse(User)], Compiling.References.Add(Refer(library, kind)));

        var external = Declared.Read(compilation)["global::User.Network"].External;

        var own = Declared.Read(Compiling.Compilation(Library));
        Assert.Equal(own.Keys.Order(StringComparer.Ordinal), external.Select(static declaration => declaration.FullName));
        Assert.All(external, declaration =>
        {
            Assert.True(declaration.IsExternal);
            Assert.Equal(own[declaration.FullName].Steps, declaration.Steps);
            Assert.Equal(own[declaration.FullName].Parameters, declaration.Parameters);
        });
    }

    [Fact]
    public void AnEditOfTheLibraryReachesItsUsers()
    {
        var library = Compiling.Generate(Compiling.Compilation(Library));
        var compilation = Compiling.Compilation([Compiling.Parse(User)], Compiling.References.Add(Refer(library, Reference.Metadata)));
        var driver = Compiling.Driver(compilation).RunGenerators(compilation);
        var wider = Compiling.Generate(Compiling.Compilation(Library.Replace("Parameter(\"scale\")]", "Parameter(\"scale\"), Parameter(\"more\")]", StringComparison.Ordinal)));

        var result = driver.RunGenerators(compilation.WithReferences(Compiling.References.Add(Refer(wider, Reference.Metadata)))).GetRunResult();

        // The unit has one parameter more than the user gives.
        Assert.Contains("its declaration has errors", result.Results.Single().GeneratedSources.Single().SourceText.ToString(), StringComparison.Ordinal);
    }

    private static MetadataReference Refer(CSharpCompilation library, Reference kind)
    {
        if (kind == Reference.Compilation)
            return library.ToMetadataReference();
        using var stream = new MemoryStream();
        var options = kind switch
        {
            Reference.MetadataOnly => new EmitOptions(metadataOnly: true),
            Reference.ReferenceAssembly => new EmitOptions(metadataOnly: true, includePrivateMembers: false),
            _ => new EmitOptions(),
        };
        Assert.True(library.Emit(stream, options: options).Success);
        return MetadataReference.CreateFromImage(stream.ToArray().ToImmutableArray());
    }

    private static Assembly LoadWith(CSharpCompilation output, CSharpCompilation library)
    {
        var context = new AssemblyLoadContext(output.AssemblyName);
        context.LoadFromStream(new MemoryStream(Compiling.Emit(library)));
        return context.LoadFromStream(new MemoryStream(Compiling.Emit(output)));
    }

    private static void AssertSame(BlockModule near, BlockModule far)
    {
        Tensors.Randomize(near);
        Assert.Equal(near.state_dict().Keys, far.state_dict().Keys);
        far.load_state_dict(near.state_dict());
        near.eval();
        far.eval();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var input = randn(2, 8, 9, 9);
        Tensors.AssertClose(near.call(input), far.call(input), 0, "the result");
        using var fused = far.Fuse();
        Tensors.AssertClose(near.call(input), fused.call(input), 1e-5, "the snapshot's result");
    }
}
