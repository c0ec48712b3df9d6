using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>U-Net as Pytorch-UNet has it, with transposed convolutions.</summary>
internal sealed class WrittenUNet : WrittenNetwork
{
    private readonly Sequential inc = DoubleConv(3, 64);
    private readonly Sequential outc = Sequential(("conv", Conv(64, 2, 1, bias: true)));
    private readonly List<Sequential> _downs = [];
    private readonly List<(ConvTranspose2d Up, Sequential Conv)> _ups = [];

    public WrittenUNet()
        : base(nameof(WrittenUNet))
    {
        RegisterComponents();
        for (var level = 1; level <= 4; level++)
        {
            var down = Sequential(MaxPool2d(2), DoubleConv(32 << level, 64 << level));
            _downs.Add(down);
            register_module($"down{level}", Sequential(("maxpool_conv", down)));
            var wide = 2048L >> level;
            var (up, conv) = (ConvTranspose2d(wide, wide / 2, 2, stride: 2), DoubleConv(wide, wide / 2));
            _ups.Add((up, conv));
            register_module($"up{level}", Sequential(("up", up), ("conv", conv)));
        }
    }

    public override Tensor[] forward(Tensor input)
    {
        var maps = new Stack<Tensor>([inc.call(input)]);
        foreach (var down in _downs)
            maps.Push(down.call(maps.Peek()));
        var x = maps.Pop();
        foreach (var (up, conv) in _ups)
            x = conv.call(cat([maps.Pop(), up.call(x)], 1));
        return [outc.call(x)];
    }

    private static Sequential DoubleConv(long from, long to) => Sequential(("double_conv", Sequential(Conv(from, to, 3), BatchNorm2d(to), ReLU(), Conv(to, to, 3), BatchNorm2d(to), ReLU())));
}
