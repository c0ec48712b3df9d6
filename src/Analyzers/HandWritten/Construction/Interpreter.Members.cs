using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>Places that hold values: locals, members, elements.</summary>
internal sealed partial class Interpreter
{
    /// <summary>The object that an initializer's assignments are about.</summary>
    private Thing? _receiver;

    /// <summary>The place that an expression names, or null where that is not certain. It runs nothing.</summary>
    private Slot? SlotOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => Find(local.Local),
        IParameterReferenceOperation parameter => Find(parameter.Parameter),
        IFieldReferenceOperation { Field.IsStatic: false } field when Place(field.Field) is null => Owner(field.Instance) is { } owner ? new(owner, field.Field.OriginalDefinition) : null,
        IPropertyReferenceOperation { Property.IsStatic: false, Arguments.IsEmpty: true } property when IsAutomatic(property.Property) =>
            Owner(property.Instance) is { } owner ? new(owner, property.Property.OriginalDefinition) : null,
        _ => null,
    };

    private Thing? Owner(IOperation? instance) => instance?.Unwrapped() switch
    {
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } => _receiver,
        IInstanceReferenceOperation => _frame.Self,
        { } other when SlotOf(other) is { } slot && this[slot] is Known.Reference { Thing: var thing } => thing,
        _ => null,
    };

    /// <summary>A variable of the running function, or of the one that it stands in.</summary>
    private Slot? Find(ISymbol variable)
    {
        for (var frame = _frame; frame is not null; frame = frame.Outer)
        {
            var slot = new Slot(frame, variable);
            if (_state.ContainsKey(slot))
                return slot;
        }
        return new Slot(_frame, variable);
    }

    /// <summary>Whether a property is only a field: nobody wrote an accessor, and nobody can override it.</summary>
    private bool IsAutomatic(IPropertySymbol property) =>
        property is { IsVirtual: false, IsAbstract: false, IsOverride: false, DeclaringSyntaxReferences.Length: 1 }
        && property.DeclaringSyntaxReferences[0].GetSyntax(cancellation) switch
        {
            PropertyDeclarationSyntax { AccessorList.Accessors: var accessors } => accessors.All(static one => one.Body is null && one.ExpressionBody is null),
            // A positional record's.
            ParameterSyntax => true,
            _ => false,
        };

    private Known? Member(IOperation reference, ISymbol member, IOperation? instance)
    {
        var of = instance is null or IInstanceReferenceOperation ? null : Evaluate(instance);
        return member.IsStatic ? Static(member)
            : Place(member) is { } place ? Element(of, place, ((IFieldSymbol)member).Type)
            : SlotOf(reference) is { } slot ? this[slot]
            : _frame.Self is null && instance is IInstanceReferenceOperation && FixedMembers.IsAsDeclared(member) ? Declared(member)
            : null;
    }

    /// <summary>Which element of a tuple a field is, counted from 0; null for any other member.</summary>
    private static int? Place(ISymbol member)
    {
        if (member is not IFieldSymbol { ContainingType: { IsTupleType: true, TupleElements: var elements }, CorrespondingTupleField: { } field })
            return null;
        for (var i = 0; i < elements.Length; i++)
            if (SymbolEqualityComparer.Default.Equals(elements[i].CorrespondingTupleField, field))
                return i;
        return null;
    }

    /// <summary>The tuple that an element is in, of which the target of an assignment is a part; any other target itself.</summary>
    private static IOperation Written(IOperation target) => target is IFieldReferenceOperation { Field: var field, Instance: { } tuple } && Place(field) is not null ? Written(tuple) : target;

    /// <summary>An element of a tuple, as the field's type has it: a whole number may be given to one of floating point.</summary>
    private Known? Element(Known? tuple, int place, ITypeSymbol type) => Element(tuple, new Known.Whole(place)) switch
    {
        { } number and (Known.Whole or Known.Real) => Arithmetic.Converted(number, type),
        var other => other,
    };

    /// <summary>The place in an array that is asked for, from its beginning or from its end.</summary>
    private Known? Index(Known? array, IOperation index) => index is not IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat, Operand: var back } ? Evaluate(index)
        : Evaluate(back) is Known.Whole fromEnd && ElementsOf(array) is { } elements ? fromEnd with { Value = elements.Length - fromEnd.Value }
        : null;

    /// <summary>A static field or property that nobody writes again.</summary>
    private Known? Static(ISymbol member)
    {
        var isFixed = member is IFieldSymbol field && (field.IsReadOnly || FixedMembers.IsAsDeclared(field)) || member is IPropertySymbol { SetMethod: null } property && IsAutomatic(property);
        if (!isFixed || member.ContainingType.StaticConstructors.Any(static one => !one.IsImplicitlyDeclared))
            return null;
        var value = Declared(member);
        return ElementsOf(value) is not null && !FixedMembers.KeepsItsElements(member) ? null : value;
    }

    /// <summary>What a member is that nobody writes again.</summary>
    private Known? Declared(ISymbol member)
    {
        var slot = new Slot(member.ContainingType, member);
        if (!_state.ContainsKey(slot))
        {
            // Whoever runs the code has no say in it.
            var because = _because;
            _because = null;
            _state = _state.SetItem(slot, null);
            var declared = sources.InitializerOf(member, cancellation) is { } value ? Evaluate(value) : null;
            _state = _state.SetItem(slot, declared);
            _because = because;
        }
        return this[slot];
    }

    private Known? Property(IPropertyReferenceOperation property)
    {
        if (exact?.Property(property, this) is { } read)
            return read;
        if (property.Arguments is [var index])
            return Element(Evaluate(property.Instance), Evaluate(index.Value));
        if (property.Property.Name is "Count" or "Length" && property.Instance is { } counted
            && Evaluate(counted) is Known.Reference list && ElementsOf(list) is { } elements)
            return Arithmetic.From(new Known.Whole(elements.Length), list);
        if (IsAutomatic(property.Property))
            return Member(property, property.Property, property.Instance);
        return property.Property.GetMethod is { DeclaringSyntaxReferences.Length: 1 } getter
            ? Call(getter, property.Instance, ImmutableArray<IArgumentOperation>.Empty, property)
            : Other(property);
    }

    private Known? AssignTo(IOperation target, Known? value)
    {
        target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        if (target is ITupleOperation tuple)
            Spread(tuple, ElementsOf(value));
        else if (target is IArrayElementReferenceOperation { Indices: [var index] } element)
            SetElement(Evaluate(element.ArrayReference), Evaluate(index), value);
        else if (target is IPropertyReferenceOperation { Arguments: [var at] } indexed)
            SetElement(Evaluate(indexed.Instance), Evaluate(at.Value), value);
        else if (target is IFieldReferenceOperation { Field: var field } part && Place(field) is not null)
        {
            // Of a tuple each variable has its own, which are one object here.
            Lose(Evaluate(part.Instance));
            Abandon(value);
        }
        else if (SlotOf(target) is { } slot)
            Set(slot, value);
        else if (target is not IDiscardOperation)
            Abandon(value);
        return value;
    }

    private Known? Deconstruct(IDeconstructionAssignmentOperation deconstruction)
    {
        var value = Evaluate(deconstruction.Value);
        AssignTo(deconstruction.Target, value);
        return value;
    }

    private void Spread(ITupleOperation targets, ImmutableArray<Known?>? values)
    {
        for (var i = 0; i < targets.Elements.Length; i++)
            AssignTo(targets.Elements[i], values is { } known && known.Length == targets.Elements.Length ? known[i] : null);
    }

    /// <summary>The elements of a list, an array or a tuple, where they are certain.</summary>
    private ImmutableArray<Known?>? ElementsOf(Known? value) =>
        value is Known.Reference { Thing: var thing } && this[new(thing, null)] is Known.Items items ? items.Values : null;

    private Known? Element(Known? list, Known? index) => exact?.Element(list, index) is { } known ? known
        : index is Known.Whole { Value: var at } && ElementsOf(list) is { } elements && at >= 0 && at < elements.Length && elements[(int)at] is { } element
            ? element is Known.Reference ? element : Arithmetic.From(element, index, list!)
            : null;

    private void SetElement(Known? list, Known? index, Known? value)
    {
        if (list is not Known.Reference { Thing: var thing })
        {
            Abandon(value);
            return;
        }
        var elements = ElementsOf(list);
        Set(new(thing, null), index is Known.Whole { Value: var at } && elements is { } known && at >= 0 && at < known.Length
            ? new Known.Items(known.SetItem((int)at, value))
            : null);
    }

    /// <summary>It is put where it is not followed.</summary>
    private void Abandon(Known? value)
    {
        Lose(value);
        _isOut |= exact is not null;
    }

    /// <summary>Somebody gets the object who may do anything with it.</summary>
    private void Lose(Known? value)
    {
        if (value is Known.Reference { Thing: { Type: null } thing } && this[new(thing, null)] is Known.Items)
            Set(new(thing, null), null);
    }

    private Known.Reference NewItems(IOperation origin, IEnumerable<Known?> values)
    {
        var thing = NewThing(origin, Layer.Unknown, null);
        Set(new(thing, null), new Known.Items(values.ToImmutableArray()));
        return new(thing);
    }

    private Known.Reference? NewArray(IArrayCreationOperation array)
    {
        if (array.Initializer is { } initializer)
            return NewItems(array, initializer.ElementValues.Select(Evaluate).ToList());
        return array.DimensionSizes is [var size] && Evaluate(size) is Known.Whole { Value: >= 0 and <= MostRounds and var count }
            ? NewItems(array, Enumerable.Repeat<Known?>(null, (int)count))
            : null;
    }

    private Known.Reference? Collection(IOperation collection, CollectionExpressionSyntax expression)
    {
        // Roslyn 4.8 gives a collection expression no operation kind of its own; its elements are its children.
        var values = collection.ChildOperations.Select(Evaluate).ToList();
        return values.Count == expression.Elements.Count && expression.Elements.All(static one => one is ExpressionElementSyntax) ? NewItems(collection, values) : null;
    }

    private Thing NewThing(IOperation origin, Layer layer, INamedTypeSymbol? type)
    {
        var isFirst = _frame.Depth == 0;
        return new(origin, _frame.Depth, isFirst ? origin.Syntax : _site) { Layer = layer, Type = type, Number = ++_things, Maker = isFirst ? null : _top };
    }
}
