using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Declared;

/// <summary>BW4003 (G4): an activation that changes nothing whatever the weights are, or a batch norm that cannot be folded into a convolution before it.</summary>
internal sealed class IdleLayerRule() : DeclaredRule(Descriptors.IdleLayer)
{
    public override Finding? Judge(DeclaredNetwork network, FlatNode node, AnalyzerConfigOptions options)
    {
        if (network.OperationOf(node) is not { } operation)
            return null;
        var moved = 2 * Figures.Values(node.Shape);
        if (DoesNothing(network, node))
        {
            var isFused = operation.First.Id != node.Id;
            var cost = isFused ? $"its {Figures.Map(node.Shape)} are compared for nothing, with 0 bytes moved since it is fused" : $"a pass that moves {Figures.Bytes(moved)} per image";
            var range = ((Activation)node.Layer!).Attribute == "ReLU6" ? "from 0 to 6" : "never negative";
            return new(null, DiagnosticSeverity.Warning, isFused ? 0 : moved, [node.Layer!.Kind, $"does nothing, since its input is {range}", cost], Replacement: "");
        }
        if (operation.Kind != CpuKind.Affine || operation.First.Id != node.Id)
            return null;
        var before = network.Graph.Nodes[node.Inputs[0]] switch
        {
            { Layer: Convolution } => "the convolution before it has other readers",
            { Layer: { } layer } => $"{layer.Kind} stands before it",
            { Join: { } join } => $"{join} stands before it",
            { IsSlice: true } => "Split stands before it",
            _ => "nothing stands before it",
        };
        return new(null, DiagnosticSeverity.Warning, moved, ["BatchNorm2d", $"cannot be folded into a convolution, since {before}", $"a pass over {Figures.Map(node.Shape)} that moves {Figures.Bytes(moved)} per image"]);
    }

    public static bool DoesNothing(DeclaredNetwork network, FlatNode node) => node.Layer is Activation activation && network.Ranges is var ranges && activation.Attribute switch
    {
        "ReLU" or "LeakyReLU" => ranges.IsNonNegative(node.Inputs[0]),
        "ReLU6" => ranges.IsNonNegative(node.Inputs[0]) && ranges.IsAtMostSix(node.Inputs[0]),
        _ => false,
    };
}
