using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Layers;

/// <summary>Every layer's nodes of ONNX give under ONNX Runtime what its forward gives.</summary>
public class LayerOnnxTests
{
    private const double Single = 1e-6;

    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void ItsNodesGiveWhatForwardGives(string kind)
    {
        foreach (var one in LayerCases.Of(kind).Where(IsChain))
        {
            one.Check(() =>
            {
                using var noGradient = no_grad();
                var module = one.MakeRandom(float32);
                module.eval();
                using var model = new OnnxModel(one.Graph, module.state_dict());
                foreach (var batch in new[] { 1, 3 })
                {
                    var input = randn(batch, LayerCase.Channels, LayerCase.Height, LayerCase.Width) * 3;
                    Tensors.AssertClose(module.call(input), model.Run(input), Single, $"{batch} images");
                }
            });
        }
    }

    private static bool IsChain(LayerCase one) => one.Graph.Nodes.Skip(1).All(static node => node is LayerNode layer && layer.Source == node.Id - 1);
}
