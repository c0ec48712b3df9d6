using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>YOLOv8n by ultralytics' table, up to the raw heads.</summary>
internal sealed class WrittenYOLOv8n : WrittenNetwork
{
    private readonly ModuleList<Module<Tensor, Tensor>> model;
    private readonly Sequential _boxes = Sequential(Head(64, 64), Head(128, 64), Head(256, 64));
    private readonly Sequential _classes = Sequential(Head(64, 80), Head(128, 80), Head(256, 80));

    public WrittenYOLOv8n()
        : base(nameof(WrittenYOLOv8n))
    {
        model = ModuleList<Module<Tensor, Tensor>>(
            Unit(3, 16, 3, 2), Unit(16, 32, 3, 2), new C2f(32, 32, 1, true), Unit(32, 64, 3, 2), new C2f(64, 64, 2, true), Unit(64, 128, 3, 2), new C2f(128, 128, 2, true), Unit(128, 256, 3, 2), new C2f(256, 256, 1, true), new SPPF(256),
            Upsample(scale_factor: [2, 2]), Identity(), new C2f(384, 128, 1, false), Upsample(scale_factor: [2, 2]), Identity(), new C2f(192, 64, 1, false),
            Unit(64, 64, 3, 2), Identity(), new C2f(192, 128, 1, false), Unit(128, 128, 3, 2), Identity(), new C2f(384, 256, 1, false),
            Sequential(("cv2", _boxes), ("cv3", _classes)));
        register_module("model", model);
    }

    public override Tensor[] forward(Tensor input)
    {
        var c4 = Run(input, 0, 4);
        var c6 = Run(c4, 5, 6);
        var c9 = Run(c6, 7, 9);
        var h12 = Run(cat([Run(c9, 10, 10), c6], 1), 12, 12);
        var h15 = Run(cat([Run(h12, 13, 13), c4], 1), 15, 15);
        var h18 = Run(cat([Run(h15, 16, 16), h12], 1), 18, 18);
        var h21 = Run(cat([Run(h18, 19, 19), c9], 1), 21, 21);
        return [.. new[] { h15, h18, h21 }.Select((x, i) => cat([_boxes[i].call(x), _classes[i].call(x)], 1))];
    }

    private Tensor Run(Tensor x, int first, int last)
    {
        for (var i = first; i <= last; i++)
            x = model[i].call(x);
        return x;
    }

    private static Sequential Unit(long from, long to, long kernel, long stride = 1) => Sequential(("conv", Conv(from, to, kernel, stride)), ("bn", BatchNorm2d(to, eps: 0.001, momentum: 0.03)), ("act", SiLU()));

    private static Sequential Head(long from, long to) => Sequential(Unit(from, to, 3), Unit(to, to, 3), Conv(to, to, 1, bias: true));

    private sealed class Bottleneck : WrittenPart
    {
        private readonly Sequential _cv1;
        private readonly Sequential _cv2;
        private readonly bool _isAdded;

        public Bottleneck(long channels, bool isAdded)
            : base(nameof(Bottleneck)) => (_cv1, _cv2, _isAdded) = (Add("cv1", Unit(channels, channels, 3)), Add("cv2", Unit(channels, channels, 3)), isAdded);

        public override Tensor forward(Tensor input) => _isAdded ? input + _cv2.call(_cv1.call(input)) : _cv2.call(_cv1.call(input));
    }

    private sealed class C2f : WrittenPart
    {
        private readonly Sequential _cv1;
        private readonly Sequential _cv2;
        private readonly Sequential _units;
        private readonly long _half;

        public C2f(long from, long to, int units, bool isAdded)
            : base(nameof(C2f))
        {
            _half = to / 2;
            (_cv1, _cv2) = (Add("cv1", Unit(from, to, 1)), Add("cv2", Unit((2 + units) * _half, to, 1)));
            _units = Add("m", Sequential(Enumerable.Range(0, units).Select(_ => (Module<Tensor, Tensor>)new Bottleneck(_half, isAdded)).ToArray()));
        }

        public override Tensor forward(Tensor input)
        {
            var y = _cv1.call(input).split(_half, 1).ToList();
            foreach (var unit in _units.children().Cast<Module<Tensor, Tensor>>())
                y.Add(unit.call(y[^1]));
            return _cv2.call(cat(y, 1));
        }
    }

    private sealed class SPPF : WrittenPart
    {
        private readonly Sequential _cv1;
        private readonly Sequential _cv2;

        public SPPF(long channels)
            : base(nameof(SPPF)) => (_cv1, _cv2) = (Add("cv1", Unit(channels, channels / 2, 1)), Add("cv2", Unit(channels * 2, channels, 1)));

        public override Tensor forward(Tensor input)
        {
            var y = new List<Tensor> { _cv1.call(input) };
            for (var i = 0; i < 3; i++)
                y.Add(functional.max_pool2d(y[^1], 5, 1, 2));
            return _cv2.call(cat(y, 1));
        }
    }
}
