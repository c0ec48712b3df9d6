using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Blockwright.Plans;
using Microsoft.CodeAnalysis;
using static System.FormattableString;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// BW2001 (G2): more groups than the depth bears. A convolution with a group for each input channel is depthwise, and exempt. Groups are chosen on purpose, for accuracy
/// at equal FLOPs, so that it is a remark.
/// </summary>
internal sealed class GroupsRule() : DeclaredRule(Descriptors.DeclaredTooManyGroups)
{
    private const int Shallow = 4;
    private const int Middle = 16;

    public override Finding? Judge(DeclaredNetwork network, FlatNode node, RuleOptions options, CancellationToken cancellation)
    {
        if (node.Layer?.Numbers is not { Groups.Constant: > 1 and { } groups } convolution || groups == convolution.In.Constant)
            return null;
        var downSampling = network.DownSampling(node);
        var (depth, maximum, typical) = downSampling switch
        {
            <= Shallow => ("shallow", Options.MaximumGroupsShallow, Options.TypicalGroupsShallow),
            <= Middle => ("middle", Options.MaximumGroupsMiddle, Options.TypicalGroupsMiddle),
            _ => ("deep", Options.MaximumGroupsDeep, Options.TypicalGroupsDeep),
        };
        var most = options.Read(maximum);
        var limit = groups > most ? most : Math.Min(options.Read(typical), most);
        if (groups <= limit)
            return null;
        var measured = options.Measured.GroupCount(groups);
        return new(
            nameof(Conv2dAttribute.Groups),
            DiagnosticSeverity.Info,
            groups / (double)limit,
            [
                $"{convolution.In} to {convolution.Out}",
                groups,
                $"{node.Shape.Height} x {node.Shape.Width}",
                groups > most ? Invariant($"at most {limit}") : Invariant($"typically {limit}"),
                $"{depth} stages (down-sampled {Figures.Short(downSampling)} times)",
                Figures.Exact(Moves(node, convolution, groups)),
                Figures.Exact(Moves(node, convolution, 1)),
                measured.Key,
                measured,
            ]);
    }

    /// <summary>
    /// hw(c1 + c2) + k c1 c2 / g at the given groups. At one group with the same FLOPs the channels on both sides shrink by the root of the groups.
    /// </summary>
    private static double Moves(FlatNode node, ConvolutionNumbers convolution, long groups)
    {
        var (c1, c2) = (convolution.In.Constant!.Value, convolution.Out.Constant!.Value);
        var kernel = convolution.Kernel.Height.Constant!.Value * convolution.Kernel.Width.Constant!.Value;
        var shrink = Math.Sqrt(convolution.Groups.Constant!.Value / (double)groups);
        return Math.Round(OperationCost.Access(Cost.Pixels(node.Shape) / shrink, c1, c2, kernel * c1 * c2 / (double)convolution.Groups.Constant!.Value));
    }
}
