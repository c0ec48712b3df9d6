using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
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

        [Block, Parameter("p"), Conv1x1(Numbers.Width), Conv1x1(Height), Apply<Alias>(Name = nameof(Other)), Conv2d(3, Bias = Numbers.HasBias)]
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
