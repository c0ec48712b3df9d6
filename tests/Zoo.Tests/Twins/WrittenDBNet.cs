using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>github.com/MhLiao/DB with resnet18 and SegDetector(adaptive=True, k=50); in training binary, thresh and thresh_binary.</summary>
internal sealed class WrittenDBNet : WrittenNetwork
{
    private const int K = 50;

    private readonly ResNet18 backbone = new();
    private readonly SegDetector decoder = new();

    public WrittenDBNet()
        : base(nameof(WrittenDBNet)) => RegisterComponents();

    public override Tensor[] forward(Tensor input)
    {
        var fuse = decoder.Fuse(backbone.Features(input));
        var binary = decoder.Binarize.call(fuse);
        if (!training)
            return [binary];
        var thresh = decoder.Thresh.call(fuse);
        return [binary, thresh, 1 / (1 + (-K * (binary - thresh)).exp())];
    }

    private sealed class ResNet18 : Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1 = Conv(3, 64, 7, 2);
        private readonly BatchNorm2d bn1 = BatchNorm2d(64);
        private readonly Sequential layer1 = Layer(64, 64);
        private readonly Sequential layer2 = Layer(64, 128);
        private readonly Sequential layer3 = Layer(128, 256);
        private readonly Sequential layer4 = Layer(256, 512);

        public ResNet18()
            : base(nameof(ResNet18)) => RegisterComponents();

        public Tensor[] Features(Tensor input)
        {
            var c2 = layer1.call(functional.max_pool2d(functional.relu(bn1.call(conv1.call(input))), 3, 2, 1));
            var c3 = layer2.call(c2);
            var c4 = layer3.call(c3);
            return [c2, c3, c4, layer4.call(c4)];
        }

        public override Tensor forward(Tensor input) => Features(input)[^1];

        private static Sequential Layer(long from, long to) => Sequential(new BasicBlock(from, to), new BasicBlock(to, to));
    }

    private sealed class BasicBlock : Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1;
        private readonly BatchNorm2d bn1;
        private readonly Conv2d conv2;
        private readonly BatchNorm2d bn2;
        private readonly Sequential? downsample;

        public BasicBlock(long from, long to)
            : base(nameof(BasicBlock))
        {
            var stride = from == to ? 1 : 2;
            (conv1, bn1, conv2, bn2) = (Conv(from, to, 3, stride), BatchNorm2d(to), Conv(to, to, 3), BatchNorm2d(to));
            downsample = stride > 1 ? Sequential(Conv(from, to, 1, stride), BatchNorm2d(to)) : null;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) =>
            functional.relu(bn2.call(conv2.call(functional.relu(bn1.call(conv1.call(input))))) + (downsample is null ? input : downsample.call(input)));
    }

    private sealed class SegDetector : WrittenPart
    {
        private readonly Conv2d[] _in;
        private readonly Conv2d[] _out;

        public SegDetector()
            : base(nameof(SegDetector))
        {
            _in = [.. new[] { 64, 128, 256, 512 }.Select((channels, i) => Add($"in{i + 2}", Conv(channels, 256, 1)))];
            _out = [.. Enumerable.Range(0, 4).Select(i => Out(i, Conv(256, 64, 3)))];
            (Binarize, Thresh) = (Add("binarize", Head()), Add("thresh", Head()));
        }

        public Sequential Binarize { get; }

        public Sequential Thresh { get; }

        public Tensor Fuse(Tensor[] features)
        {
            var inner = features.Zip(_in, static (feature, conv) => conv.call(feature)).ToArray();
            for (var i = 2; i >= 0; i--)
                inner[i] = Up(inner[i + 1], 2) + inner[i];
            return cat([.. Enumerable.Range(0, 4).Reverse().Select(i => i == 0 ? _out[i].call(inner[i]) : Up(_out[i].call(inner[i]), 1 << i))], 1);
        }

        public override Tensor forward(Tensor input) => throw new NotSupportedException("It reads four maps.");

        /// <summary>All but the first are in a Sequential, in front of an Upsample.</summary>
        private Conv2d Out(int i, Conv2d conv)
        {
            if (i == 0)
                Add("out2", conv);
            else
                Add($"out{i + 2}", Sequential(conv));
            return conv;
        }

        private static Tensor Up(Tensor x, int factor) => Upsample(scale_factor: [factor, factor], mode: UpsampleMode.Nearest).call(x);

        private static Sequential Head() => Sequential(Conv(256, 64, 3), BatchNorm2d(64), ReLU(), ConvTranspose2d(64, 64, 2, stride: 2), BatchNorm2d(64), ReLU(), ConvTranspose2d(64, 1, 2, stride: 2), Sigmoid());
    }
}
