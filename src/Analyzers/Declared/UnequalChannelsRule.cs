using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Blockwright.Plans;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// BW1001 (G1): a 1x1 convolution with unequal channels, at its real height and width. A unit that down-samples has to widen, so there nothing is said
/// below the warning ratio, nor of a 1x1 that changes the channels by no more than the unit itself does. On one pixel it is a linear layer. A prediction and the head have the channels
/// that are asked for. A reduction makes what follows cheaper, and an expansion feeds what is cheap or joins: remarks. Wasted is one that a dense convolution takes back.
/// </summary>
internal sealed class UnequalChannelsRule() : DeclaredRule(Descriptors.DeclaredUnequalChannels)
{
    public override Finding? Judge(DeclaredNetwork network, FlatNode node, RuleOptions options, CancellationToken cancellation)
    {
        if (node.Layer?.Numbers is not { IsPointwise: true, IsDepthwise: false } convolution || network.InputOf(node).IsPoint)
            return null;
        var (c1, c2, groups) = (convolution.In.Constant!.Value, convolution.Out.Constant!.Value, convolution.Groups.Constant!.Value);
        var ratio = Ratio(c1, c2);
        var isWarning = ratio >= options.Read(Options.WarningRatio);
        if (c1 == c2 || !IsJudged(node, ratio, isWarning) || network.IsOfHead(node) || network.IsPrediction(node))
            return null;
        var pixels = Cost.Pixels(node.Shape);
        var weights = c1 * c2 / groups;
        var measured = options.Measured.ChannelRatio(ratio);
        return new(
            nameof(Conv1x1Attribute.OutChannels),
            isWarning && IsWasted(network, node, convolution) ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info,
            ratio,
            [
                c1,
                c2,
                $"{node.Shape.Height} x {node.Shape.Width}",
                Figures.Short(ratio),
                Figures.Exact(OperationCost.Access(pixels, c1, c2, weights)),
                // Groups share the weights out.
                Figures.Exact(Math.Round(OperationCost.LeastAccess(pixels, c1, c2, weights))),
                Figures.Short(measured.Key),
                measured,
            ]);
    }

    private static bool IsJudged(FlatNode node, double ratio, bool isWarning)
    {
        if (DeclaredNetwork.UnitOf(node) is not { } unit)
            return isWarning;
        if (!DeclaredNetwork.DownSamples(unit))
            return true;
        return isWarning && ratio > Ratio(unit.Graph.Input.Channels.Constant!.Value, unit.Graph.Result.Channels.Constant!.Value);
    }

    /// <summary>
    /// Whether all that reads an expansion are dense convolutions that give fewer channels than it made: over a window, where each of its channels costs most, or with no activation between,
    /// where both are one convolution of the channels before.
    /// </summary>
    private static bool IsWasted(DeclaredNetwork network, FlatNode node, ConvolutionNumbers expansion)
    {
        if (expansion.Out.Constant <= expansion.In.Constant)
            return false;
        var readers = network.Readers(node).ToList();
        return readers.Count > 0 && readers.TrueForAll(each =>
            each.Reader.Layer?.Numbers is { Groups.Constant: 1 } numbers && numbers.Out.Constant < expansion.Out.Constant && (!numbers.IsPointwise || !each.IsActivated));
    }

    private static double Ratio(long a, long b) => Math.Max(a, b) / (double)Math.Min(a, b);
}
