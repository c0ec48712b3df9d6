using System.Collections.Immutable;
using Blockwright.Analyzers.Declared;
using Blockwright.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Generator.Tests.Bounds;

/// <summary>The analyzer of declarations without the compiler's driver: on the thread that asks, with its token, and its exceptions are seen.</summary>
internal sealed class DirectAnalysis
{
    private readonly Compilation _compilation;
    private readonly AnalyzerOptions _options = new(ImmutableArray<AdditionalText>.Empty);
    private readonly List<Action<SymbolAnalysisContext>> _actions = [];

    private DirectAnalysis(Compilation compilation) => _compilation = compilation;

    public static DirectAnalysis Start(Compilation compilation, CancellationToken cancellation)
    {
        var analysis = new DirectAnalysis(compilation);
        new DeclarationAnalyzer().Initialize(new Registration(analysis, cancellation));
        return analysis;
    }

    /// <summary>Asks about every class.</summary>
    public IReadOnlyList<Diagnostic> Run(CancellationToken cancellation)
    {
        var found = new List<Diagnostic>();
        foreach (var type in Declared.Types(_compilation.Assembly.GlobalNamespace))
        {
            foreach (var action in _actions)
                action(Context(type, found.Add, cancellation));
        }
        return found;
    }

    /// <summary>By reflection, since the constructor is obsolete: one should use the driver, whose threads and tokens are its own.</summary>
    private SymbolAnalysisContext Context(INamedTypeSymbol type, Action<Diagnostic> report, CancellationToken cancellation) =>
        (SymbolAnalysisContext)Activator.CreateInstance(typeof(SymbolAnalysisContext), type, _compilation, _options, report, (Func<Diagnostic, bool>)(static _ => true), cancellation)!;

    private sealed class Registration(DirectAnalysis analysis, CancellationToken cancellation) : AnalysisContext
    {
        public override void RegisterCompilationStartAction(Action<CompilationStartAnalysisContext> action) => action(new Beginning(analysis, cancellation));

        public override void EnableConcurrentExecution()
        {
        }

        public override void ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags analysisMode)
        {
        }

        public override void RegisterSymbolAction(Action<SymbolAnalysisContext> action, ImmutableArray<SymbolKind> symbolKinds) => throw new NotSupportedException();

        public override void RegisterCompilationAction(Action<CompilationAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterSemanticModelAction(Action<SemanticModelAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterCodeBlockAction(Action<CodeBlockAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterCodeBlockStartAction<TLanguageKindEnum>(Action<CodeBlockStartAnalysisContext<TLanguageKindEnum>> action) => throw new NotSupportedException();

        public override void RegisterSyntaxTreeAction(Action<SyntaxTreeAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterSyntaxNodeAction<TLanguageKindEnum>(Action<SyntaxNodeAnalysisContext> action, ImmutableArray<TLanguageKindEnum> syntaxKinds) => throw new NotSupportedException();
    }

    private sealed class Beginning(DirectAnalysis analysis, CancellationToken cancellation) : CompilationStartAnalysisContext(analysis._compilation, analysis._options, cancellation)
    {
        /// <summary>What is said of a statement costs no more for a larger declaration.</summary>
        public override void RegisterOperationAction(Action<OperationAnalysisContext> action, ImmutableArray<OperationKind> operationKinds)
        {
        }

        public override void RegisterSymbolAction(Action<SymbolAnalysisContext> action, ImmutableArray<SymbolKind> symbolKinds) => analysis._actions.Add(action);

        public override void RegisterCompilationEndAction(Action<CompilationAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterSemanticModelAction(Action<SemanticModelAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterCodeBlockAction(Action<CodeBlockAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterCodeBlockStartAction<TLanguageKindEnum>(Action<CodeBlockStartAnalysisContext<TLanguageKindEnum>> action) => throw new NotSupportedException();

        public override void RegisterSyntaxTreeAction(Action<SyntaxTreeAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterSyntaxNodeAction<TLanguageKindEnum>(Action<SyntaxNodeAnalysisContext> action, ImmutableArray<TLanguageKindEnum> syntaxKinds) => throw new NotSupportedException();
    }
}
