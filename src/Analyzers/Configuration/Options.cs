using System.Collections.Immutable;
using Blockwright.Analyzers.Declared;

namespace Blockwright.Analyzers.Configuration;

/// <summary>
/// Every key that an .editorconfig or .globalconfig can set. <c>blockwright_x</c> holds for all rules; <c>BWnnnn.x</c> for one.
/// Severities are set as for every analyzer: <c>dotnet_diagnostic.BWnnnn.severity</c>.
/// </summary>
public static class Options
{
    /// <summary>The hardware: chooses the measured table that messages quote, and how severe a rule is by default.</summary>
    public static readonly Option<Target> Target = Parse.Target("blockwright_target", Configuration.Target.Gpu);

    /// <summary>The file of the user's own measurements, which messages then quote instead of the paper.</summary>
    public static readonly Option<string> Measured = Parse.File("blockwright_measured");

    /// <summary>Which fixes are applied in a sweep, by Fix All or <c>dotnet format</c>.</summary>
    public static readonly Option<FixScope> Fixes = Parse.Scope("blockwright_fixes", FixScope.Keeping);

    /// <summary>G1: from which ratio of channels on a 1x1 convolution is a warning.</summary>
    public static readonly Option<double> WarningRatio = Parse.Ratio("BW1001.warning_ratio", 3);

    /// <summary>
    /// G1, hand-written code: a 1x1 convolution with fewer channels than this on either side is an image's input or a prediction, and not judged.
    /// </summary>
    public static readonly Option<int> MinimumChannels = Parse.Count("BW1001.minimum_channels", 8);

    /// <summary>The channels of one vector. 0 is the target's own: 8 on a CPU, 16 on an NPU, and none elsewhere.</summary>
    public static readonly Option<int> VectorWidth = Parse.Count("BW1002.vector_width", 0, minimum: 0);

    /// <summary>G2: the most groups at a depth that was down-sampled at most 4 times.</summary>
    public static readonly Option<int> MaximumGroupsShallow = Parse.Count("BW2001.maximum_groups_shallow", 4);

    /// <summary>G2: the most groups at a depth that was down-sampled at most 16 times.</summary>
    public static readonly Option<int> MaximumGroupsMiddle = Parse.Count("BW2001.maximum_groups_middle", 8);

    /// <summary>G2: the most groups at a depth beyond, and in hand-written code, whose depth is not known.</summary>
    public static readonly Option<int> MaximumGroupsDeep = Parse.Count("BW2001.maximum_groups_deep", 16);

    /// <summary>G2: the usual groups at a depth that was down-sampled at most 4 times.</summary>
    public static readonly Option<int> TypicalGroupsShallow = Parse.Count("BW2001.typical_groups_shallow", 2);

    /// <summary>G2: the usual groups at a depth that was down-sampled at most 16 times.</summary>
    public static readonly Option<int> TypicalGroupsMiddle = Parse.Count("BW2001.typical_groups_middle", 4);

    /// <summary>G2: the usual groups at a depth beyond, and in hand-written code, whose depth is not known.</summary>
    public static readonly Option<int> TypicalGroupsDeep = Parse.Count("BW2001.typical_groups_deep", 8);

    /// <summary>G3: how many convolutional branches over its whole input a stride-1 block may have.</summary>
    public static readonly Option<int> MaximumBranches = Parse.Count("BW3001.maximum_branches", 1);

    /// <summary>G3: the same for a down-sampling block, and for hand-written code, whose stride is not known.</summary>
    public static readonly Option<int> MaximumBranchesDownsampling = Parse.Count("BW3001.maximum_branches_downsampling", 2);

    /// <summary>G4, hand-written code: from how many element-wise passes in a row on they are reported.</summary>
    public static readonly Option<int> MinimumPasses = Parse.Count("BW4001.minimum_passes", 2, minimum: 2);

    /// <summary>From how many undisposed tensors on a forward is reported.</summary>
    public static readonly Option<int> MinimumTensors = Parse.Count("BW6002.minimum_tensors", 1);

    /// <summary>Whether the callers of a forward are followed, or what it leaves is reported whoever calls it.</summary>
    public static readonly Option<Callers> Callers = Parse.Callers("BW6002.callers", Configuration.Callers.Followed);

    /// <summary>All of them, for the check of values and for the documentation.</summary>
    public static readonly ImmutableArray<Option> All = ImmutableArray.Create<Option>(
        Target,
        Measured,
        Fixes,
        WarningRatio, MinimumChannels,
        VectorWidth,
        MaximumGroupsShallow, MaximumGroupsMiddle, MaximumGroupsDeep, TypicalGroupsShallow, TypicalGroupsMiddle, TypicalGroupsDeep,
        MaximumBranches, MaximumBranchesDownsampling,
        MinimumPasses,
        MinimumTensors, Callers);

    /// <summary>The key that a person meant by one that begins as ours do and is none; null where it is a key, another's, or like no one more than another.</summary>
    public static Option? NearestTo(string key)
    {
        var written = key.ToLowerInvariant();
        if (!BeginsAsOurs(written))
            return null;
        var named = All.ToLookup(static option => option.Key.ToLowerInvariant(), StringComparer.Ordinal);
        return !named.Contains(written) && NameDistance.Nearest(written, named.Select(static option => option.Key)) is { } nearest ? named[nearest].Single() : null;
    }

    /// <summary>Not MSBuild's properties, nor another tool's keys.</summary>
    private static bool BeginsAsOurs(string key) =>
        key.StartsWith("blockw", StringComparison.Ordinal) || (key.Length > 7 && key.StartsWith("bw", StringComparison.Ordinal) && key[6] == '.' && key.Substring(2, 4).All(static digit => digit is >= '0' and <= '9'));
}
