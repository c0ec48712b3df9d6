using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
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

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch)
    {
        context.RegisterSymbolStartAction(
            start =>
            {
                var type = (INamedTypeSymbol)start.Symbol;
                if (type.TypeKind != TypeKind.Class || !torch.IsModule(type))
                    return;
                var collections = new ModuleCollections(type, torch);
                if (collections.HasCandidates)
                {
                    start.RegisterOperationBlockAction(block =>
                    {
                        if (SymbolEqualityComparer.Default.Equals(block.OwningSymbol.ContainingType, type))
                            foreach (var operations in block.OperationBlocks)
                                collections.Look(operations);
                    });
                    start.RegisterSymbolEndAction(end =>
                    {
                        foreach (var member in collections.Lost())
                            end.ReportDiagnostic(Describe(member.Locations[0], member, InCollection,
                                "is a plain collection of modules, which RegisterComponents does not look into"));
                    });
                }
            },
            SymbolKind.NamedType);
        context.RegisterOperationBlockAction(block =>
        {
            if (block.OwningSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor && torch.IsModule(constructor.ContainingType))
                foreach (var late in LateAssignments.In(constructor, block.OperationBlocks, torch))
                    block.ReportDiagnostic(Describe(late.Target.Syntax.GetLocation(), late.Target.OwnMember()!, TooLate,
                        "is assigned after RegisterComponents() has run"));
        });
    }

    private static Diagnostic Describe(Location location, ISymbol member, string cause, string how) => Diagnostic.Create(
        Descriptors.LostSubmodule,
        location,
        ImmutableDictionary<string, string?>.Empty.Add(Cause, cause),
        member.Name,
        how);
}
