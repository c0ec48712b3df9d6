using System.Collections.Immutable;
using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.Declared;

/// <summary>Reports declarations that cannot run, each at its attribute or argument; and in those that can, what breaks the guidelines.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeclarationAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = DeclarationRules.All.AddRange(Guidelines.Descriptors).Add(Descriptors.OverBudget);

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(DeclarationReader.BlockAttribute) is null)
                return;
            var world = new DeclaredWorld(start.Compilation);
            start.RegisterSymbolAction(symbol => Analyze(symbol, world), SymbolKind.NamedType);
            start.RegisterOperationAction(Assignment, OperationKind.SimpleAssignment, OperationKind.CoalesceAssignment);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, DeclaredWorld world)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!DeclarationReader.IsDeclared(type))
        {
            if (DeclarationReader.ShapeOfNone(type) is var (shape, fault) && shape.ApplicationSyntaxReference is { } place)
                context.ReportDiagnostic(DeclarationRules.Report(fault, Location.Create(place.SyntaxTree, place.Span)));
            return;
        }
        foreach (var problem in HostProblems(type, context.Compilation))
            context.ReportDiagnostic(DeclarationRules.Report(problem, PlaceResolver.Resolve(type, problem.Place, context.CancellationToken)));
        foreach (var unknown in TorchWords.Unknown(type, context.Compilation, context.CancellationToken))
            context.ReportDiagnostic(unknown);
        foreach (var unfit in AttributeArguments.Unfit(type, context.CancellationToken))
            context.ReportDiagnostic(unfit);
        foreach (var placed in world.ProblemsOf(type, context.CancellationToken))
            context.ReportDiagnostic(Report(placed, type, context.Compilation, context.CancellationToken));
        foreach (var diagnostic in world.OverBudget(type, context.CancellationToken))
            context.ReportDiagnostic(diagnostic);
        if (DeclarationReader.AttributesOf(type)[0].ApplicationSyntaxReference is not { } syntax)
            return;
        var options = RuleOptions.Of(context.Options, syntax.SyntaxTree, context.CancellationToken);
        foreach (var diagnostic in Guidelines.Judge(type, world.NodesOf(type, context.CancellationToken), options, context.CancellationToken))
            context.ReportDiagnostic(diagnostic);
    }

    /// <summary>A use that cannot be served, with the attribute that cannot serve it beside where its file is known; or a declaration's own mistake.</summary>
    private static Diagnostic Report(PlacedProblem placed, INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        var location = PlaceResolver.Resolve(type, placed.Place, cancellation);
        return placed.Use is not null && ClassLocation.Find(placed.Problem.Owner, compilation, cancellation) is { } block
            ? DeclarationRules.Report(placed.Problem, location, PlaceResolver.Resolve(block, placed.Problem.Place, cancellation))
            : DeclarationRules.Report(placed.Problem, location);
    }

    /// <summary>A layer in another's place would be in no state dict under its key, and snapshots would go on with the one that is.</summary>
    private static void Assignment(OperationAnalysisContext context)
    {
        if (context.Operation is IAssignmentOperation { Target: IFieldReferenceOperation { Field: { IsStatic: false } field } target } && OwnMembers.IsAdded(field) && DeclarationReader.IsDeclared(field.ContainingType))
        {
            var problem = Problem.InClass(
                ProblemIds.WrittenByTheBuild, "", $"The build sets {field.Name}, which weights and snapshots know by its key", "no assignment: another layer is another attribute, other weights are copied into its parameters");
            context.ReportDiagnostic(DeclarationRules.Report(problem, target.Syntax.GetLocation()));
        }
    }

    private static IEnumerable<Problem> HostProblems(INamedTypeSymbol type, Compilation compilation)
    {
        var owner = DeclarationReader.FullNameOf(type);
        if (compilation.GetTypeByMetadataName("TorchSharp.torch") is null)
            yield return Problem.InClass(ProblemIds.TorchMissing, owner, type.Name);
        if (compilation is CSharpCompilation { LanguageVersion: < LanguageVersion.CSharp11 and var version })
            yield return Problem.InClass(ProblemIds.LanguageTooOld, owner, type.Name, version.ToDisplayString());
    }
}
