using Blockwright.Analyzers.HandWritten.Units;
using Blockwright.CodeFixes.HandWritten;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class DeclareUnitTests
{
    private const string BasicUnit = """
        /// <summary>Stride 1.</summary>
        public sealed class BasicUnit : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> branch2;

            public BasicUnit(int channels) : base(nameof(BasicUnit))
            {
                var half = channels / 2;
                branch2 = Sequential(
                    Conv2d(half, half, kernel_size: 1, bias: false),
                    BatchNorm2d(half),
                    ReLU(inplace: true),
                    Conv2d(half, half, kernel_size: 3, stride: 1, padding: 1, groups: half, bias: false),
                    BatchNorm2d(half),
                    Conv2d(half, half, kernel_size: 1, bias: false),
                    BatchNorm2d(half),
                    ReLU(inplace: true));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                using var scope = NewDisposeScope();
                var parts = x.chunk(2, dim: 1);
                var y = cat(new[] { parts[0], branch2.call(parts[1]) }, dim: 1);
                return ChannelShuffle(y, 2).MoveToOuterDisposeScope();
            }

            private static Tensor ChannelShuffle(Tensor x, int groups)
            {
                var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
                x = x.view(n, groups, c / groups, h, w);
                x = torch.transpose(x, 1, 2).contiguous();
                return x.view(n, -1, h, w);
            }
        }

        public static class Make
        {
            public static Module<Tensor, Tensor> Unit() => new BasicUnit(16);
        }
        """;

    private const string BasicUnitDeclared = """
        /// <summary>Stride 1.</summary>
        [Block]
        [Split("keep", "work")]
        [From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("keep", "work"), ChannelShuffle(2)]
        public sealed partial class BasicUnit;

        public static class Make
        {
            public static Module<Tensor, Tensor> Unit() => new BasicUnit(inChannels: 16);
        }
        """;

    private const string DownUnit = """
        class DownUnit : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> branch1, branch2;

            public DownUnit(string name, long inp, long oup) : base(name)
            {
                var features = oup / 2;
                branch1 = Sequential(
                    Conv2d(inp, inp, 3, stride: 2, padding: 1, groups: inp, bias: false), BatchNorm2d(inp),
                    Conv2d(inp, features, 1, bias: false), BatchNorm2d(features), ReLU());
                branch2 = Sequential(
                    ("conv1", Conv2d(inp, features, 1, bias: true)), ("bn1", BatchNorm2d(features)), ("relu1", ReLU()),
                    ("conv2", Conv2d(features, features, (5, 5), stride: (2, 2), padding: (2, 2), groups: features)), ("bn2", BatchNorm2d(features)),
                    ("conv3", Conv2d(features, features, 1)));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var left = this.branch1.forward(x);
                var right = this.branch2.forward(x);
                var y = torch.cat(new List<Tensor> { left, right }, 1);
                left.Dispose();
                return y.channel_shuffle(2);
            }
        }

        public static class Make
        {
            public static Module<Tensor, Tensor> Unit() => new DownUnit("down", 6, oup: 20);
        }
        """;

    private const string DownUnitDeclared = """
        [Block]
        [From("in", As = "left", Name = "branch1"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out/2"), BatchNorm2d, ReLU]
        [From("in", As = "right", Name = "branch2"), Conv1x1("out/2", Bias = true, Name = "branch2.conv1"), BatchNorm2d(Name = "branch2.bn1"), ReLU, DepthwiseConv2d(5, Stride = 2, Bias = true, Name = "branch2.conv2"), BatchNorm2d(Name = "branch2.bn2"), Conv1x1(Name = "branch2.conv3")]
        [Concat("left", "right"), ChannelShuffle(2)]
        partial class DownUnit;

        public static class Make
        {
            public static Module<Tensor, Tensor> Unit() => new DownUnit(inChannels: 6, outChannels: 20);
        }
        """;

    private const string FieldUnit = """
        internal class FieldUnit : Module<Tensor, Tensor>
        {
            private readonly TorchSharp.Modules.Conv2d conv1;
            private readonly TorchSharp.Modules.BatchNorm2d bn1;
            private readonly TorchSharp.Modules.Conv2d conv2;
            private readonly TorchSharp.Modules.BatchNorm2d bn2;
            private readonly TorchSharp.Modules.Conv2d conv3;
            private readonly TorchSharp.Modules.BatchNorm2d bn3;
            private readonly TorchSharp.Modules.ReLU act = ReLU();
            private readonly int _half;

            public FieldUnit(int half) : base("FieldUnit")
            {
                _half = half;
                conv1 = Conv2d(half, half, 1, bias: false);
                bn1 = BatchNorm2d(half);
                conv2 = Conv2d(half, half * 2, 3, groups: 2, bias: false);
                bn2 = BatchNorm2d(2 * half);
                conv3 = Conv2d(half * 2, half, 3, padding: 2, bias: false);
                bn3 = BatchNorm2d(half);
                register_module("c1", conv1);
                register_module("b1", bn1);
                register_module("c2", conv2);
                register_module("b2", bn2);
                register_module("c3", conv3);
                register_module("b3", bn3);
            }

            public override Tensor forward(Tensor input)
            {
                var halves = input.split(_half, 1);
                var x = act.call(bn1.call(conv1.call(halves[0])));
                x = bn2.call(conv2.call(x));
                x = functional.relu(bn3.call(conv3.call(x)));
                x = torch.cat([x, halves[1]], 1);
                var n = x.size(0);
                return x.reshape(n, 4, x.size(1) / 4, x.size(2), x.size(3)).permute(0, 2, 1, 3, 4).reshape(n, x.size(1), x.size(2), x.size(3));
            }
        }

        public static class Make
        {
            private const int Half = 6;

            public static Module<Tensor, Tensor> Unit() => new FieldUnit(Half + 2);
        }
        """;

    private const string FieldUnitDeclared = """
        [Block]
        [Split("work", "keep")]
        [From("work"), Conv1x1(Name = "c1"), BatchNorm2d(Name = "b1"), ReLU, Conv2d("in", 3, Padding = 0, Groups = 2, Name = "c2"), BatchNorm2d(Name = "b2"), Conv2d("in/2", 3, Padding = 2, Name = "c3"), BatchNorm2d(Name = "b3"), ReLU]
        [Concat("work", "keep"), ChannelShuffle(4)]
        internal partial class FieldUnit;

        public static class Make
        {
            private const int Half = 6;

            public static Module<Tensor, Tensor> Unit() => new FieldUnit(inChannels: 2 * (Half + 2));
        }
        """;

    private const string InvertedResidual = """
        public class InvertedResidual : Module<Tensor, Tensor>
        {
            private readonly int stride;
            private readonly Sequential branch1;
            private readonly Sequential branch2;

            public InvertedResidual(int inp, int oup, int stride = 1) : base("InvertedResidual")
            {
                if (stride < 1 || stride > 3)
                    throw new ArgumentException("illegal stride value");
                this.stride = stride;
                int branch_features = oup / 2;
                if (stride == 1 && inp != branch_features * 2)
                    throw new ArgumentException("channels");

                if (this.stride > 1)
                {
                    branch1 = Sequential(
                        depthwise_conv(inp, inp, kernel_size: 3, stride: this.stride, padding: 1),
                        BatchNorm2d(inp),
                        Conv2d(inp, branch_features, kernel_size: 1, stride: 1, bias: false),
                        BatchNorm2d(branch_features),
                        ReLU(inplace: true));
                }
                else
                {
                    branch1 = Sequential();
                }

                branch2 = Sequential(
                    Conv2d(stride > 1 ? inp : branch_features, branch_features, kernel_size: 1, stride: 1, bias: false),
                    BatchNorm2d(branch_features),
                    ReLU(inplace: true),
                    depthwise_conv(branch_features, branch_features, kernel_size: 3, stride: this.stride, padding: 1),
                    BatchNorm2d(branch_features),
                    Conv2d(branch_features, branch_features, kernel_size: 1, stride: 1, bias: false),
                    BatchNorm2d(branch_features),
                    ReLU(inplace: true));
                RegisterComponents();
            }

            private static Conv2d depthwise_conv(int i, int o, int kernel_size, int stride = 1, int padding = 0, bool bias = false)
            {
                return Conv2d(i, o, kernel_size, stride, padding, bias: bias, groups: i);
            }

            public override Tensor forward(Tensor x)
            {
                Tensor output;
                if (stride == 1)
                {
                    var chunks = x.chunk(2, dim: 1);
                    output = torch.cat(new[] { chunks[0], branch2.forward(chunks[1]) }, dim: 1);
                }
                else
                {
                    output = torch.cat(new[] { branch1.forward(x), branch2.forward(x) }, dim: 1);
                }
                return channel_shuffle(output, 2);
            }

            private static Tensor channel_shuffle(Tensor x, int groups)
            {
                long batchsize = x.size(0), num_channels = x.size(1), height = x.size(2), width = x.size(3);
                var channels_per_group = num_channels / groups;
                return x.view(batchsize, groups, channels_per_group, height, width).transpose(1, 2).contiguous().view(batchsize, num_channels, height, width);
            }
        }

        public static class Make
        {
            public static Module<Tensor, Tensor> Unit() => new InvertedResidual(16, 16);

            public static Module<Tensor, Tensor> Down() => new Own.InvertedResidual(16, 24, 2);
        }
        """;

    private const string InvertedResidualDeclared = """
        [Block]
        [Split("keep", "work")]
        [From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("keep", "work"), ChannelShuffle(2)]
        public partial class InvertedResidual;

        [Block]
        [From("in", As = "left", Name = "branch1"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out/2"), BatchNorm2d, ReLU]
        [From("in", As = "right", Name = "branch2"), Conv1x1("out/2"), BatchNorm2d, ReLU, DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("left", "right"), ChannelShuffle(2)]
        public partial class InvertedResidualDown;

        public static class Make
        {
            public static Module<Tensor, Tensor> Unit() => new InvertedResidual(inChannels: 16);

            public static Module<Tensor, Tensor> Down() => new Own.InvertedResidualDown(inChannels: 16, outChannels: 24);
        }
        """;

    [Fact]
    public async Task Torchvisions_class_becomes_two_blocks()
    {
        var before = File(InvertedResidual.Replace("Sequential branch", "TorchSharp.Modules.Sequential branch", StringComparison.Ordinal).Replace("static Conv2d", "static TorchSharp.Modules.Conv2d", StringComparison.Ordinal));
        Assert.Equal("1,2", Assert.Single(await UnitHarness.Diagnose(before)).Properties[HandWrittenUnit.Strides]);
        var after = await UnitHarness.Fix(before);
        Assert.Equal(File(InvertedResidualDeclared, declares: true), after);
        UnitHarness.AssertSame(before, after, "Unit", 2, 16, 9, 9);
        UnitHarness.AssertSame(before, after, "Down", 2, 16, 9, 9);
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
        var source = File(InvertedResidual.Replace(from, to, StringComparison.Ordinal)
            .Replace("Sequential branch", "TorchSharp.Modules.Sequential branch", StringComparison.Ordinal).Replace("static Conv2d", "static TorchSharp.Modules.Conv2d", StringComparison.Ordinal));
        Assert.Single(await UnitHarness.Diagnose(source));
        Assert.Equal(source, await UnitHarness.Fix(source));
    }

    public static TheoryData<string, string, long> Units => new()
    {
        { BasicUnit, BasicUnitDeclared, 16 },
        { DownUnit, DownUnitDeclared, 6 },
        { FieldUnit, FieldUnitDeclared, 16 },
    };

    [Theory]
    [MemberData(nameof(Units))]
    public async Task A_unit_becomes_a_block_with_the_same_keys_and_results(string written, string declared, long channels)
    {
        var before = File(written);
        Assert.Single(await UnitHarness.Diagnose(before));
        var after = await UnitHarness.Fix(before);
        Assert.Equal(File(declared, declares: true), after);
        UnitHarness.AssertSame(before, after, "Unit", 2, channels, 9, 9);
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
    public async Task What_is_not_exactly_a_unit_is_left_alone(string from, string to)
    {
        Assert.Contains(from, BasicUnit, StringComparison.Ordinal);
        var source = File(BasicUnit.Replace(from, to, StringComparison.Ordinal));
        Assert.Empty(await UnitHarness.Diagnose(source));
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

    private static string File(string types, bool declares = false) => $$"""
        using System;
        using System.Collections.Generic;
        {{(declares ? "using Blockwright;\n" : "")}}using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        namespace Own;

        {{types}}
        """;
}
