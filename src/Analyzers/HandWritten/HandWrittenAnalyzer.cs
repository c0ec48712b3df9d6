using System.Collections.Immutable;
using Blockwright.Analyzers.Configuration;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Blockwright.Analyzers.HandWritten.Forward;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>A rule on hand-written TorchSharp code: a descriptor or two of one id, and nothing to do where TorchSharp is not referenced.</summary>
public abstract class HandWrittenAnalyzer(params DiagnosticDescriptor[] descriptors) : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(descriptors);

    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (TorchSymbols.From(start.Compilation) is { } torch)
                Register(start, torch);
        });
    }

    private protected abstract void Register(CompilationStartAnalysisContext context, TorchSymbols torch);

    private protected static void OnForward(
        CompilationStartAnalysisContext context,
        TorchSymbols torch,
        Action<OperationBlockAnalysisContext, IMethodSymbol, ForwardTrace> check) =>
        context.RegisterOperationBlockAction(block =>
        {
            if (torch.IsForward(block.OwningSymbol) && !block.OperationBlocks.IsEmpty && block.OwningSymbol is IMethodSymbol method
                && ForwardTrace.Of(method, block.OperationBlocks[0].SemanticModel, torch, block.CancellationToken) is { } trace)
                check(block, method, trace);
        });

    /// <summary>For each piece of code that makes modules, with what it makes.</summary>
    private protected static void OnMade(CompilationStartAnalysisContext context, TorchSymbols torch, Action<OperationBlockAnalysisContext, MadeHere> check) =>
        context.RegisterOperationBlockAction(block =>
        {
            if (MadeHere.By(block, torch) is { } made)
                check(block, made);
        });

    private protected static void OnCall(CompilationStartAnalysisContext context, Action<OperationAnalysisContext, IInvocationOperation> check) =>
        context.RegisterOperationAction(operation => check(operation, (IInvocationOperation)operation.Operation), OperationKind.Invocation);

    /// <summary>The figures that a message on a piece of code quotes.</summary>
    private protected static MeasuredTable MeasuredFor(AnalyzerOptions options, SyntaxNode node) => RuleOptions.Of(options, node.SyntaxTree, default).Measured;

    private protected static T Read<T>(Option<T> option, AnalyzerOptions options, SyntaxNode node) =>
        option.Read(options.AnalyzerConfigOptionsProvider.GetOptions(node.SyntaxTree));
}
