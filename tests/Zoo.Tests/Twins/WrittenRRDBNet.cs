using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>ESRGAN's generator as its authors have it.</summary>
internal sealed class WrittenRRDBNet : WrittenNetwork
{
    private readonly Conv2d conv_first = Conv(3, 64, 3, bias: true);
    private readonly Sequential RRDB_trunk = Sequential(Enumerable.Range(0, 23).Select(static _ => (Module<Tensor, Tensor>)new RRDB()).ToArray());
    private readonly Conv2d trunk_conv = Conv(64, 64, 3, bias: true);
    private readonly Conv2d upconv1 = Conv(64, 64, 3, bias: true);
    private readonly Conv2d upconv2 = Conv(64, 64, 3, bias: true);
    private readonly Conv2d HRconv = Conv(64, 64, 3, bias: true);
    private readonly Conv2d conv_last = Conv(64, 3, 3, bias: true);

    public WrittenRRDBNet()
        : base(nameof(WrittenRRDBNet)) => RegisterComponents();

    public override Tensor[] forward(Tensor input)
    {
        var x = conv_first.call(input);
        x += trunk_conv.call(RRDB_trunk.call(x));
        x = Active(upconv2.call(Twice(Active(upconv1.call(Twice(x))))));
        return [conv_last.call(Active(HRconv.call(x)))];
    }

    private static Tensor Active(Tensor x) => functional.leaky_relu(x, 0.2);

    private static Tensor Twice(Tensor x) => functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest);

    private sealed class RRDB : WrittenPart
    {
        private readonly Sequential _blocks;

        public RRDB()
            : base(nameof(RRDB)) => _blocks = Sequential(Add("RDB1", new DenseBlock()), Add("RDB2", new DenseBlock()), Add("RDB3", new DenseBlock()));

        public override Tensor forward(Tensor input) => (_blocks.call(input) * 0.2) + input;
    }

    private sealed class DenseBlock : WrittenPart
    {
        private readonly List<Conv2d> _convs = [];

        public DenseBlock()
            : base(nameof(DenseBlock))
        {
            for (var i = 0; i < 5; i++)
                _convs.Add(Add($"conv{i + 1}", Conv(64 + (32 * i), i == 4 ? 64 : 32, 3, bias: true)));
        }

        public override Tensor forward(Tensor input)
        {
            var all = input;
            foreach (var conv in _convs.Take(4))
                all = cat([all, Active(conv.call(all))], 1);
            return (_convs[4].call(all) * 0.2) + input;
        }
    }
}
