using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Testing;
using TorchSharp;

namespace Blockwright.Tests.Shared;

/// <summary>What a user's project refers to and begins its files with: the same for the tests of rules and of fixes.</summary>
internal static class TorchProject
{
    /// <summary>The head of a file with modules that are written by hand.</summary>
    public const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;


        """;

    /// <summary>The framework and TorchSharp.</summary>
    public static ImmutableArray<MetadataReference> Torch { get; } = [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(torch).Assembly.Location)];

    /// <summary>With Blockwright, as a project that declares.</summary>
    public static ImmutableArray<MetadataReference> Declaring { get; } = Torch.Add(MetadataReference.CreateFromFile(typeof(BlockModule).Assembly.Location));

    /// <summary>The language that hand-written modules are tested in.</summary>
    public static CSharpParseOptions Latest { get; } = new(LanguageVersion.Latest, DocumentationMode.Parse);

    /// <summary>Lets a test of an analyzer or a fix refer to these, and download nothing.</summary>
    public static void Refer(this AnalyzerTest<DefaultVerifier> test, IEnumerable<MetadataReference> references)
    {
        test.ReferenceAssemblies = new ReferenceAssemblies("none");
        test.TestState.AdditionalReferences.AddRange(references);
    }

    /// <summary>Gives a test the lines of an .editorconfig.</summary>
    public static void Configure(this AnalyzerTest<DefaultVerifier> test, string lines) =>
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", $"root = true\n[*.cs]\n{lines}\n"));
}
