using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>torchvision's inception_v3, with its auxiliary head.</summary>
internal sealed class WrittenInceptionV3 : WrittenNetwork
{
    private readonly Convs _stem;
    private readonly List<Convs> _mixed = [];
    private readonly Convs _aux;
    private readonly Linear _auxFc = Linear(768, 1000);
    private readonly Linear fc = Linear(2048, 1000);

    public WrittenInceptionV3()
        : base(nameof(WrittenInceptionV3))
    {
        _stem = new Convs(("Conv2d_1a_3x3", 3, 32, 3, 3, 2, 0), ("Conv2d_2a_3x3", 32, 32, 3, 3, 1, 0), ("Conv2d_2b_3x3", 32, 64, 3, 3, 1, 1), ("Conv2d_3b_1x1", 64, 80, 1, 1, 1, 0), ("Conv2d_4a_3x3", 80, 192, 3, 3, 1, 0));
        foreach (var (name, part) in _stem.named_children())
            register_module(name, part);
        Mix("5b", A(192, 32));
        Mix("5c", A(256, 64));
        Mix("5d", A(288, 64));
        Mix("6a", new(("branch3x3", 288, 384, 3, 3, 2, 0), ("branch3x3dbl_1", 288, 64, 1, 1, 1, 0), ("branch3x3dbl_2", 64, 96, 3, 3, 1, 1), ("branch3x3dbl_3", 96, 96, 3, 3, 2, 0)));
        Mix("6b", C(128));
        Mix("6c", C(160));
        Mix("6d", C(160));
        Mix("6e", C(192));
        _aux = new Convs(("conv0", 768, 128, 1, 1, 1, 0), ("conv1", 128, 768, 5, 5, 1, 0));
        _aux.register_module("fc", _auxFc);
        register_module("AuxLogits", _aux);
        Mix("7a", new(
            ("branch3x3_1", 768, 192, 1, 1, 1, 0), ("branch3x3_2", 192, 320, 3, 3, 2, 0),
            ("branch7x7x3_1", 768, 192, 1, 1, 1, 0), ("branch7x7x3_2", 192, 192, 1, 7, 1, 3), ("branch7x7x3_3", 192, 192, 7, 1, 1, 3), ("branch7x7x3_4", 192, 192, 3, 3, 2, 0)));
        Mix("7b", E(1280));
        Mix("7c", E(2048));
        register_module("fc", fc);
    }

    public override Tensor[] forward(Tensor input)
    {
        var x = _stem.Run(input, "Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3");
        x = functional.max_pool2d(_stem.Run(functional.max_pool2d(x, 3, 2), "Conv2d_3b_1x1", "Conv2d_4a_3x3"), 3, 2);
        foreach (var mixed in _mixed.Take(3))
            x = cat([mixed.Run(x, "branch1x1"), mixed.Run(x, "branch5x5_1", "branch5x5_2"), mixed.Run(x, "branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"), Pooled(mixed, x)], 1);
        x = cat([_mixed[3].Run(x, "branch3x3"), _mixed[3].Run(x, "branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"), functional.max_pool2d(x, 3, 2)], 1);
        foreach (var mixed in _mixed.Skip(4).Take(4))
            x = cat([mixed.Run(x, "branch1x1"), mixed.Run(x, "branch7x7_1", "branch7x7_2", "branch7x7_3"), mixed.Run(x, "branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"), Pooled(mixed, x)], 1);
        var aux = training ? _auxFc.call(_aux.Run(functional.avg_pool2d(x, 5, 3), "conv0", "conv1").mean([2, 3])) : null;
        x = cat([_mixed[8].Run(x, "branch3x3_1", "branch3x3_2"), _mixed[8].Run(x, "branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3", "branch7x7x3_4"), functional.max_pool2d(x, 3, 2)], 1);
        foreach (var mixed in _mixed.Skip(9))
        {
            var (small, large) = (mixed.Run(x, "branch3x3_1"), mixed.Run(x, "branch3x3dbl_1", "branch3x3dbl_2"));
            x = cat([mixed.Run(x, "branch1x1"), cat([mixed.Run(small, "branch3x3_2a"), mixed.Run(small, "branch3x3_2b")], 1), cat([mixed.Run(large, "branch3x3dbl_3a"), mixed.Run(large, "branch3x3dbl_3b")], 1), Pooled(mixed, x)], 1);
        }
        var logits = fc.call(functional.dropout(x.mean([2, 3]), 0.5, training));
        return aux is null ? [logits] : [logits, aux];
    }

    private static Tensor Pooled(Convs mixed, Tensor x) => mixed.Run(functional.avg_pool2d(x, 3, 1, 1), "branch_pool");

    private static Convs A(long from, long pool) => new(
        ("branch1x1", from, 64, 1, 1, 1, 0), ("branch5x5_1", from, 48, 1, 1, 1, 0), ("branch5x5_2", 48, 64, 5, 5, 1, 2),
        ("branch3x3dbl_1", from, 64, 1, 1, 1, 0), ("branch3x3dbl_2", 64, 96, 3, 3, 1, 1), ("branch3x3dbl_3", 96, 96, 3, 3, 1, 1), ("branch_pool", from, pool, 1, 1, 1, 0));

    private static Convs C(long c7) => new(
        ("branch1x1", 768, 192, 1, 1, 1, 0), ("branch7x7_1", 768, c7, 1, 1, 1, 0), ("branch7x7_2", c7, c7, 1, 7, 1, 3), ("branch7x7_3", c7, 192, 7, 1, 1, 3), ("branch7x7dbl_1", 768, c7, 1, 1, 1, 0),
        ("branch7x7dbl_2", c7, c7, 7, 1, 1, 3), ("branch7x7dbl_3", c7, c7, 1, 7, 1, 3), ("branch7x7dbl_4", c7, c7, 7, 1, 1, 3), ("branch7x7dbl_5", c7, 192, 1, 7, 1, 3), ("branch_pool", 768, 192, 1, 1, 1, 0));

    private static Convs E(long from) => new(
        ("branch1x1", from, 320, 1, 1, 1, 0), ("branch3x3_1", from, 384, 1, 1, 1, 0), ("branch3x3_2a", 384, 384, 1, 3, 1, 1), ("branch3x3_2b", 384, 384, 3, 1, 1, 1),
        ("branch3x3dbl_1", from, 448, 1, 1, 1, 0), ("branch3x3dbl_2", 448, 384, 3, 3, 1, 1), ("branch3x3dbl_3a", 384, 384, 1, 3, 1, 1), ("branch3x3dbl_3b", 384, 384, 3, 1, 1, 1), ("branch_pool", from, 192, 1, 1, 1, 0));

    private void Mix(string name, Convs convs)
    {
        register_module("Mixed_" + name, convs);
        _mixed.Add(convs);
    }

    /// <summary>torchvision's BasicConv2d, several by name: channels, kernel, stride, and the padding of the side on which the kernel is long.</summary>
    private sealed class Convs : Module
    {
        private readonly Dictionary<string, Sequential> _convs = [];

        public Convs(params (string Name, long From, long To, long Height, long Width, long Stride, long Padding)[] convs)
            : base(nameof(Convs))
        {
            foreach (var (name, from, to, height, width, stride, padding) in convs)
            {
                var conv = Conv2d(from, to, (height, width), (stride, stride), (height > 1 ? padding : 0, width > 1 ? padding : 0), bias: false);
                _convs.Add(name, Sequential(("conv", conv), ("bn", BatchNorm2d(to, eps: 0.001)), ("relu", ReLU())));
                register_module(name, _convs[name]);
            }
        }

        public Tensor Run(Tensor x, params string[] names) => names.Aggregate(x, (value, name) => _convs[name].call(value));
    }
}
