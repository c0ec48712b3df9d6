using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>PaddleOCR's MobileNetV3(scale=0.35, model_name="small") of its rec_mobilenet_v3.py, with ClsHead(class_dim=2) up to its logits.</summary>
internal sealed class WrittenAngleClassifier : WrittenNetwork
{
    private const double Scale = 0.35;

    private readonly ConvBN _conv1;
    private readonly Sequential _blocks;
    private readonly ConvBN _conv2;
    private readonly Linear _fc;

    public WrittenAngleClassifier()
        : base(nameof(WrittenAngleClassifier))
    {
        (long Kernel, long Expand, long To, bool Squeezes, bool IsHard, long Stride)[] units =
        [
            (3, 16, 16, true, false, 2), (3, 72, 24, false, false, 2), (3, 88, 24, false, false, 1), (5, 96, 40, true, true, 2), (5, 240, 40, true, true, 1), (5, 240, 40, true, true, 1),
            (5, 120, 48, true, true, 1), (5, 144, 48, true, true, 1), (5, 288, 96, true, true, 2), (5, 576, 96, true, true, 1), (5, 576, 96, true, true, 1),
        ];
        var from = MakeDivisible(16 * Scale);
        _conv1 = new ConvBN(3, from, 3, (2, 2), 1, Hardswish());
        var list = new List<Module<Tensor, Tensor>>();
        foreach (var (kernel, expand, to, squeezes, isHard, stride) in units)
        {
            list.Add(new ResidualUnit(from, MakeDivisible(Scale * expand), MakeDivisible(Scale * to), kernel, squeezes, isHard, stride));
            from = MakeDivisible(Scale * to);
        }
        _blocks = Sequential(list);
        _conv2 = new ConvBN(from, MakeDivisible(Scale * 576), 1, (1, 1), 1, Hardswish());
        _fc = Linear(MakeDivisible(Scale * 576), 2);
        register_module("backbone", Sequential(("conv1", _conv1), ("blocks", _blocks), ("conv2", _conv2)));
        register_module("head", Sequential(("fc", _fc)));
    }

    public override Tensor[] forward(Tensor input)
    {
        var x = functional.max_pool2d(_conv2.call(_blocks.call(_conv1.call(input))), 2, 2);
        return [_fc.call(functional.adaptive_avg_pool2d(x, 1).flatten(1))];
    }

    private static long MakeDivisible(double value)
    {
        var result = Math.Max(8, (long)(value + 4) / 8 * 8);
        return result < 0.9 * value ? result + 8 : result;
    }

    private sealed class ConvBN : WrittenPart
    {
        private readonly Conv2d _conv;
        private readonly BatchNorm2d _norm;
        private readonly Module<Tensor, Tensor>? _activation;

        public ConvBN(long from, long to, long kernel, (long, long) stride, long groups, Module<Tensor, Tensor>? activation)
            : base(nameof(ConvBN))
        {
            _conv = Add("conv", Conv2d(from, to, (kernel, kernel), stride, ((kernel - 1) / 2, (kernel - 1) / 2), groups: groups, bias: false));
            (_norm, _activation) = (Add("bn", BatchNorm2d(to)), activation);
        }

        public override Tensor forward(Tensor input)
        {
            var x = _norm.call(_conv.call(input));
            return _activation is null ? x : _activation.call(x);
        }
    }

    private sealed class ResidualUnit : WrittenPart
    {
        private readonly List<Module<Tensor, Tensor>> _layers = [];
        private readonly bool _isAdded;

        public ResidualUnit(long from, long middle, long to, long kernel, bool squeezes, bool isHard, long stride)
            : base(nameof(ResidualUnit))
        {
            _layers.Add(Add("expand_conv", new ConvBN(from, middle, 1, (1, 1), 1, Activation())));
            _layers.Add(Add("bottleneck_conv", new ConvBN(middle, middle, kernel, (stride, 1), middle, Activation())));
            if (squeezes)
                _layers.Add(Add("mid_se", new SEModule(middle)));
            _layers.Add(Add("linear_conv", new ConvBN(middle, to, 1, (1, 1), 1, null)));
            _isAdded = stride == 1 && from == to;

            Module<Tensor, Tensor> Activation() => isHard ? Hardswish() : ReLU();
        }

        public override Tensor forward(Tensor input)
        {
            var y = _layers.Aggregate(input, static (x, layer) => layer.call(x));
            return _isAdded ? input + y : y;
        }
    }

    private sealed class SEModule : WrittenPart
    {
        private readonly Conv2d _conv1;
        private readonly Conv2d _conv2;

        public SEModule(long channels)
            : base(nameof(SEModule)) => (_conv1, _conv2) = (Add("conv1", Conv(channels, channels / 4, 1, bias: true)), Add("conv2", Conv(channels / 4, channels, 1, bias: true)));

        public override Tensor forward(Tensor input)
        {
            var gate = _conv2.call(functional.relu(_conv1.call(functional.adaptive_avg_pool2d(input, 1))));
            return input * ((0.2 * gate) + 0.5).clamp(0, 1);
        }
    }
}
