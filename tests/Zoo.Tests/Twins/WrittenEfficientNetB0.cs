using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>torchvision's efficientnet_b0.</summary>
internal sealed class WrittenEfficientNetB0 : WrittenNetwork
{
    private readonly Sequential features;
    private readonly Sequential classifier = Sequential(Dropout(0.2), Linear(1280, 1000));

    public WrittenEfficientNetB0()
        : base(nameof(WrittenEfficientNetB0))
    {
        (long Expand, long Kernel, long Stride, long To, int Units)[] stages = [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)];
        var layers = new List<Module<Tensor, Tensor>> { ConvNorm(Conv(3, 32, 3, 2), SiLU()) };
        var (from, number) = (32L, 0);
        foreach (var (expand, kernel, stride, to, units) in stages)
        {
            var blocks = new List<Module<Tensor, Tensor>>();
            for (var i = 0; i < units; i++, from = to)
                blocks.Add(new MBConv(from, to, expand, kernel, i == 0 ? stride : 1, 0.2 * number++ / stages.Sum(static stage => stage.Units)));
            layers.Add(Sequential(blocks));
        }
        layers.Add(ConvNorm(Conv(320, 1280, 1), SiLU()));
        features = Sequential(layers);
        RegisterComponents();
    }

    public override Tensor[] forward(Tensor input) => [classifier.call(functional.adaptive_avg_pool2d(features.call(input), 1).flatten(1))];

    private sealed class MBConv : WrittenPart
    {
        private readonly Sequential _block;
        private readonly bool _isAdded;
        private readonly double _kept;

        public MBConv(long from, long to, long expand, long kernel, long stride, double dropped)
            : base(nameof(MBConv))
        {
            _kept = 1 - dropped;
            var wide = from * expand;
            var layers = new List<Module<Tensor, Tensor>>();
            if (expand != 1)
                layers.Add(ConvNorm(Conv(from, wide, 1), SiLU()));
            layers.AddRange([ConvNorm(Conv(wide, wide, kernel, stride, wide), SiLU()), new SqueezeExcitation(wide, from / 4), ConvNorm(Conv(wide, to, 1))]);
            (_block, _isAdded) = (Add("block", Sequential(layers)), stride == 1 && from == to);
        }

        public override Tensor forward(Tensor input)
        {
            var y = _block.call(input);
            if (!_isAdded)
                return y;
            return (training ? y * empty([y.size(0), 1, 1, 1], y.dtype).bernoulli_(_kept).div_(_kept) : y) + input;
        }
    }

    private sealed class SqueezeExcitation : WrittenPart
    {
        private readonly Conv2d _fc1;
        private readonly Conv2d _fc2;

        public SqueezeExcitation(long channels, long squeeze)
            : base(nameof(SqueezeExcitation)) => (_fc1, _fc2) = (Add("fc1", Conv(channels, squeeze, 1, bias: true)), Add("fc2", Conv(squeeze, channels, 1, bias: true)));

        public override Tensor forward(Tensor input) => input * _fc2.call(functional.silu(_fc1.call(functional.adaptive_avg_pool2d(input, 1)))).sigmoid();
    }
}
