namespace Blockwright.CodeFixes.Tests.HandWritten;

/// <summary>ShuffleNet units as people write them, and the declarations that say the same.</summary>
internal static class WrittenUnits
{
    public const string BasicUnit = """
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

    public const string BasicUnitDeclared = """
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

    public const string DownUnit = """
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

    public const string DownUnitDeclared = """
        [Block]
        [From("in", As = "left", Name = "branch1"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out/2"), BatchNorm2d, ReLU]
        [From("in", As = "right", Name = "branch2"), Conv1x1("out/2", Bias = true, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, DepthwiseConv2d(5, Stride = 2, Bias = true, Name = "conv2"), BatchNorm2d(Name = "bn2"), Conv1x1(Name = "conv3")]
        [Concat("left", "right"), ChannelShuffle(2)]
        partial class DownUnit;

        public static class Make
        {
            public static Module<Tensor, Tensor> Unit() => new DownUnit(inChannels: 6, outChannels: 20);
        }
        """;

    public const string FieldUnit = """
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
            public const int Half = 6;

            public static Module<Tensor, Tensor> Unit() => new FieldUnit(Half + 2);
        }
        """;

    public const string FieldUnitDeclared = """
        [Block]
        [Split("work", "keep")]
        [From("work"), Conv1x1(Name = "c1"), BatchNorm2d(Name = "b1"), ReLU, Conv2d("in", 3, Padding = 0, Groups = 2, Name = "c2"), BatchNorm2d(Name = "b2"), Conv2d("in/2", 3, Padding = 2, Name = "c3"), BatchNorm2d(Name = "b3"), ReLU]
        [Concat("work", "keep"), ChannelShuffle(4)]
        internal partial class FieldUnit;

        public static class Make
        {
            public const int Half = 6;

            public static Module<Tensor, Tensor> Unit() => new FieldUnit(inChannels: 2 * (Half + 2));
        }
        """;

    public const string InvertedResidual = """
        public class InvertedResidual : Module<Tensor, Tensor>
        {
            private readonly int stride;
            private readonly TorchSharp.Modules.Sequential branch1;
            private readonly TorchSharp.Modules.Sequential branch2;

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

            private static TorchSharp.Modules.Conv2d depthwise_conv(int i, int o, int kernel_size, int stride = 1, int padding = 0, bool bias = false)
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

    public const string InvertedResidualDeclared = """
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

    /// <summary>A file with these types.</summary>
    public static string File(string types, bool declares = false) => $$"""
        using System;
        using System.Collections.Generic;
        {{(declares ? "using Blockwright;\n" : "")}}using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        namespace Own;

        {{types}}
        """;
}
