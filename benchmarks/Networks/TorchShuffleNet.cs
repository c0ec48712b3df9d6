using TorchSharp;
using static System.FormattableString;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Benchmarks.Networks;

/// <summary>
/// ShuffleNet V2 in TorchSharp as people write it: convolutions without bias, batch norms, ReLUs, and the shuffle as view, transpose, contiguous, view.
/// </summary>
/// <remarks>
/// The weights come from the ONNX export, which has the batch norms folded in: here the convolution has the folded weights, and the batch norm adds the folded bias
/// (mean 0, variance 1 - eps, scale 1). That costs what any batch norm costs.
/// </remarks>
public sealed class TorchShuffleNet : Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;

    private readonly Module<Tensor, Tensor> _conv1;
    private readonly Module<Tensor, Tensor> _maxpool = MaxPool2d(3, 2, 1);
    private readonly Module<Tensor, Tensor> _stages;
    private readonly Module<Tensor, Tensor> _conv5;
    private readonly Module<Tensor, Tensor> _fc;

    /// <summary>Builds the module in evaluation mode.</summary>
    public TorchShuffleNet(ShuffleNetWeights weights, ScalarType type)
        : base("ShuffleNetV2")
    {
        _conv1 = Block(weights, ("conv1.0", true));
        var units = new List<(string, Module<Tensor, Tensor>)>();
        for (var stage = 2; stage <= 4; stage++)
        {
            for (var unit = 0; unit < weights.Units(stage); unit++)
                units.Add((Invariant($"stage{stage}_{unit}"), new Unit(weights, Invariant($"stage{stage}.{unit}"))));
        }

        _stages = Sequential(units);
        _conv5 = Block(weights, ("conv5.0", true));
        var layer = weights["fc"];
        var fc = Linear(layer.In, layer.Out);
        Set(fc.weight!, layer.Weights);
        Set(fc.bias!, layer.Bias);
        _fc = fc;
        register_module("conv1", _conv1);
        register_module("maxpool", _maxpool);
        register_module("stages", _stages);
        register_module("conv5", _conv5);
        register_module("fc", _fc);
        this.to(type);
        eval();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _maxpool.call(_conv1.call(input));
        x = _conv5.call(_stages.call(x));
        return _fc.call(x.mean([2, 3])).MoveToOuterDisposeScope();
    }

    private static Module<Tensor, Tensor> Block(ShuffleNetWeights weights, params (string Key, bool Relu)[] layers)
    {
        var modules = new List<(string, Module<Tensor, Tensor>)>();
        foreach (var (key, relu) in layers)
        {
            var layer = weights[key];
            var convolution = Conv2d(layer.In, layer.Out, layer.Kernel, layer.Stride, layer.Padding, groups: layer.Groups, bias: false);
            Set(convolution.weight!, layer.Weights);
            var norm = BatchNorm2d(layer.Out, Epsilon);
            Set(norm.bias!, layer.Bias);
            using (no_grad())
                norm.running_var!.fill_(1 - Epsilon);
            modules.Add(($"conv{modules.Count}", convolution));
            modules.Add(($"norm{modules.Count}", norm));
            if (relu)
                modules.Add(($"relu{modules.Count}", ReLU()));
        }

        return Sequential(modules);
    }

    private static void Set(Tensor target, float[] values)
    {
        using var guard = no_grad();
        using var source = tensor(values).reshape(target.shape);
        target.copy_(source);
    }

    private sealed class Unit : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor>? _branch1;
        private readonly Module<Tensor, Tensor> _branch2;

        public Unit(ShuffleNetWeights weights, string name)
            : base(name)
        {
            if (weights.Keys.Contains($"{name}.branch1.0"))
            {
                _branch1 = Block(weights, ($"{name}.branch1.0", false), ($"{name}.branch1.2", true));
                register_module("branch1", _branch1);
            }

            _branch2 = Block(weights, ($"{name}.branch2.0", true), ($"{name}.branch2.3", false), ($"{name}.branch2.5", true));
            register_module("branch2", _branch2);
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            Tensor joined;
            if (_branch1 == null)
            {
                var halves = input.chunk(2, 1);
                joined = cat([halves[0], _branch2.call(halves[1])], 1);
            }
            else
            {
                joined = cat([_branch1.call(input), _branch2.call(input)], 1);
            }

            var (n, c, h, w) = (joined.shape[0], joined.shape[1], joined.shape[2], joined.shape[3]);
            return joined.view(n, 2, c / 2, h, w).transpose(1, 2).contiguous().view(n, c, h, w).MoveToOuterDisposeScope();
        }
    }
}
