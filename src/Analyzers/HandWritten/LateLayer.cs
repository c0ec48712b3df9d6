using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>BW6007: a list gets more layers after a <c>Sequential</c> was made of it, and nobody looks at it again.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LateLayer() : HandWrittenAnalyzer(Descriptors.LateLayer)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) => OnCall(context, (operation, call) =>
    {
        if (!torch.IsFactory(call.TargetMethod) || call.TargetMethod.Name is not ("Sequential" or "ModuleList"))
            return;
        foreach (var list in call.Arguments.Select(static argument => List(argument.Value)).OfType<ILocalReferenceOperation>())
            foreach (var late in AddedTo(list, call))
                operation.ReportDiagnostic(Diagnostic.Create(Descriptors.LateLayer, late.Syntax.GetLocation(), list.Local.Name, call.TargetMethod.Name));
    });

    /// <summary>The local list that is handed over, itself or as an array.</summary>
    private static ILocalReferenceOperation? List(IOperation value)
    {
        value = value.Unwrapped();
        if (value is IInvocationOperation { TargetMethod.Name: "ToArray" or "ToList" } copied && Framework.Has(copied.TargetMethod))
            value = (copied.Instance ?? copied.Arguments[0].Value).Unwrapped();
        return value is ILocalReferenceOperation { Local.Type: INamedTypeSymbol { Name: "List" } type } local && Framework.Has(type) ? local : null;
    }

    /// <summary>What is added afterwards, if that is all that becomes of the list.</summary>
    private static IEnumerable<IInvocationOperation> AddedTo(ILocalReferenceOperation list, IInvocationOperation taker)
    {
        if (Definitions.OfLocal(list.Local, list) is not { } made || Block(taker) is not { } block || !RunsOnceAfter(made, block))
            return [];
        if (made.Unwrapped() is not IObjectCreationOperation && made.Unwrapped().Syntax is not CollectionExpressionSyntax || !Definitions.References(list).All(use => IsOfTheList(use, taker)))
            return []; // somebody else may have it
        var later = Definitions.References(list).Where(use => use.Syntax.SpanStart > taker.Syntax.Span.End).ToList();
        var added = later.Select(static use => use.Parent).OfType<IInvocationOperation>()
            .Where(static call => call is { TargetMethod.Name: "Add" or "AddRange" or "Insert", Parent: IExpressionStatementOperation }).ToList();
        return added.Count == later.Count && added.All(call => IsWithin(call, block)) ? added : [];
    }

    /// <summary>Whether a use hands the list to nobody but the taker: its own methods, a loop over it.</summary>
    private static bool IsOfTheList(ILocalReferenceOperation use, IInvocationOperation taker)
    {
        IOperation each = use;
        while (each.Parent is IConversionOperation)
            each = each.Parent;
        return taker.Syntax.Span.Contains(use.Syntax.Span)
            || each.Parent is IInvocationOperation call && call.Instance == each
            || each.Parent is IPropertyReferenceOperation property && property.Instance == each
            || each.Parent is IForEachLoopOperation loop && loop.Collection == each;
    }

    /// <summary>Whether the block runs at most once for each list: no loop and no lambda is between the list's making and it.</summary>
    private static bool RunsOnceAfter(IOperation made, IOperation block)
    {
        var home = Block(made);
        for (var each = block; each is not null && each != home; each = each.Parent)
            if (each is ILoopOperation or IAnonymousFunctionOperation or ILocalFunctionOperation)
                return false;
        return home is not null && IsWithin(block, home);
    }

    /// <summary>The statements that run with this one: its block, or what alone stands in a branch.</summary>
    private static IOperation? Block(IOperation operation)
    {
        var each = operation;
        while (each is not (null or IBlockOperation) && each.Parent is not (IConditionalOperation or ILoopOperation or ISwitchCaseOperation))
            each = each.Parent;
        return each;
    }

    private static bool IsWithin(IOperation operation, IOperation block)
    {
        for (var each = operation; each is not null; each = each.Parent)
            if (each == block)
                return true;
        return false;
    }
}
