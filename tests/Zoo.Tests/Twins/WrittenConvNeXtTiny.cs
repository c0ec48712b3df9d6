using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>torchvision's convnext_tiny.</summary>
internal sealed class WrittenConvNeXtTiny : WrittenNetwork
{
    private readonly Sequential features = Sequential(
        Sequential(Conv2d(3, 96, 4, 4), new LayerNorm2d(96)), Units(0, 3, 96), Down(96, 192), Units(3, 3, 192), Down(192, 384), Units(6, 9, 384), Down(384, 768), Units(15, 3, 768));
    private readonly Sequential classifier = Sequential(new LayerNorm2d(768), Flatten(), Linear(768, 1000));

    public WrittenConvNeXtTiny()
        : base(nameof(WrittenConvNeXtTiny)) => RegisterComponents();

    public override Tensor[] forward(Tensor input) => [classifier.call(functional.adaptive_avg_pool2d(features.call(input), 1))];

    private static Sequential Units(int first, int units, long channels) => Sequential(Enumerable.Range(first, units).Select(number => (Module<Tensor, Tensor>)new CNBlock(channels, 0.1 * number / 17)).ToArray());

    private static Sequential Down(long from, long to) => Sequential(new LayerNorm2d(from), Conv2d(from, to, 2, 2));

    // Parameters are asked for by name, since a module that moves to another type has new ones.
    private sealed class LayerNorm2d : WrittenPart
    {
        public LayerNorm2d(long channels)
            : base(nameof(LayerNorm2d))
        {
            register_parameter("weight", new Parameter(ones(channels)));
            register_parameter("bias", new Parameter(zeros(channels)));
        }

        public override Tensor forward(Tensor input) =>
            functional.layer_norm(input.permute(0, 2, 3, 1), [input.size(1)], get_parameter("weight"), get_parameter("bias"), 1e-6).permute(0, 3, 1, 2).contiguous();
    }

    private sealed class CNBlock : WrittenPart
    {
        private readonly Sequential _block;
        private readonly double _dropped;

        public CNBlock(long channels, double dropped)
            : base(nameof(CNBlock))
        {
            _dropped = dropped;
            _block = Add("block", Sequential(
                ("0", Conv2d(channels, channels, 7, padding: 3, groups: channels)), ("1", new Permute(0, 2, 3, 1)), ("2", LayerNorm(channels, 1e-6)),
                ("3", Linear(channels, 4 * channels)), ("4", GELU()), ("5", Linear(4 * channels, channels)), ("6", new Permute(0, 3, 1, 2))));
            register_parameter("layer_scale", new Parameter(full([channels, 1, 1], 1e-6)));
        }

        public override Tensor forward(Tensor input)
        {
            var y = get_parameter("layer_scale")! * _block.call(input);
            return input + (training && _dropped > 0 ? y * empty([input.size(0), 1, 1, 1]).bernoulli_(1 - _dropped).div_(1 - _dropped) : y);
        }
    }

    private sealed class Permute(params long[] order) : Module<Tensor, Tensor>(nameof(Permute))
    {
        public override Tensor forward(Tensor input) => input.permute(order).contiguous();
    }
}
