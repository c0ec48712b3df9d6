using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Blockwright.Plans;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// BW4001 (G4): an element-wise operation that the plan fuses into no kernel's epilogue, so that it is a pass of its own over memory. An Add that a
/// Concat could replace is <see cref="ShortcutRule"/>'s; values of one pixel are small. Gates, sums and activations
/// behind sums and pools are there on purpose: remarks. One behind a Concat or a shuffle gives the same before it, in the epilogues of what is joined.
/// </summary>
internal sealed class ElementwisePassRule() : DeclaredRule(Descriptors.DeclaredElementwisePass)
{
    public override Finding? Judge(DeclaredNetwork network, FlatNode node, RuleOptions options, CancellationToken cancellation)
    {
        if (network.OperationOf(node, FusionOf(options), cancellation) is not { Kernel.Kind: KernelKind.Activation or KernelKind.Add or KernelKind.Multiply } operation || !operation.StartsAt(node))
            return null;
        if (!node.Shape.IsMap || node.Shape.IsPoint || ShortcutRule.IsReplaceable(node) || IdleLayerRule.DoesNothing(network, node) || network.IsBehindOwnModule(node))
            return null;
        var moved = Cost.Of(network.Graph, node).Moved;
        var measured = options.Measured.ElementwisePasses(activation: node.Layer is not null, shortcut: node.Layer is null);
        return new(null, IsMovable(network, node) ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info, moved, [node.Origin is LayerNode layer ? layer.Layer.Kind : node.Join!.Value.ToString(), Figures.Map(node.Shape), Figures.Bytes(moved), measured]);
    }

    private static bool IsMovable(DeclaredNetwork network, FlatNode node)
    {
        if (node.Layer is null || network.Graph.OnlyConsumer(node.Inputs[0]) is null)
            return false;
        var before = network.Graph.Nodes[node.Inputs[0]];
        return before.Join == JoinKind.Concat || (before.Layer is not null && network.Graph.RenamingOf(before) is not null);
    }
}
