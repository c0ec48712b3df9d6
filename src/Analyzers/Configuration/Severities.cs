using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Configuration;

/// <summary>How severe a guideline's breach is on a target when the user says nothing: a warning where it is a loss with no known gain.</summary>
public static class Severities
{
    /// <summary>
    /// G3, where one convolution would do for two. Fragments cost a GPU a factor of three to four and an ARM core a tenth to a third (table 3 of the paper), so they are only a remark there.
    /// </summary>
    public static DiagnosticSeverity Fragments(Target target) => target is Target.Arm or Target.Cpu ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning;
}
