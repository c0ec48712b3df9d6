using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// BW4002 (G4): an Add of two values where a Concat of half as many channels each, with a ChannelShuffle, would be free. In a convolution's epilogue the Add is
/// no pass of its own, but its second value is still read: memory access that a Concat, which only renames channels, does not have. Shortcuts train deep networks: a remark.
/// </summary>
internal sealed class ShortcutRule() : DeclaredRule(Descriptors.ShortcutAdd)
{
    public override Finding? Judge(DeclaredNetwork network, FlatNode node, RuleOptions options, CancellationToken cancellation)
    {
        if (!IsReplaceable(node) || network.OperationOf(node, FusionOf(options), cancellation) is not { } operation)
            return null;
        // Branches that a snapshot computes as one convolution are no second value.
        if (!operation.Summed.IsEmpty && !operation.Epilogue.Any(static step => step.IsAdd))
            return null;
        var isFused = !operation.StartsAt(node);
        var moved = isFused ? Cost.Values(node.Shape) : Cost.Of(network.Graph, node).Moved;
        var how = isFused ? "reads a second value in the convolution's epilogue" : "is a pass of its own";
        var measured = options.Measured.ElementwisePasses(activation: false, shortcut: true);
        return new(null, DiagnosticSeverity.Info, moved, [Figures.Map(node.Shape), how, Figures.Bytes(moved), node.Channels / 2, measured]);
    }

    /// <summary>Whether each value could give half of the channels.</summary>
    public static bool IsReplaceable(FlatNode node) => node is { Join: JoinKind.Add, Inputs.Length: 2, Shape: { IsFlat: false, IsPoint: false } } && node.Channels % 2 == 0;
}
