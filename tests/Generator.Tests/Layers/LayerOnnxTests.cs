using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using Blockwright.Tests.Shared;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Layers;

/// <summary>Every layer's nodes of ONNX give under ONNX Runtime what its forward gives.</summary>
public class LayerOnnxTests
{
    private const double Single = 1e-6;

    // What is as steep as its input and no larger than 1 shows how that is rounded, which is up to some 10 here; so does a quotient of it and a power of its squares.
    private static readonly Dictionary<string, double> Steep = new() { ["Tanh"] = 3e-6, ["Hardtanh"] = 3e-6, ["Clamp"] = 3e-6, ["LocalResponseNorm"] = 3e-6 };

    private static readonly int[] Opsets = [OnnxOptions.OldestOpset, 17, OnnxOptions.NewestOpset];

    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void ItsNodesGiveWhatForwardGives(string kind)
    {
        var cases = LayerCases.Of(kind).Where(IsChain).ToList();
        // Each version of the operators has its part of the cases, and all of them where there are few.
        for (var i = 0; i < Math.Max(cases.Count, Opsets.Length); i++)
        {
            var (one, options) = (cases[i % cases.Count], new OnnxOptions { Opset = Opsets[i % Opsets.Length], FoldBatchNorms = i % 2 == 0 });
            one.Check(() =>
            {
                using var noGradient = no_grad();
                var module = (NetworkModule)one.MakeRandom(float32);
                module.eval();
                using var session = OnnxSession.Load(OnnxSession.Export(module, options));
                foreach (var batch in new[] { 1, 3 })
                {
                    var input = randn(batch, LayerCase.Channels, LayerCase.Height, LayerCase.Width) * 3;
                    Tensors.AssertClose(module.call(input), session.Run(input), Steep.GetValueOrDefault(kind, Single), $"{batch} images, {options}");
                }
            });
        }
    }

    private static bool IsChain(LayerCase one) => one.Graph.Nodes.Skip(1).All(static node => node is LayerNode layer && layer.Source == node.Id - 1);
}
