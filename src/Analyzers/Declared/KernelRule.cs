using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Declared;

/// <summary>BW4006: what of a network has no kernel, each place by itself; where torch computes all of the network, the first.</summary>
internal sealed class KernelRule() : DeclaredRule(Descriptors.NoKernel)
{
    public override Finding? Judge(DeclaredNetwork network, FlatNode node, RuleOptions options, CancellationToken cancellation)
    {
        var islands = network.IslandsOn(FusionOf(options), cancellation);
        if (islands.StartingAt(node) is not { } island || (islands.AreWhole && island != islands.All[0]))
            return null;
        return new(null, DiagnosticSeverity.Info, 0, [island.Words, network.Declaration.Name, islands.AreWhole ? "run on torch's operations" : "leave it to torch, between kernels"]);
    }
}
