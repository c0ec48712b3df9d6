using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>YOLOv3 by ultralytics' table, without its anchors.</summary>
internal sealed class WrittenYOLOv3 : WrittenNetwork
{
    private readonly ModuleList<Module<Tensor, Tensor>> model;
    private readonly Sequential _heads = Sequential(Conv(256, 255, 1, bias: true), Conv(512, 255, 1, bias: true), Conv(1024, 255, 1, bias: true));

    public WrittenYOLOv3()
        : base(nameof(WrittenYOLOv3))
    {
        model = ModuleList<Module<Tensor, Tensor>>(
            Unit(3, 32, 3), Unit(32, 64, 3, 2), new Bottleneck(64, 64, true), Unit(64, 128, 3, 2), Repeat(2, 128, true), Unit(128, 256, 3, 2), Repeat(8, 256, true), Unit(256, 512, 3, 2), Repeat(8, 512, true),
            Unit(512, 1024, 3, 2), Repeat(4, 1024, true), new Bottleneck(1024, 1024, false), Unit(1024, 512, 1), Unit(512, 1024, 3), Unit(1024, 512, 1), Unit(512, 1024, 3),
            Unit(512, 256, 1), Upsample(scale_factor: [2, 2]), Identity(), new Bottleneck(768, 512, false), new Bottleneck(512, 512, false), Unit(512, 256, 1), Unit(256, 512, 3),
            Unit(256, 128, 1), Upsample(scale_factor: [2, 2]), Identity(), new Bottleneck(384, 256, false), Repeat(2, 256, false),
            Sequential(("m", _heads)));
        register_module("model", model);
    }

    public override Tensor[] forward(Tensor input)
    {
        var c3 = Run(input, 0, 6);
        var c4 = Run(c3, 7, 8);
        var y5 = Run(c4, 9, 14);
        var y4 = Run(cat([Run(y5, 16, 17), c4], 1), 19, 21);
        var y3 = Run(cat([Run(y4, 23, 24), c3], 1), 26, 27);
        return [_heads[0].call(y3), _heads[1].call(Run(y4, 22, 22)), _heads[2].call(Run(y5, 15, 15))];
    }

    private static Sequential Unit(long from, long to, long kernel, long stride = 1) => Sequential(("conv", Conv(from, to, kernel, stride)), ("bn", BatchNorm2d(to, eps: 0.001, momentum: 0.03)), ("act", LeakyReLU(0.1)));

    private static Sequential Repeat(int units, long channels, bool isAdded) => Sequential(Enumerable.Range(0, units).Select(_ => (Module<Tensor, Tensor>)new Bottleneck(channels, channels, isAdded)).ToArray());

    private Tensor Run(Tensor x, int first, int last)
    {
        for (var i = first; i <= last; i++)
            x = model[i].call(x);
        return x;
    }

    private sealed class Bottleneck : WrittenPart
    {
        private readonly Sequential _cv1;
        private readonly Sequential _cv2;
        private readonly bool _isAdded;

        public Bottleneck(long from, long to, bool isAdded)
            : base(nameof(Bottleneck)) => (_cv1, _cv2, _isAdded) = (Add("cv1", Unit(from, to / 2, 1)), Add("cv2", Unit(to / 2, to, 3)), isAdded);

        public override Tensor forward(Tensor input) => _isAdded ? input + _cv2.call(_cv1.call(input)) : _cv2.call(_cv1.call(input));
    }
}
