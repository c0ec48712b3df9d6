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
        var here = islands.StartingAt(node);
        if (here.Count == 0 || (islands.AreWhole && here[0] != islands.All[0]))
            return null;
        return new(null, DiagnosticSeverity.Info, 0, [string.Join("; ", here.Select(static island => island.Words)), network.Declaration.Name, islands.AreWhole ? "run on torch's operations" : "leave it to torch, between kernels"]);
    }
}
