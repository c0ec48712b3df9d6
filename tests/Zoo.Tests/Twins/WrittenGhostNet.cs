using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>GhostNet 1.0x as its authors have it.</summary>
internal sealed class WrittenGhostNet : WrittenNetwork
{
    private readonly Conv2d conv_stem = Conv(3, 16, 3, 2);
    private readonly BatchNorm2d bn1 = BatchNorm2d(16);
    private readonly Sequential blocks;
    private readonly Conv2d conv_head = Conv(960, 1280, 1, bias: true);
    private readonly Linear classifier = Linear(1280, 1000);

    public WrittenGhostNet()
        : base(nameof(WrittenGhostNet))
    {
        (long Kernel, long Middle, long To, bool Squeezes, long Stride)[][] stages =
        [
            [(3, 16, 16, false, 1)], [(3, 48, 24, false, 2)], [(3, 72, 24, false, 1)], [(5, 72, 40, true, 2)], [(5, 120, 40, true, 1)], [(3, 240, 80, false, 2)],
            [(3, 200, 80, false, 1), (3, 184, 80, false, 1), (3, 184, 80, false, 1), (3, 480, 112, true, 1), (3, 672, 112, true, 1)],
            [(5, 672, 160, true, 2)], [(5, 960, 160, false, 1), (5, 960, 160, true, 1), (5, 960, 160, false, 1), (5, 960, 160, true, 1)],
        ];
        var lists = new List<Module<Tensor, Tensor>>();
        var from = 16L;
        foreach (var stage in stages)
        {
            var list = new List<Module<Tensor, Tensor>>();
            foreach (var (kernel, middle, to, squeezes, stride) in stage)
            {
                list.Add(new Bottleneck(from, middle, to, kernel, squeezes, stride));
                from = to;
            }
            lists.Add(Sequential(list));
        }
        lists.Add(Sequential(Sequential(("conv", Conv(160, 960, 1)), ("bn1", BatchNorm2d(960)), ("act1", ReLU()))));
        blocks = Sequential(lists);
        RegisterComponents();
    }

    public override Tensor[] forward(Tensor input)
    {
        var x = functional.adaptive_avg_pool2d(blocks.call(functional.relu(bn1.call(conv_stem.call(input)))), 1);
        return [classifier.call(functional.dropout(functional.relu(conv_head.call(x)).flatten(1), 0.2, training))];
    }

    private sealed class Ghost : WrittenPart
    {
        private readonly Sequential _primary;
        private readonly Sequential _cheap;

        public Ghost(long from, long to, bool isActive)
            : base(nameof(Ghost))
        {
            var half = to / 2;
            _primary = Add("primary_conv", ConvNorm(Conv(from, half, 1), isActive ? ReLU() : null));
            _cheap = Add("cheap_operation", ConvNorm(Conv(half, half, 3, groups: half), isActive ? ReLU() : null));
        }

        public override Tensor forward(Tensor input)
        {
            var primary = _primary.call(input);
            return cat([primary, _cheap.call(primary)], 1);
        }
    }

    private sealed class Squeeze : WrittenPart
    {
        private readonly Conv2d _reduce;
        private readonly Conv2d _expand;

        public Squeeze(long channels)
            : base(nameof(Squeeze))
        {
            var reduced = ((channels / 4) + 2) / 4 * 4; // _make_divisible, which cuts none of these by more than a tenth
            (_reduce, _expand) = (Add("conv_reduce", Conv(channels, reduced, 1, bias: true)), Add("conv_expand", Conv(reduced, channels, 1, bias: true)));
        }

        public override Tensor forward(Tensor input) => input * (functional.relu6(_expand.call(functional.relu(_reduce.call(functional.adaptive_avg_pool2d(input, 1)))) + 3) / 6);
    }

    private sealed class Bottleneck : WrittenPart
    {
        private readonly Sequential _main;
        private readonly Sequential? _shortcut;

        public Bottleneck(long from, long middle, long to, long kernel, bool squeezes, long stride)
            : base(nameof(Bottleneck))
        {
            var main = new List<Module<Tensor, Tensor>> { Add("ghost1", new Ghost(from, middle, isActive: true)) };
            if (stride > 1)
                main.AddRange([Add("conv_dw", Conv(middle, middle, kernel, stride, middle)), Add("bn_dw", BatchNorm2d(middle))]);
            if (squeezes)
                main.Add(Add("se", new Squeeze(middle)));
            main.Add(Add("ghost2", new Ghost(middle, to, isActive: false)));
            _main = Sequential(main);
            if (stride > 1 || from != to)
                _shortcut = Add("shortcut", Sequential(Conv(from, from, kernel, stride, from), BatchNorm2d(from), Conv(from, to, 1), BatchNorm2d(to)));
        }

        public override Tensor forward(Tensor input) => _main.call(input) + (_shortcut is null ? input : _shortcut.call(input));
    }
}
