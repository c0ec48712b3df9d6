using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Forward;

internal sealed partial class Tracer
{
    /// <summary>Operations that give back the tensor they were called on.</summary>
    private static readonly ImmutableHashSet<string> SameObject = ImmutableHashSet.Create("to", "cpu", "cuda", "print");

    private static readonly ImmutableHashSet<string> Handovers = ImmutableHashSet.Create(
        "MoveToOuterDisposeScope", "DetachFromDisposeScope", "MoveToOtherDisposeScope", "DetatchFromDisposeScope");

    private Value Evaluate(IOperation? operation)
    {
        if (operation is null || !Enter())
            return New(ValueKind.Unknown, operation);
        var value = operation switch
        {
            ILocalReferenceOperation local => Get(local.Local),
            IParameterReferenceOperation parameter => Get(parameter.Parameter),
            IConversionOperation { OperatorMethod: null } conversion => Evaluate(conversion.Operand),
            IParenthesizedOperation parenthesized => Evaluate(parenthesized.Operand),
            IDeconstructionAssignmentOperation deconstruction => Deconstruct(deconstruction),
            ISimpleAssignmentOperation assignment => Assign(assignment.Target, Evaluate(assignment.Value)),
            ICompoundAssignmentOperation compound when torch.IsTensor(compound.Type) =>
                Assign(compound.Target, Function(ArithmeticName(compound.OperatorKind), compound, [Evaluate(compound.Target), .. Tensors(compound.Value)])),
            IInvocationOperation call => Invoke(call),
            IBinaryOperation binary when torch.IsTensor(binary.Type) =>
                Function(ArithmeticName(binary.OperatorKind), binary, [.. Tensors(binary.LeftOperand), .. Tensors(binary.RightOperand)]),
            IUnaryOperation unary when torch.IsTensor(unary.Type) => Function("neg", unary, [.. Tensors(unary.Operand)]),
            IPropertyReferenceOperation property => Property(property),
            IFieldReferenceOperation { Instance: { } instance } => Opaque(operation, instance),
            IConditionalOperation choice => Choose(choice),
            ICoalesceOperation coalesce => Join([Evaluate(coalesce.Value), Evaluate(coalesce.WhenNull)]),
            ITupleOperation tuple => List(tuple, tuple.Elements),
            IArrayElementReferenceOperation element => Element(element),
            IAnonymousFunctionOperation or ILocalFunctionOperation => Capture(operation),
            IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda } => Capture(lambda),
            _ when operation.Elements() is { } elements => List(operation, elements),
            _ => Other(operation),
        };
        Leave();
        return value;
    }

    private Value Get(ISymbol variable)
    {
        if (_variables.TryGetValue(variable, out var value))
            return value;
        value = New(ValueKind.Unknown, null, variable is ILocalSymbol local ? local.Type : null);
        Set(variable, value);
        return value;
    }

    private Value Assign(IOperation target, Value value)
    {
        target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        if (Variable(target) is { } variable)
            Set(variable, value);
        else if (target is not IDiscardOperation)
            // A field or an element keeps it beyond this method.
            value.Escapes = true;
        return value;
    }

    private Value Deconstruct(IDeconstructionAssignmentOperation deconstruction)
    {
        var target = deconstruction.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : deconstruction.Target;
        var value = Evaluate(deconstruction.Value);
        if (target is ITupleOperation targets)
            for (var i = 0; i < targets.Elements.Length; i++)
                Assign(targets.Elements[i], IsAligned(value, targets) ? value.Inputs[i] : New(ValueKind.Unknown, deconstruction));
        return value;
    }

    private static bool IsAligned(Value value, ITupleOperation targets) => value.Kind == ValueKind.List && value.Inputs.Count == targets.Elements.Length;

    private Value Choose(IConditionalOperation choice)
    {
        Evaluate(choice.Condition);
        var values = new List<Value>();
        Branches([() => values.Add(Evaluate(choice.WhenTrue)), () => values.Add(Evaluate(choice.WhenFalse))], Decider.Of(choice.Condition));
        return Join(values, Decider.Of(choice.Condition));
    }

    private Value List(IOperation origin, IEnumerable<IOperation> elements)
    {
        var list = New(ValueKind.List, origin);
        foreach (var element in elements)
            Connect(list, Evaluate(element));
        return list;
    }

    private Value Element(IArrayElementReferenceOperation element)
    {
        var array = Evaluate(element.ArrayReference);
        return array.Kind == ValueKind.List && element.Indices.Length == 1 && Constants.Whole(element.Indices[0]) is { } index && index >= 0
            && index < array.Inputs.Count
            ? array.Inputs[(int)index]
            : New(ValueKind.Unknown, element);
    }

    private Value Property(IPropertyReferenceOperation property)
    {
        // x[...] is a view; x.shape and its like only look.
        if (property.Instance is { } receiver && torch.IsTensor(receiver.Type) && property.Arguments.Length > 0 && torch.IsTensor(property.Type))
            return Function("index", property, [Evaluate(receiver)]);
        if (property.Property.Name == "shape" && property.Instance is { } measured && torch.IsTensor(measured.Type))
        {
            _shapeReads[property.Syntax] = Evaluate(measured);
            return New(ValueKind.Unknown, property);
        }
        return Opaque(property, [property.Instance, .. property.Arguments.Select(argument => argument.Value)]);
    }

    private Value Invoke(IInvocationOperation call)
    {
        var called = call.TargetMethod;
        if (called.Name is "call" or "forward" && call.Instance is { } module && torch.IsModule(module.Type))
            return Call(call, module);
        if (!torch.IsTorch(called))
            return Foreign(call);
        if (called.Name == "NewDisposeScope")
            _hasDisposeScope = true;
        if (called.Name == "Dispose" && call.Instance is { } disposed)
        {
            var value = Evaluate(disposed);
            value.Disposed = true;
            return New(ValueKind.Unknown, call);
        }
        if (called.Name == "size" && call.Instance is { } measured && torch.IsTensor(measured.Type))
        {
            _shapeReads[call.Syntax] = Evaluate(measured);
            return New(ValueKind.Unknown, call);
        }
        var inputs = Tensors(call.Instance).Concat(call.Arguments.SelectMany(argument => Tensors(argument.Value))).ToList();
        foreach (var argument in call.Arguments)
            if (argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref)
                Assign(argument.Value, New(ValueKind.Unknown, call));
        if (Handovers.Contains(called.Name) || called.ContainingType.Name == "DisposeScope")
            foreach (var input in inputs)
                input.Escapes = true;
        if (!torch.IsTensor(call.Type))
            return Consume(call, inputs);
        return Function(called.Name, call, inputs);
    }

    private Value Call(IInvocationOperation call, IOperation module)
    {
        Evaluate(module);
        var value = new Value(ValueKind.Module, call)
        {
            Name = call.TargetMethod.Name,
            Layer = LayerOf(module),
            Member = module.OwnMember(),
            Ways = _ways,
            Fresh = torch.IsTensor(call.Type),
            IsTensor = torch.IsTensor(call.Type),
        };
        _values.Add(value);
        foreach (var input in call.Arguments.SelectMany(argument => Tensors(argument.Value)).ToList())
            Connect(value, input);
        return value;
    }

    /// <summary>What the object holds in its member, or what the method itself has made.</summary>
    private Layer LayerOf(IOperation module)
    {
        if (module.OwnMember() is { } member)
            return _self.Members.TryGetValue(member.OriginalDefinition, out var held) ? held : Layer.Unknown;
        if (Definitions.Resolve(module) is not (IObjectCreationOperation or IInvocationOperation) and var resolved)
            return resolved.OwnMember() is { } other && _self.Members.TryGetValue(other.OriginalDefinition, out var known) ? known : Layer.Unknown;
        var origin = Definitions.Resolve(module);
        _made ??= Made.By(method.DeclaringSyntaxReferences[0].GetSyntax(cancellation), model, torch, cancellation);
        return _made.At(origin.Syntax).Take(2).ToList() is [var only] ? only : Layer.Unknown;
    }

    /// <summary>Somebody else's method may keep what it is given.</summary>
    private Value Foreign(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
        {
            var value = Evaluate(argument.Value);
            value.Escapes = true;
            if (argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref)
                Assign(argument.Value, New(ValueKind.Unknown, call));
        }
        return Opaque(call, call.Instance);
    }

    private Value Function(string name, IOperation origin, IReadOnlyList<Value> inputs)
    {
        var overwrites = name.Length > 1 && name[name.Length - 1] == '_';
        var value = new Value(ValueKind.Function, origin)
        {
            Name = overwrites ? name.TrimEnd('_') : name,
            InPlace = overwrites || origin is IInvocationOperation call && Constants.Truth(call.Argument("inplace")?.Value) == true,
            IsTensor = true,
            Ways = _ways,
            Alias = inputs.Count > 0 && (overwrites || SameObject.Contains(name) || Handovers.Contains(name)),
            Fresh = !overwrites && !SameObject.Contains(name) && !Handovers.Contains(name),
        };
        _values.Add(value);
        foreach (var input in inputs)
            Connect(value, input);
        return value;
    }

    private Value Consume(IOperation origin, IEnumerable<Value> inputs)
    {
        var value = New(ValueKind.Unknown, origin);
        foreach (var input in inputs)
            Connect(value, input);
        return value;
    }

    /// <summary>The tensors that an operand brings: one, those of a list, or none for a number.</summary>
    private IReadOnlyList<Value> Tensors(IOperation? operand)
    {
        if (operand is null)
            return [];
        var value = Evaluate(operand);
        return value.Kind == ValueKind.List ? value.Inputs.Where(input => input.IsTensor).ToList() : value.IsTensor ? [value] : [];
    }

    /// <summary>Only looks at its parts: they stay where they are.</summary>
    private Value Opaque(IOperation origin, params IOperation?[] parts)
    {
        foreach (var part in parts)
            Evaluate(part);
        return New(ValueKind.Unknown, origin);
    }

    /// <summary>An operation that is not followed may keep its parts.</summary>
    private Value Other(IOperation operation)
    {
        var keeps = operation is not (IBinaryOperation or IUnaryOperation or IIsPatternOperation or IIsTypeOperation
            or IConditionalAccessOperation or IInterpolatedStringOperation);
        foreach (var child in operation.ChildOperations)
        {
            var value = Evaluate(child);
            value.Escapes |= keeps;
        }
        return New(ValueKind.Unknown, operation);
    }

    /// <summary>A lambda or local function runs at some time, and may keep the variables that it names.</summary>
    private Value Capture(IOperation function)
    {
        foreach (var variable in function.Descendants().Select(Variable).OfType<ISymbol>())
            if (_variables.TryGetValue(variable, out var value))
            {
                value.Escapes = true;
                Set(variable, Join([value]));
            }
        return New(ValueKind.Unknown, function);
    }

    private static string ArithmeticName(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => "add",
        BinaryOperatorKind.Subtract => "sub",
        BinaryOperatorKind.Multiply => "mul",
        BinaryOperatorKind.Divide => "div",
        _ => kind.ToString(),
    };
}
