using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Fused.Tests;

/// <summary>The networks with parameters as people write them by hand with TorchSharp.</summary>
internal static class ParameterTwins
{
    public static Module<Tensor, Tensor> Classifier(long classes) => new Chain(Sequential(
        ("stem", Sequential(Conv(3, 16, 3, 2), BatchNorm2d(16), ReLU(), Conv(16, 16, 3, groups: 16), BatchNorm2d(16), Conv(16, 40, 1), BatchNorm2d(40), ReLU())),
        ("pool", AdaptiveAvgPool2d(1)), ("flat", Flatten()), ("fc", Linear(40, classes))));

    public static Module<Tensor, Tensor> ConvolutionalClassifier(long classes) => new Chain(Sequential(
        ("stem", Sequential(Conv(3, 16, 3, 2), BatchNorm2d(16), ReLU())),
        ("classifier", Sequential(Dropout(0.5), Conv(16, classes, 1, bias: true), ReLU(), AdaptiveAvgPool2d(1), Flatten()))));

    public static Module<Tensor, Tensor> RatioNetwork(int percent, int units, int width, int classes) => new Ratio(percent, units, width, classes);

    private static Conv2d Conv(long from, long to, long kernel, long stride = 1, long groups = 1, bool bias = false) =>
        Conv2d(from, to, kernel, stride, padding: kernel / 2, groups: groups, bias: bias);

    /// <summary>Layers one behind another, their keys those of the sequence.</summary>
    private sealed class Chain : Module<Tensor, Tensor>
    {
        private readonly Sequential _layers;

        public Chain(Sequential layers)
            : base(nameof(Chain))
        {
            _layers = layers;
            foreach (var (name, layer) in layers.named_children())
                register_module(name, layer);
        }

        public override Tensor forward(Tensor input) => _layers.call(input);
    }

    public sealed class Heads : Module<Tensor, (Tensor Fine, Tensor Coarse, Tensor Mask)>
    {
        private readonly Sequential _stem = Sequential(Conv(3, 12, 3, 2), BatchNorm2d(12), ReLU());
        private readonly Sequential _down = Sequential(Conv(12, 20, 3, 2), BatchNorm2d(20), ReLU());
        private readonly Sequential _mask;
        private readonly Sequential[] _heads;

        public Heads(long classes, long anchors)
            : base(nameof(Heads))
        {
            _heads = [Head(12, anchors * (classes + 5)), Head(20, anchors * (classes + 5))];
            _mask = Sequential(Conv(20, classes + 1, 1, bias: true), Upsample(scale_factor: [2, 2]), Softmax(1));
            register_module("stem", _stem);
            register_module("down", _down);
            register_module("head0", _heads[0]);
            register_module("head1", _heads[1]);
            register_module("mask", _mask);
        }

        public override (Tensor Fine, Tensor Coarse, Tensor Mask) forward(Tensor input)
        {
            var stem = _stem.call(input);
            var small = _down.call(stem);
            return (_heads[0].call(stem), _heads[1].call(small), _mask.call(small));
        }

        private static Sequential Head(long from, long to) => Sequential(("conv", Conv(from, from, 3)), ("bn", BatchNorm2d(from)), ("act", SiLU()), ("predict", Conv(from, to, 1, bias: true)), ("sigmoid", Sigmoid()));
    }

    private sealed class Ratio : Module<Tensor, Tensor>
    {
        private readonly Sequential _stem;
        private readonly Sequential _stage = Sequential();
        private readonly Linear _fc;
        private readonly long _keep;

        public Ratio(int percent, int units, int width, int classes)
            : base(nameof(Ratio))
        {
            _keep = width * percent / 200 * 2;
            Assert.Equal(_keep * 100, width * percent);
            var work = width - _keep;
            register_module("stem", _stem = Sequential(Conv(3, width, 3, 2), BatchNorm2d(width), ReLU()));
            for (var i = 0; i < units; i++)
            {
                var branch = Sequential(Conv(work, work, 1), BatchNorm2d(work), ReLU(), Conv(work, work, 3, groups: work), BatchNorm2d(work), Conv(work, work, 1), BatchNorm2d(work), ReLU());
                _stage.append(i.ToString(CultureInfo.InvariantCulture), Sequential(("branch2", branch)));
            }
            register_module("stage", _stage);
            register_module("fc", _fc = Linear(width, classes));
        }

        public override Tensor forward(Tensor input)
        {
            var x = _stem.call(input);
            foreach (var unit in _stage.children())
                x = cat([x.narrow(1, 0, _keep), ((Sequential)unit.children().Single()).call(x.narrow(1, _keep, x.shape[1] - _keep))], 1).channel_shuffle(2);
            return _fc.call(x.mean([2, 3]));
        }
    }
}
