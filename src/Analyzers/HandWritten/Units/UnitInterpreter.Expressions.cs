using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static System.FormattableString;

namespace Blockwright.Analyzers.HandWritten.Units;

internal sealed partial class UnitInterpreter
{
    private object? Evaluate(IOperation operation)
    {
        if (!Understood || _depth >= MaximumDepth || !fuel.Burn())
            return Give();
        _depth++;
        var value = KeepsNumbers(operation) ? EvaluateOne(operation.Unwrapped()) : null;
        _depth--;
        return value is null or UnitFlow { Disposed: true } ? Give() : value;
    }

    /// <summary>A conversion to another type than int or long may round, or cut off.</summary>
    private static bool KeepsNumbers(IOperation operation)
    {
        for (; operation is IConversionOperation conversion; operation = conversion.Operand)
            if (conversion.Type?.SpecialType is >= SpecialType.System_Char and <= SpecialType.System_Double
                and not (SpecialType.System_Int32 or SpecialType.System_Int64))
                return false;
        return true;
    }

    private object? EvaluateOne(IOperation operation)
    {
        if (operation.ConstantValue is { HasValue: true } constant)
            return constant.Value switch
            {
                int number => Amount.Of(number),
                long number => Amount.Of(number),
                bool truth => truth,
                string text => text,
                _ => null,
            };
        return operation switch
        {
            ILocalReferenceOperation local => _locals.TryGetValue(local.Local, out var found) ? found : null,
            IParameterReferenceOperation parameter => _locals.TryGetValue(parameter.Parameter, out var found) ? found : null,
            IPropertyReferenceOperation { Property.Name: "shape", Instance: { } instance } when torch.IsTensor(instance.Type) =>
                Evaluate(instance) is UnitFlow flow ? new UnitSizes(flow) : null,
            _ when operation.OwnMember() is { } member => _members.TryGetValue(member, out var found) ? found : null,
            IArrayElementReferenceOperation { Indices: [var index] } element => Element(Evaluate(element.ArrayReference), (Evaluate(index) as Amount)?.Constant),
            IBinaryOperation { OperatorMethod: null } binary => Binary(binary.OperatorKind, Evaluate(binary.LeftOperand), Evaluate(binary.RightOperand)),
            IConditionalOperation { WhenFalse: { } other } choice when Evaluate(choice.Condition) is bool truth => Evaluate(truth ? choice.WhenTrue : other),
            IInvocationOperation call => Invoke(call),
            _ => null,
        };
    }

    private object? Element(object? list, long? index) => (list, index) switch
    {
        (UnitFlows flows, { } i) when i >= 0 && i < flows.Elements.Count => flows.Elements[(int)i],
        (UnitSizes sizes, >= 0 and < 4) => SizeOf(sizes.Of, index.Value),
        _ => null,
    };

    /// <summary>The tensor's own size in a dimension.</summary>
    private Amount SizeOf(UnitFlow tensor, long dimension)
    {
        if (!_sized.Contains(tensor))
            _sized.Add(tensor);
        return Amount.Of(new Atom(Invariant($"size{_sized.IndexOf(tensor)}_{dimension}"), "size"));
    }

    private static object? Binary(BinaryOperatorKind kind, object? left, object? right)
    {
        if (left is bool p && right is bool q)
            return kind switch
            {
                BinaryOperatorKind.ConditionalAnd => p && q,
                BinaryOperatorKind.ConditionalOr => p || q,
                _ => null,
            };
        if (left is not Amount a || right is not Amount b)
            return null;
        switch (kind)
        {
            case BinaryOperatorKind.Add:
                return a + b;
            case BinaryOperatorKind.Subtract:
                return a - b;
            case BinaryOperatorKind.Multiply:
                return a * b;
            // C# cuts a rest off: two constants are divided as it does; of a symbol the declaration will require that there is none.
            case BinaryOperatorKind.Divide when b.Constant is > 0 and var divisor:
                return a.Constant is { } whole ? Amount.Of(whole / divisor) : a.DividedBy(b);
            case BinaryOperatorKind.RightShift when b.Constant == 1 && a.Constant is null:
                return a.DividedBy(Amount.Of(2));
            case BinaryOperatorKind.Equals when a.Constant is { } x && b.Constant is { } y:
                return x == y;
            case BinaryOperatorKind.NotEquals when a.Constant is { } x && b.Constant is { } y:
                return x != y;
            case BinaryOperatorKind.GreaterThan when a.Constant is { } x && b.Constant is { } y:
                return x > y;
            case BinaryOperatorKind.LessThan when a.Constant is { } x && b.Constant is { } y:
                return x < y;
            case BinaryOperatorKind.GreaterThanOrEqual when a.Constant is { } x && b.Constant is { } y:
                return x >= y;
            case BinaryOperatorKind.LessThanOrEqual when a.Constant is { } x && b.Constant is { } y:
                return x <= y;
            default:
                return null;
        }
    }

    private object? Invoke(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (torch.IsFactory(method))
            return new UnitFactories(Evaluate, Place).Read(call);
        if (method.Name is "call" or "forward" && call.Instance?.OwnMember() is { } member && torch.IsModule(call.Instance.Type))
            return Evaluate(call.Instance) is UnitModule module && call.Arguments is [var only] ? Own(Apply(member, module, Evaluate(only.Value))) : null;
        if (torch.IsTorch(method))
            return Own(Function(call));
        return method.IsVirtual || method.IsOverride || method.IsAbstract || method.IsAsync || method.Parameters.Any(one => one.RefKind != RefKind.None)
            || call.Instance is not (null or IInstanceReferenceOperation) ? null
            : Call(method, method.Parameters.Select(parameter => call.Argument(parameter.Name) is { } argument ? Evaluate(argument.Value) : null).ToList());
    }

    /// <summary>Layers over a tensor. A module with entries in the state dict is called once; one without may be called again.</summary>
    private UnitFlow.Branch? Apply(ISymbol member, UnitModule module, object? input)
    {
        if (!_called.Add(member) && module.HasState)
            return null;
        var key = KeyOf(member);
        if (module.HasState && key is null)
            return null;
        var run = module.IsSequential
            ? new UnitRun(key, module.Layers.Select(layer => layer with { Name = layer.HasState && layer.Name is { } own ? $"{key}.{own}" : null }).ToList())
            : new UnitRun(null, [module.Layers[0] with { Name = module.HasState ? key : null }]);
        return Extend(input, run);
    }

    private static UnitFlow.Branch? Extend(object? input, UnitRun run)
    {
        if (input is not UnitFlow from || run.Layers.Count == 0 || from is not UnitFlow.Branch && !run.Layers[0].IsConvolution || !Reads(from))
            return null;
        return from switch
        {
            UnitFlow.Branch branch => new(branch.From, [.. branch.Runs, run]),
            UnitFlow.Input or UnitFlow.Part => new(from, [run]),
            _ => null,
        };
    }
}
