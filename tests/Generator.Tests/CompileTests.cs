using System.Text.RegularExpressions;
using Blockwright.Generator.Tests.Harness;
using Microsoft.CodeAnalysis.CSharp;
using TorchSharp;

namespace Blockwright.Generator.Tests;

/// <summary>What is emitted compiles without a warning wherever the declaration stands and whatever its names are.</summary>
public partial class CompileTests
{
    public static TheoryData<LanguageVersion> Versions => [LanguageVersion.CSharp11, LanguageVersion.CSharp12, LanguageVersion.CSharp13, LanguageVersion.Preview];

    /// <summary>Every keyword, and every word that is one in some places.</summary>
    public static IEnumerable<string> Keywords => SyntaxFacts.GetKeywordKinds().Concat(SyntaxFacts.GetContextualKeywordKinds()).Select(SyntaxFacts.GetText).Distinct().Where(static word => word.Length > 0 && word.All(char.IsLetter));

    [Theory]
    [MemberData(nameof(Versions))]
    public void EverySystemCompilesInEveryVersionOfCSharp(LanguageVersion version)
    {
        // The other body of a class came with C# 12.
        var trees = Systems.All.Select((system, i) => Compiling.Parse(BodilessClass().Replace(system.Source, "$1 { }"), version, $"Source{i}.cs"));

        var output = Compiling.Generate(Compiling.Compilation(trees, Compiling.References), out var result);

        Compiling.AssertClean(result.Diagnostics);
        Compiling.AssertClean(output.GetDiagnostics());
        Assert.Equal(Systems.All.Sum(static system => BodilessClass().Count(system.Source)), result.GeneratedTrees.Length);
    }

    [Theory]
    [InlineData("[Block, ReLU] public partial class Unit;", "Unit")]
    [InlineData("[Block, ReLU] partial class Unit;", "Unit")]
    [InlineData("[Block, ReLU] internal sealed partial class Unit;", "Unit")]
    [InlineData("namespace A.B; [Block, ReLU] public partial class Unit;", "A.B.Unit")]
    [InlineData("namespace A { namespace B { [Block, ReLU] public partial class Unit; } }", "A.B.Unit")]
    [InlineData("namespace @namespace.@int; [Block, ReLU] public partial class @class;", "namespace.int.class")]
    [InlineData("public partial class Outer { [Block, ReLU] public partial class Unit; }", "Outer+Unit")]
    [InlineData("public static partial class Outer { [Block, ReLU] public partial class Unit; }", "Outer+Unit")]
    [InlineData("public partial class Outer { [Block, ReLU] private partial class Unit; }", "Outer+Unit")]
    [InlineData("public partial class Outer { [Block, ReLU] protected internal partial class Unit; }", "Outer+Unit")]
    [InlineData("public partial struct Outer { [Block, ReLU] public partial class Unit; }", "Outer+Unit")]
    [InlineData("public ref partial struct Outer { [Block, ReLU] public partial class Unit; }", "Outer+Unit")]
    [InlineData("public readonly partial struct Outer { [Block, ReLU] public partial class Unit; }", "Outer+Unit")]
    [InlineData("public partial record Outer(int Number) { [Block, ReLU] public partial class Unit; }", "Outer+Unit")]
    [InlineData("public partial record struct Outer { [Block, ReLU] public partial class Unit; }", "Outer+Unit")]
    [InlineData("public partial interface IOuter { [Block, ReLU] public partial class Unit; }", "IOuter+Unit")]
    [InlineData("namespace A; partial class @event { partial struct @struct { [Block, ReLU] internal partial class @for; } }", "A.event+struct+for")]
    [InlineData("[Block, ReLU] public partial class Snapshot;", "Snapshot")]
    [InlineData("[Block, ReLU] public partial class OwnSnapshot;", "OwnSnapshot")]
    [InlineData("[Block, Conv1x1] public partial class _0;", "_0")]
    [InlineData("namespace A; [Block, ReLU] public partial class TorchSharp;", "A.TorchSharp")]
    [InlineData("namespace System; [Block, ReLU] public partial class Tensor;", "System.Tensor")]
    [InlineData("namespace A.Blockwright.TorchSharp.System; [Block, Conv1x1, ReLU] public partial class Unit;", "A.Blockwright.TorchSharp.System.Unit")]
    [InlineData("[Block, ReLU] public partial class Ünit_1;", "Ünit_1")]
    [InlineData("/// <summary>A unit.</summary>\n[Block, ReLU] public partial class Unit : global::System.IComparable { public int CompareTo(object? other) => 0; }", "Unit")]
    [InlineData("[Block, ReLU] public partial class Unit { public Unit() : this(4) { } public int Double => InChannels * 2; } public partial class Unit { public int Four => 4; }", "Unit")]
    public void ADeclarationMayStandAnywhere(string source, string type)
    {
        var assembly = Compiling.Load(Compiling.Usings + source);

        AssertRuns(assembly.GetType(type, throwOnError: true)!);
    }

    [Theory]
    [InlineData("[Network, Input(4, 3, 3), ReLU] partial class Net;", "Net")]
    [InlineData("[Network, Input(4, 3, 3), Conv1x1(Name = \"conv\")] public partial class Snapshot;", "Snapshot")]
    [InlineData("[Network, Input(4, 3, 3), Conv1x1] public partial class CpuTables;", "CpuTables")]
    [InlineData("namespace A; partial class @event { partial struct @struct { [Network, Input(4, 3, 3), Conv1x1] internal partial class @for; } }", "A.event+struct+for")]
    public void SoMayANetwork(string source, string type)
    {
        var assembly = Compiling.Load(Compiling.Usings + source);

        var module = (BlockModule)Activator.CreateInstance(assembly.GetType(type, throwOnError: true)!)!;
        using var fused = module.Fuse();
        using var input = torch.ones(2, 4, 3, 3);
        Tensors.AssertClose(module.call(input), fused.call(input), 1e-5, "the snapshot's result");
    }

    [Fact]
    public void NamesThatDifferOnlyInCaseAreTwoClasses()
    {
        var assembly = Compiling.Load(Compiling.Usings + "namespace A; [Block, ReLU] public partial class Unit; [Block, Sigmoid] public partial class UNIT;");

        AssertRuns(assembly.GetType("A.Unit", throwOnError: true)!);
        AssertRuns(assembly.GetType("A.UNIT", throwOnError: true)!);
    }

    /// <summary>A value's name becomes a variable's; none may hide what the code around it means.</summary>
    [Fact]
    public void AValueMayHaveAnyName()
    {
        var names = Keywords.Where(static name => name is not "in")
            .Concat(["input", "source", "scope", "training", "Chain", "CheckInput", "Compute", "Fold", "Bw_", "Ts_", "InChannels", "_0", "_unit", "_stage", "_number1", "x1", "x", "_", "1st", "a-b", "ä", " ", "name", "TorchSharp", "Blockwright", "Fuse"]).ToList();
        var source = new System.Text.StringBuilder(Compiling.Usings).AppendLine("[Block, ReLU] public partial class Inner;");
        for (var i = 0; i < names.Count; i++)
        {
            var name = SymbolDisplay.FormatLiteral(names[i], quote: true);
            source.AppendLine($"[Block, From(\"in\", As = {name}), Conv1x1(Name = \"0\"), Split(\"a\", \"b\")]")
                .AppendLine($"[From(\"a\", As = \"c\"), Dropout, Apply<Inner>(Name = \"unit\"), Stage<Inner>(\"stage\", Units = 2), From({name}), ReLU, Sigmoid]")
                .AppendLine($"[Concat(\"c\", \"b\", {name}), ChannelShuffle(2)]")
                .AppendLine($"public partial class Block{i};");
        }

        var assembly = Compiling.Load(source.ToString());

        for (var i = 0; i < names.Count; i++)
            AssertRuns(assembly.GetType($"Block{i}", throwOnError: true)!, 8);
    }

    /// <summary>The file's aliases mean what they should whatever the user calls his own.</summary>
    [Theory]
    [InlineData("namespace Bw_ { public class BlockModule; } public class Ts_ { public class Torch; }")]
    [InlineData("public class Bw_; namespace Ts_ { public class Torch; }")]
    [InlineData("namespace Own { namespace Bw_ { public class BlockModule; } public class Ts_; public class Torch; public class Tensor; public class Blockwright; namespace TorchSharp { } }")]
    [InlineData("namespace Own { public class TorchSharp; public class Bw_; namespace Ts_ { public class Modules; } }")]
    [InlineData("[Block, ReLU] public partial class Bw; [Block, Apply<Bw>] public partial class Ts; [Block, ReLU] public partial class Snapshot; [Block, ReLU] public partial class Plans;")]
    [InlineData("namespace Words { [Block, ReLU] public partial class @required; [Block, ReLU] public partial class @file; [Block, Apply<@required>, Apply<@file>] public partial class @scoped; public partial class @partial { [Block, ReLU] public partial class @where; } }")]
    public void AUsersOwnNamesAreNotMeant(string own)
    {
        var assembly = Compiling.Load(
            "using Blockwright;\nnamespace Own { [Block, Conv1x1, BatchNorm2d, ReLU, Split(\"a\", \"b\"), Concat(\"b\", \"a\"), ChannelShuffle(2)] public partial class Unit { public int Bw_; public int Ts_; public int torch; } }",
            Compiling.Usings + own);

        AssertRuns(assembly.GetType("Own.Unit", throwOnError: true)!);
    }

    /// <summary>A block's parameter becomes a constructor's; none may hide what the constructor means.</summary>
    [Fact]
    public void AParameterMayHaveAnyName()
    {
        var names = Keywords.Where(static name => name is not ("in" or "out"))
            .Concat(["i", "_0", "_stage", "_number1", "OutChannels", "InChannels", "Register", "name", "training", "Snapshot", "Plans", "Compute", "Fold", "Bw_", "Ts_", "source", "input", "TorchSharp", "Blockwright", "GetName"]).ToList();
        var source = new System.Text.StringBuilder(Compiling.Usings).AppendLine("[Block, Parameter(\"p\"), Conv2d(\"in\", \"p\"), ReLU] public partial class Inner;");
        for (var i = 0; i < names.Count; i++)
        {
            source.AppendLine($"[Block, Parameter(\"{names[i]}\"), Conv1x1(\"in*{names[i]}\"), MaxPool2d(\"{names[i]}\", Stride = 1), Split(\"a\", \"b\")]")
                .AppendLine($"[Stage<Inner>(\"stage\", \"{names[i]}\", Units = \"{names[i]}\")]".Replace("[Stage", "[From(\"a\"), Stage", StringComparison.Ordinal))
                .AppendLine("[Concat(\"a\", \"b\")]")
                .AppendLine($"public partial class Block{i};");
        }

        var assembly = Compiling.Load(source.ToString());

        for (var i = 0; i < names.Count; i++)
        {
            var module = Compiling.Make(assembly, $"Block{i}", 4, 3);
            Assert.Equal(12, module.OutChannels);
            using var result = module.call(torch.zeros(1, 4, 5, 5));
            Assert.Equal([1, 12, 5, 5], result.shape);
            using var fused = module.Fuse();
            Assert.Equal([1, 12, 5, 5], fused.call(torch.zeros(1, 4, 5, 5)).shape);
        }
    }

    private static void AssertRuns(Type type, int channels = 4)
    {
        var module = (BlockModule)Activator.CreateInstance(type, channels)!;
        using var input = torch.ones(2, channels, 3, 3);
        using var result = module.call(input);
        Assert.Equal(2, result.size(0));
        using var fused = module.Fuse();
        using var again = fused.call(input);
        Assert.Equal(result.shape, again.shape);
    }

    [GeneratedRegex(@"(partial class \w+);")]
    private static partial Regex BodilessClass();
}
