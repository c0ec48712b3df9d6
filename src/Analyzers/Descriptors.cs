using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers;

/// <summary>
/// Every diagnostic, in one place: hand-written and declared networks share the guidelines' rules. A rule that is milder in some case
/// gives its diagnostic an effective severity of its own; the one here is its severity at the worst.
/// </summary>
public static class Descriptors
{
    /// <summary>Key of a diagnostic's properties: the value that a fix writes.</summary>
    public const string Replacement = nameof(Replacement);

    /// <summary>Key of a diagnostic's properties: the part of the text that the replacement takes the place of.</summary>
    public const string Replaced = nameof(Replaced);

    /// <summary>Key of a diagnostic's properties: what a number has to be a multiple of.</summary>
    public const string Divisor = nameof(Divisor);

    private const string Fit = "Blockwright.Declaration";
    private const string G1 = "Blockwright.G1";
    private const string G2 = "Blockwright.G2";
    private const string G3 = "Blockwright.G3";
    private const string G4 = "Blockwright.G4";
    private const string Alignment = "Blockwright.Target";
    private const string Budgets = "Blockwright.Budget";
    private const string Module = "Blockwright.Module";
    private const string Configuration = "Blockwright.Configuration";

    public static readonly DiagnosticDescriptor ChannelsDoNotFit = new(
        "BW0101",
        "Channels do not fit",
        "{0} expects {1} {2}, but {3} before it gives {4}",
        Fit,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        "A layer is given a tensor with another number of channels or features than it was made for: the first call would throw.",
        HelpLink("BW0101"));

    public static readonly DiagnosticDescriptor UnequalChannels = new(
        "BW1001",
        "1x1 convolution with unequal channels (G1)",
        "1x1 convolution from {0} to {1} channels is 1:{2}: per pixel it moves {3} values where {4} are the least for its FLOPs; measured at 1:{5}: {6}{7}",
        G1,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A 1x1 convolution reads and writes hw(c1+c2) + c1*c2 values. For given FLOPs that is least when c1 equals c2.",
        HelpLink("BW1001"));

    public static readonly DiagnosticDescriptor TooManyGroups = new(
        "BW2001",
        "Group convolution with many groups (G2)",
        "Convolution of {0} channels in {1} groups, {2} {3}; measured at {4} groups and equal FLOPs: {5}{6}",
        G2,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        "At equal FLOPs more groups mean more channels, and with them more memory access. A depthwise convolution is not meant.",
        HelpLink("BW2001"));

    public static readonly DiagnosticDescriptor Fragmented = new(
        "BW3001",
        "Fragmented block (G3)",
        "{0} convolutional branches over the same input are {4}, {1} at most; measured at {2} parallel fragments and equal FLOPs: {3}",
        G3,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Many small operations side by side leave a parallel device idle, and each costs a launch and a synchronisation.",
        HelpLink("BW3001"));

    public static readonly DiagnosticDescriptor ElementwisePass = new(
        "BW4001",
        "Element-wise operation that is a pass of its own (G4)",
        "{0} element-wise passes follow one another ({1}), each reading and writing the whole tensor; measured with such passes: {2} without{3}",
        G4,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "An element-wise operation has few FLOPs and much memory access. Fused with its neighbour it is free.",
        HelpLink("BW4001"));

    public static readonly DiagnosticDescriptor DeclaredUnequalChannels = new(
        "BW1001",
        "1x1 convolution with unequal channels (G1)",
        "1x1 convolution from {0} to {1} channels at {2} is 1:{3}: it moves {4} values where {5} are the least for its FLOPs; measured at 1:{6}: {7}{8}",
        G1,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A 1x1 convolution reads and writes hw(c1+c2) + c1*c2 values. For given FLOPs that is least when c1 equals c2.",
        HelpLink("BW1001"));

    public static readonly DiagnosticDescriptor UnalignedChannels = new(
        "BW1002",
        "Channels that do not fill the target's vectors",
        "{0} channels are no multiple of {1}: computed as {2}, of which {3} are for nothing{4}",
        Alignment,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        "Vector units compute whole vectors of channels. What does not fill one is padded with zeros.",
        HelpLink("BW1002"));

    public static readonly DiagnosticDescriptor DeclaredTooManyGroups = new(
        "BW2001",
        "Group convolution with many groups (G2)",
        "Convolution of {0} channels in {1} groups at {2}, {3} in {4}: it moves {5} values, {6} without groups at equal FLOPs; measured at {7} groups: {8}{9}",
        G2,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        "At equal FLOPs more groups mean more channels, and with them more memory access. A depthwise convolution is not meant.",
        HelpLink("BW2001"));

    public static readonly DiagnosticDescriptor DeclaredFragmented = new(
        "BW3001",
        "Fragmented block (G3)",
        "{0} convolutional branches ({1} fragments) over the same {2}, at most {3} at stride {4}; measured at {5} parallel fragments and equal FLOPs: {6}{7}",
        G3,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Many small operations side by side leave a parallel device idle, and each costs a launch and a synchronisation.",
        HelpLink("BW3001"));

    public static readonly DiagnosticDescriptor DeclaredElementwisePass = new(
        "BW4001",
        "Element-wise operation that is a pass of its own (G4)",
        "{0} over {1} is a pass of its own that moves {2} per image; measured with such an operation: {3} without{4}",
        G4,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "An element-wise operation has few FLOPs and much memory access. Fused with its neighbour it is free.",
        HelpLink("BW4001"));

    public static readonly DiagnosticDescriptor ShortcutAdd = new(
        "BW4002",
        "Add where Concat and ChannelShuffle would be free (G4)",
        "Add of two values of {0} {1}: {2} per image; Concat of {3} channels each with ChannelShuffle(2) moves nothing; measured with a shortcut: {4} without{5}",
        G4,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        "A shortcut that is added is read once more. One that is concatenated only renames channels.",
        HelpLink("BW4002"));

    public static readonly DiagnosticDescriptor IdleLayer = new(
        "BW4003",
        "Activation that does nothing, or batch norm that cannot be folded (G4)",
        "{0} {1}: {2}{3}",
        G4,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "An activation whose input is in its range already changes nothing. A batch norm is free only where a convolution before it takes it in.",
        HelpLink("BW4003"));

    public static readonly DiagnosticDescriptor IdleActivation = new(
        "BW4003",
        "Activation that does nothing, or batch norm that cannot be folded (G4)",
        "{0} {1}: {2}{3}",
        G4,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "An activation whose input is in its range already changes nothing. A batch norm is free only where a convolution before it takes it in.",
        HelpLink("BW4003"),
        WellKnownDiagnosticTags.Unnecessary);

    public static readonly DiagnosticDescriptor WrittenOutShuffle = new(
        "BW4004",
        "Channel shuffle written out",
        "Channel shuffle of {0} groups written out as {1}: 'channel_shuffle({0})' is the same in one call, and in a declared block it moves nothing",
        G4,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        "view, transpose, contiguous, view is a channel shuffle: four calls and a copy of every channel.",
        HelpLink("BW4004"));

    public static readonly DiagnosticDescriptor HandWrittenUnit = new(
        "BW4005",
        "ShuffleNet unit written by hand",
        "'{0}' is a ShuffleNet unit written by hand: as a declared block its concatenation and shuffle are one copy, and Fuse() moves no channel",
        G4,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        "A unit written by hand copies its channels for the concatenation and once more for the shuffle. In a declared block channels are renamed.",
        HelpLink("BW4005"));

    public static readonly DiagnosticDescriptor NoKernel = new(
        "BW4006",
        "Layer without a kernel",
        "Blockwright has no kernel for {0}: the snapshots of {1} {2}, and cannot be saved{3}",
        G4,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        "Fuse() lets torch compute a layer that has no kernel, between Blockwright's own kernels; where these would have nothing to multiply, the whole network.",
        HelpLink("BW4006"));

    public static readonly DiagnosticDescriptor OverBudget = new(
        "BW5001",
        "Over budget",
        "{0} takes {1} {2}{7}, {3} ({4}) above its budget of {5}; most weigh {6}",
        Budgets,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        "The class costs more than its [Budget] allows, for one image of the declared size.",
        HelpLink("BW5001"));

    public static readonly DiagnosticDescriptor LostSubmodule = new(
        "BW6001",
        "Submodule that the state dict does not see",
        "'{0}' {1}: its parameters are in no state dict, no optimizer, and stay behind when the module moves to a device",
        Module,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "RegisterComponents registers the fields that hold a module at the time of its call, and nothing else. What it does not see is lost in silence.",
        HelpLink("BW6001"));

    public static readonly DiagnosticDescriptor NeverRegistered = new(
        "BW6001",
        "Submodule that the state dict does not see",
        "'{0}' never calls RegisterComponents(), and {1}: its parameters are in no state dict, no optimizer, and stay behind when the module moves to a device",
        Module,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "RegisterComponents registers the fields that hold a module at the time of its call, and nothing else. What it does not see is lost in silence.",
        HelpLink("BW6001"),
        WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor UndisposedTensor = new(
        "BW6002",
        "Tensor made in forward that nobody disposes",
        "'{0}' makes {1} that nobody disposes{2}, the first one here: no caller opens a dispose scope, and the memory is held until finalizers run, which is late",
        Module,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The garbage collector sees a few bytes where a tensor holds megabytes. A dispose scope frees what forward leaves behind.",
        HelpLink("BW6002"),
        WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor PossiblyUndisposedTensor = new(
        "BW6002",
        "Tensor made in forward that nobody disposes",
        "'{0}' leaves {1} to its caller, the first one here: where no caller opens a dispose scope, the memory is held until finalizers run, which is late",
        Module,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The garbage collector sees a few bytes where a tensor holds megabytes. A dispose scope frees what forward leaves behind.",
        HelpLink("BW6002"));

    public static readonly DiagnosticDescriptor EarlyVisit = new(
        "BW6003",
        "Module gone through before RegisterComponents()",
        "'{0}' runs before RegisterComponents(): the module has no children and no parameters yet, so {1}",
        Module,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "apply, parameters(), eval() and to() go through what is registered. Before RegisterComponents() that is nothing, and nothing throws.",
        HelpLink("BW6003"));

    public static readonly DiagnosticDescriptor DiscardedResult = new(
        "BW6004",
        "Result of a module's call thrown away",
        "The result of '{0}' is thrown away: a module leaves its input as it is, and gives the result back",
        Module,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A layer that is called as a statement computes, and changes nothing: forward goes on with what it had.",
        HelpLink("BW6004"));

    public static readonly DiagnosticDescriptor LayerInForward = new(
        "BW6005",
        "Layer made in forward",
        "'{0}' is made in forward: {1}",
        Module,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A layer that is made at each call begins anew at each call: its weights are never trained and never saved, and eval() does not reach it.",
        HelpLink("BW6005"));

    public static readonly DiagnosticDescriptor SharedSubmodule = new(
        "BW6006",
        "One submodule under two names",
        "'{0}' is the module that '{1}' is: there is one set of weights, counted and trained once, and the state dict has it under both names",
        Module,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        "A module in two members is one module. Its weights are shared, and the state dict has them under both names.",
        HelpLink("BW6006"));

    public static readonly DiagnosticDescriptor LateLayer = new(
        "BW6007",
        "List that changes after a Sequential was made of it",
        "'{0}' changes after the {1} was made of it, which took what there was: this layer is in no network",
        Module,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Sequential and ModuleList copy the list that they are made of. What is added to it afterwards is lost in silence.",
        HelpLink("BW6007"));

    public static readonly DiagnosticDescriptor DropoutInEvaluation = new(
        "BW6008",
        "Dropout in evaluation",
        "'{0}' drops in evaluation, too: training is left out, and true by default",
        Module,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A dropout of torch.nn.functional does not know the module's mode. Left out, training is true, and what forward gives after eval() is random.",
        HelpLink("BW6008"));

    public static readonly DiagnosticDescriptor BadConfiguration = new(
        "BW9001",
        "Bad value in the configuration",
        "'{0}' is '{1}', expected {2}: the default holds",
        Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A key of the .editorconfig or .globalconfig has a value that it cannot have.",
        HelpLink("BW9001"),
        WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor UnknownKey = new(
        "BW9001",
        "Bad value in the configuration",
        "There is no key '{0}', expected '{1}': its default holds",
        Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A key of the .editorconfig or .globalconfig is misspelt, so that nobody reads it.",
        HelpLink("BW9001"),
        WellKnownDiagnosticTags.CompilationEnd);

    internal static string HelpLink(string id) => RulePages.Of(id);
}
