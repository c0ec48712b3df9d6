using System.Globalization;
using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// BW1002: a convolution that gives channels which do not fill the target's vectors: 8 on a CPU, 16 on an NPU. Off elsewhere, unless a width is configured.
/// A convolution that keeps its input's channels only passes on what another chose; a prediction has the channels that are asked of the network.
/// </summary>
internal sealed class ChannelWidthRule() : DeclaredRule(Descriptors.UnalignedChannels)
{
    public override Finding? Judge(DeclaredNetwork network, FlatNode node, RuleOptions options, CancellationToken cancellation)
    {
        if (node.Layer?.Numbers is not { } convolution || convolution.Out.Equals(convolution.In) || network.IsPrediction(node))
            return null;
        var vector = options.Read(Options.VectorWidth);
        if (vector == 0)
            vector = TargetOf(options) switch { Target.Cpu => 8, Target.Npu => 16, _ => 1 };
        var channels = convolution.Out.Constant!.Value;
        if (channels % vector == 0)
            return null;
        // Downwards: a width that fills the vectors and costs more would have to be worth it.
        var filled = channels / vector * vector;
        var aligned = (channels + vector - 1) / vector * vector;
        return new(
            nameof(Conv2dAttribute.OutChannels),
            DiagnosticSeverity.Info,
            (aligned - channels) / (double)aligned,
            [channels, vector, aligned, aligned - channels],
            filled == 0 ? null : filled.ToString(CultureInfo.InvariantCulture));
    }
}
