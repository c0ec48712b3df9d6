using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Declared;

/// <summary>A guideline on declared networks: judges one node of one network, where all numbers are known.</summary>
/// <param name="descriptor">What it says.</param>
/// <param name="faded">The same of an attribute that can go at every use, which editors then fade.</param>
internal abstract class DeclaredRule(DiagnosticDescriptor descriptor, DiagnosticDescriptor? faded = null)
{
    public DiagnosticDescriptor Descriptor => descriptor;

    public DiagnosticDescriptor Faded => faded ?? descriptor;

    /// <summary>What is to be said of the node, or null. Looks at the token where one node can take long.</summary>
    public abstract Finding? Judge(DeclaredNetwork network, FlatNode node, RuleOptions options, CancellationToken cancellation);

    private protected static Target TargetOf(RuleOptions options) => options.Read(Options.Target);

    /// <summary>What the target's device takes into one pass over memory.</summary>
    private protected static FusionRules FusionOf(RuleOptions options) => TargetOf(options) switch
    {
        Target.Cpu or Target.Arm => FusionRules.Cpu,
        // Devices for which there are no kernels yet: theirs will end in the same epilogues.
        _ => FusionRules.Cpu,
    };
}

/// <summary>What a rule says of one node.</summary>
/// <param name="Argument">The property whose argument is at fault, or null for the whole attribute.</param>
/// <param name="Weight">How bad it is: of several uses the worst is quoted.</param>
/// <param name="Figures">What the message is formatted with, without the uses.</param>
/// <param name="Replacement">What a fix writes, where one number would do; empty where the attribute can go.</param>
internal sealed record Finding(string? Argument, DiagnosticSeverity Severity, double Weight, object[] Figures, string? Replacement = null);
