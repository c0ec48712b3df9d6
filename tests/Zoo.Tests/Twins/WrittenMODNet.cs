using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>github.com/ZHKKKe/MODNet with its MobileNetV2; in training the matte, the semantics and the details, which it gives in another order.</summary>
internal sealed class WrittenMODNet : WrittenNetwork
{
    private const long Hr = 32;

    private readonly Sequential _features;
    private readonly SEBlock _se = new(1280);
    private readonly Sequential _lr16x = IBNormRelu(1280, 96, 5);
    private readonly Sequential _lr8x = IBNormRelu(96, 32, 5);
    private readonly Sequential _lr = Plain(32, 3, 2);
    private readonly Sequential _toHr2x = IBNormRelu(16, Hr, 1);
    private readonly Sequential _enc2x = IBNormRelu(Hr + 3, Hr, 3, 2);
    private readonly Sequential _toHr4x = IBNormRelu(24, Hr, 1);
    private readonly Sequential _enc4x = IBNormRelu(2 * Hr, 2 * Hr, 3);
    private readonly Sequential _hr4x = Sequential(IBNormRelu((3 * Hr) + 3, 2 * Hr, 3), IBNormRelu(2 * Hr, 2 * Hr, 3), IBNormRelu(2 * Hr, Hr, 3));
    private readonly Sequential _hr2x = Sequential(IBNormRelu(2 * Hr, 2 * Hr, 3), IBNormRelu(2 * Hr, Hr, 3), IBNormRelu(Hr, Hr, 3), IBNormRelu(Hr, Hr, 3));
    private readonly Sequential _hr = Sequential(IBNormRelu(Hr + 3, Hr, 3), Plain(Hr, 1));
    private readonly Sequential _lr4x = IBNormRelu(32, Hr, 5);
    private readonly Sequential _f2x = IBNormRelu(2 * Hr, Hr, 3);
    private readonly Sequential _f = Sequential(IBNormRelu(Hr + 3, Hr / 2, 3), Plain(Hr / 2, 1));

    public WrittenMODNet()
        : base(nameof(WrittenMODNet))
    {
        (long Expand, long To, int Units, long Stride)[] stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];
        var layers = new List<Module<Tensor, Tensor>> { ConvNorm(Conv(3, 32, 3, 2), ReLU6()) };
        var from = 32L;
        foreach (var (expand, to, units, stride) in stages)
        {
            for (var i = 0; i < units; i++, from = to)
                layers.Add(new InvertedResidual(from, to, expand, i == 0 ? stride : 1));
        }
        layers.Add(ConvNorm(Conv(320, 1280, 1), ReLU6()));
        _features = Sequential(layers);
        register_module("backbone", Sequential(("model", Sequential(("features", _features)))));
        register_module("lr_branch", Sequential(("se_block", _se), ("conv_lr16x", _lr16x), ("conv_lr8x", _lr8x), ("conv_lr", _lr)));
        register_module("hr_branch", Sequential(("tohr_enc2x", _toHr2x), ("conv_enc2x", _enc2x), ("tohr_enc4x", _toHr4x), ("conv_enc4x", _enc4x), ("conv_hr4x", _hr4x), ("conv_hr2x", _hr2x), ("conv_hr", _hr)));
        register_module("f_branch", Sequential(("conv_lr4x", _lr4x), ("conv_f2x", _f2x), ("conv_f", _f)));
    }

    public override Tensor[] forward(Tensor input)
    {
        var enc2x = Features(input, 0, 2);
        var enc4x = Features(enc2x, 2, 4);
        var lr8x = _lr8x.call(Resize(_lr16x.call(Resize(_se.call(Features(enc4x, 4, 19)), 2)), 2));
        var hr2 = _toHr2x.call(enc2x);
        var hr4x = _enc4x.call(cat([_enc2x.call(cat([Resize(input, 0.5), hr2], 1)), _toHr4x.call(enc4x)], 1));
        hr4x = _hr4x.call(cat([hr4x, Resize(lr8x, 2), Resize(input, 0.25)], 1));
        var hr2x = _hr2x.call(cat([Resize(hr4x, 2), hr2], 1));
        var f2x = _f2x.call(cat([Resize(_lr4x.call(Resize(lr8x, 2)), 2), hr2x], 1));
        var matte = _f.call(cat([Resize(f2x, 2), input], 1)).sigmoid();
        return training ? [matte, _lr.call(lr8x).sigmoid(), _hr.call(cat([Resize(hr2x, 2), input], 1)).sigmoid()] : [matte];
    }

    private Tensor Features(Tensor x, int from, int to)
    {
        for (var i = from; i < to; i++)
            x = _features[i].call(x);
        return x;
    }

    private static Tensor Resize(Tensor x, double factor) => functional.interpolate(x, scale_factor: [factor, factor], mode: InterpolationMode.Bilinear, align_corners: false);

    /// <summary>Conv2dIBNormRelu.</summary>
    private static Sequential IBNormRelu(long from, long to, long kernel, long stride = 1) => Sequential(("layers", Sequential(Conv(from, to, kernel, stride, bias: true), new IBNorm(to), ReLU())));

    /// <summary>Conv2dIBNormRelu without a norm and an activation, to one channel.</summary>
    private static Sequential Plain(long from, long kernel, long stride = 1) => Sequential(("layers", Sequential(Conv(from, 1, kernel, stride, bias: true))));

    private sealed class IBNorm : WrittenPart
    {
        private readonly BatchNorm2d _batch;
        private readonly long _half;

        public IBNorm(long channels)
            : base(nameof(IBNorm)) => (_batch, _half) = (Add("bnorm", BatchNorm2d(channels / 2)), channels / 2);

        public override Tensor forward(Tensor input) =>
            cat([_batch.call(input.narrow(1, 0, _half).contiguous()), functional.instance_norm(input.narrow(1, _half, input.size(1) - _half).contiguous())], 1);
    }

    private sealed class SEBlock : WrittenPart
    {
        private readonly Sequential _fc;

        public SEBlock(long channels)
            : base(nameof(SEBlock)) => _fc = Add("fc", Sequential(Linear(channels, channels / 4, hasBias: false), ReLU(), Linear(channels / 4, channels, hasBias: false), Sigmoid()));

        public override Tensor forward(Tensor input) => input * _fc.call(functional.adaptive_avg_pool2d(input, 1).flatten(1)).unsqueeze(2).unsqueeze(3);
    }

    private sealed class InvertedResidual : WrittenPart
    {
        private readonly Sequential _conv;
        private readonly bool _isAdded;

        public InvertedResidual(long from, long to, long expand, long stride)
            : base(nameof(InvertedResidual))
        {
            var wide = from * expand;
            var layers = new List<Module<Tensor, Tensor>>();
            if (expand > 1)
                layers.AddRange([Conv(from, wide, 1), BatchNorm2d(wide), ReLU6()]);
            layers.AddRange([Conv(wide, wide, 3, stride, wide), BatchNorm2d(wide), ReLU6(), Conv(wide, to, 1), BatchNorm2d(to)]);
            (_conv, _isAdded) = (Add("conv", Sequential(layers)), stride == 1 && from == to);
        }

        public override Tensor forward(Tensor input) => _isAdded ? input + _conv.call(input) : _conv.call(input);
    }
}
