using System.Collections.Concurrent;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Code;

/// <summary>
/// What a local or a member holds, where that is certain: it is written exactly once. Everything else has no definition, and so no diagnostic.
/// </summary>
internal static class Definitions
{
    private static readonly WeakMemory<IOperation, LocalUses> Locals = new();
    private static readonly WeakMemory<SemanticModel, ConcurrentDictionary<ISymbol, Definition>> Members = new();

    /// <summary>The expression that the operation stands for, through locals and members that are written once.</summary>
    public static IOperation Resolve(IOperation operation)
    {
        operation = operation.Unwrapped();
        for (var steps = 0; steps < 16; steps++)
        {
            var next = operation switch
            {
                ILocalReferenceOperation local => OfLocal(local.Local, local),
                IFieldReferenceOperation field => OfMember(field.Field, field.SemanticModel),
                IPropertyReferenceOperation { Arguments.Length: 0 } property => OfMember(property.Property, property.SemanticModel),
                _ => null,
            };
            if (next is null)
                return operation;
            operation = next.Unwrapped();
        }
        return operation;
    }

    /// <summary>The one value of a local, or null.</summary>
    public static IOperation? OfLocal(ILocalSymbol local, IOperation within) => UsesIn(within).ValueOf(local);

    /// <summary>Where a local is named in its member.</summary>
    public static IReadOnlyList<ILocalReferenceOperation> References(ILocalReferenceOperation local) => UsesIn(local).References(local.Local);

    /// <summary>The one value of a field or an automatic property of a type that is written in one file, or null.</summary>
    public static IOperation? OfMember(ISymbol member, SemanticModel? model)
    {
        if (model is null || !OnlyItsTypeWrites(member))
            return null;
        var cache = Members.Of(model, static _ => new(SymbolEqualityComparer.Default));
        if (cache.TryGetValue(member, out var known))
            return known.Value;
        var value = MemberWrites.Single(member, model) is { } syntax ? model.GetOperation(syntax) : null;
        cache.TryAdd(member, new(value));
        return value;
    }

    private static LocalUses UsesIn(IOperation operation) => Locals.Of(operation.Root(), LocalUses.In);

    /// <summary>Whether nobody but the code of its own type can write a member.</summary>
    public static bool OnlyItsTypeWrites(ISymbol member) => member switch
    {
        IFieldSymbol field => field.IsReadOnly || field.DeclaredAccessibility == Accessibility.Private,
        IPropertySymbol property => !property.IsVirtual && !property.IsOverride && !property.IsAbstract
            && (property.SetMethod is null || property.SetMethod.IsInitOnly || property.DeclaredAccessibility == Accessibility.Private
                || property.SetMethod.DeclaredAccessibility == Accessibility.Private),
        _ => false,
    };

    internal readonly record struct Writes(int Count, IOperation? Value)
    {
        public Writes Plus(int count, IOperation? value) => new(Count + count, value);
    }

    private sealed record Definition(IOperation? Value);
}
