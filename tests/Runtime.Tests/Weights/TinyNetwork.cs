using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>The network of the checkpoints in Data/checkpoints: a convolution, a batch norm, a ReLU, the mean, a linear layer.</summary>
internal sealed class TinyNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>What torch 1.13 computes of ones, 1 x 3 x 8 x 8, with the first weights of the files, and with those after a step of training.</summary>
    public static readonly float[] First = [-0.21726158261299133f, -0.22537529468536377f], Trained = [-0.22305867075920105f, -0.20371654629707336f];

    private readonly Conv2d _conv = nn.Conv2d(3, 4, 3, padding: 1, bias: false);
    private readonly BatchNorm2d _bn = nn.BatchNorm2d(4);
    private readonly Linear _fc = nn.Linear(4, 2);

    public TinyNetwork()
        : base("Tiny")
    {
        register_module("conv", _conv);
        register_module("bn", _bn);
        register_module("fc", _fc);
        eval();
    }

    public override Tensor forward(Tensor input) => _fc.call(_bn.call(_conv.call(input)).relu().mean([2, 3]));

    /// <summary>The result for ones.</summary>
    public float[] Result()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return call(ones(1, 3, 8, 8)).data<float>().ToArray();
    }

    /// <summary>Asserts the result for ones, as exactly as the order of additions allows.</summary>
    public void AssertResult(float[] expected)
    {
        foreach (var (left, right) in expected.Zip(Result()))
            Assert.Equal(left, right, 2e-7f);
    }
}
