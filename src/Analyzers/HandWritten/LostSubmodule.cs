using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Modules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW6001: a module's class makes a submodule that its state dict never sees: it is held in an array, a list or a dictionary, or its field is assigned after
/// <c>RegisterComponents()</c> has looked. A class that registers by its own means is left alone.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LostSubmodule() : HandWrittenAnalyzer(Descriptors.LostSubmodule)
{
    /// <summary>Key of the diagnostic's properties: how the submodule was lost.</summary>
    public const string Cause = nameof(Cause);

    /// <summary>It is held in a collection.</summary>
    public const string InCollection = nameof(InCollection);

    /// <summary>Its field was assigned too late.</summary>
    public const string TooLate = nameof(TooLate);

    /// <summary>Its class registers nothing at all.</summary>
    public const string Never = nameof(Never);

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch)
    {
        // Not a symbol's start and end: for those the compiler binds, after each keystroke, all of a partial class that is written elsewhere or generated.
        context.RegisterSyntaxNodeAction(node => Collections(node, torch), SyntaxKind.ClassDeclaration);
        context.RegisterOperationBlockAction(block =>
        {
            if (block.OwningSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor && torch.IsModule(constructor.ContainingType))
                foreach (var late in LateAssignments.In(constructor, block.OperationBlocks, torch, block.CancellationToken))
                    block.ReportDiagnostic(Describe(late.Target.Syntax.GetLocation(), late.Target.OwnMember()!, TooLate,
                        "is assigned after RegisterComponents() has run"));
        });
    }

    /// <summary>A class that is written in several files is left alone: what the others do with the collection is not seen here.</summary>
    private static void Collections(SyntaxNodeAnalysisContext context, TorchSymbols torch)
    {
        if (context.ContainingSymbol is not INamedTypeSymbol type || !torch.IsModule(type) || type.DeclaringSyntaxReferences[0].Span != context.Node.Span
            || type.DeclaringSyntaxReferences.Any(reference => reference.SyntaxTree != context.Node.SyntaxTree))
            return;
        var collections = new ModuleCollections(type, torch);
        if (!collections.HasCandidates)
            return;
        foreach (var part in type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(context.CancellationToken)))
            foreach (var code in part.DescendantNodes(inside => inside == part || inside is not BaseTypeDeclarationSyntax).Where(IsCode))
                if (context.SemanticModel.GetOperation(code, context.CancellationToken) is { } operation)
                    collections.Look(operation, context.CancellationToken);
        foreach (var member in collections.Lost())
            context.ReportDiagnostic(Describe(member.Locations[0], member, InCollection, "is a plain collection of modules, which RegisterComponents does not look into"));
    }

    /// <summary>What runs as one: a method's or an accessor's body, or the value of a field or property.</summary>
    private static bool IsCode(SyntaxNode node) => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
        or ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax }
        or EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } };

    private static Diagnostic Describe(Location location, ISymbol member, string cause, string how) => Diagnostic.Create(
        Descriptors.LostSubmodule,
        location,
        ImmutableDictionary<string, string?>.Empty.Add(Cause, cause),
        member.Name,
        how);
}
