using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Modules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>BW6006: a constructor gives one module with weights to two members, or to a member and to a <c>Sequential</c> that is one, before it registers them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SharedSubmodule() : HandWrittenAnalyzer(Descriptors.SharedSubmodule)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) => context.RegisterOperationBlockAction(block =>
    {
        if (block.OwningSymbol is not IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: var type } || !torch.IsModule(type)
            || block.OperationBlocks.ConstructorBody() is not { BlockBody.Operations: var statements }
            || statements.FirstOrDefault(Registration.Is) is not { } registration)
            return;
        var before = statements.Take(statements.IndexOf(registration)).ToList();
        if (!before.Exists(MayShare))
            return;
        var names = new Dictionary<SyntaxNode, ISymbol>();
        foreach (var (use, member, made) in before.SelectMany(statement => Named(statement, torch)).Until(block.CancellationToken))
            if (!names.TryGetValue(made.Syntax, out var first))
                names.Add(made.Syntax, member);
            else if (!SymbolEqualityComparer.Default.Equals(first, member) && IsWrittenOnce(first, use) && IsWrittenOnce(member, use))
                block.ReportDiagnostic(Diagnostic.Create(Descriptors.SharedSubmodule, use.Syntax.GetLocation(), member.Name, first.Name));
    });

    /// <summary>Whether the statement gives a member what is made elsewhere, or may be another's, too: what is made in it for one member is that one's.</summary>
    private static bool MayShare(IOperation statement) => statement is IExpressionStatementOperation { Operation: var value } && value.Unwrapped() is ISimpleAssignmentOperation assignment
        && assignment.Value.Unwrapped() is not (IInvocationOperation or IObjectCreationOperation);

    /// <summary>The members that one statement gives a module to: <c>a = made</c>, <c>a = b = made</c>; and where it writes them, what they get.</summary>
    private static IEnumerable<(IOperation Use, ISymbol Member, IOperation Made)> Named(IOperation statement, TorchSymbols torch)
    {
        var targets = new List<IOperation>();
        var value = (statement as IExpressionStatementOperation)?.Operation;
        while (value?.Unwrapped() is ISimpleAssignmentOperation assignment)
        {
            targets.Add(assignment.Target);
            value = assignment.Value;
        }
        if (value is null || Made(value, torch) is not { } made)
            yield break;
        // The one that gets it first is written last.
        targets.Reverse();
        // What a member held before, another member may have got: of that nothing is said.
        if (value.OwnMember() is { IsStatic: false } source)
            yield return (value, source, made);
        foreach (var target in targets)
            if (target.OwnMember() is { IsStatic: false } member && torch.IsModule(target.Type))
                yield return (target, member, made);
    }

    /// <summary>Whether the constructor leaves the member what it gets: nobody else writes it, and the constructor does not twice.</summary>
    private static bool IsWrittenOnce(ISymbol member, IOperation inside) =>
        member is IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null }
            ? inside.Root().Descendants().Count(other => other is IAssignmentOperation { Target: var written } && SymbolEqualityComparer.Default.Equals(written.OwnMember(), member)) <= 1
            : Definitions.OfMember(member, inside.Root().SemanticModel) is not null;

    /// <summary>Where the one module that the value certainly is was made, if it has weights.</summary>
    private static IOperation? Made(IOperation value, TorchSymbols torch)
    {
        var made = value.Unwrapped();
        for (var steps = 0; steps < 16; steps++)
        {
            made = Definitions.Resolve(made);
            if (made is not ISimpleAssignmentOperation assignment)
                break;
            made = assignment.Value.Unwrapped();
        }
        return Weights.AreMadeBy(made, torch) || made is IObjectCreationOperation && torch.IsModule(made.Type) && Weights.MayBeIn(made.Type, torch) ? made : null;
    }
}
