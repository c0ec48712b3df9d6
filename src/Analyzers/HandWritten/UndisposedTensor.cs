using System.Collections.Concurrent;
using System.Collections.Immutable;
using Blockwright.Analyzers.Configuration;
using Blockwright.Analyzers.HandWritten.Calls;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Forward;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using static System.FormattableString;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW6002: <c>forward</c> leaves tensors behind that it neither returns nor disposes. A dispose scope of any caller frees them, so this is said only in a program
/// whose calls, followed from its start on, come there without a scope; once, at the outermost such <c>forward</c>, since a scope there frees what is left further in, too.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UndisposedTensor() : HandWrittenAnalyzer(Descriptors.UndisposedTensor, Descriptors.PossiblyUndisposedTensor)
{
    /// <summary>Key of the diagnostic's properties: a dispose scope around the method's body is certainly right.</summary>
    public const string Scope = nameof(Scope);

    /// <summary>Key of the diagnostic's properties: <c>using</c> on the first tensor's local is certainly right.</summary>
    public const string Using = nameof(Using);

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch)
    {
        var leaving = new ConcurrentDictionary<ISymbol, Leaving>(SymbolEqualityComparer.Default);
        OnForward(context, torch, (block, method, trace) =>
        {
            if (LeftBy(method, trace) is not { } left || left.Count < Read(Options.MinimumTensors, block.Options, left.First.Syntax))
                return;
            if (Read(Options.Callers, block.Options, left.First.Syntax) == Callers.Ignored)
                block.ReportDiagnostic(Diagnostic.Create(Descriptors.PossiblyUndisposedTensor, left.First.Syntax.GetLocation(), DiagnosticSeverity.Info, null, left.Cures,
                    left.Name, Many(left.Count)));
            else
                leaving.TryAdd(method.OriginalDefinition, left);
        });
        if (context.Compilation.Options.OutputKind is not (OutputKind.ConsoleApplication or OutputKind.WindowsApplication or OutputKind.WindowsRuntimeApplication))
            return;
        var roots = RootModules.Of(context.Compilation, torch);
        var graph = new CallGraph(torch, context.Compilation.Assembly, roots);
        var reader = new CallReader(graph, torch);
        context.RegisterOperationBlockAction(block =>
        {
            roots.Read(block.OwningSymbol, block.OperationBlocks, block.CancellationToken);
            reader.Read(block.OwningSymbol, block.OperationBlocks, block.CancellationToken);
        });
        context.RegisterCompilationEndAction(end =>
        {
            foreach (var (first, inside) in NobodysIn(end.Compilation, graph, leaving, end.CancellationToken))
                end.ReportDiagnostic(Diagnostic.Create(Descriptors.UndisposedTensor, first.First.Syntax.GetLocation(), first.Cures, first.Name, Many(first.Count),
                    inside == 0 ? "" : Invariant($" (and {inside} in modules that it calls)")));
        });
    }

    /// <summary>What certainly nobody frees, and how many tensors are left further in.</summary>
    private static IEnumerable<(Leaving Left, int Inside)> NobodysIn(
        Compilation compilation, CallGraph graph, ConcurrentDictionary<ISymbol, Leaving> leaving, CancellationToken cancellation)
    {
        if (leaving.IsEmpty || graph.IsUncertain || compilation.GetEntryPoint(cancellation) is not { } start || HasUnseenScope(compilation, graph, cancellation))
            yield break;
        var freed = graph.MayBeFreed(cancellation);
        bool IsNobodys(ISymbol symbol) => leaving.ContainsKey(symbol) && !freed.Contains(symbol);
        foreach (var outermost in graph.Reach([start.OriginalDefinition], IsNobodys, cancellation).Where(IsNobodys))
            yield return (leaving[outermost], graph.Reach([outermost], static _ => false, cancellation)
                .Where(symbol => IsNobodys(symbol) && !SymbolEqualityComparer.Default.Equals(symbol, outermost)).Sum(symbol => leaving[symbol].Count));
    }

    /// <summary>Code that other generators wrote is not analyzed; what opens a scope there may call anything.</summary>
    private static bool HasUnseenScope(Compilation compilation, CallGraph graph, CancellationToken cancellation) =>
        compilation.SyntaxTrees.Any(tree => !graph.Covers(tree) && tree.Mentions("DisposeScope", cancellation));

    private static Leaving? LeftBy(IMethodSymbol method, ForwardTrace trace)
    {
        // Who moves a tensor out of a scope that he has not opened says that his caller has.
        if (trace.HasDisposeScope || trace.Values.Any(static value => value.Name == "MoveToOuterDisposeScope"))
            return null;
        var left = trace.Values.Where(value => value.Fresh && !value.Escapes && !value.Returned && !value.Disposed && value.Origin is not null).ToList();
        return left.Count == 0 ? null : new(left[0].Origin!, left.Count, Cures(left[0], trace), $"{method.ContainingType.Name}.forward");
    }

    private static string Many(int count) => count == 1 ? "a tensor" : Invariant($"{count} tensors");

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

    private sealed record Leaving(IOperation First, int Count, ImmutableDictionary<string, string?> Cures, string Name);
}
