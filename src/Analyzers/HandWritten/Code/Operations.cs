using System.Collections.Immutable;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Code;

/// <summary>Small questions on operations that several rules ask.</summary>
internal static class Operations
{
    private static readonly WeakMemory<IOperation, IReadOnlyList<IOperation>> Laid = new();

    /// <summary>A member's topmost operation and all in it, in their order. Nearly every rule goes through all of each member's code: it is laid out once.</summary>
    public static IReadOnlyList<IOperation> WithAllInside(this IOperation root, CancellationToken cancellation = default) =>
        Laid.Of(root, each => LaidOut(each, cancellation));

    private static List<IOperation> LaidOut(IOperation root, CancellationToken cancellation)
    {
        var all = new List<IOperation>();
        foreach (var operation in root.DescendantsAndSelf())
        {
            cancellation.ThrowIfCancellationRequested();
            all.Add(operation);
        }
        return all;
    }

    /// <summary>All of a member's code, of which these are the parts that can be executed: nearly always one.</summary>
    public static IReadOnlyList<IOperation> WithAllInside(this ImmutableArray<IOperation> blocks, CancellationToken cancellation) => blocks.Roots() switch
    {
        [var only] => only.WithAllInside(cancellation),
        var roots => roots.SelectMany(root => root.WithAllInside(cancellation)).ToList(),
    };

    /// <summary>The topmost operations of these.</summary>
    public static ImmutableArray<IOperation> Roots(this ImmutableArray<IOperation> blocks) =>
        blocks is [var only] ? ImmutableArray.Create(only.Root()) : blocks.Select(static block => block.Root()).Distinct().ToImmutableArray();

    /// <summary>A constructor's code, if these are its parts. A parameter's default value is a part of its own, and comes first.</summary>
    public static IConstructorBodyOperation? ConstructorBody(this ImmutableArray<IOperation> blocks)
    {
        foreach (var block in blocks)
            if (block.Root() is IConstructorBodyOperation body)
                return body;
        return null;
    }

    /// <summary>The operation behind conversions and parentheses.</summary>
    public static IOperation Unwrapped(this IOperation operation)
    {
        while (true)
            switch (operation)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                default:
                    return operation;
            }
    }

    /// <summary>The topmost operation of the member that this one stands in.</summary>
    public static IOperation Root(this IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;
        return operation;
    }

    /// <summary>The argument for the parameter of this name; a default argument counts.</summary>
    public static IArgumentOperation? Argument(this IInvocationOperation invocation, string parameter)
    {
        foreach (var argument in invocation.Arguments)
            if (argument.Parameter?.Name == parameter)
                return argument;
        return null;
    }

    /// <summary>The symbol of a field or property of <c>this</c>, else null.</summary>
    public static ISymbol? OwnMember(this IOperation operation) => operation.Unwrapped() switch
    {
        IFieldReferenceOperation { Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } } field => field.Field,
        IPropertyReferenceOperation { Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance },
            Arguments.Length: 0 } property => property.Property,
        _ => null,
    };

    /// <summary>
    /// The elements of an array, a list or a collection expression that is written out, each unwrapped; null where the value is something else.
    /// </summary>
    public static IReadOnlyList<IOperation>? Elements(this IOperation operation)
    {
        switch (operation.Unwrapped())
        {
            case IArrayCreationOperation { Initializer: { } initializer } array when array.DimensionSizes.Length == 1:
                return initializer.ElementValues.Select(Unwrapped).ToList();
            case IObjectCreationOperation { Initializer: { } initializer, Arguments.Length: 0 }
                when initializer.Initializers.All(one => one is IInvocationOperation { Arguments.Length: 1, TargetMethod.Name: "Add" }):
                return initializer.Initializers.Cast<IInvocationOperation>().Select(add => add.Arguments[0].Value.Unwrapped()).ToList();
            // Roslyn 4.8 gives a collection expression no operation kind of its own; its elements are its children.
            case { Syntax: CollectionExpressionSyntax expression } collection
                when expression.Elements.All(one => one is ExpressionElementSyntax) && collection.ChildOperations.Count == expression.Elements.Count:
                return collection.ChildOperations.Select(Unwrapped).ToList();
            default:
                return null;
        }
    }
}
