using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Generator.Tests;

/// <summary>Systems as people write them by hand with TorchSharp.</summary>
internal static class WrittenTwins
{
    public static Module<Tensor, Tensor> Find(string system) => system switch
    {
        "ShuffleNetV2Basic" => new SplitUnit(12, 6),
        "AdaptiveSplit" => new SplitUnit(20, 8),
        "EqualRatio" => new SplitUnit(20, 10),
        "ShuffleNetV2Downsample" => new DownsampleUnit(6, 20),
        "ResNetBasicBlock" => new ResNetDownsampleBlock(6, 10),
        "HybridWithAttention" => new Hybrid(12),
        "Fragmented" => new Fragmented(6, 16),
        "SinglePath" => new SinglePath(6, 16),
        "DenseLayer" => new DenseLayer(6, 4, 3),
        "SqueezeAndExcite" => new SqueezeAndExcite(12, 3),
        "Inception" => new Inception(8, 4, 3, 6, 2, 4, 5),
        "InvertedResidual" => new InvertedResidual(8, 8, 5, 24, true, true, 1),
        "ConditionalShortcut" => new ConditionalShortcut(6, 10, 2),
        "UNet" => new UNet(),
        "Dcgan" => new Dcgan(),
        "Pyramid" => new Pyramid(),
        "Cbam" => new Cbam(12, 3),
        var other => throw new ArgumentException(other),
    };

    private static Conv2d Conv(long from, long to, long kernel, long stride = 1, long groups = 1, bool bias = false) =>
        Conv2d(from, to, kernel, stride, padding: kernel / 2, groups: groups, bias: bias);

    private static Sequential ConvBnReLU(long from, long to, long kernel) => Sequential(("0", Conv(from, to, kernel)), ("1", BatchNorm2d(to)), ("2", ReLU()));

    private static Tensor ChannelShuffle(Tensor x, long groups)
    {
        var (n, c, h, w) = (x.size(0), x.size(1), x.size(2), x.size(3));
        return x.view(n, groups, c / groups, h, w).transpose(1, 2).contiguous().view(n, c, h, w);
    }

    private sealed class DoubleConv : Module<Tensor, Tensor>
    {
        private readonly Sequential double_conv;

        public DoubleConv(long from, long to)
            : base(nameof(DoubleConv))
        {
            double_conv = Sequential(Conv(from, to, 3), BatchNorm2d(to), ReLU(), Conv(to, to, 3), BatchNorm2d(to), ReLU());
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => double_conv.call(input);
    }

    private sealed class Down : Module<Tensor, Tensor>
    {
        private readonly Sequential maxpool_conv;

        public Down(long from, long to)
            : base(nameof(Down))
        {
            maxpool_conv = Sequential(MaxPool2d(2), new DoubleConv(from, to));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => maxpool_conv.call(input);
    }

    private sealed class Up : Module<Tensor, Tensor, Tensor>
    {
        private readonly ConvTranspose2d up;
        private readonly DoubleConv conv;

        public Up(long from, long half, long skip, long to)
            : base(nameof(Up))
        {
            up = ConvTranspose2d(from, half, 2, stride: 2);
            conv = new DoubleConv(half + skip, to);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input, Tensor skip) => conv.call(cat([skip, up.call(input)], 1));
    }

    private sealed class UNet : Module<Tensor, Tensor>
    {
        private readonly DoubleConv inc = new(3, 8);
        private readonly Down down1 = new(8, 12);
        private readonly Down down2 = new(12, 16);
        private readonly Up up1 = new(16, 8, 12, 12);
        private readonly Up up2 = new(12, 6, 8, 8);
        private readonly Sequential outc = Sequential(("conv", Conv(8, 2, 1, bias: true)));

        public UNet()
            : base(nameof(UNet)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var x1 = inc.call(input);
            var x2 = down1.call(x1);
            return outc.call(up2.call(up1.call(down2.call(x2), x2), x1));
        }
    }

    private sealed class Dcgan : Module<Tensor, Tensor>
    {
        private readonly Sequential main = Sequential(
            ConvTranspose2d(10, 16, 4, bias: false), BatchNorm2d(16), ReLU(), ConvTranspose2d(16, 8, 4, stride: 2, padding: 1, bias: false), BatchNorm2d(8), ReLU(), ConvTranspose2d(8, 3, 4, stride: 2, padding: 1, bias: false), Tanh());

        public Dcgan()
            : base(nameof(Dcgan)) => RegisterComponents();

        public override Tensor forward(Tensor input) => main.call(input);
    }

    private sealed class Cbam : Module<Tensor, Tensor>
    {
        private readonly Conv2d down;
        private readonly Conv2d up;
        private readonly Conv2d where;
        private readonly BatchNorm2d bn = BatchNorm2d(1);

        public Cbam(long channels, long reduction)
            : base(nameof(Cbam))
        {
            down = Conv(channels, channels / reduction, 1, bias: true);
            up = Conv(channels / reduction, channels, 1, bias: true);
            where = Conv(2, 1, 7);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var gate = up.call(down.call(input.mean([2, 3], keepdim: true)).relu()).sigmoid();
            var x = input * gate;
            var places = cat([x.mean([1], keepdim: true), x.max(1, keepdim: true).values], 1);
            return (x * bn.call(where.call(places)).sigmoid()) + gate;
        }
    }

    private sealed class Pyramid : Module<Tensor, Tensor>
    {
        private readonly Sequential c3 = Sequential(Conv(3, 8, 3, 2), BatchNorm2d(8), ReLU());
        private readonly Sequential c4 = Sequential(Conv(8, 12, 3, 2), BatchNorm2d(12), ReLU());
        private readonly Sequential lateral3 = Sequential(Conv(8, 6, 1, bias: true));
        private readonly Sequential lateral4 = Sequential(Conv(12, 6, 1, bias: true));
        private readonly Conv2d smooth = Conv(6, 6, 3, bias: true);

        public Pyramid()
            : base(nameof(Pyramid)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var large = c3.call(input);
            var small = functional.interpolate(lateral4.call(c4.call(large)), [large.size(2), large.size(3)], mode: InterpolationMode.Bilinear, align_corners: false);
            return functional.interpolate(smooth.call(small + lateral3.call(large)), [input.size(2), input.size(3)], mode: InterpolationMode.Nearest);
        }
    }

    /// <summary>ShuffleNet V2's unit of stride 1, as torchvision's InvertedResidual; any number of channels may pass through.</summary>
    private sealed class SplitUnit : Module<Tensor, Tensor>
    {
        private readonly long _keep;
        private readonly long _work;
        private readonly Sequential branch2;

        public SplitUnit(long channels, long keep)
            : base(nameof(SplitUnit))
        {
            (_keep, _work) = (keep, channels - keep);
            branch2 = Sequential(Conv(_work, _work, 1), BatchNorm2d(_work), ReLU(), Conv(_work, _work, 3, groups: _work), BatchNorm2d(_work), Conv(_work, _work, 1), BatchNorm2d(_work), ReLU());
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var parts = input.split([_keep, _work], 1);
            return ChannelShuffle(cat([parts[0], branch2.call(parts[1])], 1), 2);
        }
    }

    private sealed class DownsampleUnit : Module<Tensor, Tensor>
    {
        private readonly Sequential _branch1;
        private readonly Sequential _branch2;

        public DownsampleUnit(long from, long to)
            : base(nameof(DownsampleUnit))
        {
            var half = to / 2;
            _branch1 = Sequential(Conv(from, from, 3, 2, from), BatchNorm2d(from), Conv(from, half, 1), BatchNorm2d(half), ReLU());
            _branch2 = Sequential(Conv(from, half, 1), BatchNorm2d(half), ReLU(), Conv(half, half, 3, 2, half), BatchNorm2d(half), Conv(half, half, 1), BatchNorm2d(half), ReLU());
            register_module("branch1", _branch1);
            register_module("branch2", _branch2);
        }

        public override Tensor forward(Tensor input) => ChannelShuffle(cat([_branch1.call(input), _branch2.call(input)], 1), 2);
    }

    private sealed class ResNetDownsampleBlock : Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1;
        private readonly BatchNorm2d bn1;
        private readonly Conv2d conv2;
        private readonly BatchNorm2d bn2;
        private readonly Sequential downsample;

        public ResNetDownsampleBlock(long from, long to)
            : base(nameof(ResNetDownsampleBlock))
        {
            (conv1, bn1) = (Conv(from, to, 3, 2), BatchNorm2d(to));
            (conv2, bn2) = (Conv(to, to, 3), BatchNorm2d(to));
            downsample = Sequential(Conv(from, to, 1, 2), BatchNorm2d(to));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var y = bn2.call(conv2.call(functional.relu(bn1.call(conv1.call(input)))));
            return functional.relu(y + downsample.call(input));
        }
    }

    private sealed class Hybrid : Module<Tensor, Tensor>
    {
        private readonly SplitUnit unit;
        private readonly Sequential attention;

        public Hybrid(long channels)
            : base(nameof(Hybrid))
        {
            unit = new SplitUnit(channels, channels / 2);
            attention = Sequential(AdaptiveAvgPool2d(1), Conv(channels / 2, channels / 2, 1, bias: true), Hardsigmoid());
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var parts = unit.call(input).chunk(2, 1);
            return cat([parts[0] * attention.call(parts[1]), parts[1]], 1);
        }
    }

    private sealed class SqueezeAndExcite : Module<Tensor, Tensor>
    {
        private readonly Conv2d fc1;
        private readonly Conv2d fc2;

        public SqueezeAndExcite(long channels, long squeeze)
            : base(nameof(SqueezeAndExcite))
        {
            (fc1, fc2) = (Conv(channels, squeeze, 1, bias: true), Conv(squeeze, channels, 1, bias: true));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input * fc2.call(functional.relu(fc1.call(functional.adaptive_avg_pool2d(input, 1)))).sigmoid();
    }

    private sealed class Fragmented : Module<Tensor, Tensor>
    {
        private readonly Sequential a;
        private readonly Sequential b;
        private readonly Sequential c;
        private readonly Sequential d;

        public Fragmented(long from, long to)
            : base(nameof(Fragmented))
        {
            var part = to / 4;
            a = ConvBnReLU(from, part, 1);
            b = Sequential(Conv(from, part, 1), BatchNorm2d(part), ReLU(), Conv(part, part, 3), BatchNorm2d(part), ReLU());
            c = Sequential(Conv(from, part, 1), BatchNorm2d(part), ReLU(), Conv(part, part, 5), BatchNorm2d(part), ReLU());
            d = Sequential(MaxPool2d(3, stride: 1, padding: 1), Conv(from, part, 1), BatchNorm2d(part), ReLU());
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => cat([a.call(input), b.call(input), c.call(input), d.call(input)], 1);
    }

    private sealed class SinglePath : Module<Tensor, Tensor>
    {
        private readonly Sequential path;

        public SinglePath(long from, long to)
            : base(nameof(SinglePath))
        {
            path = Sequential(Conv(from, to, 1), BatchNorm2d(to), ReLU(), Conv(to, to, 3, groups: to), BatchNorm2d(to), Conv(to, to, 1), BatchNorm2d(to), ReLU());
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => path.call(input);
    }

    private sealed class DenseLayer : Module<Tensor, Tensor>
    {
        private readonly BatchNorm2d norm1;
        private readonly Conv2d conv1;
        private readonly BatchNorm2d norm2;
        private readonly Conv2d conv2;

        public DenseLayer(long from, long growth, long bottleneck)
            : base(nameof(DenseLayer))
        {
            (norm1, conv1) = (BatchNorm2d(from), Conv(from, growth * bottleneck, 1));
            (norm2, conv2) = (BatchNorm2d(growth * bottleneck), Conv(growth * bottleneck, growth, 3));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var y = conv1.call(functional.relu(norm1.call(input)));
            return cat([input, conv2.call(functional.relu(norm2.call(y)))], 1);
        }
    }

    /// <summary>torchvision's Inception, with the keys that the declaration asks for.</summary>
    private sealed class Inception : Module<Tensor, Tensor>
    {
        private readonly Sequential branch1;
        private readonly Sequential branch2;
        private readonly Sequential branch3;
        private readonly Sequential branch4;

        public Inception(long from, long b1, long b2reduce, long b2, long b3reduce, long b3, long pool)
            : base(nameof(Inception))
        {
            branch1 = Unit(from, b1, 1);
            branch2 = Sequential(Unit(from, b2reduce, 1), Unit(b2reduce, b2, 3));
            branch3 = Sequential(Unit(from, b3reduce, 1), Unit(b3reduce, b3, 3));
            branch4 = Sequential(MaxPool2d(3, stride: 1, padding: 1, ceil_mode: true), Unit(from, pool, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => cat([branch1.call(input), branch2.call(input), branch3.call(input), branch4.call(input)], 1);

        private static Sequential Unit(long from, long to, long kernel) => Sequential(("conv", ConvBnReLU(from, to, kernel)));
    }

    /// <summary>MobileNet V3's, as torchvision writes it: a list of layers that grows by conditions.</summary>
    internal sealed class InvertedResidual : Module<Tensor, Tensor>
    {
        private readonly Sequential block;
        private readonly bool _isAdded;

        public InvertedResidual(long from, long to, long kernel, long expand, bool squeezes, bool isHard, long stride)
            : base(nameof(InvertedResidual))
        {
            _isAdded = stride == 1 && from == to;
            var layers = new List<Module<Tensor, Tensor>>();
            if (expand != from)
                layers.Add(Unit(from, expand, 1, 1, 1, isHard));
            layers.Add(Unit(expand, expand, kernel, stride, expand, isHard));
            if (squeezes)
                layers.Add(new Squeeze(expand));
            layers.Add(Unit(expand, to, 1, 1, 1, null));
            block = Sequential(layers);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _isAdded ? block.call(input) + input : block.call(input);

        private static Sequential Unit(long from, long to, long kernel, long stride, long groups, bool? isHard)
        {
            var (conv, norm) = (Conv(from, to, kernel, stride, groups), BatchNorm2d(to, eps: 0.001, momentum: 0.01));
            return isHard switch { true => Sequential(conv, norm, Hardswish()), false => Sequential(conv, norm, ReLU()), _ => Sequential(conv, norm) };
        }

        private sealed class Squeeze : Module<Tensor, Tensor>
        {
            private readonly Conv2d fc1;
            private readonly Conv2d fc2;

            public Squeeze(long channels)
                : base(nameof(Squeeze))
            {
                var squeeze = Math.Max(8, (int)((channels / 4.0) + 4) / 8 * 8);
                (fc1, fc2) = (Conv(channels, squeeze < 0.9 * channels / 4.0 ? squeeze + 8 : squeeze, 1, bias: true), Conv(squeeze < 0.9 * channels / 4.0 ? squeeze + 8 : squeeze, channels, 1, bias: true));
                RegisterComponents();
            }

            public override Tensor forward(Tensor input) => input * functional.hardsigmoid(fc2.call(functional.relu(fc1.call(functional.adaptive_avg_pool2d(input, 1)))));
        }
    }

    /// <summary>Ultralytics' C2f.</summary>
    internal sealed class C2f : Module<Tensor, Tensor>
    {
        private readonly Unit cv1;
        private readonly Unit cv2;
        private readonly TorchSharp.Modules.ModuleList<Bottleneck> m;
        private readonly long _half;

        public C2f(long from, long to, int n, bool shortcut)
            : base(nameof(C2f))
        {
            _half = to / 2;
            (cv1, cv2, m) = (new Unit(from, to, 1), new Unit((2 + n) * _half, to, 1), new([.. Enumerable.Range(0, n).Select(_ => new Bottleneck(_half, shortcut))]));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var y = cv1.call(input).split(_half, 1).ToList();
            foreach (var unit in m)
                y.Add(unit.call(y[^1]));
            return cv2.call(cat(y, 1));
        }

        private sealed class Unit : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv;
            private readonly BatchNorm2d bn;

            public Unit(long from, long to, long kernel)
                : base(nameof(Unit))
            {
                (conv, bn) = (Conv(from, to, kernel), BatchNorm2d(to, eps: 0.001));
                RegisterComponents();
            }

            public override Tensor forward(Tensor input) => functional.silu(bn.call(conv.call(input)));
        }

        private sealed class Bottleneck : Module<Tensor, Tensor>
        {
            private readonly Unit cv1;
            private readonly Unit cv2;
            private readonly bool _isAdded;

            public Bottleneck(long channels, bool isAdded)
                : base(nameof(Bottleneck))
            {
                (cv1, cv2, _isAdded) = (new Unit(channels, channels, 3), new Unit(channels, channels, 3), isAdded);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input) => _isAdded ? input + cv2.call(cv1.call(input)) : cv2.call(cv1.call(input));
        }
    }

    internal sealed class ConditionalShortcut : Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1;
        private readonly BatchNorm2d bn1;
        private readonly Conv2d conv2;
        private readonly BatchNorm2d bn2;
        private readonly Sequential? downsample;

        public ConditionalShortcut(long from, long to, long stride)
            : base(nameof(ConditionalShortcut))
        {
            (conv1, bn1, conv2, bn2) = (Conv(from, to, 3, stride), BatchNorm2d(to), Conv(to, to, 3), BatchNorm2d(to));
            if (stride != 1 || from != to)
                downsample = Sequential(Conv(from, to, 1, stride), BatchNorm2d(to));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) =>
            functional.relu(bn2.call(conv2.call(functional.relu(bn1.call(conv1.call(input))))) + (downsample is null ? input : downsample.call(input)));
    }
}
