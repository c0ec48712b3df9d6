using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>RepVGG-A0 in training, as its authors have it.</summary>
internal sealed class WrittenRepVGG_A0 : WrittenNetwork
{
    private readonly Unit stage0 = new(3, 48, 2);
    private readonly Sequential stage1 = Stage(48, 48, 2);
    private readonly Sequential stage2 = Stage(48, 96, 4);
    private readonly Sequential stage3 = Stage(96, 192, 14);
    private readonly Sequential stage4 = Stage(192, 1280, 1);
    private readonly Linear linear = Linear(1280, 1000);

    public WrittenRepVGG_A0()
        : base(nameof(WrittenRepVGG_A0)) => RegisterComponents();

    public override Tensor[] forward(Tensor input) => [linear.call(functional.adaptive_avg_pool2d(stage4.call(stage3.call(stage2.call(stage1.call(stage0.call(input))))), 1).flatten(1))];

    private static Sequential Stage(long from, long to, int units) => Sequential(Enumerable.Range(0, units).Select(unit => (Module<Tensor, Tensor>)new Unit(unit == 0 ? from : to, to, unit == 0 ? 2 : 1)).ToArray());

    private sealed class Unit : WrittenPart
    {
        private readonly BatchNorm2d? _identity;
        private readonly Sequential _dense;
        private readonly Sequential _pointwise;

        public Unit(long from, long to, long stride)
            : base(nameof(Unit))
        {
            if (stride == 1 && from == to)
                _identity = Add("rbr_identity", BatchNorm2d(from));
            _dense = Add("rbr_dense", Sequential(("conv", Conv(from, to, 3, stride)), ("bn", BatchNorm2d(to))));
            _pointwise = Add("rbr_1x1", Sequential(("conv", Conv(from, to, 1, stride)), ("bn", BatchNorm2d(to))));
        }

        public override Tensor forward(Tensor input)
        {
            var sum = _dense.call(input) + _pointwise.call(input);
            return functional.relu(_identity is null ? sum : sum + _identity.call(input));
        }
    }
}
