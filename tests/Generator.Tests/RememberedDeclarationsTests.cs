using Blockwright.Analyzers.Declared;
using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Blockwright.Generator.Tests;

/// <summary>What is remembered of a declaration over edits is what reading it again would give.</summary>
public class RememberedDeclarationsTests
{
    private const string Blocks = """
        using Blockwright;
        using Alias = Zoo.Inner;
        using static Zoo.Numbers;
        namespace Zoo;

        [Block, Conv1x1, ReLU]
        public partial class Inner;

        [Block, Sigmoid]
        public partial class Other;

        [Block, Parameter("p"), Conv1x1(Numbers.Width), Conv1x1(Height), Apply<Alias>(Name = nameof(Other)), Conv2d("in", 3, Bias = Numbers.HasBias)]
        public partial class User
        {
            private const int Own = 3;

            [Block, Conv1x1(Own), Apply<Plain>]
            public partial class Nested;
        }

        [Network, Input(3, 8, 8), Apply<User>(1), Apply<User.Nested>]
        public partial class Whole;
        """;

    private const string Beside = """
        namespace Zoo;

        public static class Numbers
        {
            public const int Width = 8;
            public const int Height = 2 * Width;
            public const bool HasBias = false;
        }

        public partial class Plain;

        public class Outside
        {
            public partial class Within;
        }
        """;

    /// <summary>An edit of the file beside the declarations, or of theirs, that changes what they mean.</summary>
    [Theory]
    [InlineData(1, "Width = 8", "Width = 12")]
    [InlineData(1, "Width = 8", "Width = 8#if X\n")] // The same tokens, and no value.
    [InlineData(1, "2 * Width", "3 * Width")]
    [InlineData(1, "HasBias = false", "HasBias = true")]
    [InlineData(1, "const int Width = 8", "static int Width = 8")]
    [InlineData(1, "int Width = 8", "string Width = \"in*2\"")]
    [InlineData(1, "public partial class Plain;", "[Blockwright.Block, Blockwright.ReLU] public partial class Plain;")]
    [InlineData(1, "public partial class Plain;", "")]
    [InlineData(1, "public partial class Plain;", "public partial class Plain<T>;")]
    [InlineData(1, "public partial class Plain;", "public partial class Plain; public partial class Inner : System.Exception;")]
    [InlineData(1, "public partial class Plain;", "public partial class Plain; [Blockwright.ReLU] public partial class Inner;")]
    [InlineData(1, "public partial class Plain;", "public partial class Plain; public abstract partial class Inner;")]
    [InlineData(1, "public partial class Plain;", "public partial class Plain; public class ReLUAttribute : System.Attribute;")]
    [InlineData(1, "public partial class Plain;", "public partial class Plain; public class Inner;")]
    [InlineData(1, "namespace Zoo;", "namespace Elsewhere;")]
    [InlineData(1, "namespace Zoo;", "global using Blockwright.Missing; namespace Zoo;")]
    [InlineData(0, "Own = 3", "Own = 4")]
    [InlineData(0, "Alias = Zoo.Inner", "Alias = Zoo.Other")]
    [InlineData(0, "using static Zoo.Numbers;", "using static System.Math;")]
    [InlineData(0, "class User", "class Usage")]
    [InlineData(0, "public partial class User", "public class User")]
    [InlineData(0, "public partial class User", "public partial record User")]
    [InlineData(0, "public partial class Inner;", "public partial record Inner;")]
    [InlineData(0, "public partial class Inner;", "public partial class Inner(int number);")]
    [InlineData(0, "public partial class Inner;", "public static partial class Inner;")]
    [InlineData(0, "public partial class Inner;", "file partial class Inner;")]
    [InlineData(0, "class Other;", "class Other<T>;")]
    [InlineData(0, "namespace Zoo;", "namespace Zoo.More;")]
    [InlineData(0, "[Block, Sigmoid]", "[System.Obsolete]")]
    [InlineData(0, "[Block, Sigmoid]", "#if NEVER\n[Block, Sigmoid]\n#endif")]
    public void AnEditThatMattersIsSeen(int file, string from, string to)
    {
        var compilation = Compiling.Compilation(Blocks, Beside);
        var before = DeclarationIndex.Of(compilation, default).All;
        AssertAsRead(compilation);
        var tree = compilation.SyntaxTrees[file];
        Assert.Contains(from, tree.ToString(), StringComparison.Ordinal);

        var edited = compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(tree.ToString().Replace(from, to, StringComparison.Ordinal))));

        AssertAsRead(edited);
        var seen = Compiling.Generate(edited, out var result);
        Assert.Null(result.Results.Single().Exception);
        AssertAsRead(seen);
        AssertAsRead(compilation); // And back.
        Assert.Equal(before, DeclarationIndex.Of(compilation.WithAssemblyName(compilation.AssemblyName), default).All);
    }

    private const string Modules = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;
        namespace Zoo;

        public class Base : Module<Tensor, Tensor>
        {
            public Base(int channels) : base("") { }
            public override Tensor forward(Tensor x) => x;
        }

        [Blockwright.Shape("in*2", Height = Sizes.Half)]
        public class Own : Base
        {
            public Own(Width channels) : base(1) { }
            public Own(int channels, string mode = "") : base(channels) { }
        }

        public static class Sizes
        {
            public const string Half = "h/2";
        }

        public readonly struct Width
        {
            public static explicit operator Width(double x) => default;
        }
        """;

    /// <summary>What a module of the user's own is made by, and what it gives, is said elsewhere.</summary>
    [Theory]
    [InlineData("Own(int channels, string mode", "Own(string channels, string mode")]
    [InlineData("public Own(int", "private Own(int")]
    [InlineData("string mode = \"\")", "string mode)")]
    [InlineData("in*2", "in*3")]
    [InlineData("h/2", "h/4")]
    [InlineData("Shape(\"in*2\", Height = Sizes.Half)", "Shape(\"in*2\")")]
    [InlineData("class Own : Base", "abstract class Own : Base")]
    [InlineData("class Own : Base", "class Own : System.Exception")]
    [InlineData("Base : Module<Tensor, Tensor>", "Base : Module<Tensor, Tensor, Tensor>")]
    [InlineData("public int Never", "public required int Never")]
    public void AnEditOfAModuleIsSeen(string from, string to)
    {
        const string Source = Compiling.Usings + "using M = Blockwright.ModuleAttribute<Zoo.Own>;\nnamespace Zoo;\n[Block, Module<Own>(\"in\"), Conv1x1] public partial class C;\n[Block, M(\"in\", Channels = 4)] public partial class D;\n[Block, ReLU] public partial class E;";
        var modules = from.Contains("Never", StringComparison.Ordinal) ? Modules.Replace("public Own(Width", "public int Never { get; set; } public Own(Width", StringComparison.Ordinal) : Modules;
        Assert.Contains(from, modules, StringComparison.Ordinal);
        var first = Compiling.Compilation(Source, modules);
        var second = first.ReplaceSyntaxTree(first.SyntaxTrees[1], Compiling.Parse(modules.Replace(from, to, StringComparison.Ordinal), path: "Source1.cs"));
        Assert.NotEqual(Declared.Read(first), Declared.Read(second));

        AssertSeen(first, second);
    }

    /// <summary>A conversion makes another constructor fit.</summary>
    [Fact]
    public void AConversionIsSeen()
    {
        var first = Compiling.Compilation(Compiling.Usings + "namespace Zoo;\n[Block, Module<Own>(0.5)] public partial class C;", Modules);
        var second = first.ReplaceSyntaxTree(first.SyntaxTrees[1], Compiling.Parse(Modules.Replace("explicit", "implicit", StringComparison.Ordinal), path: "Source1.cs"));
        Assert.NotEqual(Declared.Read(first), Declared.Read(second));

        AssertSeen(first, second);
    }

    /// <summary>One project for two targets: the same files, in which a symbol chooses. A compiler server builds both in one process.</summary>
    [Theory]
    [InlineData("[Block, Conv1x1(\n#if FIRST\n8\n#else\n64\n#endif\n)] public partial class C;", "")]
    [InlineData("[Block, Conv1x1(Numbers.Width)] public partial class C;", "public static class Numbers { public const int Width =\n#if FIRST\n8\n#else\n64\n#endif\n; }")]
    [InlineData("[Block, Conv1x1((int)Widths.Wide)] public partial class C;", "public enum Widths { Wide =\n#if FIRST\n8\n#else\n64\n#endif\n}")]
    [InlineData("[Block, ReLU] public partial class C\n#if FIRST\n: System.Exception\n#endif\n;", "")]
    [InlineData("[Block, ReLU] public\n#if FIRST\nabstract\n#endif\npartial class C;", "")]
    [InlineData("[Block, ReLU] public partial class C\n#if FIRST\n(int number)\n#endif\n;", "")]
    [InlineData("[Block, ReLU] public partial class C;", "public partial class C : \n#if FIRST\nSystem.Exception\n#else\nBlockwright.BlockModule\n#endif\n;")]
    [InlineData("[Block, ReLU, Apply<D>] public partial class C;", "using Blockwright;\n[Block,\n#if FIRST\nReLU\n#else\nReLU6\n#endif\n] public partial class D;")]
    [InlineData("[Block, Apply<D>] public partial class C;", "global using D = \n#if FIRST\nA.D\n#else\nB.D\n#endif\n;\nnamespace A { public class D; } namespace B { public class D; }")]
    [InlineData("[Block, Conv1x1(Width)] public partial class C;", "global using static \n#if FIRST\nA\n#else\nB\n#endif\n;\npublic static class A { public const int Width = 8; } public static class B { public const int Width = 64; }")]
    [InlineData("[Block, Apply<\n#if FIRST\nD\n#else\nE\n#endif\n>] public partial class C;", "public class D; public class E;")]
    [InlineData("#if FIRST\n[Block, ReLU] public partial class C;\n#endif", "using Blockwright;\n#if !FIRST\n[Block, ReLU6] public partial class C;\n#endif")]
    [InlineData("[Block, Apply<D>] public partial class C;", "#if FIRST\nfile\n#endif\nclass D;")]
    public void WhatASymbolChoosesIsSeen(string source, string beside)
    {
        string[] sources = [Compiling.Usings + source, beside];
        var first = Compiling.Compilation([]).AddSyntaxTrees(sources.Select(static (text, i) => Chosen(text, i, "FIRST")));
        var second = first.RemoveAllSyntaxTrees().AddSyntaxTrees(sources.Select(static (text, i) => Chosen(text, i)));
        Assert.NotEqual(Declared.Read(first), Declared.Read(second));

        AssertSeen(first, second);
    }

    /// <summary>The smallest case, through what the compiler runs: two projects of one name, as two targets are.</summary>
    [Fact]
    public async Task WhatASymbolChoosesIsWrittenAndReported()
    {
        const string Source = Compiling.Usings + "[Block, Conv1x1(\n#if DEBUG\n8\n#else\n63\n#endif\n), ChannelShuffle(2)] public partial class C;";
        var debug = Compiling.Compilation([]).AddSyntaxTrees(Chosen(Source, 0, "DEBUG"));
        var release = debug.RemoveAllSyntaxTrees().AddSyntaxTrees(Chosen(Source, 0));
        Assert.Empty(await Reported(debug));
        Assert.Contains("Conv2d(inChannels, 8, (1, 1)", Written(debug), StringComparison.Ordinal);

        Assert.Equal(["BW0010"], (await Reported(release)).Select(static diagnostic => diagnostic.Id));
        Assert.Contains("its declaration has errors", Written(release), StringComparison.Ordinal);

        Assert.Empty(await Reported(debug));
        Assert.Contains("Conv2d(inChannels, 8, (1, 1)", Written(debug), StringComparison.Ordinal);

        static string Written(CSharpCompilation compilation) => Assert.Single(Compiling.Driver(compilation).RunGenerators(compilation).GetRunResult().GeneratedTrees).ToString();

        static async Task<IEnumerable<Diagnostic>> Reported(CSharpCompilation compilation) =>
            await Compiling.Generate(compilation).WithAnalyzers([new DeclarationAnalyzer()]).GetAnalyzerDiagnosticsAsync();
    }

    /// <summary>Edits that touch neither an attribute nor what it names.</summary>
    [Theory]
    [InlineData("public partial record Outer { [Block, ReLU] public partial class C; }", "public partial record struct Outer { [Block, ReLU] public partial class C; }")]
    [InlineData("[Block, Apply<Program>] public partial class C;", "System.Console.WriteLine(); [Block, Apply<Program>] public partial class C;")]
    [InlineData("[Block, Own(3)] public partial class C; namespace Blockwright { public class OwnAttribute(int width) : LayerAttribute { public int Width => width; } }", "[Block, Own(3)] public partial class C; namespace Blockwright { public class OwnAttribute(int height) : LayerAttribute { public int Height => height; } }")]
    [InlineData("[Block, Own] public partial class C; namespace Blockwright { public class OwnAttribute : LayerAttribute { public OwnAttribute(int width = 3) { } } }", "[Block, Own] public partial class C; namespace Blockwright { public class OwnAttribute : LayerAttribute { public OwnAttribute(int width = 4) { } } }")]
    [InlineData("[Block, Own(Width = 3)] public partial class C; namespace Blockwright { public class OwnAttribute : LayerAttribute { public int Width { get; set; } } }", "[Block, Own(Width = 3)] public partial class C; namespace Blockwright { public class OwnAttribute : LayerAttribute { public double Width { get; set; } } }")]
    [InlineData("[Block, Own] public partial class C; namespace Blockwright { public class OwnAttribute([System.Runtime.CompilerServices.CallerLineNumber] int line = 0) : LayerAttribute { public int Line => line; } }", "\n[Block, Own] public partial class C; namespace Blockwright { public class OwnAttribute([System.Runtime.CompilerServices.CallerLineNumber] int line = 0) : LayerAttribute { public int Line => line; } }")]
    [InlineData("[Block, ReLU] public partial class C { ~C() { } }", "[Block, ReLU] public partial class C { public int this[int i] => i; }")]
    [InlineData("[Block, ReLU] public partial class C;", "/// <summary>Mine.</summary>\n[Block, ReLU] public partial class C;")]
    public void WhatNobodyNamesIsSeen(string before, string after)
    {
        var first = Compiling.Compilation(Compiling.Usings + before);
        var second = first.RemoveAllSyntaxTrees().AddSyntaxTrees(Compiling.Parse(Compiling.Usings + after));
        Assert.NotEqual(Declared.Read(first), Declared.Read(second));

        AssertSeen(first, second);
    }

    /// <summary>The build adds a class of this name to each block, which only what stands within the block can name.</summary>
    [Fact]
    public void ATypeThatTheBuildAddsIsSeen()
    {
        var compilation = Compiling.Compilation(Compiling.Usings + "[Block, ReLU] public partial class C { [Block, Apply<Bw_Snapshot>] public partial class Inner; }");
        AssertAsRead(compilation);
        var completed = Compiling.Generate(compilation);
        Assert.NotEqual(Declared.Read(compilation), Declared.Read(completed));

        AssertSeen(compilation, completed);
    }

    [Fact]
    public void AReferencesAliasIsSeen()
    {
        var tree = Compiling.Parse("extern alias One;\nusing Blockwright;\n[Block, Conv1x1(One::Library.Numbers.Width)] public partial class C;");
        var (narrow, wide) = (Library(3), Library(4));
        var first = Compiling.Compilation([tree], Compiling.References.Add(narrow.WithAliases(["One"])).Add(wide.WithAliases(["Two"])));
        var second = first.WithReferences(Compiling.References.Add(narrow.WithAliases(["Two"])).Add(wide.WithAliases(["One"])));
        Assert.NotEqual(Declared.Read(first), Declared.Read(second));

        AssertSeen(first, second);

        static PortableExecutableReference Library(int width) => MetadataReference.CreateFromImage(Compiling.Emit(Compiling.Compilation($"namespace Library; public static class Numbers {{ public const int Width = {width}; }}")));
    }

    /// <summary>A library may show what it hides to an assembly of a name and a key.</summary>
    [Fact]
    public void WhoTheAssemblyIsIsSeen()
    {
        const string Key = "00000000000000000400000000000000";
        var library = Compiling.Compilation($"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Friend, PublicKey={Key}\")]\nnamespace Library; internal static class Numbers {{ public const int Width = 8; }}");
        var friend = Compiling.Compilation([Compiling.Parse(Compiling.Usings + "[Block, Conv1x1(Library.Numbers.Width)] public partial class C;")], Compiling.References.Add(library.ToMetadataReference())).WithAssemblyName("Friend");
        var signed = friend.WithOptions(friend.Options.WithPublicSign(true).WithCryptoPublicKey([.. Convert.FromHexString(Key)]));
        Assert.NotEqual(Declared.Read(friend), Declared.Read(signed));

        AssertSeen(friend, signed);
    }

    [Fact]
    public void AClassIsOneHoweverItsNamespaceIsSpelled()
    {
        var compilation = Compiling.Compilation(Compiling.Usings + "namespace A.B { [Block] public partial class C; } namespace A . @B { [ReLU] public partial class C; }");

        Assert.Single(DeclarationIndex.Of(compilation, default).All);
        Compiling.Generate(compilation, out var result);
        Assert.Null(result.Results.Single().Exception);
    }

    [Theory]
    [InlineData(0, "[Block, Sigmoid]", "[Block, /* a comment */ Sigmoid]")]
    [InlineData(0, "[Block, Sigmoid]", "[Block, Sigmoid\n#if NEVER\n, ReLU\n#endif\n]")]
    [InlineData(0, "using static Zoo.Numbers;", "using static Zoo . Numbers; // the widths")]
    [InlineData(1, "Width = 8", "Width = /* channels */ 8")]
    [InlineData(1, "public partial class Plain;", "#nullable enable\n#line 7\npublic partial class Plain;")]
    public void WhatSaysNothingToTheCompilerReadsNothingAnew(int file, string from, string to)
    {
        var compilation = Compiling.Compilation(Blocks, Beside);
        var tree = compilation.SyntaxTrees[file];
        Assert.Contains(from, tree.ToString(), StringComparison.Ordinal);

        var edited = compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(tree.ToString().Replace(from, to, StringComparison.Ordinal))));

        Assert.All(DeclarationIndex.Of(compilation, default).All.Zip(DeclarationIndex.Of(edited, default).All), static pair => Assert.Same(pair.First, pair.Second));
    }

    [Fact]
    public void WhatNamesNothingIsReadOnceForGeneratorAndAnalyzers()
    {
        var compilation = Compiling.Compilation(Blocks, Beside);
        var before = DeclarationIndex.Of(compilation, default).All;

        var after = DeclarationIndex.Of(Compiling.Generate(compilation), default).All;

        Assert.Equal(["Inner", "Other", "Whole"], before.Zip(after).Where(static pair => ReferenceEquals(pair.First, pair.Second)).Select(static pair => pair.First.Name).Order(StringComparer.Ordinal));
        Assert.Equal(before, after);
    }

    [Fact]
    public void ABuildThatRefersToTheSameFilesReadsNothingAnew()
    {
        var files = Compiling.References.Select(static reference => (PortableExecutableReference)reference).ToList();
        var tree = Compiling.Parse(Compiling.Usings + "[Block, Conv1x1(BlockModule.Missing)] public partial class C;");
        var first = Compiling.Compilation([tree], files);

        var second = first.WithReferences(files.Select(static file => ((AssemblyMetadata)file.GetMetadata()).GetReference(filePath: file.FilePath)));

        Assert.Same(DeclarationIndex.Of(first, default).All.Single(), DeclarationIndex.Of(second, default).All.Single());
    }

    [Fact]
    public void AReferenceThatCannotBeReadIsTheCompilersToReport()
    {
        var compilation = Compiling.Compilation(Blocks, Beside);
        var missing = new MissingReference();

        Assert.Equal(DeclarationIndex.Of(compilation, default).All, DeclarationIndex.Of(compilation.AddReferences(missing), default).All);
    }

    [Fact]
    public void AnotherReferenceIsSeen()
    {
        static MetadataReference Library(int width) => Compiling.Compilation($"namespace Library; public static class Numbers {{ public const int Width = {width}; }}").ToMetadataReference();
        var tree = Compiling.Parse(Compiling.Usings + "[Block, Conv1x1(Library.Numbers.Width)] public partial class C;");
        var compilation = Compiling.Compilation([tree], Compiling.References.Add(Library(3)));
        AssertAsRead(compilation);

        AssertAsRead(compilation.WithReferences(Compiling.References.Add(Library(4))));
    }

    [Fact]
    public void SoIsWhateverIsTyped()
    {
        var edits = Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 12], Gen.Int[0, BrokenDeclarationTests.Fragments.Length - 1].Select(static i => BrokenDeclarationTests.Fragments[i]));

        Gen.Select(Gen.Int[0, 1], edits).Array[1, 12].Sample(
            static changes =>
            {
                var compilation = Compiling.Compilation(Blocks, Beside);
                foreach (var (file, edit) in changes)
                {
                    var tree = compilation.SyntaxTrees[file];
                    compilation = compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(BrokenDeclarationTests.Edit(tree.ToString(), edit))));
                    AssertAsRead(compilation);
                }
            },
            iter: 60,
            threads: 1);
    }

    /// <summary>A file that was there when the build was set up.</summary>
    private sealed class MissingReference() : PortableExecutableReference(MetadataReferenceProperties.Assembly, "/missing.dll")
    {
        protected override DocumentationProvider CreateDocumentationProvider() => DocumentationProvider.Default;

        protected override Metadata GetMetadataImpl() => throw new FileNotFoundException("It is gone.", FilePath);

        protected override PortableExecutableReference WithPropertiesImpl(MetadataReferenceProperties properties) => this;
    }

    private static SyntaxTree Chosen(string source, int number, params string[] symbols) =>
        CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.Diagnose, preprocessorSymbols: symbols), $"Source{number}.cs");

    /// <summary>Each after the other, and back, before and after the build has added to them.</summary>
    private static void AssertSeen(CSharpCompilation first, CSharpCompilation second)
    {
        foreach (var compilation in new[] { first, second, first.Clone(), second.Clone() })
        {
            AssertAsRead(compilation);
            var completed = Compiling.Generate(compilation, out var result);
            Assert.Null(result.Results.Single().Exception);
            AssertAsRead(completed);
        }
    }

    private static void AssertAsRead(CSharpCompilation compilation)
    {
        var read = Declared.Read(compilation);
        if (read.Count < Declared.All(compilation).Count)
            return; // A class and a record of one name, which is an error of its own: whichever comes first counts.
        var remembered = DeclarationIndex.Of(compilation, default).All.ToDictionary(static declaration => declaration.FullName);

        Assert.Equal(read.Keys.Order(StringComparer.Ordinal), remembered.Keys.Order(StringComparer.Ordinal));
        Assert.All(read, pair => Assert.True(pair.Value.Equals(remembered[pair.Key]), $"{pair.Key} is remembered as it was."));
    }
}
