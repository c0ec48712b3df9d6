using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Configuration;

/// <summary>
/// How severe a guideline's breach is on a target when the user says nothing. Groups and fragments cost a GPU a factor of three to four and an
/// ARM core a tenth to a third (tables 2 and 3 of the paper), so they are only a remark there.
/// </summary>
public static class Severities
{
    /// <summary>G1: 2.0 times on the GPU and 1.3 times on ARM at 1:12. A warning everywhere.</summary>
    public static DiagnosticSeverity ChannelRatio(Target target) => Costly(target, gpuOnly: false);

    /// <summary>G2 above the maximum.</summary>
    public static DiagnosticSeverity Groups(Target target) => Costly(target, gpuOnly: true);

    /// <summary>G3.</summary>
    public static DiagnosticSeverity Fragments(Target target) => Costly(target, gpuOnly: true);

    private static DiagnosticSeverity Costly(Target target, bool gpuOnly) =>
        gpuOnly && target is (Target.Arm or Target.Cpu) ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning;
}
