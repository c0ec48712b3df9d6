using Blockwright.Analyzers.Configuration;
using System.Globalization;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// BW4003 (G4): an activation that changes nothing whatever the weights are; as a remark, a batch norm that cannot be folded into a convolution before it, as where norms come first
/// on purpose.
/// </summary>
internal sealed class IdleLayerRule() : DeclaredRule(Descriptors.IdleLayer, faded: Descriptors.IdleActivation)
{
    public override Finding? Judge(DeclaredNetwork network, FlatNode node, RuleOptions options, CancellationToken cancellation)
    {
        if (network.OperationOf(node, FusionOf(options), cancellation) is not { } operation)
            return null;
        var own = Cost.Of(network.Graph, node);
        var moved = own.Read + own.Written;
        if (DoesNothing(network, node))
        {
            var isFused = !operation.StartsAt(node);
            var cost = isFused ? $"its {Figures.Map(node.Shape)} are compared for nothing, with 0 bytes moved since it is fused" : $"a pass that moves {Figures.Bytes(moved)} per image";
            return new(null, DiagnosticSeverity.Warning, isFused ? 0 : moved, [node.Layer!.Kind, $"does nothing, since its input is {Text(node.Layer.Identity!.Value)}", cost], Replacement: "");
        }
        if (node.Layer?.Module is not { IsNorm: true } || !operation.StartsAt(node) || network.IsBehindOwnModule(node))
            return null;
        var read = network.Graph.Nodes[node.Inputs[0]];
        // What has no kernel takes it in on torch's operations.
        if (read.Layer?.Module is { TakesNorm: true } && network.Graph.OnlyConsumer(read.Id) is not null)
            return null;
        var before = read switch
        {
            { Layer.Module.TakesNorm: true } => "the convolution before it has other readers",
            { Layer: { } layer } => $"{layer.Kind} stands before it",
            { Join: { } join } => $"{join} stands before it",
            { IsSlice: true } => "Split stands before it",
            _ => "nothing stands before it",
        };
        return new(null, DiagnosticSeverity.Info, moved, [node.Layer!.Kind, $"cannot be folded into a convolution, since {before}", $"a pass over {Figures.Map(node.Shape)} that moves {Figures.Bytes(moved)} per image"]);
    }

    public static bool DoesNothing(DeclaredNetwork network, FlatNode node) => node.Layer?.Identity is { } identity && identity.Contains(network.Ranges[node.Inputs[0]]);

    private static string Text(ValueRange range) => (range.Least, range.Greatest) switch
    {
        (0, double.PositiveInfinity) => "never negative",
        var (least, greatest) => string.Format(CultureInfo.InvariantCulture, "from {0} to {1}", least, greatest),
    };
}
