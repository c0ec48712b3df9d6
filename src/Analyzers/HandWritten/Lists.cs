using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// Lists that are filled statement by statement: <c>var layers = new List&lt;Module&gt;(); layers.Add(...); layers.Add(...); Sequential(layers)</c>.
/// </summary>
internal static class Lists
{
    /// <summary>The elements that the list certainly has where the operation stands, in order; null where that is not certain.</summary>
    public static IReadOnlyList<IOperation>? ElementsAt(IOperation list)
    {
        if (list.Unwrapped() is not ILocalReferenceOperation local)
            return list.Elements() ?? Definitions.Resolve(list).Elements();
        if (Definitions.OfLocal(local.Local, local)?.Unwrapped() is not { } made)
            return null;
        var elements = made is IObjectCreationOperation { Initializer: null, Arguments.Length: 0 } ? [] : made.Elements();
        if (elements is null)
            return null;
        if (made is not IObjectCreationOperation)
            return elements;
        var block = Block(made);
        var all = elements.ToList();
        foreach (var use in Definitions.References(local))
        {
            if (use.Syntax.SpanStart >= local.Syntax.SpanStart)
                continue;
            // A list that is filled in a loop or a branch, or that somebody else gets, is not certain.
            if (use.Parent is not IInvocationOperation { TargetMethod.Name: "Add", Arguments.Length: 1,
                Parent: IExpressionStatementOperation statement } add || statement.Parent != block || add.Instance != use)
                return null;
            all.Add(add.Arguments[0].Value.Unwrapped());
        }
        return all;
    }

    /// <summary>The Sequential that is made of the list to which the operation is added, or null.</summary>
    public static IInvocationOperation? SequentialOfAdded(IOperation added, TorchSymbols torch)
    {
        var parent = added.Parent;
        while (parent is IConversionOperation or ITupleOperation or IParenthesizedOperation or IArgumentOperation)
            parent = parent.Parent;
        if (parent is not IInvocationOperation { TargetMethod.Name: "Add", Instance: ILocalReferenceOperation local })
            return null;
        return Definitions.References(local).Select(use => use.Parent).Select(one => one is IConversionOperation ? one.Parent : one)
            .Select(one => (one as IArgumentOperation)?.Parent).OfType<IInvocationOperation>()
            .FirstOrDefault(call => torch.IsFactory(call.TargetMethod, "Sequential"));
    }

    private static IOperation? Block(IOperation operation)
    {
        while (operation is not (null or IBlockOperation))
            operation = operation.Parent!;
        return operation;
    }
}
