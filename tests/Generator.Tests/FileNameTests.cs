using System.Text;
using Blockwright.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace Blockwright.Generator.Tests;

/// <summary>Each class gets a file of its own, which every file system can write (EmitCompilerGeneratedFiles asks for that).</summary>
public class FileNameTests
{
    // What Linux and macOS allow for one name, and Windows for a little less than a whole path.
    private const int MostBytes = 255;

    [Theory]
    [InlineData("A.Unit", "A.Unit.g.cs")]
    [InlineData("A.@event.Unit", "A.-event.Unit.g.cs")]
    [InlineData("A.Ünit_1", "A.Ünit_1.g.cs")]
    public void IsTheClasss(string type, string file) => Assert.Equal([file], Files(type));

    /// <summary>The same on every machine and in every build, so that a file that somebody keeps does not change its name.</summary>
    [Fact]
    public void ALongNameEndsAsTheClasss()
    {
        var type = $"Zoo.{new string('n', 400)}.Unit";
        Assert.Equal([$"f53d9e6b3f4effbb-{new string('n', 93)}.Unit.g.cs"], Files(type));
    }

    [Theory]
    [InlineData('n')]
    // Two bytes each, and three.
    [InlineData('ü')]
    [InlineData('層')]
    // A combining mark.
    [InlineData('\u0301')]
    public void EveryLengthCanBeWritten(char letter)
    {
        var types = Enumerable.Range(1, 250).Select(length => $"Zoo.n{new string(letter, length)}.Unit").Append($"n{new string(letter, 370)}").ToArray();

        AssertWritten(types, Files(types));
    }

    [Fact]
    public void LongNamesThatAreAlikeStayApart()
    {
        var long_ = new string('n', 400);
        string[] types = [$"Zoo.{long_}.A", $"Zoo.{long_}.B", $"A.{long_}.Unit", $"B.{long_}.Unit", $"C.a{long_}", $"C.A{long_}", $"C.a{long_.ToUpperInvariant()}", $"D.{long_}"];

        AssertWritten(types, Files(types));
    }

    [Fact]
    public void WhatIdentifiersMayHoldStaysApart()
    {
        string[] types = ["n\u203f", "n\u2040", "n_", "na\u0300", "na\u0301", "n\u2160", "n\u2161"];

        AssertWritten(types, Files(types));
    }

    private static string[] Files(params string[] types)
    {
        var source = new StringBuilder(Compiling.Usings);
        foreach (var type in types)
        {
            var dot = type.LastIndexOf('.');
            var declaration = $"[Block, ReLU] public partial class {type[(dot + 1)..]};";
            source.AppendLine(dot < 0 ? declaration : $"namespace {type[..dot]} {{ {declaration} }}");
        }
        var compilation = Compiling.Compilation(source.ToString());
        Assert.Empty(Compiling.Generate(compilation, out var result).GetDiagnostics().Where(static each => each.Severity == DiagnosticSeverity.Error));
        return [.. result.Results.Single().GeneratedSources.Select(static each => each.HintName)];
    }

    private static void AssertWritten(string[] types, string[] files)
    {
        Assert.Equal(types.Length, files.Length);
        Assert.Equal(types.Length, files.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(files, static file => Assert.InRange(Encoding.UTF8.GetByteCount(file), 1, MostBytes));
        var folder = Directory.CreateTempSubdirectory("blockwright-names-");
        try
        {
            foreach (var file in files)
                File.WriteAllText(Path.Combine(folder.FullName, file), "");
            Assert.Equal(files.Length, folder.GetFiles().Length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
