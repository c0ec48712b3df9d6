using Blockwright.Analyzers.HandWritten.Units;
using Blockwright.CodeFixes.HandWritten;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using static Blockwright.CodeFixes.Tests.HandWritten.WrittenUnits;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class DeclareUnitTests
{
    [Fact]
    public async Task Torchvisions_class_becomes_two_blocks()
    {
        var before = File(InvertedResidual);
        Assert.Equal("1,2", Assert.Single(await UnitHarness.Diagnose(before)).Properties[HandWrittenUnit.Strides]);
        var after = await UnitHarness.Fix(before);
        Assert.Equal(File(InvertedResidualDeclared, declares: true), after);
        UnitHarness.AssertSame(before, after, "Unit");
        UnitHarness.AssertSame(before, after, "Down");
    }

    /// <summary>Where the class is documented, all public types have to be.</summary>
    [Fact]
    public async Task The_second_class_of_a_documented_one_is_documented()
    {
        const string comment = "/// <summary>A unit.</summary>\n";
        var after = await UnitHarness.Fix(File(comment + InvertedResidual));
        Assert.Equal(
            File(comment + InvertedResidualDeclared.Replace("InvertedResidual;\n\n", "InvertedResidual;\n\n/// <summary><see cref=\"InvertedResidual\"/> at stride 2.</summary>\n", StringComparison.Ordinal), declares: true),
            after);
    }

    [Theory]
    [InlineData("new Own.InvertedResidual(16, 24, 2)", "new InvertedResidual(16, 24, Environment.ProcessorCount)")]
    [InlineData("new Own.InvertedResidual(16, 24, 2)", "new InvertedResidual(16, 24, 3)")]
    [InlineData("Down() => new Own.InvertedResidual(16, 24, 2);", "Down() { InvertedResidual unit = new InvertedResidual(16, 24, 2); return unit; }")]
    [InlineData("Down() => new Own.InvertedResidual(16, 24, 2);", "Down() { InvertedResidual unit = new(16, 24, 2); return unit; }")]
    [InlineData("public static class Make", "public class InvertedResidualDown { }\n\npublic static class Make")]
    public async Task A_stride_that_cannot_choose_a_class_gets_no_fix(string from, string to)
    {
        Assert.Contains(from, InvertedResidual, StringComparison.Ordinal);
        var source = File(InvertedResidual.Replace(from, to, StringComparison.Ordinal));
        Assert.Single(await UnitHarness.Diagnose(source));
        Assert.Equal(source, await UnitHarness.Fix(source));
    }

    public static TheoryData<string, string> Units => new()
    {
        { BasicUnit, BasicUnitDeclared },
        { DownUnit, DownUnitDeclared },
        { FieldUnit, FieldUnitDeclared },
    };

    [Theory]
    [MemberData(nameof(Units))]
    public async Task A_unit_becomes_a_block_with_the_same_keys_and_results(string written, string declared)
    {
        var before = File(written);
        Assert.Single(await UnitHarness.Diagnose(before));
        var after = await UnitHarness.Fix(before);
        Assert.Equal(File(declared, declares: true), after);
        UnitHarness.AssertSame(before, after, "Unit");
    }

    [Fact]
    public async Task A_unit_that_another_class_shuffles_for_is_one()
    {
        var source = BasicUnit.Replace("return ChannelShuffle", "return Others.ChannelShuffle", StringComparison.Ordinal)
            .Replace("    }\n\n    private static Tensor ChannelShuffle", "    }\n}\n\npublic static class Others\n{\n    public static Tensor ChannelShuffle", StringComparison.Ordinal);
        Assert.DoesNotContain("ChannelShuffle(Tensor", source[..source.IndexOf("class Others", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Single(await UnitHarness.Diagnose(File(source)));
    }

    [Theory]
    [InlineData("half, half, kernel_size: 1, bias: false),\n            BatchNorm2d(half),\n            ReLU", "half, half, kernel_size: 1, bias: false),\n            BatchNorm2d(half - 1),\n            ReLU")]
    [InlineData("groups: half, bias: false", "groups: half, bias: channels > 8")]
    [InlineData("stride: 1, padding: 1", "stride: 1, padding: 1, padding_mode: PaddingModes.Reflect")]
    [InlineData("BatchNorm2d(half),\n            ReLU(inplace: true),", "BatchNorm2d(half, eps: 1e-3),\n            ReLU(inplace: true),")]
    [InlineData("ReLU(inplace: true));", "Dropout());")]
    [InlineData("RegisterComponents();", "")]
    [InlineData("branch2.call(parts[1])", "branch2.call(branch2.call(parts[1]))")]
    [InlineData("branch2.call(parts[1])", "branch2.call(parts[0])")]
    [InlineData("{ parts[0], ", "{ parts[0].relu(), ")]
    [InlineData("{ parts[0], ", "{ parts[0] * 2, ")]
    [InlineData("ChannelShuffle(y, 2)", "ChannelShuffle(y, (int)x.shape[0])")]
    [InlineData("ChannelShuffle(y, 2)", "y")]
    [InlineData("torch.transpose(x, 1, 2)", "torch.transpose(x, 3, 4)")]
    [InlineData("x.view(n, -1, h, w)", "x.view(n, -1, w, h)")]
    [InlineData("x.chunk(2, dim: 1)", "x.chunk(2, dim: 2)")]
    [InlineData("}, dim: 1)", "}, dim: 2)")]
    [InlineData("var half = channels / 2;", "var half = channels / 2; Console.WriteLine(half);")]
    [InlineData("var half = channels / 2;", "var half = (int)(channels * long.MaxValue * 2 / 2);")]
    [InlineData("private static Tensor", "public int Half => 3; private static Tensor")]
    [InlineData("var half = channels / 2;", "var half = (int)(byte)channels / 2;")]
    [InlineData("var half = channels / 2;", "var half = channels / 2; if (Grows(ref half)) throw new ArgumentException();", "private static Tensor", "private static bool Grows(ref int n) => (n *= 2) > 1000; private static Tensor")]
    [InlineData("branch2 = Sequential(", "var conv = Conv2d(half, half, 1, bias: false); branch2 = Sequential(", "Conv2d(half, half, kernel_size: 1, bias: false)", "conv")]
    [InlineData("RegisterComponents();", "RegisterComponents(); branch2 = null!;")]
    [InlineData("RegisterComponents();", "branch2.register_module(\"branch2\", branch2);")]
    [InlineData("RegisterComponents();", "", "using var scope", "RegisterComponents(); using var scope")]
    [InlineData("using var scope", "var scope")]
    [InlineData(".MoveToOuterDisposeScope()", "")]
    [InlineData("var y = cat", "parts[1].Dispose(); var y = cat")]
    [InlineData("return ChannelShuffle", "y.Dispose(); return ChannelShuffle")]
    [InlineData("return ChannelShuffle", "x.Dispose(); return ChannelShuffle")]
    [InlineData("var y = cat", "using var y = cat", "return ChannelShuffle(y, 2).MoveToOuterDisposeScope();", "using var z = ChannelShuffle(y, 2); return z;")]
    [InlineData(".contiguous()", "")]
    [InlineData("ChannelShuffle(y, 2)", "ChannelShuffle(ref y, 2)", "ChannelShuffle(Tensor x", "ChannelShuffle(ref Tensor x")]
    [InlineData("ChannelShuffle(y, 2)", "new BasicUnit(4).ChannelShuffle(y, 2)", "private static Tensor", "private Tensor")]
    public async Task What_is_not_exactly_a_unit_is_left_alone(string from, string to, string alsoFrom = "", string alsoTo = "") =>
        Assert.Empty(await UnitHarness.Diagnose(Changed(from, to, alsoFrom, alsoTo)));

    [Theory]
    [InlineData("using var scope = NewDisposeScope();", "", ".MoveToOuterDisposeScope()", "")]
    [InlineData("using var scope = NewDisposeScope();", "using (NewDisposeScope()) {", ".MoveToOuterDisposeScope();", ".MoveToOuterDisposeScope(); }")]
    [InlineData("using var scope = NewDisposeScope();", "using (var scope = NewDisposeScope()) {", ".MoveToOuterDisposeScope();", ".DetachFromDisposeScope(); }")]
    [InlineData("var y = cat", "using var y = cat", "return ChannelShuffle", "parts[0].Dispose(); return ChannelShuffle")]
    [InlineData("ChannelShuffle(Tensor x, int groups)\n    {", "ChannelShuffle(Tensor x, int groups)\n    {\n        using var scope = NewDisposeScope();", "h, w);\n    }", "h, w).MoveToOuterDisposeScope();\n    }")]
    [InlineData("contiguous();\n        return x.view", "alias();\n        return x.reshape")]
    [InlineData("var half = channels / 2;", "if (channels % 2 != 0 || string.IsNullOrEmpty(GetType().Name)) throw new ArgumentException(); var half = channels / 2;")]
    public async Task Who_disposes_what_makes_no_other_unit(string from, string to, string alsoFrom = "", string alsoTo = "")
    {
        var source = Changed(from, to, alsoFrom, alsoTo);
        Assert.Single(await UnitHarness.Diagnose(source));
        var after = await UnitHarness.Fix(source);
        Assert.Equal(File(BasicUnitDeclared, declares: true), after);
        UnitHarness.AssertSame(source, after, "Unit");
    }

    [Fact]
    public async Task Where_blocks_cannot_be_declared_nothing_is_said() =>
        Assert.Empty(await UnitHarness.Diagnose(File(BasicUnit), UnitHarness.References.Where(one => !one.Display!.EndsWith("Blockwright.dll", StringComparison.Ordinal))));

    private static string Changed(string from, string to, string alsoFrom, string alsoTo)
    {
        Assert.Contains(from, BasicUnit, StringComparison.Ordinal);
        Assert.Contains(alsoFrom, BasicUnit, StringComparison.Ordinal);
        var unit = BasicUnit.Replace(from, to, StringComparison.Ordinal);
        return File(alsoFrom.Length == 0 ? unit : unit.Replace(alsoFrom, alsoTo, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("new BasicUnit(16)", "new Derived()", "class Derived : BasicUnit { public Derived() : base(16) { } }")]
    [InlineData("new BasicUnit(16)", "null!", "class Other { public static void Use(IEnumerable<int> sizes) { foreach (var unit in sizes.Select(size => new BasicUnit(size))) Own.Other.Take(unit.branch2); } static void Take(object o) { } }")]
    public async Task A_class_that_others_need_as_it_is_gets_no_fix(string from, string to, string other)
    {
        var source = File((BasicUnit + "\n\n" + other).Replace(from, to, StringComparison.Ordinal)
            .Replace("sealed class", "class", StringComparison.Ordinal).Replace("private readonly Module", "internal readonly Module", StringComparison.Ordinal))
            .Replace("using System;", "using System;\nusing System.Linq;", StringComparison.Ordinal);
        Assert.Single(await UnitHarness.Diagnose(source));
        Assert.Equal(source, await UnitHarness.Fix(source));
    }

    [Fact]
    public async Task An_argument_with_effects_is_not_dropped()
    {
        var source = File(DownUnit.Replace("\"down\"", "Console.ReadLine()!", StringComparison.Ordinal));
        Assert.Single(await UnitHarness.Diagnose(source));
        Assert.Equal(source, await UnitHarness.Fix(source));
    }

    [Fact]
    public async Task All_units_of_a_solution_become_blocks()
    {
        var test = new CSharpCodeFixTest<HandWrittenUnit, DeclareUnit, DefaultVerifier>
        {
            ReferenceAssemblies = new ReferenceAssemblies("none"),
            // The fixed files need what the build adds; the fix itself has compiled them.
            CompilerDiagnostics = CompilerDiagnostics.None,
        };
        test.TestState.AdditionalReferences.AddRange(UnitHarness.References);
        test.TestState.Sources.Add(Marked(BasicUnit.Replace("Unit()", "Unit(int n)", StringComparison.Ordinal)
            .Replace("new BasicUnit(16)", "Sequential(new BasicUnit(n), new DownUnit(\"d\", n, 2 * n), new BasicUnit(2 * n))", StringComparison.Ordinal), "BasicUnit"));
        test.TestState.Sources.Add(Marked(DownUnit.Replace("Make", "Other", StringComparison.Ordinal), "DownUnit"));
        test.FixedState.Sources.Add(File(BasicUnitDeclared.Replace("Unit()", "Unit(int n)", StringComparison.Ordinal)
            .Replace("new BasicUnit(inChannels: 16)", "Sequential(new BasicUnit(inChannels: n), new DownUnit(inChannels: n, outChannels: 2 * n), new BasicUnit(inChannels: 2 * n))", StringComparison.Ordinal), declares: true));
        test.FixedState.Sources.Add(File(DownUnitDeclared.Replace("Make", "Other", StringComparison.Ordinal), declares: true));
        // One at a time, the second class is converted in a file that has been changed by the first.
        test.NumberOfIncrementalIterations = 2;
        await test.RunAsync();
    }

    private static string Marked(string types, string name) => File(types).Replace($"class {name} ", $"class {{|BW4005:{name}|}} ", StringComparison.Ordinal);
}
