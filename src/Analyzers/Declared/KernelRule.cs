using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Declared;

/// <summary>BW4006: the first layer of a network that has no kernel, for which all of its snapshot runs on torch's operations.</summary>
internal sealed class KernelRule() : DeclaredRule(Descriptors.NoKernel)
{
    public override Finding? Judge(DeclaredNetwork network, FlatNode node, RuleOptions options, CancellationToken cancellation) =>
        network.WithoutKernel(FusionOf(options), cancellation)?.Id == node.Id
            ? new(null, DiagnosticSeverity.Info, 0, [node.Describe(), network.Declaration.Name])
            : null;
}
