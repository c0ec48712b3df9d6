using System.Collections.Immutable;
using Blockwright.Analyzers.Configuration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW6002: <c>forward</c> leaves tensors behind: they are not returned, not disposed, and no dispose scope is open. One diagnostic for a method, on the
/// first such tensor, with their number: they have one cause and one cure.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UndisposedTensor() : HandWrittenAnalyzer(Descriptors.UndisposedTensor)
{
    /// <summary>Key of the diagnostic's properties: a dispose scope around the method's body is certainly right.</summary>
    public const string Scope = nameof(Scope);

    /// <summary>Key of the diagnostic's properties: <c>using</c> on the first tensor's local is certainly right.</summary>
    public const string Using = nameof(Using);

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) =>
        OnForward(context, torch, (block, method, trace) =>
        {
            if (trace.HasDisposeScope)
                return;
            var left = trace.Values.Where(value => value.Fresh && !value.Escapes && !value.Returned && !value.Disposed && value.Origin is not null).ToList();
            if (left.Count == 0 || left.Count < Read(Options.MinimumTensors, block.Options, left[0].Origin!.Syntax))
                return;
            block.ReportDiagnostic(Diagnostic.Create(
                Descriptors.UndisposedTensor,
                left[0].Origin!.Syntax.GetLocation(),
                Cures(left[0], trace),
                $"{method.ContainingType.Name}.forward",
                left.Count == 1 ? "a tensor" : $"{left.Count} tensors"));
        });

    private static ImmutableDictionary<string, string?> Cures(Value first, ForwardTrace trace)
    {
        var cures = ImmutableDictionary<string, string?>.Empty;
        if (CanOpenScope(trace))
            cures = cures.Add(Scope, Scope);
        return IsInLocal(first) ? cures.Add(Using, Using) : cures;
    }

    /// <summary>Whether the tensor is what a local holds from its declaration on to its end.</summary>
    private static bool IsInLocal(Value value)
    {
        var parent = value.Origin!.Parent;
        return parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }
            && Definitions.OfLocal(declarator.Symbol, declarator) is not null;
    }

    /// <summary>Whatever is returned was made here, and nothing that was made here is kept elsewhere.</summary>
    private static bool CanOpenScope(ForwardTrace trace) =>
        trace.Returned.All(value => value.IsOwn()) && !trace.Values.Any(value => value.Fresh && value.Escapes);
}
