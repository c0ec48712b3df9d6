using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>torchvision's segmentation networks on mobilenet_v3_large(dilated=True).</summary>
internal abstract class WrittenSegmentation : WrittenNetwork
{
    private readonly Sequential backbone;

    protected WrittenSegmentation(string name)
        : base(name)
    {
        (long Kernel, long Expand, long To, bool Squeezes, bool IsHard, long Stride, long Dilation)[] units =
        [
            (3, 16, 16, false, false, 1, 1), (3, 64, 24, false, false, 2, 1), (3, 72, 24, false, false, 1, 1), (5, 72, 40, true, false, 2, 1), (5, 120, 40, true, false, 1, 1), (5, 120, 40, true, false, 1, 1),
            (3, 240, 80, false, true, 2, 1), (3, 200, 80, false, true, 1, 1), (3, 184, 80, false, true, 1, 1), (3, 184, 80, false, true, 1, 1), (3, 480, 112, true, true, 1, 1), (3, 672, 112, true, true, 1, 1),
            (5, 672, 160, true, true, 2, 2), (5, 960, 160, true, true, 1, 2), (5, 960, 160, true, true, 1, 2),
        ];
        var layers = new List<Module<Tensor, Tensor>> { Unit(Conv(3, 16, 3, 2), Hardswish()) };
        var from = 16L;
        foreach (var (kernel, expand, to, squeezes, isHard, stride, dilation) in units)
        {
            // A dilated unit keeps the map, whatever its stride; its shortcut goes by the stride.
            layers.Add(new InvertedResidual(from, to, kernel, expand, squeezes, isHard, stride, dilation));
            from = to;
        }
        layers.Add(Unit(Conv(160, 960, 1), Hardswish()));
        backbone = Sequential(layers);
        register_module("backbone", backbone);
    }

    protected (Tensor Low, Tensor High) Features(Tensor input)
    {
        Tensor x = input, low = input;
        for (var i = 0; i < backbone.Count; i++)
        {
            x = backbone[i].call(x);
            if (i == 4)
                low = x;
        }
        return (low, x);
    }

    protected static Tensor Resize(Tensor x, Tensor like) => functional.interpolate(x, [like.size(2), like.size(3)], mode: InterpolationMode.Bilinear, align_corners: false);

    private static Sequential Unit(Conv2d conv, Module<Tensor, Tensor>? activation)
    {
        var norm = BatchNorm2d(conv.weight!.size(0), eps: 0.001, momentum: 0.01);
        return activation is null ? Sequential(conv, norm) : Sequential(conv, norm, activation);
    }

    private sealed class InvertedResidual : WrittenPart
    {
        private readonly Sequential _block;
        private readonly bool _isAdded;

        public InvertedResidual(long from, long to, long kernel, long expand, bool squeezes, bool isHard, long stride, long dilation)
            : base(nameof(InvertedResidual))
        {
            var layers = new List<Module<Tensor, Tensor>>();
            if (expand != from)
                layers.Add(Unit(Conv(from, expand, 1), Activation()));
            layers.Add(Unit(Conv(expand, expand, kernel, dilation > 1 ? 1 : stride, expand, dilation), Activation()));
            if (squeezes)
                layers.Add(new Squeeze(expand));
            layers.Add(Unit(Conv(expand, to, 1), null));
            (_block, _isAdded) = (Add("block", Sequential(layers)), stride == 1 && from == to);

            Module<Tensor, Tensor> Activation() => isHard ? Hardswish() : ReLU();
        }

        public override Tensor forward(Tensor input) => _isAdded ? _block.call(input) + input : _block.call(input);
    }

    private sealed class Squeeze : WrittenPart
    {
        private readonly Conv2d _fc1;
        private readonly Conv2d _fc2;

        public Squeeze(long channels)
            : base(nameof(Squeeze))
        {
            var squeeze = ((channels / 4) + 4) / 8 * 8; // _make_divisible
            squeeze += squeeze < 0.9 * (channels / 4) ? 8 : 0;
            (_fc1, _fc2) = (Add("fc1", Conv(channels, squeeze, 1, bias: true)), Add("fc2", Conv(squeeze, channels, 1, bias: true)));
        }

        public override Tensor forward(Tensor input) => functional.hardsigmoid(_fc2.call(functional.relu(_fc1.call(functional.adaptive_avg_pool2d(input, 1))))) * input;
    }
}

/// <summary>torchvision's lraspp_mobilenet_v3_large.</summary>
internal sealed class WrittenLRASPP : WrittenSegmentation
{
    private readonly Sequential _cbr = ConvNorm(Conv(960, 128, 1), ReLU());
    private readonly Sequential _scale = Sequential(AdaptiveAvgPool2d(1), Conv(960, 128, 1), Sigmoid());
    private readonly Conv2d _low = Conv(40, 21, 1, bias: true);
    private readonly Conv2d _high = Conv(128, 21, 1, bias: true);

    public WrittenLRASPP()
        : base(nameof(WrittenLRASPP)) => register_module("classifier", Sequential(("cbr", _cbr), ("scale", _scale), ("low_classifier", _low), ("high_classifier", _high)));

    public override Tensor[] forward(Tensor input)
    {
        var (low, high) = Features(input);
        return [Resize(_low.call(low) + _high.call(Resize(_cbr.call(high) * _scale.call(high), low)), input)];
    }
}

/// <summary>torchvision's deeplabv3_mobilenet_v3_large.</summary>
internal sealed class WrittenDeepLabV3 : WrittenSegmentation
{
    private readonly Sequential classifier = Sequential(new ASPP(), Conv(256, 256, 3), BatchNorm2d(256), ReLU(), Conv(256, 21, 1, bias: true));
    private readonly Sequential aux_classifier = Sequential(Conv(40, 10, 3), BatchNorm2d(10), ReLU(), Dropout(0.1), Conv(10, 21, 1, bias: true));

    public WrittenDeepLabV3()
        : base(nameof(WrittenDeepLabV3)) => RegisterComponents();

    public override Tensor[] forward(Tensor input)
    {
        var (low, high) = Features(input);
        // The auxiliary head's lot is drawn first, as it is declared first; torchvision draws it last.
        var aux = training ? Resize(aux_classifier.call(low), input) : null;
        var result = Resize(classifier.call(high), input);
        return aux is null ? [result] : [result, aux];
    }

    private sealed class ASPP : WrittenPart
    {
        private readonly List<Sequential> _convs = [ConvNorm(Conv(960, 256, 1), ReLU()), .. new[] { 12, 24, 36 }.Select(static rate => ConvNorm(Conv(960, 256, 3, dilation: rate), ReLU()))];
        private readonly Sequential _pool = Sequential(AdaptiveAvgPool2d(1), Conv(960, 256, 1), BatchNorm2d(256), ReLU());
        private readonly Sequential _project = Sequential(Conv(5 * 256, 256, 1), BatchNorm2d(256), ReLU(), Dropout(0.5));

        public ASPP()
            : base(nameof(ASPP))
        {
            Add("convs", Sequential([.. _convs, _pool]));
            Add("project", _project);
        }

        public override Tensor forward(Tensor input) => _project.call(cat([.. _convs.Select(conv => conv.call(input)), Resize(_pool.call(input), input)], 1));
    }
}
